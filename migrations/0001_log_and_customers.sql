-- The log and everything that is folded from it. The log is at once audit trail, lock and outbox: nothing else may be
-- written without an event in the same batch, and no event is ever changed. The indexes named `one_…` are promises.

CREATE TABLE billing_event (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE CHECK (id GLOB 'evt_*'),
  stream TEXT NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  type TEXT NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  at INTEGER NOT NULL CHECK (at >= 0),
  actor TEXT NOT NULL CHECK (actor = 'system' OR actor GLOB 'user:?*' OR actor GLOB 'operator:?*' OR actor GLOB 'partner:?*'),
  data TEXT NOT NULL CHECK (json_type(data) = 'object' AND length(data) <= 2048),
  evidence TEXT CHECK (evidence IS NULL OR json_type(evidence) = 'object'),
  evidence_hash TEXT CHECK ((evidence IS NULL) = (evidence_hash IS NULL)),
  prev_hash TEXT NOT NULL CHECK (length(prev_hash) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  UNIQUE (stream, seq)
) STRICT;
CREATE INDEX billing_event_gateway_outcome ON billing_event (position)
  WHERE type IN ('payment.succeeded', 'payment.failed', 'payment.unknown');
CREATE INDEX billing_event_submission ON billing_event (position) WHERE type = 'payment.submitted';
CREATE INDEX billing_event_unknown ON billing_event (position) WHERE type = 'payment.unknown';

CREATE TRIGGER billing_event_is_never_updated BEFORE UPDATE ON billing_event
BEGIN SELECT RAISE(ABORT, 'billing_event is append-only'); END;
CREATE TRIGGER billing_event_is_never_deleted BEFORE DELETE ON billing_event
BEGIN SELECT RAISE(ABORT, 'billing_event is append-only'); END;
-- INSERT OR REPLACE deletes without firing the trigger above.
CREATE TRIGGER billing_event_is_never_replaced BEFORE INSERT ON billing_event
WHEN EXISTS (SELECT 1 FROM billing_event WHERE position = NEW.position OR id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'billing_event is append-only'); END;
CREATE TRIGGER billing_event_seq_is_never_replaced BEFORE INSERT ON billing_event
WHEN EXISTS (SELECT 1 FROM billing_event WHERE stream = NEW.stream AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: billing_event.stream, billing_event.seq'); END;

-- One row: the epoch grows when a backup is restored, `collecting` is the operators' stop.
CREATE TABLE system_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  collecting INTEGER NOT NULL CHECK (collecting IN (0, 1))
) STRICT;
INSERT INTO system_state (id, epoch, collecting) VALUES (1, 1, 1);

-- The stop holds even for a commit whose load was older than the switch.
CREATE TRIGGER billing_event_submits_only_while_collecting BEFORE INSERT ON billing_event
WHEN NEW.type = 'payment.submitted' AND (SELECT collecting FROM system_state WHERE id = 1) = 0
BEGIN SELECT RAISE(ABORT, 'collecting is stopped'); END;

-- So does the breaker: five outcomes in a row unknown, and less than five minutes since the newest of them or the probe.
-- Read inside the batch, so that of many who saw it half open exactly one is the probe.
CREATE TRIGGER billing_event_submits_only_while_gateway_answers BEFORE INSERT ON billing_event
WHEN NEW.type = 'payment.submitted'
  AND 5 = (SELECT COUNT(*) FROM (
    SELECT type FROM billing_event
    WHERE type IN ('payment.succeeded', 'payment.failed', 'payment.unknown')
      AND (type <> 'payment.failed' OR json_extract(data, '$.reason') IN ('declined', 'not_taken'))
    ORDER BY position DESC LIMIT 5) WHERE type = 'payment.unknown')
  AND NEW.at < 300000 + MAX(
    (SELECT at FROM billing_event WHERE type = 'payment.unknown' ORDER BY position DESC LIMIT 1),
    COALESCE((SELECT at FROM billing_event WHERE type = 'payment.submitted' ORDER BY position DESC LIMIT 1), 0))
BEGIN SELECT RAISE(ABORT, 'the breaker is open'); END;

CREATE TABLE reader_cursor (
  reader TEXT PRIMARY KEY NOT NULL,
  position INTEGER NOT NULL CHECK (position >= 0)
) STRICT;

CREATE TABLE product (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'prod_*'),
  name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  roundtable_id TEXT UNIQUE,
  message_quota INTEGER NOT NULL CHECK (message_quota >= 0),
  grant_on TEXT NOT NULL CHECK (grant_on IN ('period_start', 'payment')),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE price (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'price_*'),
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  amount_rials INTEGER NOT NULL CHECK (amount_rials >= 0),
  interval TEXT NOT NULL CHECK (interval IN ('month', 'year')),
  calendar TEXT NOT NULL CHECK (calendar IN ('jalali', 'gregorian')),
  tax_behavior TEXT NOT NULL CHECK (tax_behavior IN ('inclusive', 'exclusive')),
  unpaid_policy TEXT NOT NULL CHECK (unpaid_policy IN ('cancel', 'pause')),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX price_product_id ON price (product_id);

CREATE TABLE customer (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'cus_*'),
  partner_id TEXT NOT NULL REFERENCES partner (id) ON DELETE RESTRICT,
  user_id TEXT,
  created_at INTEGER NOT NULL,
  clock_now_at INTEGER,
  clock_target_at INTEGER,
  CHECK ((clock_now_at IS NULL) = (clock_target_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX one_customer_per_user ON customer (user_id) WHERE user_id IS NOT NULL;

-- Persons live apart from the log, so that erasing one erases nothing else.
CREATE TABLE person (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'per_*'),
  customer_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX person_customer_id ON person (customer_id);

-- Signatures and payman authorities: whoever holds one can debit, so none stands anywhere in clear.
CREATE TABLE secret (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'sec_*'),
  customer_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX secret_customer_id ON secret (customer_id);

CREATE TABLE payment_method (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'pm_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  status TEXT NOT NULL CHECK (status IN ('pending_signature', 'active', 'verification_failed', 'cancelled_by_user', 'expired')),
  person_id TEXT NOT NULL,
  max_amount_rials INTEGER NOT NULL CHECK (max_amount_rials >= 0),
  max_daily_count INTEGER NOT NULL CHECK (max_daily_count >= 1),
  max_monthly_count INTEGER NOT NULL CHECK (max_monthly_count >= 1),
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  sign_before INTEGER NOT NULL,
  agreement_id TEXT UNIQUE REFERENCES secret (id) ON DELETE RESTRICT,
  signature_id TEXT UNIQUE REFERENCES secret (id) ON DELETE RESTRICT,
  asked_at INTEGER,
  next_ask_at INTEGER,
  activated_at INTEGER,
  cancelled_at INTEGER,
  cancellation TEXT CHECK (cancellation IN ('requested', 'confirmed', 'presumed')),
  cancel_tries INTEGER NOT NULL CHECK (cancel_tries >= 0),
  next_cancel_at INTEGER,
  CHECK (status <> 'active' OR (signature_id IS NOT NULL AND activated_at IS NOT NULL)),
  CHECK ((status = 'cancelled_by_user') = (cancelled_at IS NOT NULL)),
  CHECK (next_cancel_at IS NULL OR cancellation = 'requested')
) STRICT;
CREATE INDEX payment_method_customer_id ON payment_method (customer_id, id);

CREATE TABLE subscription (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'sub_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  price_id TEXT NOT NULL REFERENCES price (id) ON DELETE RESTRICT,
  payment_method_id TEXT REFERENCES payment_method (id) ON DELETE RESTRICT,
  status TEXT NOT NULL CHECK (status IN ('incomplete', 'active', 'past_due', 'paused', 'canceled', 'incomplete_expired')),
  anchor_day INTEGER NOT NULL CHECK (anchor_day BETWEEN 1 AND 31),
  starts_on INTEGER NOT NULL,
  period_index INTEGER NOT NULL CHECK (period_index >= 0),
  period_starts_at INTEGER NOT NULL,
  period_ends_at INTEGER NOT NULL,
  latest_invoice_id TEXT REFERENCES invoice (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  cancel_at_period_end INTEGER NOT NULL CHECK (cancel_at_period_end IN (0, 1)),
  cancel_reason TEXT CHECK (cancel_reason IN ('requested', 'unpaid')),
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  CHECK (period_starts_at < period_ends_at),
  CHECK ((status IN ('canceled', 'incomplete_expired')) = (ended_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_running_subscription_per_product ON subscription (customer_id, product_id)
  WHERE status IN ('incomplete', 'active', 'past_due', 'paused');
CREATE INDEX subscription_customer_id ON subscription (customer_id, id);

CREATE TABLE invoice (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'inv_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  subscription_id TEXT NOT NULL REFERENCES subscription (id) ON DELETE RESTRICT,
  period_index INTEGER NOT NULL CHECK (period_index >= 0),
  reason TEXT NOT NULL CHECK (reason IN ('subscription_create', 'subscription_cycle')),
  status TEXT NOT NULL CHECK (status IN ('open', 'paid', 'void', 'uncollectible')),
  lines TEXT NOT NULL CHECK (json_type(lines) = 'array'),
  subtotal_rials INTEGER NOT NULL CHECK (subtotal_rials >= 0),
  vat_rials INTEGER NOT NULL CHECK (vat_rials >= 0),
  total_rials INTEGER NOT NULL CHECK (total_rials >= 0),
  due_at INTEGER NOT NULL,
  attempt_count INTEGER NOT NULL CHECK (attempt_count >= 0),
  next_attempt_at INTEGER,
  finalized_at INTEGER NOT NULL,
  paid_at INTEGER,
  CHECK (total_rials = subtotal_rials + vat_rials),
  CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
  CHECK (status = 'open' OR next_attempt_at IS NULL)
) STRICT;
CREATE UNIQUE INDEX one_invoice_per_period ON invoice (subscription_id, period_index);
CREATE INDEX invoice_customer_id ON invoice (customer_id, id);

CREATE TABLE payment (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'pay_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  invoice_id TEXT NOT NULL REFERENCES invoice (id) ON DELETE RESTRICT,
  payment_method_id TEXT REFERENCES payment_method (id) ON DELETE RESTRICT,
  kind TEXT NOT NULL CHECK (kind IN ('debit', 'checkout')),
  status TEXT NOT NULL CHECK (status IN ('created', 'submitted', 'unknown', 'open', 'verifying', 'needs_review',
    'succeeded', 'failed', 'lapsed', 'closed', 'surplus', 'reversed', 'refunded')),
  amount_rials INTEGER NOT NULL CHECK (amount_rials > 0),
  authority TEXT UNIQUE,
  send_before INTEGER,
  settles_after INTEGER,
  answered INTEGER NOT NULL CHECK (answered IN (0, 1)),
  tries INTEGER NOT NULL CHECK (tries >= 0),
  ask_count INTEGER NOT NULL CHECK (ask_count >= 0),
  asked_at INTEGER,
  next_ask_at INTEGER,
  failed_heard_at INTEGER,
  not_paid_heard_at INTEGER,
  ref_id TEXT UNIQUE,
  failure_reason TEXT,
  created_at INTEGER NOT NULL,
  begun_at INTEGER NOT NULL,
  settled_at INTEGER,
  CHECK (kind <> 'debit' OR payment_method_id IS NOT NULL),
  CHECK (status NOT IN ('submitted', 'unknown', 'verifying', 'succeeded', 'lapsed', 'surplus') OR authority IS NOT NULL),
  CHECK ((send_before IS NULL) = (settles_after IS NULL)),
  CHECK (status NOT IN ('succeeded', 'failed', 'lapsed') OR settled_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX one_live_payment_per_invoice ON payment (invoice_id)
  WHERE status IN ('created', 'submitted', 'open', 'verifying', 'unknown', 'needs_review', 'succeeded');
CREATE INDEX payment_customer_id ON payment (customer_id, id);
CREATE INDEX payment_begun_at ON payment (customer_id, begun_at);
-- Whom the operators' switch has to wake.
CREATE INDEX payment_waiting ON payment (customer_id) WHERE status = 'created';

-- Quota use is not on the stream: a thousand reservations at once are single conditional statements on this row.
CREATE TABLE quota_balance (
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  subscription_id TEXT NOT NULL REFERENCES subscription (id) ON DELETE RESTRICT,
  period_index INTEGER NOT NULL CHECK (period_index >= 0),
  granted INTEGER NOT NULL CHECK (granted >= 0),
  used INTEGER NOT NULL CHECK (used >= 0),
  reserved INTEGER NOT NULL CHECK (reserved >= 0),
  version INTEGER NOT NULL CHECK (version >= 1),
  valid_until INTEGER NOT NULL,
  PRIMARY KEY (customer_id, product_id)
) STRICT;

CREATE TABLE ledger_entry (
  event_id TEXT NOT NULL REFERENCES billing_event (id) ON DELETE RESTRICT,
  line INTEGER NOT NULL CHECK (line >= 0),
  customer_id TEXT NOT NULL,
  account TEXT NOT NULL CHECK (account IN ('receivable', 'deferred_revenue', 'revenue', 'vat_payable',
    'gateway_clearing', 'gateway_fee', 'customer_credit', 'refunds_payable', 'rounding')),
  amount_rials INTEGER NOT NULL CHECK (amount_rials <> 0),
  invoice_id TEXT NOT NULL REFERENCES invoice (id) ON DELETE RESTRICT,
  payment_id TEXT REFERENCES payment (id) ON DELETE RESTRICT,
  at INTEGER NOT NULL,
  PRIMARY KEY (event_id, line)
) STRICT;
CREATE INDEX ledger_entry_customer_id ON ledger_entry (customer_id, account);
CREATE TRIGGER ledger_entry_is_never_updated BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_is_never_deleted BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_is_never_replaced BEFORE INSERT ON ledger_entry
WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE event_id = NEW.event_id AND line = NEW.line)
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;

-- Numbers are given inside the finalising batch, one after the other, without gaps.
CREATE TABLE invoice_number (
  series TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number >= 1),
  invoice_id TEXT NOT NULL UNIQUE REFERENCES invoice (id) ON DELETE RESTRICT,
  PRIMARY KEY (series, number)
) STRICT;
CREATE TRIGGER invoice_number_is_never_updated BEFORE UPDATE ON invoice_number
BEGIN SELECT RAISE(ABORT, 'invoice_number is append-only'); END;
CREATE TRIGGER invoice_number_is_never_deleted BEFORE DELETE ON invoice_number
BEGIN SELECT RAISE(ABORT, 'invoice_number is append-only'); END;
CREATE TRIGGER invoice_number_is_never_replaced BEFORE INSERT ON invoice_number
WHEN EXISTS (SELECT 1 FROM invoice_number
  WHERE invoice_id = NEW.invoice_id OR (series = NEW.series AND number = NEW.number))
BEGIN SELECT RAISE(ABORT, 'invoice_number is append-only'); END;

-- Facts across customers: whoever inserts the row owns what it names.
CREATE TABLE claim (
  kind TEXT NOT NULL,
  key TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)),
  PRIMARY KEY (kind, key)
) STRICT;
CREATE INDEX claim_expires_at ON claim (expires_at) WHERE confirmed = 0;

-- Who is to be looked at next, and when. Written by every commit, claimed by the scan.
CREATE TABLE due (
  customer_id TEXT PRIMARY KEY NOT NULL,
  due_at INTEGER,
  rules_version INTEGER NOT NULL,
  claimed_until INTEGER NOT NULL,
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  last_error TEXT
) STRICT;
CREATE INDEX due_due_at ON due (due_at, customer_id) WHERE due_at IS NOT NULL;
CREATE INDEX due_rules_version ON due (rules_version);

-- Notices and returning browsers, raw: hints that are never believed, at most one per subject, body and minute.
CREATE TABLE webhook_event (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'whe_*'),
  source TEXT NOT NULL CHECK (source IN ('return', 'notice')),
  subject_id TEXT,
  customer_id TEXT,
  nok INTEGER NOT NULL CHECK (nok IN (0, 1)),
  body TEXT NOT NULL CHECK (length(body) <= 16384),
  body_hash TEXT NOT NULL,
  minute INTEGER NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_event_received_at ON webhook_event (received_at);
CREATE UNIQUE INDEX one_webhook_event_per_minute ON webhook_event (body_hash, minute);
CREATE INDEX webhook_event_customer_id ON webhook_event (customer_id, received_at) WHERE customer_id IS NOT NULL;
