-- Messages set aside for one reply, keyed by the partner's own id for it. What a period has used and set aside stands
-- summed up in `quota_balance`; triggers keep that sum, so that no statement can change the one without the other.

-- Used beyond the tolerance of the grant: not counted as used, but nothing is set aside until it is made up for.
ALTER TABLE quota_balance ADD COLUMN overrun INTEGER NOT NULL DEFAULT 0 CHECK (overrun >= 0);

CREATE TABLE quota_reservation (
  partner_id TEXT NOT NULL REFERENCES partner (id) ON DELETE RESTRICT,
  id TEXT NOT NULL CHECK (length(id) BETWEEN 1 AND 80),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  subscription_id TEXT NOT NULL REFERENCES subscription (id) ON DELETE RESTRICT,
  period_index INTEGER NOT NULL CHECK (period_index >= 0),
  messages INTEGER NOT NULL CHECK (messages BETWEEN 1 AND 100000),
  status TEXT NOT NULL CHECK (status IN ('reserved', 'committed', 'released', 'expired')),
  used_messages INTEGER NOT NULL CHECK (used_messages BETWEEN 0 AND 1000000),
  overrun_messages INTEGER NOT NULL CHECK (overrun_messages BETWEEN 0 AND used_messages),
  expires_at INTEGER NOT NULL CHECK (expires_at >= created_at),
  created_at INTEGER NOT NULL,
  settled_at INTEGER CHECK (settled_at >= created_at),
  PRIMARY KEY (partner_id, id),
  CHECK (status = 'committed' OR used_messages = 0),
  CHECK ((status = 'reserved') = (settled_at IS NULL))
) STRICT;
-- Open ones only: by customer when one is about to reserve, and of all when the sweep looks.
CREATE INDEX quota_reservation_of_customer ON quota_reservation (customer_id, expires_at) WHERE status = 'reserved';
CREATE INDEX quota_reservation_expiring ON quota_reservation (expires_at) WHERE status = 'reserved';
CREATE INDEX quota_reservation_period ON quota_reservation (subscription_id, period_index);

-- The period in which it was reserved is the one that pays: when the balance speaks of another, no row matches.
CREATE TRIGGER quota_reservation_is_counted AFTER INSERT ON quota_reservation
BEGIN
  UPDATE quota_balance SET
    used = used + NEW.used_messages - NEW.overrun_messages,
    overrun = overrun + NEW.overrun_messages,
    reserved = reserved + CASE NEW.status WHEN 'reserved' THEN NEW.messages ELSE 0 END,
    version = version + 1
  WHERE customer_id = NEW.customer_id AND subscription_id = NEW.subscription_id AND period_index = NEW.period_index;
END;
CREATE TRIGGER quota_reservation_is_counted_again AFTER UPDATE ON quota_reservation
BEGIN
  UPDATE quota_balance SET
    used = used + NEW.used_messages - NEW.overrun_messages - OLD.used_messages + OLD.overrun_messages,
    overrun = overrun + NEW.overrun_messages - OLD.overrun_messages,
    reserved = reserved + CASE NEW.status WHEN 'reserved' THEN NEW.messages ELSE 0 END
      - CASE OLD.status WHEN 'reserved' THEN OLD.messages ELSE 0 END,
    version = version + 1
  WHERE customer_id = NEW.customer_id AND subscription_id = NEW.subscription_id AND period_index = NEW.period_index;
END;
-- Which period, whose and how many are facts; a row that goes would take what was used along.
CREATE TRIGGER quota_reservation_keeps_its_period BEFORE UPDATE ON quota_reservation
WHEN NEW.partner_id <> OLD.partner_id OR NEW.id <> OLD.id OR NEW.customer_id <> OLD.customer_id
  OR NEW.product_id <> OLD.product_id OR NEW.subscription_id <> OLD.subscription_id
  OR NEW.period_index <> OLD.period_index OR NEW.messages <> OLD.messages
BEGIN SELECT RAISE(ABORT, 'a reservation keeps its period'); END;
CREATE TRIGGER quota_reservation_is_never_deleted BEFORE DELETE ON quota_reservation
BEGIN SELECT RAISE(ABORT, 'quota_reservation is kept'); END;
