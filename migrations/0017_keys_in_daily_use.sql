-- Partners manage their keys: one takes the place of another while both are good, and shows when it was last used. Where a
-- partner's customers may be sent back to is written down beforehand, so that no link of ours leads anywhere else.

ALTER TABLE partner ADD COLUMN return_urls TEXT NOT NULL DEFAULT '[]' CHECK (json_type(return_urls) = 'array');

ALTER TABLE partner_key ADD COLUMN last_used_at INTEGER;
ALTER TABLE partner_key ADD COLUMN replaced_by_id TEXT REFERENCES partner_key (id) ON DELETE RESTRICT
  CHECK (replaced_by_id <> id);
