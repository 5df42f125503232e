-- The whole life of a subscription: trials, coupons, changes, pauses, dunning by the price, credit. Statuses and reasons
-- are words of CHECKs, which SQLite cannot change, so those tables are made anew, each under its own name while
-- references to it wait for the end of the transaction.
PRAGMA defer_foreign_keys = ON;

ALTER TABLE product ADD COLUMN add_on INTEGER NOT NULL DEFAULT 0 CHECK (add_on IN (0, 1));

ALTER TABLE price ADD COLUMN trial_days INTEGER NOT NULL DEFAULT 0 CHECK (trial_days BETWEEN 0 AND 365);
ALTER TABLE price ADD COLUMN trial_needs_payment_method INTEGER NOT NULL DEFAULT 1
  CHECK (trial_needs_payment_method IN (0, 1));
ALTER TABLE price ADD COLUMN retry_days TEXT NOT NULL DEFAULT '[2,5,9,14]' CHECK (json_type(retry_days) = 'array');
ALTER TABLE price ADD COLUMN grace_access TEXT NOT NULL DEFAULT 'keep' CHECK (grace_access IN ('keep', 'narrow'));
ALTER TABLE price ADD COLUMN cancel_credit TEXT NOT NULL DEFAULT 'none' CHECK (cancel_credit IN ('none', 'prorated'));

ALTER TABLE payment_method ADD COLUMN replaces_id TEXT REFERENCES payment_method (id) ON DELETE RESTRICT;
ALTER TABLE payment_method ADD COLUMN unexplained_declines INTEGER NOT NULL DEFAULT 0 CHECK (unexplained_declines >= 0);
ALTER TABLE payment_method ADD COLUMN expiry_told INTEGER NOT NULL DEFAULT 0 CHECK (expiry_told IN (0, 1));

-- Credit may stand below zero by what was too little for the gateway to take.
CREATE TABLE old_customer AS SELECT * FROM customer;
DROP TABLE customer;
CREATE TABLE customer (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'cus_*'),
  partner_id TEXT NOT NULL REFERENCES partner (id) ON DELETE RESTRICT,
  user_id TEXT,
  created_at INTEGER NOT NULL,
  clock_now_at INTEGER,
  clock_target_at INTEGER,
  credit_rials INTEGER NOT NULL DEFAULT 0 CHECK (credit_rials > -10000),
  CHECK ((clock_now_at IS NULL) = (clock_target_at IS NULL))
) STRICT;
INSERT INTO customer (id, partner_id, user_id, created_at, clock_now_at, clock_target_at, credit_rials)
  SELECT id, partner_id, user_id, created_at, clock_now_at, clock_target_at, credit_rials FROM old_customer;
DROP TABLE old_customer;
CREATE UNIQUE INDEX one_customer_per_user ON customer (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE old_subscription AS SELECT * FROM subscription;
DROP TABLE subscription;
CREATE TABLE subscription (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'sub_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  price_id TEXT NOT NULL REFERENCES price (id) ON DELETE RESTRICT,
  quantity INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 1000),
  add_ons TEXT NOT NULL CHECK (json_type(add_ons) = 'array'),
  payment_method_id TEXT REFERENCES payment_method (id) ON DELETE RESTRICT,
  status TEXT NOT NULL CHECK (status IN ('incomplete', 'trialing', 'active', 'past_due', 'paused', 'canceled',
    'incomplete_expired')),
  anchor_day INTEGER NOT NULL CHECK (anchor_day BETWEEN 1 AND 31),
  starts_on INTEGER NOT NULL,
  first_index INTEGER NOT NULL CHECK (first_index >= 0),
  period_index INTEGER NOT NULL CHECK (period_index >= 0),
  period_starts_at INTEGER NOT NULL,
  period_ends_at INTEGER NOT NULL,
  trial_ends_at INTEGER,
  discount TEXT CHECK (discount IS NULL OR json_type(discount) = 'object'),
  free_periods INTEGER NOT NULL CHECK (free_periods >= 0),
  latest_invoice_id TEXT REFERENCES invoice (id) ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED,
  pending_change TEXT CHECK (pending_change IS NULL OR json_type(pending_change) = 'object'),
  scheduled_change TEXT CHECK (scheduled_change IS NULL OR json_type(scheduled_change) = 'object'),
  cancel_at_period_end INTEGER NOT NULL CHECK (cancel_at_period_end IN (0, 1)),
  cancel_reason TEXT CHECK (cancel_reason IN ('requested', 'unpaid')),
  cancel_feedback TEXT CHECK (cancel_feedback IN ('too_expensive', 'unused', 'missing_features', 'switched_service',
    'too_complex', 'customer_service', 'low_quality', 'other')),
  pause_at_period_end INTEGER NOT NULL CHECK (pause_at_period_end IN (0, 1)),
  pause_reason TEXT CHECK (pause_reason IN ('requested', 'unpaid')),
  paused_at INTEGER,
  paused_days_left INTEGER NOT NULL CHECK (paused_days_left >= 0),
  resumes_at INTEGER,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  CHECK (period_starts_at < period_ends_at),
  CHECK (status <> 'trialing' OR trial_ends_at IS NOT NULL),
  CHECK ((status = 'paused') = (pause_reason IS NOT NULL)),
  CHECK ((status IN ('canceled', 'incomplete_expired')) = (ended_at IS NOT NULL)),
  CHECK (ended_at IS NULL OR (pending_change IS NULL AND scheduled_change IS NULL))
) STRICT;
INSERT INTO subscription (id, customer_id, product_id, price_id, quantity, add_ons, payment_method_id, status,
    anchor_day, starts_on, first_index, period_index, period_starts_at, period_ends_at, trial_ends_at, discount,
    free_periods, latest_invoice_id, pending_change, scheduled_change, cancel_at_period_end, cancel_reason,
    cancel_feedback, pause_at_period_end, pause_reason, paused_at, paused_days_left, resumes_at, created_at, ended_at)
  SELECT id, customer_id, product_id, price_id, 1, '[]', payment_method_id, status, anchor_day, starts_on, 0,
    period_index, period_starts_at, period_ends_at, NULL, NULL, 0, latest_invoice_id, NULL, NULL, cancel_at_period_end,
    cancel_reason, NULL, 0, CASE status WHEN 'paused' THEN 'unpaid' END, NULL, 0, NULL, created_at, ended_at
  FROM old_subscription;
DROP TABLE old_subscription;
CREATE UNIQUE INDEX one_running_subscription_per_product ON subscription (customer_id, product_id)
  WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'paused');
CREATE INDEX subscription_customer_id ON subscription (customer_id, id);

CREATE TABLE old_invoice AS SELECT * FROM invoice;
DROP TABLE invoice;
CREATE TABLE invoice (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'inv_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  subscription_id TEXT REFERENCES subscription (id) ON DELETE RESTRICT,
  period_index INTEGER CHECK (period_index >= 0),
  reason TEXT NOT NULL CHECK (reason IN ('subscription_create', 'subscription_cycle', 'subscription_change', 'purchase')),
  status TEXT NOT NULL CHECK (status IN ('open', 'paid', 'void', 'uncollectible')),
  lines TEXT NOT NULL CHECK (json_type(lines) = 'array'),
  subtotal_rials INTEGER NOT NULL CHECK (subtotal_rials >= 0),
  vat_rials INTEGER NOT NULL CHECK (vat_rials >= 0),
  total_rials INTEGER NOT NULL CHECK (total_rials >= 0),
  credit_applied_rials INTEGER NOT NULL CHECK (credit_applied_rials <= total_rials),
  credit_notes_rials INTEGER NOT NULL CHECK (credit_notes_rials >= 0),
  returned_rials INTEGER NOT NULL CHECK (returned_rials BETWEEN credit_notes_rials AND total_rials),
  returned_net_rials INTEGER NOT NULL CHECK (returned_net_rials BETWEEN 0 AND subtotal_rials),
  recognized_at INTEGER,
  due_at INTEGER NOT NULL,
  attempt_count INTEGER NOT NULL CHECK (attempt_count >= 0),
  next_attempt_at INTEGER,
  finalized_at INTEGER NOT NULL,
  paid_at INTEGER,
  CHECK (total_rials = subtotal_rials + vat_rials),
  CHECK ((reason = 'purchase') = (subscription_id IS NULL)),
  CHECK ((subscription_id IS NULL) = (period_index IS NULL)),
  CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
  CHECK (status = 'open' OR next_attempt_at IS NULL),
  CHECK (status IN ('open', 'paid') OR credit_applied_rials = 0)
) STRICT;
INSERT INTO invoice (id, customer_id, subscription_id, period_index, reason, status, lines, subtotal_rials, vat_rials,
    total_rials, credit_applied_rials, credit_notes_rials, returned_rials, returned_net_rials, recognized_at, due_at,
    attempt_count, next_attempt_at, finalized_at, paid_at)
  SELECT id, customer_id, subscription_id, period_index, reason, status, lines, subtotal_rials, vat_rials, total_rials,
    0, 0,
    COALESCE((SELECT SUM(amount_rials) FROM refund
      WHERE invoice_id = old_invoice.id AND source = 'invoice' AND status <> 'failed'), 0),
    COALESCE((SELECT SUM(net_rials) FROM refund
      WHERE invoice_id = old_invoice.id AND source = 'invoice' AND status <> 'failed'), 0),
    NULL, due_at, attempt_count, next_attempt_at, finalized_at, paid_at
  FROM old_invoice;
DROP TABLE old_invoice;
CREATE UNIQUE INDEX one_invoice_per_period ON invoice (subscription_id, period_index)
  WHERE reason IN ('subscription_create', 'subscription_cycle');
CREATE INDEX invoice_customer_id ON invoice (customer_id, id);
-- What has been paid and is not revenue yet.
CREATE INDEX invoice_deferred ON invoice (customer_id) WHERE status = 'paid' AND recognized_at IS NULL;

CREATE TABLE old_ledger_entry AS SELECT * FROM ledger_entry;
DROP TABLE ledger_entry;
CREATE TABLE ledger_entry (
  event_id TEXT NOT NULL REFERENCES billing_event (id) ON DELETE RESTRICT,
  line INTEGER NOT NULL CHECK (line >= 0),
  customer_id TEXT,
  account TEXT NOT NULL CHECK (account IN ('receivable', 'deferred_revenue', 'revenue', 'vat_payable',
    'gateway_clearing', 'gateway_fee', 'customer_credit', 'refunds_payable', 'rounding', 'bank', 'adjustments')),
  amount_rials INTEGER NOT NULL CHECK (amount_rials <> 0),
  invoice_id TEXT REFERENCES invoice (id) ON DELETE RESTRICT,
  payment_id TEXT REFERENCES payment (id) ON DELETE RESTRICT,
  at INTEGER NOT NULL,
  PRIMARY KEY (event_id, line),
  CHECK (customer_id IS NOT NULL OR invoice_id IS NULL)
) STRICT;
INSERT INTO ledger_entry (event_id, line, customer_id, account, amount_rials, invoice_id, payment_id, at)
  SELECT event_id, line, customer_id, account, amount_rials, invoice_id, payment_id, at FROM old_ledger_entry;
DROP TABLE old_ledger_entry;
CREATE INDEX ledger_entry_customer_id ON ledger_entry (customer_id, account);
CREATE INDEX ledger_entry_payment_id ON ledger_entry (payment_id, account) WHERE payment_id IS NOT NULL;
CREATE INDEX ledger_entry_clearing ON ledger_entry (amount_rials) WHERE account = 'gateway_clearing';
CREATE TRIGGER ledger_entry_is_never_updated BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_is_never_deleted BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_is_never_replaced BEFORE INSERT ON ledger_entry
WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE event_id = NEW.event_id AND line = NEW.line)
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;

CREATE TABLE credit_note (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'cn_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  invoice_id TEXT NOT NULL REFERENCES invoice (id) ON DELETE RESTRICT,
  reason TEXT NOT NULL CHECK (reason IN ('cancellation', 'correction', 'goodwill')),
  net_rials INTEGER NOT NULL CHECK (net_rials >= 0),
  vat_rials INTEGER NOT NULL CHECK (vat_rials >= 0),
  total_rials INTEGER NOT NULL CHECK (total_rials > 0),
  issued_at INTEGER NOT NULL,
  CHECK (total_rials = net_rials + vat_rials)
) STRICT;
CREATE INDEX credit_note_customer_id ON credit_note (customer_id, id);

CREATE TABLE coupon (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'cpn_*'),
  code TEXT NOT NULL UNIQUE,
  percent_basis_points INTEGER CHECK (percent_basis_points BETWEEN 1 AND 10000),
  amount_rials INTEGER CHECK (amount_rials > 0),
  duration TEXT NOT NULL CHECK (duration IN ('once', 'periods', 'forever')),
  duration_periods INTEGER CHECK (duration_periods >= 1),
  max_redemptions INTEGER CHECK (max_redemptions >= 1),
  product_id TEXT REFERENCES product (id) ON DELETE RESTRICT,
  expires_at INTEGER,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  created_at INTEGER NOT NULL,
  CHECK ((percent_basis_points IS NULL) <> (amount_rials IS NULL)),
  CHECK ((duration = 'periods') = (duration_periods IS NOT NULL))
) STRICT;

-- A debit that is refused may say why: the gateway has answered then as well, and the breaker counts it.
DROP TRIGGER billing_event_submits_only_while_gateway_answers;
CREATE TRIGGER billing_event_submits_only_while_gateway_answers BEFORE INSERT ON billing_event
WHEN NEW.type = 'payment.submitted'
  AND 5 = (SELECT COUNT(*) FROM (
    SELECT type FROM billing_event
    WHERE type IN ('payment.succeeded', 'payment.failed', 'payment.unknown')
      AND (type <> 'payment.failed'
        OR json_extract(data, '$.reason') IN ('declined', 'not_taken', 'insufficient_funds', 'limit_reached'))
    ORDER BY position DESC LIMIT 5) WHERE type = 'payment.unknown')
  AND NEW.at < 300000 + MAX(
    (SELECT at FROM billing_event WHERE type = 'payment.unknown' ORDER BY position DESC LIMIT 1),
    COALESCE((SELECT at FROM billing_event WHERE type = 'payment.submitted' ORDER BY position DESC LIMIT 1), 0))
BEGIN SELECT RAISE(ABORT, 'the breaker is open'); END;

-- The jobs ask each minute whether a link is to be sent.
CREATE INDEX billing_event_payment_link ON billing_event (position) WHERE type = 'invoice.payment_link_due';
