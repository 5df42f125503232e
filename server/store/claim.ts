// Facts across customers: whoever inserts the row owns what it names. Claimed before the commit that needs it, confirmed
// in that commit's batch, swept when never confirmed.
import { and, eq, lte, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import { claim } from "./schema.ts";

/** What a claim names: a kind of fact, and which one. */
export interface Fact {
  /** `trial`, `coupon` or `external_id`. */
  readonly kind: string;
  readonly key: string;
}

export interface NewClaim extends Fact {
  readonly customerId: CustomerId;
  /** When an unconfirmed claim may be swept. */
  readonly expiresAt: WallMs;
  /** At most so many claims whose keys begin like this; null: this one key is the limit. */
  readonly among: { readonly prefix: string; readonly max: number } | null;
}

/** `claimed`: the customer has it for now; `owned`: it was confirmed before; `taken`: others have all there is. */
export type Claimed = "claimed" | "owned" | "taken";

/** Claims a fact. Of many at once exactly as many customers have it as there may be. */
export async function claimFact(db: D1Database, fact: NewClaim): Promise<Claimed> {
  const held = await holderOf(db, fact);
  if (held?.customerId !== fact.customerId) return "taken";
  return held.confirmed ? "owned" : "claimed";
}

/** Who has a claim. */
export interface Holder {
  readonly customerId: CustomerId;
  /** Whether the commit that needed it was made. */
  readonly confirmed: boolean;
}

/** Claims a fact, and says who has it then; null when there are as many claims of its kind as there may be. */
export async function holderOf(db: D1Database, fact: NewClaim): Promise<Holder | null> {
  const orm = drizzle(db);
  const isIt = and(eq(claim.kind, fact.kind), eq(claim.key, fact.key));
  const isLeft = fact.among === null ? sql`TRUE` : isLeftAmong(fact.kind, fact.among);
  const row = sql`SELECT ${fact.kind}, ${fact.key}, ${fact.customerId}, ${fact.expiresAt}, 0 WHERE ${isLeft}`;
  const [, found] = await orm.batch([
    orm.insert(claim).select(row).onConflictDoNothing(),
    orm.select({ customerId: claim.customerId, confirmed: claim.confirmed }).from(claim).where(isIt),
  ]);
  return found[0] ?? null;
}

/** Who has a claim now; null when nobody has. */
export async function findHolder(db: D1Database, fact: Fact): Promise<Holder | null> {
  const isIt = and(eq(claim.kind, fact.kind), eq(claim.key, fact.key));
  const query = drizzle(db).select({ customerId: claim.customerId, confirmed: claim.confirmed }).from(claim);
  return (await query.where(isIt))[0] ?? null;
}

function isLeftAmong(kind: string, { prefix, max }: NonNullable<NewClaim["among"]>): SQL {
  return sql`(SELECT COUNT(*) FROM claim WHERE kind = ${kind} AND key >= ${prefix} AND key < ${prefix} || '~') < ${max}`;
}

/** How many claims have keys that begin like this. */
export async function countClaims(
  db: D1Database,
  kind: string,
  prefixes: readonly string[],
): Promise<Map<string, number>> {
  const { results } = await db
    .prepare(
      `SELECT p.value AS prefix, (SELECT COUNT(*) FROM claim c WHERE c.kind = ?1 AND c.key >= p.value
        AND c.key < p.value || '~') AS claims FROM json_each(?2) AS p`,
    )
    .bind(kind, JSON.stringify(prefixes))
    .all<{ prefix: string; claims: number }>();
  return new Map(results.map(({ prefix, claims }) => [prefix, claims]));
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
