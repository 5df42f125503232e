-- What came from existing systems. A row is written in the batch of the commit that takes its record over, so that a
-- record is here whole or not at all, and a second import of it finds it. The fingerprint tells one that has changed.
CREATE TABLE imported (
  partner_id TEXT NOT NULL REFERENCES partner (id) ON DELETE RESTRICT,
  kind TEXT NOT NULL CHECK (kind IN ('product', 'price', 'customer')),
  external_id TEXT NOT NULL,
  resource_id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  imported_at INTEGER NOT NULL,
  PRIMARY KEY (partner_id, kind, external_id)
) STRICT;
