-- Invoices made out to a buyer, with what an e-invoice of the tax office wants to know. The buyer's own details stand
-- sealed in `person`: no foreign key, since erasing a person must not wait for an invoice.

ALTER TABLE customer ADD COLUMN buyer_id TEXT CHECK (buyer_id GLOB 'per_*');
ALTER TABLE customer ADD COLUMN buyer_kind TEXT CHECK (buyer_kind IN ('natural', 'legal'));

ALTER TABLE invoice ADD COLUMN buyer_id TEXT CHECK (buyer_id GLOB 'per_*');
ALTER TABLE invoice ADD COLUMN tax_report TEXT NOT NULL
  DEFAULT '{"type":2,"pattern":1,"subject":1,"settlement":1,"buyerType":null}' CHECK (json_type(tax_report) = 'object');
