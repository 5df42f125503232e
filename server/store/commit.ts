// The only writer of billing tables. A commit is one batch: the events, numbered and chained, and the rows that
// `evolve` made of them. `UNIQUE(stream, seq)` is the lock: of two racing commits one takes effect, the other nothing.
import { and, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { BillingEventId } from "../../contract/common/id.ts";
import { useAfter } from "../billing/burn.ts";
import { nextDueAt } from "../billing/due-rules.ts";
import { evolveAll } from "../billing/evolve.ts";
import type { Ids } from "../billing/ids.ts";
import { inSeriesOf } from "../billing/invoice.ts";
import type { Slice } from "../billing/state.ts";
import { chain, type ChainedEvent } from "./chain.ts";
import { takenReference } from "./claims-at-home.ts";
import { insertRow, isAtRest, ledgerWrites, rowsOf, type Change } from "./commit-rows.ts";
import { statementsOf, type Write } from "./compiled.ts";
import type { Placed } from "./databases.ts";
import type { Head } from "./head.ts";
import { eventIds } from "./own-event.ts";
import * as tables from "./schema.ts";

export interface CommitPorts extends Placed {
  readonly sha256: (text: string) => Promise<string>;
  readonly log: (entry: CommitNote) => void;
}

/** What was committed, or why it was not sure at first. */
interface CommitNote {
  readonly level: "info";
  readonly event: "committed" | "commit_unsure";
  readonly stream: string;
  readonly [field: string]: string;
}

/** Who caused the events: `system`, or a caller by kind and id. */
export type Actor = "system" | `user:${string}` | `operator:${string}` | `partner:${string}`;

/** What was claimed by somebody else first, named by its column. */
export type ConflictOn = "authority" | "ref_id" | "product" | "coupon" | "imported" | "partner";

export type Committed =
  | {
      readonly kind: "committed";
      readonly head: Head;
      readonly slice: Slice;
      /** Whether nothing is left to be done now. */
      readonly isAtRest: boolean;
    }
  | { readonly kind: "lost_race" }
  | { readonly kind: "conflict"; readonly on: ConflictOn };

type Appended = Exclude<Committed, { kind: "committed" }> | { readonly kind: "committed"; readonly head: Head };

export interface CustomerCommit extends Change {
  readonly head: Head;
  readonly actor: Actor;
  readonly ids: Ids;
  /** What the first event is called; without it a new id. */
  readonly ownEvent?: BillingEventId | null;
}

/** How often one and the same batch is sent when D1 loses it, or only its answer. */
const maxSends = 4;

/**
 * Writes a decision about one customer: events, entities, ledger entries, invoice numbers and the `due` row. Answers
 * with the state it led to. `lost_race`: somebody committed first, or new debits are stopped; load and decide again. `conflict`: the gateway gave
 * us an authority or reference that another payment has; the rule judges. Throws on anything else, which is a fault.
 */
export async function commitCustomer(ports: CommitPorts, input: CustomerCommit): Promise<Committed> {
  const { slice, head, at, actor, ids, ownEvent } = input;
  const events = inSeriesOf(ports.databases?.at ?? 0, input.events);
  const state = evolveAll(slice.state, events, { customerId: slice.customerId, at });
  const after = { ...slice, state, quotaUse: useAfter(slice, state) };
  const taken = await takenReference(ports, slice.customerId, { before: slice.state, after: state, at });
  if (taken) return { kind: "conflict", on: taken };
  const chained = await chain(ports.sha256, head, events, { at, actor, nextId: eventIds(ids, ownEvent) });
  const dueAt = nextDueAt(after);
  const rows = rowsOf(ports.db, { ...input, events }, after, chained, dueAt);
  const appended = await append(ports, head, chained, rows);
  if (appended.kind !== "committed") return appended;
  return { ...appended, slice: after, isAtRest: isAtRest(dueAt, at) };
}

/** Appends events to a stream that has no customer, with the rows and the ledger entries that go along. */
export async function commitStream(
  ports: CommitPorts,
  input: Pick<CustomerCommit, "head" | "events" | "actor" | "at" | "ids" | "ownEvent"> & {
    readonly writes: readonly Write[];
    /** Where the log goes on with the first of them; without it at its end. */
    readonly position?: number;
  },
): Promise<Appended> {
  const { head, events, at, actor, ids, ownEvent, position } = input;
  const next = await chain(ports.sha256, head, events, { at, actor, nextId: eventIds(ids, ownEvent) });
  const chained = next.map((event, index) =>
    position === undefined ? event : { ...event, position: position + index },
  );
  return append(ports, head, chained, [...input.writes, ...ledgerWrites(drizzle(ports.db), chained, null)]);
}

export type { Write };

/** Sends the batch until it is known what became of it: D1 may lose a batch, or only its answer. */
async function append(
  ports: CommitPorts,
  head: Head,
  chained: readonly ChainedEvent[],
  writes: readonly Write[],
): Promise<Appended> {
  const [first] = chained;
  const last = chained.at(-1);
  if (!first || !last) return { kind: "committed", head };
  const statements = statementsOf(ports.db, [
    ...chained.map((event) => insertRow(tables.billingEvent, event)),
    ...writes,
  ]);
  const done: Appended = { kind: "committed", head: { ...head, seq: last.seq, hash: last.hash } };
  for (let send = 1; ; send++) {
    try {
      await ports.db.batch(statements);
      return told(ports, head.stream, chained, done);
    } catch (fault) {
      const message = messageOf(fault);
      ports.log({
        level: "info",
        event: "commit_unsure",
        stream: head.stream,
        reason: constraintOf(message) ?? "fault",
      });
      const winner = await eventAt(ports.db, head.stream, first.seq);
      if (winner === first.id) return told(ports, head.stream, chained, done);
      if (winner !== null || isForbiddenNow(message)) return { kind: "lost_race" };
      const conflict = conflictIn(message);
      if (conflict) return { kind: "conflict", on: conflict };
      if (constraintOf(message) !== null || send === maxSends) throw fault;
    }
  }
}

/** The log line that leads from a request, or a run of the queue, to what it wrote. */
function told(ports: CommitPorts, stream: string, chained: readonly ChainedEvent[], done: Appended): Appended {
  const events = chained.map(({ id, type }) => `${id} ${type}`).join(", ");
  ports.log({ level: "info", event: "committed", stream, events });
  return done;
}

/** The id of the event that holds a place in a stream; asked again when the answer is lost. */
async function eventAt(db: D1Database, stream: string, seq: number): Promise<BillingEventId | null> {
  const { id, stream: streamColumn, seq: seqColumn } = tables.billingEvent;
  const query = drizzle(db)
    .select({ id })
    .from(tables.billingEvent)
    .where(and(eq(streamColumn, stream), eq(seqColumn, seq)));
  for (let send = 1; ; send++) {
    try {
      const [row] = await query;
      return row?.id ?? null;
    } catch (fault) {
      if (send === maxSends) throw fault;
    }
  }
}

/** D1 has no error codes: the constraint stands in the text, of the error itself or of its cause. */
function messageOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  return fault.cause instanceof Error ? fault.cause.message : fault.message;
}

const forbidden = [
  "collecting is stopped",
  "the breaker is open",
  "messages were used meanwhile",
  "another epoch has begun",
  "the log is being recalled",
] as const;

/**
 * The database itself forbids it: new debits by the operators' switch or by the breaker, what goes by messages that are
 * used when more were used meanwhile, or anything before a restored log is whole again. Loading again shows which.
 */
function isForbiddenNow(message: string): boolean {
  return forbidden.some((why) => message.includes(why));
}

function constraintOf(message: string): string | null {
  return /SQLITE_CONSTRAINT\w*|constraint failed|append-only/.exec(message)?.[0] ?? null;
}

function conflictIn(message: string): ConflictOn | null {
  if (message.includes("payment.authority")) return "authority";
  if (message.includes("payment.ref_id")) return "ref_id";
  if (message.includes("coupon.code")) return "coupon";
  if (message.includes("imported.external_id")) return "imported";
  if (message.includes("partner.name")) return "partner";
  return /product\.(name|roundtable_id)/.test(message) ? "product" : null;
}
