-- Where partners are told of events, and each event on its way there. The log is the outbox: deliveries are made of it by a
-- reader with a cursor, never by a commit.

CREATE TABLE webhook_endpoint (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'wep_*'),
  partner_id TEXT NOT NULL REFERENCES partner (id) ON DELETE RESTRICT,
  url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 500),
  -- Null is all of them.
  event_types TEXT CHECK (event_types IS NULL OR json_type(event_types) = 'array'),
  status TEXT NOT NULL CHECK (status IN ('enabled', 'disabled', 'archived')),
  disabled_reason TEXT CHECK (disabled_reason IN ('gone', 'failing')),
  secret TEXT NOT NULL,
  previous_secret TEXT,
  previous_secret_ends_at INTEGER,
  -- The request that made the secret: when it is sent again, it is not made again.
  rotation TEXT NOT NULL,
  -- Events up to this one are only replayed.
  since_position INTEGER NOT NULL CHECK (since_position >= 0),
  created_at INTEGER NOT NULL,
  CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL)),
  CHECK ((previous_secret IS NULL) = (previous_secret_ends_at IS NULL))
) STRICT;
CREATE INDEX webhook_endpoint_partner_id ON webhook_endpoint (partner_id);

-- Who sends to an endpoint, and since when it fails: no event, since every attempt would be one.
CREATE TABLE webhook_dispatch (
  endpoint_id TEXT PRIMARY KEY NOT NULL REFERENCES webhook_endpoint (id) ON DELETE RESTRICT,
  claimed_until INTEGER NOT NULL,
  failing_since INTEGER
) STRICT;

CREATE TABLE webhook_delivery (
  endpoint_id TEXT NOT NULL REFERENCES webhook_endpoint (id) ON DELETE RESTRICT,
  position INTEGER NOT NULL REFERENCES billing_event (position) ON DELETE RESTRICT,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  stream TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'failed')),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  -- Of the first that is pending in its stream; null behind it.
  next_attempt_at INTEGER,
  last_attempt_at INTEGER,
  response_status INTEGER CHECK (response_status BETWEEN 100 AND 999),
  error TEXT CHECK (error IN ('timeout', 'network', 'unresolved', 'address_refused')),
  latency_ms INTEGER CHECK (latency_ms >= 0),
  created_at INTEGER NOT NULL,
  PRIMARY KEY (endpoint_id, position),
  CHECK (status = 'pending' OR next_attempt_at IS NULL),
  CHECK (response_status IS NULL OR error IS NULL)
) STRICT;
CREATE INDEX webhook_delivery_in_order ON webhook_delivery (endpoint_id, stream, position) WHERE status = 'pending';
CREATE INDEX webhook_delivery_next ON webhook_delivery (endpoint_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_delivery_created_at ON webhook_delivery (created_at);

-- Nobody has asked to be told of what was before.
INSERT INTO reader_cursor (reader, position) SELECT 'webhooks', COALESCE(MAX(position), 0) FROM billing_event WHERE true
  ON CONFLICT (reader) DO UPDATE SET position = excluded.position;
