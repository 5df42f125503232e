-- A place that was archived is not given again, be it in a stream or in the log: readers have passed it.
DROP TRIGGER billing_event_is_not_archived;
CREATE TRIGGER billing_event_is_not_archived BEFORE INSERT ON billing_event
WHEN EXISTS (SELECT 1 FROM archived_stream WHERE stream = NEW.stream AND seq >= NEW.seq)
  OR (NEW.position >= 1 AND NEW.position <= (SELECT MAX(position) FROM event_checkpoint))
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: billing_event.stream, billing_event.seq'); END;

-- By endpoint and position: an index of all that is under way would be read to its end, however much waits for somebody.
DROP TRIGGER event_checkpoint_waits_for_readers;
CREATE TRIGGER event_checkpoint_waits_for_readers BEFORE INSERT ON event_checkpoint
WHEN EXISTS (SELECT 1 FROM reader_cursor WHERE position < NEW.position)
  OR EXISTS (SELECT 1 FROM webhook_endpoint AS w CROSS JOIN webhook_delivery AS d ON d.endpoint_id = w.id
    AND d.position <= NEW.position AND +d.status = 'pending')
BEGIN SELECT RAISE(ABORT, 'a checkpoint waits for readers'); END;
