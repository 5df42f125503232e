-- Invoices made out to a buyer, with what an e-invoice of the tax office wants to know. The buyer's own details stand
-- sealed in `person`: no foreign key, since erasing a person must not wait for an invoice.

ALTER TABLE customer ADD COLUMN buyer_id TEXT CHECK (buyer_id GLOB 'per_*');
ALTER TABLE customer ADD COLUMN buyer_kind TEXT CHECK (buyer_kind IN ('natural', 'legal'));

ALTER TABLE invoice ADD COLUMN buyer_id TEXT CHECK (buyer_id GLOB 'per_*');
ALTER TABLE invoice ADD COLUMN tax_report TEXT NOT NULL
  DEFAULT '{"type":2,"pattern":1,"subject":1,"settlement":1,"buyerType":null}' CHECK (json_type(tax_report) = 'object');

-- Which document stands in R2, sealed, under the hash of its text. No customer's serial work: a document says nothing that
-- the log does not.
CREATE TABLE document (
  subject_id TEXT NOT NULL CHECK (subject_id GLOB 'inv_*' OR subject_id GLOB 'pay_*'),
  language TEXT NOT NULL CHECK (language IN ('fa', 'en')),
  edition TEXT NOT NULL CHECK (edition IN ('issued', 'void')),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (subject_id, language, edition)
) STRICT;
CREATE INDEX document_customer_id ON document (customer_id);

-- What a product is called in each language, and by the tax office.
ALTER TABLE product ADD COLUMN translations TEXT NOT NULL DEFAULT '{"fa":null,"en":null}'
  CHECK (json_type(translations) = 'object');
ALTER TABLE product ADD COLUMN tax_class TEXT CHECK (tax_class IS NULL OR json_type(tax_class) = 'object');

-- Plans that move a price's subscriptions to another price; each subscription knows itself when it moves.
CREATE TABLE price_migration (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'mig_*'),
  from_price_id TEXT NOT NULL REFERENCES price (id) ON DELETE RESTRICT,
  to_price_id TEXT NOT NULL REFERENCES price (id) ON DELETE RESTRICT,
  notice_days INTEGER NOT NULL CHECK (notice_days BETWEEN 0 AND 365),
  status TEXT NOT NULL CHECK (status IN ('planned', 'confirmed', 'canceled')),
  created_at INTEGER NOT NULL,
  confirmed_at INTEGER,
  canceled_at INTEGER,
  CHECK (from_price_id <> to_price_id),
  CHECK ((status = 'canceled') = (canceled_at IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX one_confirmed_migration_per_price ON price_migration (from_price_id) WHERE status = 'confirmed';
ALTER TABLE subscription ADD COLUMN price_migration TEXT
  CHECK (price_migration IS NULL OR json_type(price_migration) = 'object');
CREATE INDEX subscription_running_at_price ON subscription (price_id, price_migration)
  WHERE status IN ('incomplete', 'trialing', 'active', 'past_due', 'paused');
