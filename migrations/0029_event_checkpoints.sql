-- Old events leave the log, through a checkpoint alone: each is a segment of a signed file, and what it holds may go once it
-- is older than 400 days and every reader has passed it. Of each stream the last event stays, so that the next one has a hash
-- and a number to follow, and what has gone is always its beginning: where it stood then is kept, and the chain goes on from
-- there. The triggers hold all of it, so that no mistake of the program can remove what stands nowhere else.
CREATE TABLE event_checkpoint (
  -- Through which the log has been archived.
  position INTEGER PRIMARY KEY NOT NULL CHECK (position >= 1),
  export_name TEXT NOT NULL,
  part INTEGER NOT NULL,
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  root TEXT NOT NULL CHECK (length(root) = 64),
  -- How many left with it: not what stays as the last of its stream, but such as had stayed and are the last no more.
  events INTEGER NOT NULL CHECK (events >= 0),
  event_id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  UNIQUE (export_name, part),
  FOREIGN KEY (export_name, part) REFERENCES audit_segment (export_name, part) ON DELETE RESTRICT
) STRICT;
CREATE TRIGGER event_checkpoint_is_never_updated BEFORE UPDATE ON event_checkpoint
BEGIN SELECT RAISE(ABORT, 'event_checkpoint is append-only'); END;
CREATE TRIGGER event_checkpoint_is_never_deleted BEFORE DELETE ON event_checkpoint
BEGIN SELECT RAISE(ABORT, 'event_checkpoint is append-only'); END;
-- INSERT OR REPLACE included: what is not beyond the last one is refused.
CREATE TRIGGER event_checkpoint_goes_forward BEFORE INSERT ON event_checkpoint
WHEN NEW.position <= (SELECT MAX(position) FROM event_checkpoint)
BEGIN SELECT RAISE(ABORT, 'event_checkpoint is append-only'); END;
CREATE TRIGGER event_checkpoint_is_signed BEFORE INSERT ON event_checkpoint
WHEN NOT EXISTS (SELECT 1 FROM audit_export AS x JOIN audit_segment AS s ON s.export_name = x.name
  WHERE x.name = NEW.export_name AND x.root = NEW.root AND s.part = NEW.part AND s.sha256 = NEW.sha256
    AND s.last_position = NEW.position)
BEGIN SELECT RAISE(ABORT, 'a checkpoint is the end of a signed segment'); END;
CREATE TRIGGER event_checkpoint_is_told BEFORE INSERT ON event_checkpoint
WHEN NOT EXISTS (SELECT 1 FROM billing_event WHERE id = NEW.event_id AND type = 'log.archived'
  AND json_extract(data, '$.throughPosition') = NEW.position AND json_extract(data, '$.root') = NEW.root)
BEGIN SELECT RAISE(ABORT, 'a checkpoint has its event'); END;
CREATE TRIGGER event_checkpoint_waits_for_readers BEFORE INSERT ON event_checkpoint
WHEN EXISTS (SELECT 1 FROM reader_cursor WHERE position < NEW.position)
  OR EXISTS (SELECT 1 FROM webhook_endpoint AS w JOIN webhook_delivery AS d ON d.endpoint_id = w.id
    AND d.position <= NEW.position AND d.status = 'pending')
BEGIN SELECT RAISE(ABORT, 'a checkpoint waits for readers'); END;

-- The last event of each stream that has left: the first that is there follows its hash.
CREATE TABLE archived_stream (
  stream TEXT PRIMARY KEY NOT NULL,
  seq INTEGER NOT NULL CHECK (seq >= 1),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  position INTEGER NOT NULL CHECK (position >= 1),
  at INTEGER NOT NULL
) STRICT;
CREATE TRIGGER archived_stream_is_never_deleted BEFORE DELETE ON archived_stream
BEGIN SELECT RAISE(ABORT, 'archived_stream is append-only'); END;
CREATE TRIGGER archived_stream_is_of_the_log BEFORE INSERT ON archived_stream
WHEN NOT EXISTS (SELECT 1 FROM billing_event AS e
    JOIN billing_event AS n ON n.stream = e.stream AND n.seq = e.seq + 1 AND n.prev_hash = e.hash
    WHERE e.stream = NEW.stream AND e.seq = NEW.seq AND e.hash = NEW.hash AND e.position = NEW.position AND e.at = NEW.at)
  OR EXISTS (SELECT 1 FROM archived_stream WHERE stream = NEW.stream AND seq >= NEW.seq)
BEGIN SELECT RAISE(ABORT, 'a stream is archived up to an event that another follows'); END;
CREATE TRIGGER archived_stream_goes_forward BEFORE UPDATE ON archived_stream
WHEN NEW.stream <> OLD.stream OR NEW.seq <= OLD.seq
  OR NOT EXISTS (SELECT 1 FROM billing_event AS e
    JOIN billing_event AS n ON n.stream = e.stream AND n.seq = e.seq + 1 AND n.prev_hash = e.hash
    WHERE e.stream = NEW.stream AND e.seq = NEW.seq AND e.hash = NEW.hash AND e.position = NEW.position AND e.at = NEW.at)
BEGIN SELECT RAISE(ABORT, 'a stream is archived up to an event that another follows'); END;

-- What operators have acknowledged stays so when the event that says it has left.
CREATE TABLE archived_acknowledgement (
  stream TEXT NOT NULL,
  exception_id TEXT NOT NULL,
  PRIMARY KEY (stream, exception_id)
) STRICT;
CREATE TRIGGER archived_acknowledgement_is_never_updated BEFORE UPDATE ON archived_acknowledgement
BEGIN SELECT RAISE(ABORT, 'archived_acknowledgement is append-only'); END;
CREATE TRIGGER archived_acknowledgement_is_never_deleted BEFORE DELETE ON archived_acknowledgement
BEGIN SELECT RAISE(ABORT, 'archived_acknowledgement is append-only'); END;

-- No clock is read here: the newest event's is the latest time that is known to have come. An epoch's own events say which
-- others were recalled, and stay.
DROP TRIGGER billing_event_is_never_deleted;
CREATE TRIGGER billing_event_leaves_by_a_checkpoint BEFORE DELETE ON billing_event
WHEN OLD.position > COALESCE((SELECT MAX(position) FROM event_checkpoint), 0)
  OR NOT EXISTS (SELECT 1 FROM archived_stream WHERE stream = OLD.stream AND seq >= OLD.seq)
  OR NOT EXISTS (SELECT 1 FROM billing_event WHERE stream = OLD.stream AND seq > OLD.seq)
  OR OLD.at > (SELECT at FROM billing_event ORDER BY position DESC LIMIT 1) - 34560000000
  OR OLD.stream GLOB 'epoch:*'
BEGIN SELECT RAISE(ABORT, 'billing_event is append-only'); END;
-- A place that was archived is not free again.
CREATE TRIGGER billing_event_is_not_archived BEFORE INSERT ON billing_event
WHEN EXISTS (SELECT 1 FROM archived_stream WHERE stream = NEW.stream AND seq >= NEW.seq)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: billing_event.stream, billing_event.seq'); END;

-- Entries of the books stay for good, and say themselves what they were made of. That there was such an event is asked when
-- they are written; a foreign key would keep it from leaving.
CREATE TABLE old_ledger_entry AS SELECT * FROM ledger_entry;
DROP TABLE ledger_entry;
CREATE TABLE ledger_entry (
  event_id TEXT NOT NULL,
  line INTEGER NOT NULL CHECK (line >= 0),
  customer_id TEXT,
  account TEXT NOT NULL CHECK (account IN ('receivable', 'deferred_revenue', 'revenue', 'vat_payable',
    'gateway_clearing', 'gateway_fee', 'customer_credit', 'refunds_payable', 'rounding', 'bank', 'adjustments')),
  amount_rials INTEGER NOT NULL CHECK (amount_rials <> 0),
  invoice_id TEXT REFERENCES invoice (id) ON DELETE RESTRICT,
  payment_id TEXT REFERENCES payment (id) ON DELETE RESTRICT,
  at INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  PRIMARY KEY (event_id, line),
  CHECK (customer_id IS NOT NULL OR invoice_id IS NULL)
) STRICT;
INSERT INTO ledger_entry (event_id, line, customer_id, account, amount_rials, invoice_id, payment_id, at, event_type)
  SELECT l.event_id, l.line, l.customer_id, l.account, l.amount_rials, l.invoice_id, l.payment_id, l.at, e.type
  FROM old_ledger_entry AS l JOIN billing_event AS e ON e.id = l.event_id;
DROP TABLE old_ledger_entry;
CREATE INDEX ledger_entry_at ON ledger_entry (at);
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
CREATE TRIGGER ledger_entry_is_of_an_open_month BEFORE INSERT ON ledger_entry
WHEN NEW.at < (SELECT MAX(ends_at) FROM closed_month)
BEGIN SELECT RAISE(ABORT, 'ledger_entry is of a closed month'); END;
CREATE TRIGGER ledger_entry_is_of_its_event BEFORE INSERT ON ledger_entry
WHEN NEW.event_type IS NOT (SELECT type FROM billing_event WHERE id = NEW.event_id)
BEGIN SELECT RAISE(ABORT, 'FOREIGN KEY constraint failed: ledger_entry has no such event'); END;

-- Deliveries are made of the log by the statement that writes them, and those that are under way hold a checkpoint up. A
-- foreign key would look through all of them for each event that leaves.
CREATE TABLE old_webhook_delivery AS SELECT * FROM webhook_delivery;
DROP TABLE webhook_delivery;
CREATE TABLE webhook_delivery (
  endpoint_id TEXT NOT NULL REFERENCES webhook_endpoint (id) ON DELETE RESTRICT,
  position INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  stream TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  -- Of the first that is pending in its stream; null behind it.
  next_attempt_at INTEGER,
  last_attempt_at INTEGER,
  response_status INTEGER CHECK (response_status BETWEEN 100 AND 999),
  error TEXT CHECK (error IN ('timeout', 'network', 'unresolved', 'address_refused')),
  latency_ms INTEGER CHECK (latency_ms >= 0),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (endpoint_id, position),
  CHECK (status = 'pending' OR next_attempt_at IS NULL),
  CHECK (response_status IS NULL OR error IS NULL)
) STRICT;
INSERT INTO webhook_delivery SELECT * FROM old_webhook_delivery;
DROP TABLE old_webhook_delivery;
CREATE INDEX webhook_delivery_in_order ON webhook_delivery (endpoint_id, stream, position) WHERE status = 'pending';
CREATE INDEX webhook_delivery_next ON webhook_delivery (endpoint_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_delivery_created_at ON webhook_delivery (created_at);
