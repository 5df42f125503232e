-- What a request takes for granted is asked in the batch that its first statements are in. A premise that does not hold is
-- inserted here, and that fails: the whole batch is undone. No row is ever in this table.
CREATE TABLE broken_premise (premise TEXT NOT NULL CHECK (premise IN ('caller', 'idempotency_key'))) STRICT;

CREATE TRIGGER broken_premise_caller BEFORE INSERT ON broken_premise WHEN NEW.premise = 'caller'
BEGIN SELECT RAISE(ABORT, 'broken premise: caller'); END;
CREATE TRIGGER broken_premise_idempotency_key BEFORE INSERT ON broken_premise WHEN NEW.premise = 'idempotency_key'
BEGIN SELECT RAISE(ABORT, 'broken premise: idempotency_key'); END;
