-- A rotation of the sealing keys, from its begin to its end: one row for each key that was rotated to. What is done shows
-- in the sealed texts themselves; of a document's text, which stands in R2, its row says under which key.

CREATE TABLE key_rotation (
  key_id TEXT PRIMARY KEY NOT NULL,
  begun_at INTEGER NOT NULL,
  completed_at INTEGER
) STRICT;

-- Null: nobody knows, until a rotation has looked.
ALTER TABLE document ADD COLUMN sealed_under TEXT;
