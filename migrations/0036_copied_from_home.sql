-- In a database beside the first: which of them it is, and how far it has copied what the first one has for all. The first
-- one, and one that is alone, has no row.
CREATE TABLE copied_from_home (
  id INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
  place INTEGER NOT NULL CHECK (place > 0),
  position INTEGER NOT NULL CHECK (position >= 0)
) STRICT;
