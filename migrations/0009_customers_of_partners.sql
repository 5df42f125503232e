-- Partners make customers of their own and know them by an id of theirs; what a product unlocks has a name, so that a
-- customer's state can say it.

ALTER TABLE customer ADD COLUMN external_id TEXT CHECK (length(external_id) BETWEEN 1 AND 80);
-- The claim decides who has an external id; this says the same in the schema.
CREATE UNIQUE INDEX one_customer_per_external_id ON customer (partner_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX customer_partner_id ON customer (partner_id, id);

ALTER TABLE product ADD COLUMN features TEXT NOT NULL DEFAULT '[]' CHECK (json_type(features) = 'array');
