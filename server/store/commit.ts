// The only writer of billing tables. A commit is one batch: the events, numbered and chained, and the rows that
// `evolve` made of them. `UNIQUE(stream, seq)` is the lock: of two racing commits one takes effect, the other nothing.
import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { BillingEventId, CustomerId, PersonId, SecretId } from "../../contract/common/id.ts";
import { wallMs, type WallMs } from "../billing/clock.ts";
import { nextDueAt, rulesVersion } from "../billing/due-rules.ts";
import type { NewEvent } from "../billing/event.ts";
import { evolveAll } from "../billing/evolve.ts";
import type { Ids } from "../billing/ids.ts";
import { ledgerEntriesOf } from "../billing/ledger.ts";
import { isLive, type CustomerState, type Slice } from "../billing/state.ts";
import { chain, type ChainedEvent } from "./chain.ts";
import { compiledWrite, excludedOf, placeholdersOf, statementsOf, type Write } from "./compiled.ts";
import type { Head } from "./load.ts";
import type { Sealed } from "./sealer.ts";
import * as tables from "./schema.ts";

export interface CommitPorts {
  readonly db: D1Database;
  readonly sha256: (text: string) => Promise<string>;
  readonly log: (entry: { level: "info" | "error"; event: string; stream: string; reason: string }) => void;
}

/** Who caused the events: `system`, or a caller by kind and id. */
export type Actor = "system" | `user:${string}` | `operator:${string}` | `partner:${string}`;

export interface NewPerson {
  readonly id: PersonId;
  readonly sealed: Sealed;
}

export interface SealedSecret {
  readonly id: SecretId;
  readonly sealed: Sealed;
}

/** What was claimed by somebody else first, named by its column. */
export type ConflictOn = "authority" | "ref_id" | "product";

export type Committed =
  | { readonly kind: "committed"; readonly head: Head; readonly slice: Slice }
  | { readonly kind: "lost_race" }
  | { readonly kind: "conflict"; readonly on: ConflictOn };

type Appended = Exclude<Committed, { kind: "committed" }> | { readonly kind: "committed"; readonly head: Head };

export interface CustomerCommit {
  readonly slice: Slice;
  readonly head: Head;
  readonly events: readonly NewEvent[];
  readonly actor: Actor;
  readonly at: WallMs;
  readonly ids: Ids;
  readonly persons?: readonly NewPerson[];
  readonly secrets?: readonly SealedSecret[];
}

/** How often one and the same batch is sent when D1 loses it, or only its answer. */
const maxSends = 4;

/**
 * Writes a decision about one customer: events, entities, ledger entries, invoice numbers and the `due` row. Answers
 * with the state it led to. `lost_race`: somebody committed first, or new debits are stopped; load and decide again. `conflict`: the gateway gave
 * us an authority or reference that another payment has; the rule judges. Throws on anything else, which is a fault.
 */
export async function commitCustomer(ports: CommitPorts, input: CustomerCommit): Promise<Committed> {
  const { slice, head, events, at, actor, ids } = input;
  const state = evolveAll(slice.state, events, { customerId: slice.customerId, at });
  const after = { ...slice, state };
  const chained = await chain(ports.sha256, head, events, { at, actor, nextId: () => ids.next("evt") });
  const orm = drizzle(ports.db);
  const appended = await append(ports, head, chained, [
    ...personWrites(input),
    ...entityWrites(orm, slice.state, state),
    ...ledgerWrites(orm, chained, slice.customerId),
    ...numberWrites(orm, events),
    dueWrite(after),
  ]);
  return appended.kind === "committed" ? { ...appended, slice: after } : appended;
}

/** Appends events to a stream that has no customer, with the rows and the ledger entries that go along. */
export async function commitStream(
  ports: CommitPorts,
  input: Pick<CustomerCommit, "head" | "events" | "actor" | "at" | "ids"> & { readonly writes: readonly Write[] },
): Promise<Appended> {
  const { head, events, at, actor, ids } = input;
  const chained = await chain(ports.sha256, head, events, { at, actor, nextId: () => ids.next("evt") });
  return append(ports, head, chained, [...input.writes, ...ledgerWrites(drizzle(ports.db), chained, null)]);
}

export type { Write };
type Orm = ReturnType<typeof drizzle>;

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
      return done;
    } catch (fault) {
      const message = messageOf(fault);
      ports.log({
        level: "info",
        event: "commit_unsure",
        stream: head.stream,
        reason: constraintOf(message) ?? "fault",
      });
      const winner = await eventAt(ports.db, head.stream, first.seq);
      if (winner === first.id) return done;
      if (winner !== null || isForbiddenNow(message)) return { kind: "lost_race" };
      const conflict = conflictIn(message);
      if (conflict) return { kind: "conflict", on: conflict };
      if (constraintOf(message) !== null || send === maxSends) throw fault;
    }
  }
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

/** The database itself stops new debits: by the operators' switch, or by the breaker. Loading again shows which. */
function isForbiddenNow(message: string): boolean {
  return message.includes("collecting is stopped") || message.includes("the breaker is open");
}

function constraintOf(message: string): string | null {
  return /SQLITE_CONSTRAINT\w*|constraint failed|append-only/.exec(message)?.[0] ?? null;
}

function conflictIn(message: string): ConflictOn | null {
  if (message.includes("payment.authority")) return "authority";
  if (message.includes("payment.ref_id")) return "ref_id";
  return /product\.(name|roundtable_id)/.test(message) ? "product" : null;
}

function personWrites({ persons = [], secrets = [], slice, at }: CustomerCommit): readonly Write[] {
  const of = { customerId: slice.customerId, createdAt: at };
  return [
    ...persons.map((person) => insertRow(tables.person, { ...person, ...of })),
    ...secrets.map((secret) => insertRow(tables.secret, { ...secret, ...of })),
  ];
}

/** One upsert per entity that changed, parents first. A payment that stops being live goes before one that begins. */
function entityWrites(orm: Orm, before: CustomerState, after: CustomerState): readonly Write[] {
  const customer =
    after.customer !== before.customer && after.customer ? [upsertRow(tables.customer, after.customer)] : [];
  const payments = changed(before.payments, after.payments).toSorted((a, b) => Number(isLive(a)) - Number(isLive(b)));
  return [
    ...customer,
    ...changed(before.paymentMethods, after.paymentMethods).map((row) => upsertRow(tables.paymentMethod, row)),
    ...changed(before.subscriptions, after.subscriptions).map((row) => upsertRow(tables.subscription, row)),
    ...changed(before.invoices, after.invoices).map((row) => upsertRow(tables.invoice, row)),
    ...payments.map((row) => upsertRow(tables.payment, row)),
    ...changed(before.refunds, after.refunds).map((row) => upsertRow(tables.refund, row)),
    ...changed(before.quotas, after.quotas).map((row) => quotaWrite(orm, row)),
  ];
}

type Entities = { readonly [id: string]: object | undefined };

/** Entities that are not the same object as before: `evolve` copies exactly what it changes. */
function changed<E extends Entities>(before: E, after: E): readonly NonNullable<E[keyof E]>[] {
  return Object.keys(after).flatMap((id) => {
    const entity = after[id as keyof E];
    return entity && entity !== before[id as keyof E] ? [entity] : [];
  });
}

const inserts = new WeakMap<SQLiteTable, (row: object) => Write>();

/** Inserts a whole row. */
function insertRow<T extends SQLiteTable>(table: T, row: T["$inferInsert"]): Write {
  const insert = inserts.get(table) ?? compiledWrite((orm) => orm.insert(table).values(placeholdersOf(table)));
  inserts.set(table, insert);
  return insert(row);
}

const upserts = new WeakMap<SQLiteTable, (row: object) => Write>();

/** Writes a whole row over the one of its `id`, or as a new one. */
function upsertRow<T extends SQLiteTable & { id: SQLiteTable["_"]["columns"][string] }>(
  table: T,
  row: T["$inferInsert"],
): Write {
  const upsert =
    upserts.get(table) ??
    compiledWrite((orm) =>
      orm
        .insert(table)
        .values(placeholdersOf(table))
        .onConflictDoUpdate({ target: table.id, set: excludedOf(table) }),
    );
  upserts.set(table, upsert);
  return upsert(row);
}

/** A grant of a new period begins at nothing used; one of the same period keeps count. The version tells deciders. */
function quotaWrite(orm: Orm, grant: NonNullable<CustomerState["quotas"][keyof CustomerState["quotas"]]>): Write {
  const { quotaBalance } = tables;
  const isSamePeriod = sql`${quotaBalance.subscriptionId} = excluded.subscription_id
    AND ${quotaBalance.periodIndex} = excluded.period_index`;
  return orm
    .insert(quotaBalance)
    .values({ ...grant, used: 0, reserved: 0, version: 1 })
    .onConflictDoUpdate({
      target: [quotaBalance.customerId, quotaBalance.productId],
      set: {
        ...grant,
        used: sql`CASE WHEN ${isSamePeriod} THEN ${quotaBalance.used} ELSE 0 END`,
        reserved: sql`CASE WHEN ${isSamePeriod} THEN ${quotaBalance.reserved} ELSE 0 END`,
        version: sql`${quotaBalance.version} + 1`,
      },
    });
}

function ledgerWrites(orm: Orm, chained: readonly ChainedEvent[], customerId: CustomerId | null): readonly Write[] {
  return chained.flatMap((event) => {
    const entries = ledgerEntriesOf(event.body).map((entry, line) => ({
      ...entry,
      eventId: event.id,
      line,
      customerId,
      at: event.at,
    }));
    return entries.length === 0 ? [] : [orm.insert(tables.ledgerEntry).values(entries)];
  });
}

/** The next number of the series, taken inside the batch: gapless, since nothing else can come between. */
function numberWrites(orm: Orm, events: readonly NewEvent[]): readonly Write[] {
  return events.flatMap((event) => {
    if (event.type !== "invoice.finalized") return [];
    const { series, invoiceId } = event.data;
    const next = sql`SELECT ${series}, 1 + COALESCE(MAX(number), 0), ${invoiceId} FROM invoice_number
      WHERE series = ${series}`;
    return [orm.insert(tables.invoiceNumber).select(next)];
  });
}

/** The next date, computed from this slice; at once when the switch was turned since it was loaded. */
function dueWrite(slice: Slice): Write {
  return dueUpsert({
    customerId: slice.customerId,
    collecting: slice.collecting ? 1 : 0,
    dueAt: nextDueAt(slice),
    rulesVersion,
  });
}

const dueUpsert = compiledWrite((orm) => {
  const isStale = sql`(SELECT collecting FROM system_state WHERE id = 1) <> ${sql.placeholder("collecting")}`;
  const dueAt = sql`CASE WHEN ${isStale} THEN 0 ELSE ${sql.placeholder("dueAt")} END`;
  const row = { dueAt, rulesVersion: sql`${sql.placeholder("rulesVersion")}`, attempts: 0, lastError: null };
  return orm
    .insert(tables.due)
    .values({ customerId: sql.placeholder("customerId"), claimedUntil: wallMs(0), ...row })
    .onConflictDoUpdate({ target: tables.due.customerId, set: row });
});
