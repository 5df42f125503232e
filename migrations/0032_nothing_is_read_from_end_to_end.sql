-- No statement reads a table that grows from end to end. What operators have to look at, and what a person is erased from,
-- is found by an index; SQLite looks for the children of an invoice that comes after its subscription by one, too.
CREATE INDEX subscription_latest_invoice_id ON subscription (latest_invoice_id) WHERE latest_invoice_id IS NOT NULL;
CREATE INDEX payment_exceptional ON payment (status) WHERE status IN ('needs_review', 'surplus', 'reversed');
CREATE INDEX payment_method_presumed ON payment_method (id) WHERE cancellation = 'presumed';
CREATE INDEX due_stuck ON due (customer_id) WHERE attempts >= 8;
CREATE INDEX document_hash ON document (hash);
CREATE INDEX login_link_customer_id ON login_link (customer_id);
CREATE INDEX verification_value ON verification (value);
CREATE INDEX imported_resource_id ON imported (resource_id);
CREATE INDEX subscription_at_price ON subscription (price_id, id)
  WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'paused');
-- What the gateway owes is the sum of the days and of the entries since.
DROP INDEX ledger_entry_clearing;
