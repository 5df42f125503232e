// Coupons: a part of the catalogue, with its own rows. How often one was redeemed is the number of its claims.
import { desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CouponId } from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { event } from "../billing/event.ts";
import { appendToCatalogue } from "./catalogue.ts";
import { countClaims } from "./claim.ts";
import type { Actor } from "./commit.ts";
import { readCoupons } from "./rows.ts";
import { coupon } from "./schema.ts";
import type { TransactPorts } from "./transact.ts";
import { instantOrNull } from "../billing/clock.ts";

export type StoredCoupon = typeof coupon.$inferSelect;

/** A coupon with the number of customers who have redeemed it. */
export interface CountedCoupon extends StoredCoupon {
  readonly redemptions: number;
}

/** Adds a coupon; null when its code is another's. */
export async function createCoupon(
  ports: TransactPorts,
  input: Omit<StoredCoupon, "active" | "createdAt">,
  actor: Actor,
): Promise<CouponId | null> {
  const { id: couponId, expiresAt, ...fields } = input;
  const orm = drizzle(ports.db);
  const isFree = await appendToCatalogue(ports, actor, (at) => ({
    events: [event("coupon.created", { couponId, ...fields, expiresAt: instantOrNull(expiresAt) })],
    writes: [orm.insert(coupon).values({ ...input, active: true, createdAt: at })],
  }));
  return isFree ? couponId : null;
}

/** Nobody can redeem it from now on. */
export async function archiveCoupon(ports: TransactPorts, couponId: CouponId, actor: Actor): Promise<void> {
  const orm = drizzle(ports.db);
  await appendToCatalogue(ports, actor, () => ({
    events: [event("coupon.archived", { couponId })],
    writes: [orm.update(coupon).set({ active: false }).where(eq(coupon.id, couponId))],
  }));
}

/** By its code, or by its id. */
export async function findCoupon(db: D1Database, name: string): Promise<StoredCoupon | null> {
  const isIt = name.startsWith("cpn_") ? sql`${coupon.id} = ${name}` : eq(coupon.code, name);
  return readCoupons(await drizzle(db).select().from(coupon).where(isIt))[0] ?? null;
}

/** Newest first, one past the limit. */
export async function listCoupons(
  db: D1Database,
  page: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly CountedCoupon[]> {
  const before = page.cursor === undefined ? undefined : sql`${coupon.id} < ${page.cursor}`;
  const query = drizzle(db).select().from(coupon).where(before);
  return counted(db, readCoupons(await query.orderBy(desc(coupon.id)).limit(page.limit + 1)));
}

export async function counted(db: D1Database, coupons: readonly StoredCoupon[]): Promise<readonly CountedCoupon[]> {
  const claims = await countClaims(
    db,
    "coupon",
    coupons.map(({ id }) => `${id}:`),
  );
  return coupons.map((row) => ({ ...row, redemptions: claims.get(`${row.id}:`) ?? 0 }));
}
