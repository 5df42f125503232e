-- Exports of the books. A row says how far one has come and which files of it stand in the bucket: copies of what the
-- ledger says, and so no events of their own. Files are made one at a time, each once.
CREATE TABLE finance_export (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'exp_*'),
  from_day TEXT NOT NULL CHECK (from_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  to_day TEXT NOT NULL CHECK (to_day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  status TEXT NOT NULL CHECK (status IN ('running', 'completed')),
  kind TEXT NOT NULL CHECK (kind IN ('ledger', 'invoices', 'payments', 'vat')),
  part INTEGER NOT NULL CHECK (part >= 1),
  cursor_at INTEGER NOT NULL,
  cursor_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  CHECK (from_day <= to_day),
  CHECK ((status = 'completed') = (finished_at IS NOT NULL))
) STRICT;
CREATE INDEX finance_export_running ON finance_export (id) WHERE status = 'running';

CREATE TABLE finance_export_file (
  export_id TEXT NOT NULL REFERENCES finance_export (id) ON DELETE RESTRICT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('ledger', 'invoices', 'payments', 'vat')),
  part INTEGER NOT NULL CHECK (part >= 1),
  row_count INTEGER NOT NULL CHECK (row_count >= 0),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (export_id, name)
) STRICT;

-- The invoices of a period, in order.
CREATE INDEX invoice_finalized_at ON invoice (finalized_at, id);
