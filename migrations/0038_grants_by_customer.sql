-- All that was ever granted to a customer, too: the invariants ask for it.
DROP INDEX quota_grant_customer_id;
CREATE INDEX quota_grant_customer_id ON quota_grant (customer_id, counted);
