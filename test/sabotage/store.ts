// The lock, the order of rows, `due` and its claims (design §2, §4).
import { liveIndex } from "./late-money.ts";
import type { Sabotage } from "./sabotage.ts";

const commit = "server/store/commit.ts";
const rows = "server/store/commit-rows.ts";
const due = "server/store/due.ts";
const schema = "migrations/0001_log_and_customers.sql";

export const store: readonly Sabotage[] = [
  {
    name: "the lock dropped",
    guard: "Two commits may have the same place in a stream: both racing decisions are written.",
    by: "simulation",
    edits: [
      {
        file: schema,
        find: `  hash TEXT NOT NULL CHECK (length(hash) = 64),
  UNIQUE (stream, seq)`,
        replace: "  hash TEXT NOT NULL CHECK (length(hash) = 64)",
      },
      {
        file: schema,
        find: `CREATE TRIGGER billing_event_seq_is_never_replaced BEFORE INSERT ON billing_event
WHEN EXISTS (SELECT 1 FROM billing_event WHERE stream = NEW.stream AND seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: billing_event.stream, billing_event.seq'); END;`,
        replace: "",
      },
    ],
  },
  {
    name: "a lost race written all the same",
    guard: "Whoever lost a race appends behind the winner, without deciding again.",
    by: "simulation",
    edits: [
      {
        file: commit,
        find: `if (winner !== null || isForbiddenNow(message)) return { kind: "lost_race" };`,
        replace: `if (winner !== null) return done;`,
      },
    ],
  },
  {
    name: "rows written in the wrong order",
    guard: "The payment that begins is written before the one that leaves: SQLite refuses the batch, each time.",
    by: "simulation",
    edits: [
      { file: rows, find: "Number(isLive(a)) - Number(isLive(b))", replace: "Number(isLive(b)) - Number(isLive(a))" },
    ],
  },
  {
    name: "the live index dropped, and the rule that needs it",
    guard:
      "A debit goes beside a page that can be paid, and no index forbids it: both are kept. (The index alone may go: the rules hold without it, since the lock makes them see each other.)",
    by: "simulation",
    edits: [
      { file: schema, find: liveIndex, replace: "" },
      {
        file: "server/billing/state.ts",
        find: "return isLive(payment) || maySettle(payment);",
        replace: `return payment.status !== "open" && payment.status !== "closed" && isLive(payment);`,
      },
    ],
  },
  {
    name: "due not written by the commit",
    guard: "A commit does not say when its customer is next: nobody ever looks again.",
    by: "simulation",
    edits: [
      {
        file: rows,
        find: "    ...factWrites(orm, change, after.state),\n    dueWrite(change, after, dueAt),",
        replace: "    ...factWrites(orm, change, after.state),",
      },
    ],
  },
  {
    name: "due later than the rules say",
    guard: "A customer whose money call is under way is looked at a day later than the rules say.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/due-rules.ts",
        find: "return times.length === 0 ? null : wallMs(Math.min(...times));",
        replace: "return times.length === 0 ? null : wallMs(Math.max(...times));",
      },
    ],
  },
  {
    name: "a claim that never ends",
    guard:
      "A customer who was claimed by a scan whose message was lost, or whose consumer died, is never claimed again.",
    by: "simulation",
    edits: [
      {
        file: due,
        find: "claimedUntil: after(now, claimMs) }",
        replace: "claimedUntil: after(now, claimMs * 1e6) }",
      },
    ],
  },
  {
    name: "what came meanwhile forgotten",
    guard: "A run that ends writes the date it knew of, over what came since: a hint, or a commit of a request.",
    by: "simulation",
    edits: [
      {
        file: due,
        find: "dueAt: sql`CASE WHEN ${isUpToDate} THEN",
        replace: "dueAt: sql`CASE WHEN ${isUpToDate} OR 1 THEN",
      },
      {
        file: rows,
        find: 'OR ${hasHintSince(sql.placeholder("customerId"), sql.placeholder("loadedAt"))}',
        replace: "OR 0",
      },
    ],
  },
  {
    name: "invoice numbers read before they are given",
    guard: "An invoice's number is not the next one of its series.",
    by: "simulation",
    edits: [{ file: rows, find: "1 + COALESCE(MAX(number), 0)", replace: "2 + COALESCE(MAX(number), 0)" }],
  },
  {
    name: "an event that may be changed",
    guard: "The row of an entity is changed without an event: the log is no longer the truth.",
    by: "simulation",
    edits: [
      {
        file: "server/job/index.ts",
        find: `{ name: "tick", isWanted: ({ due, pages }) => due || pages, run: scanDue },`,
        replace: `{ name: "tick", isWanted: ({ due, pages }) => due || pages, run: scanDue },
  {
    name: "tidy_up",
    isWanted: () => true,
    run: ({ db, wall }) =>
      db.prepare("UPDATE payment SET status = 'failed', settled_at = ?1 WHERE status = 'unknown' AND settles_after < ?1").bind(wall()).run(),
  },`,
      },
    ],
  },
];
