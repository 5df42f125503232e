-- What each Idempotency-Key stands for: who is at work on it and, once done, the answer to repeat. Kept 30 days, then
-- swept. A row without a status is a claim; `resource_seed` names what the request creates, and outlives a crash.

CREATE TABLE idempotency_key (
  caller TEXT NOT NULL CHECK (caller GLOB 'user:?*' OR caller GLOB 'operator:?*' OR caller GLOB 'partner:?*'),
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 64),
  claim TEXT NOT NULL,
  locked_until INTEGER NOT NULL CHECK (locked_until >= 0),
  resource_seed TEXT NOT NULL CHECK (length(resource_seed) = 36),
  status INTEGER CHECK (status BETWEEN 200 AND 499),
  answer TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (caller, key),
  CHECK (expires_at > created_at),
  CHECK ((status IS NULL) = (answer IS NULL))
) STRICT;
CREATE INDEX idempotency_key_expires_at ON idempotency_key (expires_at);
