// People, partners and attempts in D1. Better Auth writes its own five tables through the adapter made here; every other
// statement about who may call is below.
import { and, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import * as z from "zod";
import type { KeyEnvironment } from "../../contract/billing-event-types/partner.ts";
import { CustomerId, PartnerId, PartnerKeyId } from "../../contract/common/id.ts";
import { PartnerScope } from "../../contract/common/policy.ts";
import { after, minuteMs, wallMs, type WallMs } from "../billing/clock.ts";
import { compiledBatch, type Write } from "./compiled.ts";
import { premiseThat } from "./premise.ts";
import { account, partner, partnerKey, rateLimit, session, user, verification } from "./auth-schema.ts";

/** Partners and their keys are no customer's: their ids lie in the first bucket. */
export const partnerBucket = 0;

/** What a valid key proves. */
export interface PartnerKeyGrant {
  readonly keyId: PartnerKeyId;
  readonly partnerId: PartnerId;
  readonly scopes: readonly PartnerScope[];
}

export interface PartnerKeyRow extends PartnerKeyGrant {
  /** Lower-case hex SHA-256 of the key. */
  readonly hash: string;
  readonly environment: KeyEnvironment;
  readonly createdAt: WallMs;
  readonly expiresAt: WallMs | null;
}

/** What Better Auth reads and writes people with. */
export function peopleAdapter(db: D1Database) {
  const schema = { user, session, account, verification, rateLimit };
  return drizzleAdapter(drizzle(db), { provider: "sqlite", schema, transaction: false });
}

/** A session and whose it is, expired or not; null when nobody has this token. */
export async function findSession(db: D1Database, token: string) {
  const [[found]] = await sessionOf(db, { token });
  if (!found) return null;
  const { expiresAt, secondFactorAt, ...person } = found;
  const customerId = CustomerId.parse(person.customerId);
  return { expiresAt, session: { token, secondFactorAt }, user: { ...person, customerId } };
}

const sessionOf = compiledBatch((orm) => {
  const { id, customerId, role, email, emailVerified, phoneNumber, phoneNumberVerified } = user;
  const person = { id, customerId, role, email, emailVerified, phoneNumber, phoneNumberVerified };
  return [
    orm
      .select({ ...person, expiresAt: session.expiresAt, secondFactorAt: session.secondFactorAt })
      .from(session)
      .innerJoin(user, eq(user.id, session.userId))
      .where(eq(session.token, sql.placeholder("token"))),
  ] as const;
});

/** What is known of a session and may have changed since. */
export interface SessionClaim {
  readonly token: string;
  readonly role: "customer" | "operator";
  readonly hasSecondFactor: boolean;
}

/** A premise: this session is still good at `now`, and what is known of it is still so. */
export function sessionStands(known: SessionClaim, now: WallMs): Write {
  return sessionPremise({ ...known, hasSecondFactor: Number(known.hasSecondFactor), now });
}

const sessionPremise = premiseThat(
  "caller",
  sql`EXISTS (SELECT 1 FROM session s JOIN user u ON u.id = s.user_id
    WHERE s.token = ${sql.placeholder("token")} AND s.expires_at > ${sql.placeholder("now")}
      AND u.role = ${sql.placeholder("role")} AND (s.second_factor_at IS NOT NULL) = ${sql.placeholder("hasSecondFactor")})`,
);

/** Stores a partner unless one of that name is there; answers the id of the one that is. */
export async function upsertPartner(
  db: D1Database,
  row: { readonly id: PartnerId; readonly name: string; readonly createdAt: WallMs },
): Promise<PartnerId> {
  const store = drizzle(db);
  const [, found] = await store.batch([
    store.insert(partner).values(row).onConflictDoNothing({ target: partner.name }),
    store.select({ id: partner.id }).from(partner).where(eq(partner.name, row.name)),
  ]);
  return PartnerId.parse(found[0]?.id);
}

/** Stores a key's hash and grant. A hash that is there already stays as it is. */
export async function insertPartnerKey(db: D1Database, row: PartnerKeyRow): Promise<void> {
  const { keyId, ...columns } = row;
  await drizzle(db)
    .insert(partnerKey)
    .values({ id: keyId, ...columns })
    .onConflictDoNothing({ target: partnerKey.hash });
}

/** Ends a key at `at`; one that ended before keeps its instant. */
export async function endPartnerKey(db: D1Database, keyId: PartnerKeyId, at: WallMs): Promise<void> {
  await drizzle(db)
    .update(partnerKey)
    .set({ revokedAt: at })
    .where(and(eq(partnerKey.id, keyId), isNull(partnerKey.revokedAt)));
}

const Grant = z.object({
  keyId: PartnerKeyId,
  partnerId: PartnerId,
  scopes: z.array(PartnerScope),
});

/** How exactly it is known when a key was last used: not every call is to be a write. */
export const lastUseWithinMs = 10 * minuteMs;

/** Which key, by its hash, where. */
export interface KeyHash {
  readonly hash: string;
  readonly environment: KeyEnvironment;
}

/** A premise: this key is still good at `now`, and grants what is known of it. */
export function partnerKeyStands(key: KeyHash, { keyId, scopes }: PartnerKeyGrant, now: WallMs): Write {
  return keyPremise({ ...key, keyId, scopes: JSON.stringify(scopes), now });
}

const keyPremise = premiseThat(
  "caller",
  sql`EXISTS (SELECT 1 FROM partner_key
    WHERE hash = ${sql.placeholder("hash")} AND id = ${sql.placeholder("keyId")}
      AND environment = ${sql.placeholder("environment")} AND json(scopes) = json(${sql.placeholder("scopes")})
      AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ${sql.placeholder("now")}))`,
);

/** A grant, and when it was noted that its key is used. */
export interface UsedGrant {
  readonly grant: PartnerKeyGrant;
  readonly notedAt: WallMs;
}

/**
 * The grant of a key by its hash; null when unknown, expired, revoked or of another environment. Notes now and then that
 * it was used.
 */
export async function readPartnerKeyGrant(
  db: D1Database,
  key: KeyHash & { readonly at: WallMs },
): Promise<UsedGrant | null> {
  const [row] = await drizzle(db)
    .select({
      keyId: partnerKey.id,
      partnerId: partnerKey.partnerId,
      scopes: partnerKey.scopes,
      lastUsedAt: partnerKey.lastUsedAt,
    })
    .from(partnerKey)
    .where(
      and(
        eq(partnerKey.hash, key.hash),
        eq(partnerKey.environment, key.environment),
        isNull(partnerKey.revokedAt),
        or(isNull(partnerKey.expiresAt), gt(partnerKey.expiresAt, key.at)),
      ),
    )
    .limit(1);
  if (!row) return null;
  const { lastUsedAt, ...grant } = row;
  const notedUntil = after(key.at, -lastUseWithinMs);
  const isNoted = lastUsedAt !== null && lastUsedAt > notedUntil;
  if (!isNoted) await noteUse(db, key.hash, { at: key.at, notedUntil });
  return { grant: Grant.parse(grant), notedAt: isNoted ? wallMs(lastUsedAt) : key.at };
}

/** Of many calls at once one writes. */
async function noteUse(
  db: D1Database,
  hash: string,
  { at, notedUntil }: { readonly at: WallMs; readonly notedUntil: WallMs },
): Promise<void> {
  const isLongAgo = or(isNull(partnerKey.lastUsedAt), lte(partnerKey.lastUsedAt, notedUntil));
  await drizzle(db)
    .update(partnerKey)
    .set({ lastUsedAt: at })
    .where(and(eq(partnerKey.hash, hash), isLongAgo));
}

const Counted = z.object({ count: z.int(), resets_at: z.int() });

/**
 * Counts one attempt under each key, in one batch, and says how many there were until the key resets. Tries at the same
 * moment are all counted. Example: the third sign-in of an address within the quarter-hour answers `count: 3`.
 */
export async function countAttempts(
  db: D1Database,
  attempts: readonly { readonly key: string; readonly windowMs: number }[],
  now: WallMs,
): Promise<readonly { readonly count: number; readonly resetsAt: number }[]> {
  const count = db.prepare(
    `INSERT INTO attempt (key, count, resets_at) VALUES (?1, 1, ?2)
     ON CONFLICT (key) DO UPDATE SET
       count = CASE WHEN resets_at <= ?3 THEN 1 ELSE count + 1 END,
       resets_at = CASE WHEN resets_at <= ?3 THEN excluded.resets_at ELSE resets_at END
     RETURNING count, resets_at`,
  );
  const sweep = db.prepare(
    "DELETE FROM attempt WHERE key IN (SELECT key FROM attempt WHERE resets_at <= ? ORDER BY resets_at LIMIT 20)",
  );
  const counts = attempts.map((attempt) => count.bind(attempt.key, now + attempt.windowMs, now));
  const results = await db.batch([...counts, sweep.bind(now)]);
  return results.slice(0, attempts.length).map((result) => {
    const row = Counted.parse(result.results[0]);
    return { count: row.count, resetsAt: row.resets_at };
  });
}
