// Reservations of messages. Not one customer's serial work, so not on the stream: each call is one batch of conditional
// statements, exact however many come at once. What they sum up to, triggers keep in `quota_balance`.
import { getTableColumns, sql, type Placeholder, type SQL } from "drizzle-orm";
import type { CustomerId, PartnerId, ProductId } from "../../contract/common/id.ts";
import type { Slice } from "../billing/state.ts";
import { after, secondMs, type WallMs } from "../billing/clock.ts";
import { compiledBatch } from "./compiled.ts";
import type { Balance } from "./read.ts";
import { readReservations } from "./rows.ts";
import { customer, quotaBalance, quotaReservation } from "./schema.ts";

export type StoredReservation = typeof quotaReservation.$inferSelect;

/** Which reservation: ids are the partner's own. */
export interface ReservationKey {
  readonly partnerId: PartnerId;
  readonly id: string;
}

export interface WantedMessages extends ReservationKey {
  readonly customerId: CustomerId;
  readonly productId: ProductId;
  readonly messages: number;
  /** How long they are set aside; null: they are used at once. */
  readonly ttlSeconds: number | null;
}

/** How a reservation and its product's messages stand after a call. */
export interface Standing {
  readonly reservation: StoredReservation;
  /** Null when the customer has had no messages of the product. */
  readonly balance: Balance | null;
}

/**
 * Sets messages aside, or uses them at once, if so many remain: granted − used − reserved − overrun. Example: of five at
 * once who want 500 of 600 one has them.
 *
 * `unknown_customer`: none of this partner's. `exceeded`: too few remain, or the grant has ended by the customer's own
 * clock. `exists`: the id stands for another request. The same request again is `standing` as it is now.
 */
export type Reserved =
  | ({ readonly kind: "standing" } & Standing)
  | { readonly kind: "exceeded"; readonly balance: Balance | null }
  | { readonly kind: "unknown_customer" | "exists" };

/** Reserves in one batch. */
export async function reserveMessages(db: D1Database, wanted: WantedMessages, now: WallMs): Promise<Reserved> {
  const { ttlSeconds, ...named } = wanted;
  const isUsed = ttlSeconds === null;
  const [, , found, customers] = await reserve(db, {
    ...named,
    now,
    status: isUsed ? "committed" : "reserved",
    usedMessages: isUsed ? wanted.messages : 0,
    expiresAt: after(now, (ttlSeconds ?? 0) * secondMs),
    settledAt: isUsed ? now : null,
  });
  const [owner] = customers;
  if (!owner) return { kind: "unknown_customer" };
  const balance = balanceIn(owner, now);
  const [reservation] = readReservations(found);
  if (!reservation) return { kind: "exceeded", balance };
  return isSame(reservation, wanted) ? { kind: "standing", reservation, balance } : { kind: "exists" };
}

/** What is used at once has no time to expire in, so that the two ways to ask are never the same request. */
function isSame(found: StoredReservation, wanted: WantedMessages): boolean {
  return (
    found.customerId === wanted.customerId &&
    found.productId === wanted.productId &&
    found.messages === wanted.messages &&
    found.expiresAt - found.createdAt === (wanted.ttlSeconds ?? 0) * secondMs
  );
}

/**
 * Commits what was really used, in one batch; null when there is no such reservation. One that was committed or released
 * before stays as it is. See the contract for what counts as used.
 *
 * Example: 100 granted, 90 reserved, 115 used: 110 count as used, 5 are overrun.
 *
 * @param usedMessages As many as were reserved when null.
 */
export async function commitReservation(
  db: D1Database,
  key: ReservationKey,
  usedMessages: number | null,
  now: WallMs,
): Promise<Standing | null> {
  const [, , ...rows] = await commit(db, { ...key, now, usedMessages });
  return standingIn(rows, now);
}

/** Gives back what is set aside, in one batch; null when there is no such reservation. A settled one stays as it is. */
export async function releaseReservation(db: D1Database, key: ReservationKey, now: WallMs): Promise<Standing | null> {
  const [, , ...rows] = await release(db, { ...key, now });
  return standingIn(rows, now);
}

/** A reservation as it stands; one whose time is over is told as expired, whether it has been swept or not. */
export async function findReservation(db: D1Database, key: ReservationKey, now: WallMs): Promise<Standing | null> {
  const standing = standingIn(await find(db, { ...key }), now);
  if (standing?.reservation.status !== "reserved" || standing.reservation.expiresAt > now) return standing;
  const { reservation } = standing;
  return { ...standing, reservation: { ...reservation, status: "expired", settledAt: reservation.expiresAt } };
}

type QuotaRow = typeof quotaBalance.$inferSelect;
/** Without a balance all of its columns are null. */
type BalanceRow = QuotaRow | { readonly [K in keyof QuotaRow]: QuotaRow[K] | null };
type OwnerRow = BalanceRow & { readonly clockNowAt: number | null };
type StandingRows = readonly [reservations: readonly StoredReservation[], balances: readonly OwnerRow[]];

function standingIn([reservations, balances]: StandingRows, now: WallMs): Standing | null {
  const [reservation] = readReservations(reservations);
  const [owner] = balances;
  return reservation ? { reservation, balance: owner ? balanceIn(owner, now) : null } : null;
}

function balanceIn({ clockNowAt, ...quota }: OwnerRow, now: WallMs): Balance | null {
  return isThere(quota) ? { ...quota, isOver: quota.validUntil <= (clockNowAt ?? now) } : null;
}

function isThere(quota: BalanceRow): quota is QuotaRow {
  return quota.customerId !== null;
}

const value = (name: string) => sql`${sql.placeholder(name)}`;
const isIt = sql`partner_id = ${value("partnerId")} AND id = ${value("id")}`;

/** Literal, so that the indexes of what is reserved are used. */
const isExpired = sql`status = 'reserved' AND expires_at <= ${value("now")}`;

/** What has expired falls back before anything else is decided. */
function expiry(orm: Orm, ofWhom: SQL) {
  const sameCustomer = sql`customer_id = ${ofWhom} AND partner_id = ${value("partnerId")}`;
  return orm
    .update(quotaReservation)
    .set({ status: "expired", settledAt: sql`expires_at` })
    .where(sql`${sameCustomer} AND ${isExpired}`);
}

type Orm = Parameters<Parameters<typeof compiledBatch>[0]>[0];

/** What the price of the balance `b` charges for beyond the grant, up to its ceiling, while the subscription is active. */
const overage = sql`COALESCE((SELECT o.overage_messages FROM subscription s JOIN price o ON o.id = s.price_id
  WHERE s.id = b.subscription_id AND s.status = 'active' AND o.overage_rials IS NOT NULL), 0)`;

const reserve = compiledBatch((orm) => {
  const grace = sql`MAX(CASE p.when_used_up WHEN 'grace' THEN b.granted / 10 ELSE 0 END, ${overage})`;
  const isLeft = sql`b.used + b.reserved + b.overrun + ${value("messages")} <= b.granted + ${grace}`;
  const isValid = sql`b.valid_until > COALESCE(c.clock_now_at, ${value("now")})`;
  const row = sql`SELECT c.partner_id, ${value("id")}, b.customer_id, b.product_id, b.subscription_id, b.period_index,
      ${value("messages")}, ${value("status")}, ${value("usedMessages")}, 0, ${value("expiresAt")}, ${value("now")},
      ${value("settledAt")}
    FROM quota_balance b JOIN customer c ON c.id = b.customer_id JOIN product p ON p.id = b.product_id
    WHERE b.customer_id = ${value("customerId")} AND b.product_id = ${value("productId")}
      AND c.partner_id = ${value("partnerId")} AND ${isValid} AND ${isLeft}`;
  return [
    expiry(orm, value("customerId")),
    orm.insert(quotaReservation).select(row).onConflictDoNothing(),
    orm.select().from(quotaReservation).where(isIt),
    balanceOf(orm, { customerId: value("customerId"), productId: value("productId") }),
  ] as const;
});

const commit = compiledBatch((orm) => {
  const used = sql`COALESCE(CAST(${value("usedMessages")} AS INTEGER), messages)`;
  // Its own part is set aside already; a period that is over leaves no balance to measure against.
  const held = sql`CASE status WHEN 'reserved' THEN messages ELSE 0 END`;
  const overrun = sql`COALESCE((SELECT MAX(0, ${used} - ${held} - MAX(0, granted + MAX(granted / 10, ${overage}) - used - reserved))
    FROM quota_balance b WHERE b.customer_id = quota_reservation.customer_id
      AND b.subscription_id = quota_reservation.subscription_id AND b.period_index = quota_reservation.period_index
    ORDER BY b.granted DESC LIMIT 1), 0)`;
  const settled = { settledAt: value("now"), usedMessages: used, overrunMessages: overrun };
  return [
    expiry(orm, customerOfIt),
    orm
      .update(quotaReservation)
      .set({ ...settled, status: "committed" })
      .where(sql`${isIt} AND status IN ('reserved', 'expired')`),
    ...standing(orm),
  ] as const;
});

const release = compiledBatch(
  (orm) =>
    [
      expiry(orm, customerOfIt),
      orm
        .update(quotaReservation)
        .set({ status: "released", settledAt: value("now") })
        .where(sql`${isIt} AND status = 'reserved'`),
      ...standing(orm),
    ] as const,
);

const find = compiledBatch((orm) => standing(orm));

const customerOfIt = sql`(SELECT customer_id FROM quota_reservation WHERE ${isIt})`;

/** Two questions: a batch would mix up columns of one name in two tables. */
function standing(orm: Orm) {
  return [
    orm.select().from(quotaReservation).where(isIt),
    balanceOf(orm, {
      customerId: customerOfIt,
      productId: sql`(SELECT product_id FROM quota_reservation WHERE ${isIt})`,
    }),
  ] as const;
}

function balanceOf(orm: Orm, { customerId, productId }: { readonly customerId: SQL; readonly productId: SQL }) {
  const isTheirs = sql`${customer.id} = ${customerId} AND ${customer.partnerId} = ${value("partnerId")}`;
  const isOfProduct = sql`${quotaBalance.customerId} = ${customer.id} AND ${quotaBalance.productId} = ${productId}`;
  return orm
    .select({ ...getTableColumns(quotaBalance), clockNowAt: customer.clockNowAt })
    .from(customer)
    .leftJoin(quotaBalance, isOfProduct)
    .where(isTheirs);
}

/** Grows whenever a customer's messages are used, granted or given back: what was computed before may be old. */
export function quotaVersions(customerId: SQL | Placeholder): SQL {
  return sql`(SELECT COALESCE(SUM(version), 0) FROM quota_balance WHERE customer_id = ${customerId})`;
}

/** The same of a slice: as it was loaded, or as a commit left it. */
export function versionsIn({ quotaUse }: Slice): number {
  return Object.values(quotaUse).reduce((sum, use) => sum + (use?.version ?? 0), 0);
}
