-- Reservations of periods that are long over go. Until then they are what a repeated request finds, and what a late commit
-- is told to; those that a balance still sums up stay, since they are what it is checked against.

-- A period that a balance has left, and until when messages of it were known to be used.
CREATE TABLE past_quota_period (
  subscription_id TEXT NOT NULL REFERENCES subscription (id) ON DELETE RESTRICT,
  period_index INTEGER NOT NULL CHECK (period_index >= 0),
  used_until INTEGER NOT NULL,
  PRIMARY KEY (subscription_id, period_index)
) STRICT;
CREATE INDEX past_quota_period_used_until ON past_quota_period (used_until);

CREATE TRIGGER quota_balance_leaves_a_period AFTER UPDATE OF subscription_id, period_index ON quota_balance
WHEN NEW.subscription_id <> OLD.subscription_id OR NEW.period_index <> OLD.period_index
BEGIN
  INSERT INTO past_quota_period (subscription_id, period_index, used_until)
  VALUES (OLD.subscription_id, OLD.period_index, OLD.valid_until)
  ON CONFLICT DO NOTHING;
END;

INSERT INTO past_quota_period (subscription_id, period_index, used_until)
SELECT subscription_id, period_index, MAX(COALESCE(settled_at, expires_at)) FROM quota_reservation r
WHERE NOT EXISTS (SELECT 1 FROM quota_balance b
  WHERE b.subscription_id = r.subscription_id AND b.period_index = r.period_index)
GROUP BY 1, 2;

DROP TRIGGER quota_reservation_is_never_deleted;
-- The index of `quota_balance` is its customer.
CREATE TRIGGER quota_reservation_is_kept_while_it_counts BEFORE DELETE ON quota_reservation
WHEN OLD.status = 'reserved' OR EXISTS (SELECT 1 FROM quota_balance WHERE customer_id = OLD.customer_id
  AND subscription_id = OLD.subscription_id AND period_index = OLD.period_index)
BEGIN SELECT RAISE(ABORT, 'a reservation is kept while a balance counts it'); END;
