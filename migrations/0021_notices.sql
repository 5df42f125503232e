-- Notices to people: each once by its kind and channel, written down before it is sent. What each person wants to be told.
-- Neither holds an address: who is reached is looked up when a notice is sent.

CREATE TABLE notice (
  -- The event it tells of; of what is still to come, the subscription and its period.
  about TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
  customer_id TEXT NOT NULL REFERENCES customer (id) ON DELETE RESTRICT,
  data TEXT NOT NULL CHECK (json_type(data) = 'object'),
  status TEXT NOT NULL CHECK (status IN ('waiting', 'sending', 'sent', 'refused', 'unknown', 'dropped')),
  attempts INTEGER NOT NULL CHECK (attempts >= 0),
  -- Of one that waits: not before. Of one that is being sent: from then on nobody knows what became of it.
  next_at INTEGER,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  PRIMARY KEY (about, kind, channel),
  CHECK ((status IN ('waiting', 'sending')) = (next_at IS NOT NULL)),
  CHECK ((status IN ('waiting', 'sending')) = (ended_at IS NULL))
) STRICT;
CREATE INDEX notice_next ON notice (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX notice_customer_id ON notice (customer_id, created_at);

CREATE TABLE notification_preference (
  customer_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  PRIMARY KEY (customer_id, kind, channel)
) STRICT;

-- Whose next period is near.
CREATE INDEX subscription_period_ends_at ON subscription (period_ends_at) WHERE status IN ('trialing', 'active');

-- Links and prices were told by a reader of their own; what it has told is not told again.
INSERT INTO reader_cursor (reader, position)
  SELECT 'notices', COALESCE((SELECT position FROM reader_cursor WHERE reader = 'send_payment_links'), 0);
DELETE FROM reader_cursor WHERE reader = 'send_payment_links';
