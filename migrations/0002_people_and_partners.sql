-- Who may call us: people (Better Auth's tables), partners and their keys, and how often somebody has tried. Apart from
-- the log on purpose: persons are erased, events never are.

CREATE TABLE user (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  email TEXT NOT NULL UNIQUE CHECK (email = lower(email)),
  email_verified INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
  image TEXT,
  customer_id TEXT NOT NULL UNIQUE CHECK (customer_id GLOB 'cus_*'),
  role TEXT NOT NULL DEFAULT 'customer' CHECK (role IN ('customer', 'operator')),
  banned INTEGER DEFAULT 0 CHECK (banned IN (0, 1)),
  ban_reason TEXT,
  ban_expires INTEGER,
  phone_number TEXT UNIQUE CHECK (phone_number GLOB '09[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'),
  phone_number_verified INTEGER CHECK (phone_number_verified IN (0, 1)),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
  id TEXT PRIMARY KEY NOT NULL,
  token TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE RESTRICT,
  expires_at INTEGER NOT NULL,
  ip_address TEXT,
  user_agent TEXT,
  impersonated_by TEXT CHECK (impersonated_by IS NULL),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX session_user_id ON session (user_id);

CREATE TABLE account (
  id TEXT PRIMARY KEY NOT NULL,
  account_id TEXT NOT NULL,
  provider_id TEXT NOT NULL CHECK (provider_id IN ('credential')),
  user_id TEXT NOT NULL REFERENCES user (id) ON DELETE RESTRICT,
  access_token TEXT,
  refresh_token TEXT,
  id_token TEXT,
  access_token_expires_at INTEGER,
  refresh_token_expires_at INTEGER,
  scope TEXT,
  password TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (provider_id, account_id)
) STRICT;
CREATE INDEX account_user_id ON account (user_id);

CREATE TABLE verification (
  id TEXT PRIMARY KEY NOT NULL,
  identifier TEXT NOT NULL,
  value TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX verification_identifier ON verification (identifier);

CREATE TABLE rate_limit (
  id TEXT PRIMARY KEY NOT NULL,
  key TEXT NOT NULL UNIQUE,
  count INTEGER NOT NULL CHECK (count >= 0),
  last_request INTEGER NOT NULL
) STRICT;

CREATE TABLE attempt (
  key TEXT PRIMARY KEY NOT NULL,
  count INTEGER NOT NULL CHECK (count >= 1),
  resets_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attempt_resets_at ON attempt (resets_at);

CREATE TABLE partner (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'ptr_*'),
  name TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL
) STRICT;

INSERT INTO partner (id, name, created_at) VALUES ('ptr_00000000000000000000000000', 'house', 1795305600000);

CREATE TABLE partner_key (
  id TEXT PRIMARY KEY NOT NULL CHECK (id GLOB 'key_*'),
  partner_id TEXT NOT NULL REFERENCES partner (id) ON DELETE RESTRICT,
  hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  scopes TEXT NOT NULL CHECK (json_type(scopes) = 'array'),
  environment TEXT NOT NULL CHECK (environment IN ('live', 'test')),
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;
CREATE INDEX partner_key_partner_id ON partner_key (partner_id);
