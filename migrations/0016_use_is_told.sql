-- What was last told of a count's use, and when: so that who folds the events knows it, at most a day late.
ALTER TABLE quota_balance ADD COLUMN told_used INTEGER NOT NULL DEFAULT 0 CHECK (told_used >= 0);
ALTER TABLE quota_balance ADD COLUMN told_reserved INTEGER NOT NULL DEFAULT 0 CHECK (told_reserved >= 0);
ALTER TABLE quota_balance ADD COLUMN told_overrun INTEGER NOT NULL DEFAULT 0 CHECK (told_overrun >= 0);
ALTER TABLE quota_balance ADD COLUMN told_at INTEGER NOT NULL DEFAULT 0;

-- Whoever uses messages makes the customer due a day after the last telling, in the same transaction.
CREATE TRIGGER quota_balance_is_to_be_told AFTER UPDATE ON quota_balance
WHEN NEW.used <> NEW.told_used OR NEW.reserved <> NEW.told_reserved OR NEW.overrun <> NEW.told_overrun
BEGIN
  UPDATE due SET due_at = NEW.told_at + 86400000
  WHERE customer_id = NEW.customer_id AND (due_at IS NULL OR due_at > NEW.told_at + 86400000);
END;
