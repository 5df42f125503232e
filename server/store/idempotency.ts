// The rows behind Idempotency-Key. A claim is one batch; every later statement names the claim, so that a request whose
// lock was taken over can neither store nor release what is no longer its own.
import { and, eq, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { after, dayMs, minuteMs, wallMs, type WallMs } from "../billing/clock.ts";
import { compiledBatch, compiledWrite, placeholdersOf } from "./compiled.ts";
import { premiseThat, type Premise } from "./premise.ts";
import { retentionDays } from "./retention.ts";
import { sealedText, type Sealed } from "./sealer.ts";

export const idempotencyKey = sqliteTable(
  "idempotency_key",
  {
    caller: text("caller").notNull(),
    key: text("key").notNull(),
    fingerprint: text("fingerprint").notNull(),
    /** Which request holds the lock. */
    claim: text("claim").notNull(),
    lockedUntil: integer("locked_until").notNull(),
    resourceSeed: text("resource_seed").notNull(),
    status: integer("status"),
    answer: text("answer"),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.caller, table.key] }),
    index("idempotency_key_expires_at").on(table.expiresAt),
  ],
);

/** How long a request may work before another one may take over. */
export const lockMs = minuteMs;

/** How long an answer is repeated. */
export const keepMs = retentionDays.idempotencyKeys * dayMs;

const sweepCount = 1_000;

export interface Claim {
  readonly caller: string;
  readonly key: string;
  /** Lower-case hex digest of the request, keyed: its body may hold a national id. */
  readonly fingerprint: string;
  /** The request that claims. */
  readonly claim: string;
  /** Kept if this is the first claim of the key. */
  readonly resourceSeed: string;
}

export type Claimed =
  | { readonly is: "mine"; readonly resourceSeed: string }
  | { readonly is: "locked" }
  | { readonly is: "reused" }
  | { readonly is: "done"; readonly status: number; readonly answer: Sealed };

/**
 * Claims a key until `now + lockMs`: `mine` when it is new, released, or its lock has run out (then with the first
 * claim's seed); `locked` while another request holds it; `reused` when it stands for another request; `done` with the
 * stored answer. Of any number of claims at once exactly one is `mine`.
 */
export async function claimIdempotencyKey(db: D1Database, claim: Claim, now: WallMs): Promise<Claimed> {
  const lockedUntil = after(now, lockMs);
  const [, , , found] = await claimKey(db, { ...claim, now, lockedUntil, expiresAt: after(now, keepMs) });
  return judge(found[0], claim);
}

const claimKey = compiledBatch((orm) => {
  const [now, lockedUntil] = [sql`${sql.placeholder("now")}`, sql`${sql.placeholder("lockedUntil")}`];
  const [caller, key, fingerprint] = ["caller", "key", "fingerprint"].map((name) => sql`${sql.placeholder(name)}`);
  const isOurs = sql`${idempotencyKey.caller} = ${caller} AND ${idempotencyKey.key} = ${key}`;
  const row = {
    caller: sql.placeholder("caller"),
    key: sql.placeholder("key"),
    fingerprint: sql.placeholder("fingerprint"),
    claim: sql.placeholder("claim"),
    resourceSeed: sql.placeholder("resourceSeed"),
    lockedUntil,
    createdAt: now,
    expiresAt: sql.placeholder("expiresAt"),
  };
  return [
    orm.delete(idempotencyKey).where(and(isOurs, sql`${idempotencyKey.expiresAt} <= ${now}`)),
    orm.insert(idempotencyKey).values(row).onConflictDoNothing(),
    orm
      .update(idempotencyKey)
      .set({ claim: sql`${sql.placeholder("claim")}`, lockedUntil })
      .where(
        and(
          isOurs,
          sql`${idempotencyKey.fingerprint} = ${fingerprint}`,
          isNull(idempotencyKey.status),
          sql`${idempotencyKey.lockedUntil} <= ${now}`,
        ),
      ),
    orm.select().from(idempotencyKey).where(isOurs),
  ] as const;
});

function judge(row: typeof idempotencyKey.$inferSelect | undefined, claim: Claim): Claimed {
  if (!row) throw new Error("An Idempotency-Key that was just claimed is gone");
  if (row.fingerprint !== claim.fingerprint) return { is: "reused" };
  if (row.status !== null && row.answer !== null) {
    return { is: "done", status: row.status, answer: sealedText(row.answer) };
  }
  return row.claim === claim.claim ? { is: "mine", resourceSeed: row.resourceSeed } : { is: "locked" };
}

/** A premise: nobody has used the key in its time; it is claimed until `now + lockMs`. */
export function isFirstUse(claim: Claim, now: WallMs): Premise {
  const values = { ...claim, now, lockedUntil: after(now, lockMs), expiresAt: after(now, keepMs) };
  return [forgetExpired(values), claimFirst(values), mustBeMine(values)];
}

const isIt = sql`caller = ${sql.placeholder("caller")} AND key = ${sql.placeholder("key")}`;

const forgetExpired = compiledWrite((orm) =>
  orm.delete(idempotencyKey).where(sql`${isIt} AND expires_at <= ${sql.placeholder("now")}`),
);

const claimFirst = compiledWrite((orm) =>
  orm
    .insert(idempotencyKey)
    .values({ ...placeholdersOf(idempotencyKey), createdAt: sql.placeholder("now"), status: null, answer: null })
    .onConflictDoNothing(),
);

const mustBeMine = premiseThat(
  "idempotency_key",
  sql`EXISTS (SELECT 1 FROM idempotency_key WHERE ${isIt} AND claim = ${sql.placeholder("claim")} AND status IS NULL)`,
);

type Held = Pick<Claim, "caller" | "key" | "claim">;

/** Stores the answer to repeat; does nothing when the claim was taken over meanwhile. */
export async function completeIdempotencyKey(
  db: D1Database,
  held: Held,
  done: { readonly status: number; readonly answer: Sealed },
): Promise<void> {
  await complete(db, { ...done, caller: held.caller, key: held.key, claim: held.claim });
}

const complete = compiledBatch((orm) => {
  const [caller, key, claim] = ["caller", "key", "claim"].map((name) => sql.placeholder(name));
  const done = { status: sql`${sql.placeholder("status")}`, answer: sql`${sql.placeholder("answer")}` };
  const isHeldByIt = sql`caller = ${caller} AND key = ${key} AND claim = ${claim} AND status IS NULL`;
  return [orm.update(idempotencyKey).set(done).where(isHeldByIt)] as const;
});

/** Lets the same request try again at once, with the same seed. */
export async function unlockIdempotencyKey(db: D1Database, held: Held): Promise<void> {
  await drizzle(db)
    .update(idempotencyKey)
    .set({ lockedUntil: wallMs(0) })
    .where(isHeld(held));
}

/** Forgets a claim under which nothing was done, so that the key may stand for a corrected request. */
export async function forgetIdempotencyKey(db: D1Database, held: Held): Promise<void> {
  await drizzle(db).delete(idempotencyKey).where(isHeld(held));
}

function isHeld(held: Held) {
  return and(
    eq(idempotencyKey.caller, held.caller),
    eq(idempotencyKey.key, held.key),
    eq(idempotencyKey.claim, held.claim),
    isNull(idempotencyKey.status),
  );
}

/** Whether there is a key to delete. */
export const hasStaleKeys = sql<number>`EXISTS (
  SELECT 1 FROM idempotency_key WHERE expires_at <= ${sql.placeholder("now")}
)`;

/** Deletes at most 1,000 keys past their 30 days and says how many there were. For the cron. */
export async function sweepIdempotency(db: D1Database, now: WallMs): Promise<number> {
  const swept = await db
    .prepare(
      "DELETE FROM idempotency_key WHERE rowid IN (SELECT rowid FROM idempotency_key WHERE expires_at <= ? LIMIT ?)",
    )
    .bind(now, sweepCount)
    .run();
  return swept.meta.changes;
}
