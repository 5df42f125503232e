-- A person is erased by the commit that says so. What stands in R2 cannot go in that batch: its names are kept here until it
-- is gone, and so is the name of a document that is about to be made, so that none is left behind whoever dies.

ALTER TABLE customer ADD COLUMN erased_at INTEGER;

CREATE TABLE document_removal (
  hash TEXT PRIMARY KEY NOT NULL CHECK (length(hash) = 64),
  remove_at INTEGER NOT NULL
) STRICT;
CREATE INDEX document_removal_remove_at ON document_removal (remove_at);

-- What was under way while the person was erased leaves nothing of them: no document with their name, and no user that a
-- partner's link would sign in.
CREATE TRIGGER document_of_nobody_erased BEFORE INSERT ON document
WHEN EXISTS (SELECT 1 FROM customer WHERE id = NEW.customer_id AND erased_at IS NOT NULL)
BEGIN SELECT RAISE(IGNORE); END;
CREATE TRIGGER user_of_nobody_erased BEFORE INSERT ON user
WHEN EXISTS (SELECT 1 FROM customer WHERE id = NEW.customer_id AND erased_at IS NOT NULL)
BEGIN SELECT RAISE(IGNORE); END;
