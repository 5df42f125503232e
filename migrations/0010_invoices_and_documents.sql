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
