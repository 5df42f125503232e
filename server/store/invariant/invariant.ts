// What an invariant is made of.

export interface Invariant {
  /** Stable, for tests and operators: what holds, as words. */
  readonly name: string;
  /** The bug that it would catch. */
  readonly sentence: string;
  /** Reads only; answers with ids and numbers of what breaks it. */
  readonly sql: string;
}

/** Literal, as in the unique index that promises the same. */
export const liveStatuses = "'created', 'submitted', 'open', 'verifying', 'unknown', 'needs_review', 'succeeded'";

/** Whether the beginning of a stream has left the log, so that what it said of old things is not there any more. */
export const isArchived = (stream: string) => `EXISTS (SELECT 1 FROM archived_stream a WHERE a.stream = ${stream})`;

/** Whether all that was said of a thing is in the log, from the event that made it on. */
export const isWhole = (stream: string, made: string, key: string, id: string) =>
  `(NOT ${isArchived(stream)} OR EXISTS (SELECT 1 FROM billing_event f WHERE f.stream = ${stream} AND f.type = '${made}'
    AND json_extract(f.data, '$.${key}') = ${id}))`;

/** No clock is read here: the newest event's is the latest time that is known to have come. */
export const newestAt = "(SELECT at FROM billing_event ORDER BY position DESC LIMIT 1)";
