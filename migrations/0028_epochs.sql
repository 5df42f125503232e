-- A restored backup goes on in a new epoch. First the log recalls, from the signed files, what the backup has forgotten:
-- those events keep their places and epochs, and nothing else is written until they are in. Then whatever may have been
-- debited in the time that nothing tells of is in doubt until an operator has looked.
ALTER TABLE system_state ADD COLUMN first_position INTEGER NOT NULL DEFAULT 1 CHECK (first_position >= 1);
ALTER TABLE system_state ADD COLUMN recalling INTEGER NOT NULL DEFAULT 0 CHECK (recalling IN (0, 1));
ALTER TABLE system_state ADD COLUMN doubt_until INTEGER;

-- A commit that was loaded before the epoch began is none of it. A place of its own is what only recalled events name.
CREATE TRIGGER billing_event_is_of_the_epoch BEFORE INSERT ON billing_event
WHEN NEW.stream NOT GLOB 'epoch:*' AND NEW.epoch <> (SELECT epoch FROM system_state WHERE id = 1)
  AND NOT EXISTS (SELECT 1 FROM system_state
    WHERE id = 1 AND recalling = 1 AND NEW.position >= 1 AND NEW.position < first_position)
BEGIN SELECT RAISE(ABORT, 'another epoch has begun'); END;
CREATE TRIGGER billing_event_waits_for_what_is_recalled BEFORE INSERT ON billing_event
WHEN NEW.stream NOT GLOB 'epoch:*'
  AND EXISTS (SELECT 1 FROM system_state WHERE id = 1 AND recalling = 1 AND epoch = NEW.epoch)
BEGIN SELECT RAISE(ABORT, 'the log is being recalled'); END;

-- What was submitted in an earlier epoch is told again, and not sent.
DROP TRIGGER billing_event_submits_only_while_collecting;
CREATE TRIGGER billing_event_submits_only_while_collecting BEFORE INSERT ON billing_event
WHEN NEW.type = 'payment.submitted'
  AND (SELECT collecting = 0 AND epoch = NEW.epoch FROM system_state WHERE id = 1)
BEGIN SELECT RAISE(ABORT, 'collecting is stopped'); END;

DROP TRIGGER billing_event_submits_only_while_gateway_answers;
CREATE TRIGGER billing_event_submits_only_while_gateway_answers BEFORE INSERT ON billing_event
WHEN NEW.type = 'payment.submitted' AND NEW.epoch = (SELECT epoch FROM system_state WHERE id = 1)
  AND 5 = (SELECT COUNT(*) FROM (
    SELECT type FROM billing_event
    WHERE type IN ('payment.succeeded', 'payment.failed', 'payment.unknown')
      AND (type <> 'payment.failed'
        OR json_extract(data, '$.reason') IN ('declined', 'not_taken', 'insufficient_funds', 'limit_reached'))
    ORDER BY position DESC LIMIT 5) WHERE type = 'payment.unknown')
  AND NEW.at < 300000 + MAX(
    (SELECT at FROM billing_event WHERE type = 'payment.unknown' ORDER BY position DESC LIMIT 1),
    COALESCE((SELECT at FROM billing_event WHERE type = 'payment.submitted' ORDER BY position DESC LIMIT 1), 0))
BEGIN SELECT RAISE(ABORT, 'the breaker is open'); END;
