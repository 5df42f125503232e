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

/** No clock is read here: the newest event's is the latest time that is known to have come. */
export const newestAt = "(SELECT at FROM billing_event ORDER BY position DESC LIMIT 1)";
