-- Messages that are bought on top of a period's own, by hand or by themselves when few are left.

-- Of a one-time price: the messages that it brings, and for how many days; null for what brings none, and for ever.
ALTER TABLE price ADD COLUMN top_up_messages INTEGER CHECK (top_up_messages > 0);
ALTER TABLE price ADD COLUMN top_up_days INTEGER CHECK (top_up_days > 0);

ALTER TABLE subscription ADD COLUMN auto_top_up TEXT CHECK (json_valid(auto_top_up));
-- Until when nothing more is bought by itself, since a ceiling or the bank said so.
ALTER TABLE subscription ADD COLUMN top_up_held_until INTEGER;

-- Whoever uses what takes the messages below what the customer wants to keep makes the customer due, in the same
-- transaction.
CREATE TRIGGER quota_balance_runs_low AFTER UPDATE ON quota_balance
WHEN NEW.used + NEW.reserved + NEW.overrun > OLD.used + OLD.reserved + OLD.overrun AND EXISTS (
  SELECT 1 FROM subscription
  WHERE id = NEW.subscription_id AND auto_top_up IS NOT NULL
    AND NEW.granted - NEW.used - NEW.reserved - NEW.overrun < json_extract(auto_top_up, '$.belowMessages')
    AND OLD.granted - OLD.used - OLD.reserved - OLD.overrun >= json_extract(auto_top_up, '$.belowMessages')
)
BEGIN UPDATE due SET due_at = 0 WHERE customer_id = NEW.customer_id; END;
