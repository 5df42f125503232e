-- Messages beyond a period's own: bought or given, each with an end of its own. What is burnt of which is summed up when
-- a count ends; `quota_balance` stays the one row that every use touches.

CREATE TABLE quota_grant (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'qg_*'),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  product_id TEXT NOT NULL REFERENCES product (id) ON DELETE RESTRICT,
  source TEXT NOT NULL CHECK (source IN ('top_up', 'comp')),
  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 100),
  messages INTEGER NOT NULL CHECK (messages > 0),
  -- What it adds to the current count: all that was left of it as the count began; of one that expired, what was burnt.
  counted INTEGER NOT NULL CHECK (counted BETWEEN 0 AND messages),
  expires_at INTEGER,
  expired INTEGER NOT NULL CHECK (expired IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX quota_grant_customer_id ON quota_grant (customer_id) WHERE counted > 0;

-- The part of `granted` that is the period's own, and the highest threshold of it that was told.
ALTER TABLE quota_balance ADD COLUMN period_messages INTEGER NOT NULL DEFAULT 0 CHECK (period_messages >= 0);
ALTER TABLE quota_balance ADD COLUMN told_percent INTEGER NOT NULL DEFAULT 0 CHECK (told_percent IN (0, 80, 100));
UPDATE quota_balance SET period_messages = granted;

ALTER TABLE price ADD COLUMN rollover_messages INTEGER NOT NULL DEFAULT 0 CHECK (rollover_messages >= 0);
ALTER TABLE product ADD COLUMN when_used_up TEXT NOT NULL DEFAULT 'stop' CHECK (when_used_up IN ('stop', 'grace'));

-- A decision that read what was used holds only while the balance is as it was read.
CREATE TABLE quota_read (
  customer_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (customer_id, product_id)
) STRICT;
CREATE TRIGGER quota_read_is_up_to_date BEFORE INSERT ON quota_read
WHEN NOT EXISTS (
  SELECT 1 FROM quota_balance
  WHERE customer_id = NEW.customer_id AND product_id = NEW.product_id AND version = NEW.version
)
BEGIN SELECT RAISE(ABORT, 'messages were used meanwhile'); END;
CREATE TRIGGER quota_read_is_not_kept AFTER INSERT ON quota_read
BEGIN DELETE FROM quota_read WHERE customer_id = NEW.customer_id AND product_id = NEW.product_id; END;

-- Whoever uses what takes a threshold makes the customer due, in the same transaction: no crash loses it.
CREATE TRIGGER quota_balance_reaches_a_threshold AFTER UPDATE ON quota_balance
WHEN NEW.granted > 0 AND (
  (NEW.told_percent < 100 AND NEW.used + NEW.overrun >= NEW.granted)
  OR (NEW.told_percent < 80 AND (NEW.used + NEW.overrun) * 5 >= NEW.granted * 4)
)
BEGIN UPDATE due SET due_at = 0 WHERE customer_id = NEW.customer_id AND COALESCE(due_at, 1) > 0; END;
