-- One-off payments, money that comes late, and refunds: an invoice may stand without a subscription, a price without
-- periods, a ledger entry without a customer. SQLite cannot loosen a column, so those tables are made anew, each under
-- its own name while references to it wait for the end of the transaction.
PRAGMA defer_foreign_keys = ON;

ALTER TABLE customer ADD COLUMN credit_rials INTEGER NOT NULL DEFAULT 0 CHECK (credit_rials >= 0);

ALTER TABLE payment ADD COLUMN on_demand INTEGER NOT NULL DEFAULT 0 CHECK (on_demand IN (0, 1));
ALTER TABLE payment ADD COLUMN closes_at INTEGER;
ALTER TABLE payment ADD COLUMN told_at INTEGER;
ALTER TABLE payment ADD COLUMN watch_until INTEGER;
-- The guard that two refunds at once never give back more than was paid.
ALTER TABLE payment ADD COLUMN refunded_rials INTEGER NOT NULL DEFAULT 0
  CHECK (refunded_rials >= 0 AND refunded_rials <= amount_rials);
UPDATE payment SET on_demand = 1
  WHERE invoice_id IN (SELECT id FROM invoice WHERE reason = 'subscription_create');
-- What failed before the watch existed is watched from now on as well.
UPDATE payment SET watch_until = settled_at + 604800000, next_ask_at = settled_at + 300000
  WHERE status IN ('failed', 'lapsed') AND authority IS NOT NULL;

CREATE TABLE old_price AS SELECT * FROM price;
DROP TABLE price;
CREATE TABLE price (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'price_*'),
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  amount_rials INTEGER NOT NULL CHECK (amount_rials >= 0),
  interval TEXT CHECK (interval IN ('month', 'year')),
  calendar TEXT NOT NULL CHECK (calendar IN ('jalali', 'gregorian')),
  tax_behavior TEXT NOT NULL CHECK (tax_behavior IN ('inclusive', 'exclusive')),
  unpaid_policy TEXT NOT NULL CHECK (unpaid_policy IN ('cancel', 'pause')),
  late_payment_policy TEXT NOT NULL CHECK (late_payment_policy IN ('credit', 'refund', 'reactivate')),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
INSERT INTO price (id, product_id, amount_rials, interval, calendar, tax_behavior, unpaid_policy, late_payment_policy,
    active, created_at)
  SELECT id, product_id, amount_rials, interval, calendar, tax_behavior, unpaid_policy, 'credit', active, created_at
  FROM old_price;
DROP TABLE old_price;
CREATE INDEX price_product_id ON price (product_id);

CREATE TABLE old_invoice AS SELECT * FROM invoice;
DROP TABLE invoice;
CREATE TABLE invoice (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'inv_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  subscription_id TEXT REFERENCES subscription (id) ON DELETE RESTRICT,
  period_index INTEGER CHECK (period_index >= 0),
  reason TEXT NOT NULL CHECK (reason IN ('subscription_create', 'subscription_cycle', 'purchase')),
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
  CHECK ((reason = 'purchase') = (subscription_id IS NULL)),
  CHECK ((subscription_id IS NULL) = (period_index IS NULL)),
  CHECK ((status = 'paid') = (paid_at IS NOT NULL)),
  CHECK (status = 'open' OR next_attempt_at IS NULL)
) STRICT;
INSERT INTO invoice (id, customer_id, subscription_id, period_index, reason, status, lines, subtotal_rials, vat_rials,
    total_rials, due_at, attempt_count, next_attempt_at, finalized_at, paid_at)
  SELECT id, customer_id, subscription_id, period_index, reason, status, lines, subtotal_rials, vat_rials, total_rials,
    due_at, attempt_count, next_attempt_at, finalized_at, paid_at
  FROM old_invoice;
DROP TABLE old_invoice;
CREATE UNIQUE INDEX one_invoice_per_period ON invoice (subscription_id, period_index);
CREATE INDEX invoice_customer_id ON invoice (customer_id, id);

CREATE TABLE old_ledger_entry AS SELECT * FROM ledger_entry;
DROP TABLE ledger_entry;
CREATE TABLE ledger_entry (
  event_id TEXT NOT NULL REFERENCES billing_event (id) ON DELETE RESTRICT,
  line INTEGER NOT NULL CHECK (line >= 0),
  customer_id TEXT,
  account TEXT NOT NULL CHECK (account IN ('receivable', 'deferred_revenue', 'revenue', 'vat_payable',
    'gateway_clearing', 'gateway_fee', 'customer_credit', 'refunds_payable', 'rounding', 'bank')),
  amount_rials INTEGER NOT NULL CHECK (amount_rials <> 0),
  invoice_id TEXT REFERENCES invoice (id) ON DELETE RESTRICT,
  payment_id TEXT REFERENCES payment (id) ON DELETE RESTRICT,
  at INTEGER NOT NULL,
  PRIMARY KEY (event_id, line),
  CHECK ((customer_id IS NULL) = (invoice_id IS NULL))
) STRICT;
INSERT INTO ledger_entry (event_id, line, customer_id, account, amount_rials, invoice_id, payment_id, at)
  SELECT event_id, line, customer_id, account, amount_rials, invoice_id, payment_id, at FROM old_ledger_entry;
DROP TABLE old_ledger_entry;
CREATE INDEX ledger_entry_customer_id ON ledger_entry (customer_id, account);
CREATE TRIGGER ledger_entry_is_never_updated BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_is_never_deleted BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_is_never_replaced BEFORE INSERT ON ledger_entry
WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE event_id = NEW.event_id AND line = NEW.line)
BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;

CREATE TABLE refund (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'ref_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  payment_id TEXT NOT NULL REFERENCES payment (id) ON DELETE RESTRICT,
  invoice_id TEXT NOT NULL REFERENCES invoice (id) ON DELETE RESTRICT,
  source TEXT NOT NULL CHECK (source IN ('invoice', 'credit')),
  method TEXT NOT NULL CHECK (method IN ('reverse', 'refund', 'manual')),
  status TEXT NOT NULL CHECK (status IN ('pending', 'submitted', 'succeeded', 'failed', 'needs_review')),
  amount_rials INTEGER NOT NULL CHECK (amount_rials > 0),
  net_rials INTEGER NOT NULL CHECK (net_rials >= 0),
  vat_rials INTEGER NOT NULL CHECK (vat_rials >= 0),
  send_before INTEGER,
  settles_after INTEGER,
  next_step_at INTEGER,
  failed_heard_at INTEGER,
  reference TEXT,
  failure_reason TEXT,
  created_at INTEGER NOT NULL,
  settled_at INTEGER,
  CHECK (net_rials + vat_rials = CASE source WHEN 'invoice' THEN amount_rials ELSE 0 END),
  CHECK ((status IN ('succeeded', 'failed')) = (settled_at IS NOT NULL)),
  CHECK (status <> 'submitted' OR (method <> 'manual' AND send_before IS NOT NULL))
) STRICT;
CREATE INDEX refund_customer_id ON refund (customer_id, id);
CREATE INDEX refund_payment_id ON refund (payment_id);
-- Whom an operator has to deal with.
CREATE INDEX refund_waiting ON refund (id) WHERE status IN ('pending', 'needs_review');
