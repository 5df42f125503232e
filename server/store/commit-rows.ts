// What a commit writes beside its events: the rows that `evolve` changed, the books, the numbers, the claims, and when
// the customer is next. Only the commit sends them.
import { and, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { CustomerId, PersonId, SecretId } from "../../contract/common/id.ts";
import { wallMs, type WallMs } from "../billing/clock.ts";
import { rulesVersion } from "../billing/due-rules.ts";
import type { NewEvent } from "../billing/event.ts";
import { ledgerEntriesOf } from "../billing/ledger.ts";
import { isLive, type CustomerState, type Slice } from "../billing/state.ts";
import type { ChainedEvent } from "./chain.ts";
import type { Fact } from "./claim.ts";
import { compiledWrite, excludedOf, placeholdersOf, type Write } from "./compiled.ts";
import { hasHintSince, switchesNow, switchesOf } from "./due.ts";
import { erasureWrites } from "./erasure.ts";
import type { NewImported } from "./import.ts";
import { choiceWrites } from "./notification-preferences.ts";
import { quotaVersions, versionsIn } from "./quota.ts";
import type { PersonDigest } from "./person-digest.ts";
import type { Sealed } from "./sealer.ts";
import * as tables from "./schema.ts";

type Orm = ReturnType<typeof drizzle>;

export interface NewPerson {
  readonly id: PersonId;
  readonly sealed: Sealed;
  /** By what operators find them. */
  readonly digests: readonly PersonDigest[];
}

export interface SealedSecret {
  readonly id: SecretId;
  readonly sealed: Sealed;
}

/** A decision about one customer, and what goes along with it. */
export interface Change {
  readonly slice: Slice;
  readonly events: readonly NewEvent[];
  readonly at: WallMs;
  /** When the slice was loaded: what came later is not in it. */
  readonly loadedAt: WallMs;
  /** Whether the claim of a run ends with it when nothing is left to be done now. */
  readonly endsClaim?: boolean;
  readonly persons?: readonly NewPerson[];
  readonly secrets?: readonly SealedSecret[];
  /** Claims that this decision makes good. */
  readonly facts?: readonly Fact[];
  /** The record of an existing system that this decision takes over. */
  readonly imported?: NewImported | undefined;
}

/** Everything that a change writes beside its events, in an order that no index forbids. */
export function rowsOf(
  db: D1Database,
  change: Change,
  after: Slice,
  chained: readonly ChainedEvent[],
  dueAt: WallMs | null,
): readonly Write[] {
  const orm = drizzle(db);
  return [
    ...readingWrites(change.slice, change.events),
    ...personWrites(change),
    ...entityWrites(orm, change.slice.state, after.state),
    ...ledgerWrites(orm, chained, change.slice.customerId),
    ...numberWrites(orm, change.events),
    ...choiceWrites(change.slice.customerId, change.events),
    ...erasureWrites(db, change.slice.customerId, change),
    ...(change.imported ? [importedWrite(change.imported, change.at)] : []),
    ...factWrites(orm, change, after.state),
    dueWrite(change, after, dueAt),
  ];
}

/** First of all: nothing is written when messages were used that a decision did not see. */
function readingWrites(slice: Change["slice"], events: readonly NewEvent[]): readonly Write[] {
  const { customerId } = slice;
  return events.flatMap(({ given }) => (given ? [insertRow(tables.quotaRead, { customerId, ...given })] : []));
}

function personWrites({ persons = [], secrets = [], slice, at }: Change): readonly Write[] {
  const of = { customerId: slice.customerId, createdAt: at };
  return [
    ...persons.map(({ id, sealed }) => insertRow(tables.person, { id, sealed, ...of })),
    ...persons.flatMap(({ digests }) =>
      digests.map((digest) => digestInsert({ ...digest, customerId: of.customerId })),
    ),
    ...secrets.map((secret) => insertRow(tables.secret, { ...secret, ...of })),
  ];
}

/** Who is named alike again is found as before. */
const digestInsert = compiledWrite((orm) =>
  orm.insert(tables.personDigest).values(placeholdersOf(tables.personDigest)).onConflictDoNothing(),
);

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
    ...changed(before.creditNotes, after.creditNotes).map((row) => upsertRow(tables.creditNote, row)),
    ...changed(before.grants, after.grants).map((row) => upsertRow(tables.quotaGrant, row)),
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
export function insertRow<T extends SQLiteTable>(table: T, row: T["$inferInsert"]): Write {
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

/** A grant of a new period begins at nothing used; one of the same period keeps count, whatever its product. */
function quotaWrite(orm: Orm, grant: NonNullable<CustomerState["quotas"][keyof CustomerState["quotas"]]>): Write {
  const { quotaBalance } = tables;
  // What the period has used or set aside goes along when its messages become another product's.
  const soFar = ({ name }: { readonly name: string }) =>
    sql`COALESCE((SELECT MAX(${sql.raw(name)}) FROM quota_balance WHERE customer_id = ${grant.customerId}
      AND subscription_id = ${grant.subscriptionId} AND period_index = ${grant.periodIndex}), 0)`;
  const { used, reserved, overrun } = quotaBalance;
  return orm
    .insert(quotaBalance)
    .values({ ...grant, used: soFar(used), reserved: soFar(reserved), overrun: soFar(overrun), version: 1 })
    .onConflictDoUpdate({
      target: [quotaBalance.customerId, quotaBalance.productId],
      set: {
        ...grant,
        used: sql`excluded.used`,
        reserved: sql`excluded.reserved`,
        overrun: sql`excluded.overrun`,
        version: sql`${quotaBalance.version} + 1`,
      },
    });
}

/** Which of our resources an existing system's record became: whoever writes it second writes nothing at all. */
export function importedWrite(row: NewImported, importedAt: WallMs): Write {
  return insertRow(tables.imported, { ...row, importedAt });
}

export function ledgerWrites(
  orm: Orm,
  chained: readonly ChainedEvent[],
  customerId: CustomerId | null,
): readonly Write[] {
  return chained.flatMap((event) => {
    const entries = ledgerEntriesOf(event.body).map((entry, line) => ({
      ...entry,
      eventId: event.id,
      eventType: event.body.type,
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

/** A claim is good from the commit that needed it on; what never began gives its coupon back. */
function factWrites(orm: Orm, { facts = [], slice, events }: Change, after: CustomerState): readonly Write[] {
  const { claim } = tables;
  const { customerId } = slice;
  const confirmed = facts.map((fact) =>
    orm
      .insert(claim)
      .values({ ...fact, customerId, expiresAt: wallMs(0), confirmed: true })
      .onConflictDoUpdate({ target: [claim.kind, claim.key], set: { confirmed: true } }),
  );
  const released = events.flatMap((event) => {
    if (event.type !== "subscription.incomplete_expired") return [];
    const couponId = after.subscriptions[event.data.subscriptionId]?.discount?.couponId;
    if (couponId === undefined) return [];
    return [orm.delete(claim).where(and(eq(claim.kind, "coupon"), eq(claim.key, `${couponId}:${customerId}`)))];
  });
  return [...confirmed, ...released];
}

/** Whether a run has nothing left to do at an instant, by the date of what is next. */
export function isAtRest(dueAt: WallMs | null, at: WallMs): boolean {
  return dueAt === null || dueAt > at;
}

/**
 * The next date, computed from this slice; at once when the switch was turned, messages were used, or somebody hinted
 * since it was loaded.
 */
function dueWrite({ at, loadedAt, endsClaim = false }: Change, after: Slice, dueAt: WallMs | null): Write {
  return dueUpsert({
    customerId: after.customerId,
    switches: switchesOf(after),
    quotaVersions: versionsIn(after),
    loadedAt,
    dueAt,
    rulesVersion,
    endsClaim: endsClaim && isAtRest(dueAt, at) ? 1 : 0,
  });
}

const dueUpsert = compiledWrite((orm) => {
  const isStale = sql`${switchesNow} <> ${sql.placeholder("switches")}
    OR ${quotaVersions(sql.placeholder("customerId"))} <> ${sql.placeholder("quotaVersions")}
    OR ${hasHintSince(sql.placeholder("customerId"), sql.placeholder("loadedAt"))}`;
  const dueAt = sql`CASE WHEN ${isStale} THEN 0 ELSE ${sql.placeholder("dueAt")} END`;
  const row = { dueAt, rulesVersion: sql`${sql.placeholder("rulesVersion")}`, attempts: 0, lastError: null };
  const claimedUntil = sql`CASE WHEN ${sql.placeholder("endsClaim")} THEN 0 ELSE ${tables.due.claimedUntil} END`;
  return orm
    .insert(tables.due)
    .values({ customerId: sql.placeholder("customerId"), claimedUntil: wallMs(0), ...row })
    .onConflictDoUpdate({ target: tables.due.customerId, set: { ...row, claimedUntil } });
});
