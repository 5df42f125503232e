// Facts across customers: whoever inserts the row owns what it names. Claimed before the commit, confirmed after it,
// swept when never confirmed.
import { and, eq, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import { claim } from "./schema.ts";

export interface NewClaim {
  /** What is claimed: `trial`, `coupon`, `external_id`, … */
  readonly kind: string;
  readonly key: string;
  readonly customerId: CustomerId;
  /** When an unconfirmed claim may be swept. */
  readonly expiresAt: WallMs;
}

/** Claims a fact; true when the customer has it now, also from before. Of many at once exactly one customer has it. */
export async function claimFact(db: D1Database, fact: NewClaim): Promise<boolean> {
  const orm = drizzle(db);
  const isIt = and(eq(claim.kind, fact.kind), eq(claim.key, fact.key));
  const [, found] = await orm.batch([
    orm
      .insert(claim)
      .values({ ...fact, confirmed: false })
      .onConflictDoNothing(),
    orm.select({ customerId: claim.customerId }).from(claim).where(isIt),
  ]);
  return found[0]?.customerId === fact.customerId;
}

/** Confirms a claim whose commit took effect: it is never swept. */
export async function confirmFact(db: D1Database, fact: Pick<NewClaim, "kind" | "key">): Promise<void> {
  await drizzle(db)
    .update(claim)
    .set({ confirmed: true })
    .where(and(eq(claim.kind, fact.kind), eq(claim.key, fact.key)));
}

/** Whether there is a claim to delete. */
export const hasStaleClaims = sql<number>`EXISTS (
  SELECT 1 FROM claim WHERE confirmed = 0 AND expires_at <= ${sql.placeholder("now")}
)`;

/** Deletes claims that were never confirmed in their time. */
export async function sweepClaims(db: D1Database, now: WallMs): Promise<void> {
  await drizzle(db)
    .delete(claim)
    .where(and(eq(claim.confirmed, false), lte(claim.expiresAt, now)));
}
