-- Links by which a partner signs its customer in. Each works once, soon and here; kept is only a hash of it, and who made it
-- for whom.

CREATE TABLE login_link (
  hash TEXT PRIMARY KEY NOT NULL CHECK (length(hash) = 64),
  partner_id TEXT NOT NULL REFERENCES partner (id) ON DELETE RESTRICT,
  partner_key_id TEXT NOT NULL REFERENCES partner_key (id) ON DELETE RESTRICT,
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  -- The address of the deployment that it leads to: copied to another database it opens nothing there.
  audience TEXT NOT NULL,
  return_url TEXT NOT NULL CHECK (return_url GLOB 'http*://*'),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  CHECK (expires_at > created_at),
  CHECK (used_at < expires_at)
) STRICT;
CREATE INDEX login_link_expires_at ON login_link (expires_at);
