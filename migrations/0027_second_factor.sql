-- Operators' second factor: a shared secret, sealed, from which an authenticator makes codes, and codes for whoever lost it.
-- A session says whether it was opened with one.

CREATE TABLE second_factor (
  user_id TEXT PRIMARY KEY NOT NULL REFERENCES user (id) ON DELETE RESTRICT,
  sealed TEXT NOT NULL,
  confirmed_at INTEGER,
  -- Each code belongs to one step of 30 seconds; one at or before this step was used and is good for nothing.
  last_step INTEGER NOT NULL CHECK (last_step >= 0),
  created_at INTEGER NOT NULL
) STRICT;

-- One row for each code that is left.
CREATE TABLE second_factor_code (
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE RESTRICT,
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  PRIMARY KEY (user_id, hash)
) STRICT;

ALTER TABLE session ADD COLUMN second_factor_at INTEGER;
