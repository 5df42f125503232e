-- The log leaves the database each night: copies of what it says in the bucket, in hashed segments under a signed root that
-- names the root before it. A row says how far a file has come; once it is signed neither it nor its segments change.
CREATE TABLE audit_export (
  name TEXT PRIMARY KEY NOT NULL,
  day TEXT NOT NULL CHECK (day GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  file INTEGER NOT NULL CHECK (file BETWEEN 1 AND 999),
  ends_day INTEGER NOT NULL CHECK (ends_day IN (0, 1)),
  covered_until INTEGER NOT NULL,
  epoch INTEGER NOT NULL CHECK (epoch >= 1),
  previous_root TEXT NOT NULL CHECK (length(previous_root) = 64),
  first_position INTEGER NOT NULL CHECK (first_position >= 1),
  last_position INTEGER NOT NULL,
  next_position INTEGER NOT NULL,
  root TEXT CHECK (length(root) = 64),
  key_id TEXT,
  created_at INTEGER NOT NULL,
  finished_at INTEGER,
  CHECK (name = day || '-' || printf('%03d', file)),
  CHECK (last_position >= first_position - 1),
  CHECK (next_position BETWEEN first_position AND last_position + 1),
  CHECK (root IS NULL OR next_position = last_position + 1),
  CHECK ((root IS NULL) = (finished_at IS NULL) AND (root IS NULL) = (key_id IS NULL))
) STRICT;
-- One line of files: two runs at once cannot begin two files after the same one.
CREATE UNIQUE INDEX one_audit_export_after_each ON audit_export (previous_root);
CREATE TRIGGER audit_export_is_final_when_signed BEFORE UPDATE ON audit_export WHEN OLD.root IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a signed audit export is final'); END;
CREATE TRIGGER audit_export_is_never_deleted BEFORE DELETE ON audit_export
BEGIN SELECT RAISE(ABORT, 'audit_export is append-only'); END;

CREATE TABLE audit_segment (
  export_name TEXT NOT NULL REFERENCES audit_export (name) ON DELETE RESTRICT,
  part INTEGER NOT NULL CHECK (part >= 1),
  first_position INTEGER NOT NULL,
  last_position INTEGER NOT NULL CHECK (last_position >= first_position),
  sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
  PRIMARY KEY (export_name, part)
) STRICT;
CREATE TRIGGER audit_segment_is_never_updated BEFORE UPDATE ON audit_segment
BEGIN SELECT RAISE(ABORT, 'audit_segment is append-only'); END;
CREATE TRIGGER audit_segment_is_never_deleted BEFORE DELETE ON audit_segment
BEGIN SELECT RAISE(ABORT, 'audit_segment is append-only'); END;
