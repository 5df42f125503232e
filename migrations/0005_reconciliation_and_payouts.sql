-- Holding our books against the gateway's: hints that come from its lists, each day's result, and its payouts. The words
-- of a CHECK cannot be changed in SQLite, so the table of hints is made anew.

CREATE TABLE old_webhook_event AS SELECT * FROM webhook_event;
DROP TABLE webhook_event;
CREATE TABLE webhook_event (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'whe_*'),
  source TEXT NOT NULL CHECK (source IN ('return', 'notice', 'unverified', 'reconciliation', 'payout')),
  subject_id TEXT,
  customer_id TEXT,
  nok INTEGER NOT NULL CHECK (nok IN (0, 1)),
  body TEXT NOT NULL CHECK (length(body) <= 16384),
  body_hash TEXT NOT NULL,
  minute INTEGER NOT NULL,
  received_at INTEGER NOT NULL
) STRICT;
INSERT INTO webhook_event (id, source, subject_id, customer_id, nok, body, body_hash, minute, received_at)
  SELECT id, source, subject_id, customer_id, nok, body, body_hash, minute, received_at FROM old_webhook_event;
DROP TABLE old_webhook_event;
CREATE INDEX webhook_event_received_at ON webhook_event (received_at);
CREATE UNIQUE INDEX one_webhook_event_per_minute ON webhook_event (body_hash, minute);
CREATE INDEX webhook_event_customer_id ON webhook_event (customer_id, received_at) WHERE customer_id IS NOT NULL;

-- Whether anybody may be paying on a page now, which the gateway is asked about every two minutes.
CREATE INDEX payment_open_page ON payment (id) WHERE status = 'open';
CREATE INDEX payment_left_page ON payment (watch_until)
  WHERE kind = 'checkout' AND status IN ('closed', 'failed', 'lapsed');
-- A day's money, in the order in which it is asked about.
CREATE INDEX payment_settled_at ON payment (settled_at, id)
  WHERE status IN ('succeeded', 'surplus', 'refunded') AND settled_at IS NOT NULL;
CREATE INDEX ledger_entry_payment_id ON ledger_entry (payment_id, account) WHERE payment_id IS NOT NULL;
CREATE INDEX ledger_entry_clearing ON ledger_entry (amount_rials) WHERE account = 'gateway_clearing';

-- One row for each day in Tehran that is over. The cursor moves in the batch that counts, so nothing counts twice.
CREATE TABLE reconciliation (
  day TEXT PRIMARY KEY NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  status TEXT NOT NULL CHECK (status IN ('running', 'completed')),
  ours_count INTEGER NOT NULL CHECK (ours_count >= 0),
  ours_rials INTEGER NOT NULL CHECK (ours_rials >= 0),
  gateway_count INTEGER NOT NULL CHECK (gateway_count >= 0),
  gateway_rials INTEGER NOT NULL CHECK (gateway_rials >= 0),
  fees_rials INTEGER NOT NULL CHECK (fees_rials >= 0),
  cursor_at INTEGER NOT NULL CHECK (cursor_at >= 0),
  cursor_id TEXT NOT NULL,
  stalled_since INTEGER,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  CHECK (gateway_count <= ours_count AND gateway_rials <= ours_rials),
  CHECK ((status = 'completed') = (finished_at IS NOT NULL))
) STRICT;

CREATE TABLE reconciliation_difference (
  day TEXT NOT NULL REFERENCES reconciliation (day) ON DELETE RESTRICT,
  payment_id TEXT NOT NULL REFERENCES payment (id) ON DELETE RESTRICT,
  gateway_says TEXT NOT NULL CHECK (gateway_says IN ('paid', 'in_bank', 'failed', 'reversed', 'refused', 'unanswered')),
  amount_rials INTEGER NOT NULL CHECK (amount_rials > 0),
  found_at INTEGER NOT NULL,
  PRIMARY KEY (day, payment_id)
) STRICT;

CREATE TABLE payout (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'po_*'),
  line_count INTEGER NOT NULL CHECK (line_count >= 1),
  matched_count INTEGER NOT NULL CHECK (matched_count >= 0),
  difference_count INTEGER NOT NULL CHECK (difference_count >= 0),
  already_imported_count INTEGER NOT NULL CHECK (already_imported_count >= 0),
  paid_out_rials INTEGER NOT NULL,
  fee_difference_rials INTEGER NOT NULL,
  imported_at INTEGER NOT NULL,
  CHECK (line_count = matched_count + difference_count + already_imported_count)
) STRICT;

-- The gateway's lines, each once. One that matched never changes; another may match when it is imported again.
CREATE TABLE payout_line (
  type TEXT NOT NULL CHECK (type IN ('payment', 'refund', 'reversal')),
  ref_id TEXT NOT NULL,
  amount_rials INTEGER NOT NULL CHECK (amount_rials > 0),
  settled_at INTEGER NOT NULL,
  authority TEXT NOT NULL,
  fee_rials INTEGER NOT NULL CHECK (fee_rials >= 0),
  line INTEGER NOT NULL CHECK (line >= 2),
  result TEXT NOT NULL CHECK (result IN ('matched', 'fee_differs', 'amount_differs', 'repeated', 'not_booked',
    'unknown_refund', 'unknown_payment')),
  payment_id TEXT REFERENCES payment (id) ON DELETE RESTRICT,
  fee_difference_rials INTEGER NOT NULL,
  payout_id TEXT NOT NULL REFERENCES payout (id) ON DELETE RESTRICT,
  PRIMARY KEY (type, ref_id, amount_rials, settled_at)
) STRICT;
CREATE INDEX payout_line_payout_id ON payout_line (payout_id, line);
CREATE INDEX payout_line_payment_id ON payout_line (payment_id) WHERE payment_id IS NOT NULL;
CREATE TRIGGER payout_line_that_matched_is_never_updated BEFORE UPDATE ON payout_line
WHEN OLD.result IN ('matched', 'fee_differs')
BEGIN SELECT RAISE(ABORT, 'a matched payout_line is never changed'); END;
CREATE TRIGGER payout_line_is_never_deleted BEFORE DELETE ON payout_line
BEGIN SELECT RAISE(ABORT, 'payout_line is never deleted'); END;
