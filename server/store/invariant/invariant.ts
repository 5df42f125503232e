// What an invariant is made of.

export interface Invariant {
  /** Stable, for tests and operators: what holds, as words. */
  readonly name: string;
  /** The bug that it would catch. */
  readonly sentence: string;
  /** Reads only; answers with ids and numbers of what breaks it. A table of `owners` is of some customers, `main.` of all. */
  readonly sql: string;
  /** About more than one customer's rows, and so cheap that all of them are asked at once. */
  readonly isOfAll?: true;
}

/** The tables that are asked of some customers at a time, by the column that says whose a row is; each has an index of it. */
export const owners: Readonly<Record<string, string>> = {
  archived_stream: "stream",
  billing_event: "stream",
  credit_note: "customer_id",
  customer: "id",
  due: "customer_id",
  invoice: "customer_id",
  ledger_entry: "customer_id",
  payment: "customer_id",
  payment_method: "customer_id",
  quota_balance: "customer_id",
  quota_grant: "customer_id",
  refund: "customer_id",
  subscription: "customer_id",
};

/** A text out of JSON, as a column has it: joined with one as it is, each row of the one would be held to all of the other. */
export const textOf = (json: string, key: string) => `CAST(json_extract(${json}, '$.${key}') AS TEXT)`;

/** Literal, as in the unique index that promises the same. */
export const liveStatuses = "'created', 'submitted', 'open', 'verifying', 'unknown', 'needs_review', 'succeeded'";

/** Whether the beginning of a stream has left the log, so that what it said of old things is not there any more. */
export const isArchived = (stream: string) => `EXISTS (SELECT 1 FROM archived_stream a WHERE a.stream = ${stream})`;

/** Whether all that was said of a thing is in the log, from the event that made it on. */
export const isWhole = (stream: string, made: string, key: string, id: string) =>
  `(NOT ${isArchived(stream)} OR ${id} IN (SELECT json_extract(data, '$.${key}') FROM billing_event WHERE type = '${made}'))`;

/** No clock is read here: the newest event's is the latest time that is known to have come. */
export const newestAt = "(SELECT at FROM main.billing_event ORDER BY position DESC LIMIT 1)";
