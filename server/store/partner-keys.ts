// Partners' keys as they are looked after: each change an event of the partner's stream. What a key proves when somebody
// calls with it is `people.ts`.
import { and, desc, eq, isNull, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { KeyEnvironment } from "../../contract/billing-event-types/partner.ts";
import { PartnerId, PartnerKeyId } from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { PartnerScope } from "../../contract/common/policy.ts";
import { maxKeys } from "../../contract/partner-key.ts";
import { after, hourMs, instant, instantOrNull, wallMs, type WallMs } from "../billing/clock.ts";
import { event } from "../billing/event.ts";
import { partnerKey } from "./auth-schema.ts";
import type { Actor } from "./commit.ts";
import { findPartner } from "./partners.ts";
import { appendToStream } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";

const at = z
  .int()
  .nullable()
  .transform((ms) => (ms === null ? null : wallMs(ms)));

const Row = z.object({
  id: PartnerKeyId,
  partnerId: PartnerId,
  scopes: z.array(PartnerScope),
  environment: KeyEnvironment,
  createdAt: z.int().transform(wallMs),
  expiresAt: at,
  revokedAt: at,
  lastUsedAt: at,
  replacedById: PartnerKeyId.nullable(),
});

/** A key as it may be shown: without its hash. */
export type StoredKey = z.infer<typeof Row>;

export interface NewKey extends Pick<StoredKey, "id" | "partnerId" | "scopes" | "environment" | "expiresAt"> {
  /** Lower-case hex SHA-256 of its text. */
  readonly hash: string;
}

/** Whether it still proves something. */
export function isGood({ revokedAt, expiresAt }: StoredKey, now: WallMs): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}

/** One key; null when there is none, or it is another partner's. A null `partnerId` is anybody's. */
export async function findKey(
  db: D1Database,
  id: PartnerKeyId,
  partnerId: PartnerId | null,
): Promise<StoredKey | null> {
  const isTheirs = partnerId === null ? undefined : eq(partnerKey.partnerId, partnerId);
  const [row] = await drizzle(db)
    .select()
    .from(partnerKey)
    .where(and(eq(partnerKey.id, id), isTheirs));
  return row ? Row.parse(row) : null;
}

/** Keys, newest first, one past the limit. A null `partnerId` is everybody's. */
export async function listKeys(
  db: D1Database,
  partnerId: PartnerId | null,
  { limit, cursor }: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly StoredKey[]> {
  const conditions = [
    partnerId === null ? undefined : eq(partnerKey.partnerId, partnerId),
    cursor === undefined ? undefined : lt(partnerKey.id, cursor),
  ];
  const query = drizzle(db)
    .select()
    .from(partnerKey)
    .where(and(...conditions));
  return z.array(Row).parse(await query.orderBy(desc(partnerKey.id)).limit(limit + 1));
}

/** Adds a key. One of this id that is there already gets the new text: the one before was never shown to anybody. */
export async function createKey(
  ports: TransactPorts,
  input: NewKey,
  actor: Actor,
): Promise<"created" | "no_partner" | "limit_reached"> {
  let result: "created" | "no_partner" | "limit_reached" = "created";
  let isThere = false;
  await appendToStream(ports, { stream: input.partnerId, actor }, async (now) => {
    isThere = (await findKey(ports.db, input.id, input.partnerId)) !== null;
    if (isThere) return null;
    result = await roomFor(ports.db, input.partnerId, now);
    return result === "created" ? { events: [createdEvent(input)], writes: [insertion(ports.db, input, now)] } : null;
  });
  if (isThere) await keepText(ports.db, input);
  return result;
}

async function roomFor(
  db: D1Database,
  partnerId: PartnerId,
  now: WallMs,
): Promise<"created" | "no_partner" | "limit_reached"> {
  if (!(await findPartner(db, partnerId))) return "no_partner";
  const query = drizzle(db)
    .select()
    .from(partnerKey)
    .where(and(eq(partnerKey.partnerId, partnerId), isNull(partnerKey.revokedAt)));
  const good = z
    .array(Row)
    .parse(await query)
    .filter((key) => isGood(key, now));
  return good.length >= maxKeys ? "limit_reached" : "created";
}

function createdEvent({ id, partnerId, scopes, environment, expiresAt }: NewKey) {
  return event("partner_key.created", {
    partnerKeyId: id,
    partnerId,
    scopes,
    environment,
    expiresAt: instantOrNull(expiresAt),
  });
}

function insertion(db: D1Database, input: NewKey, createdAt: WallMs) {
  return drizzle(db)
    .insert(partnerKey)
    .values({ ...input, createdAt });
}

/** Of a request that died before its answer nobody knows the text; no key that was used is touched. */
async function keepText(db: D1Database, { id, hash }: NewKey): Promise<void> {
  await drizzle(db)
    .update(partnerKey)
    .set({ hash })
    .where(and(eq(partnerKey.id, id), isNull(partnerKey.lastUsedAt)));
}

/**
 * Puts a key in the place of another, which stays good for the overlap. False when that one is not good any more or has
 * another successor.
 */
export async function rotateKey(
  ports: TransactPorts,
  old: StoredKey,
  { overlapHours, ...made }: Pick<NewKey, "id" | "hash"> & { readonly overlapHours: number },
  actor: Actor,
): Promise<boolean> {
  const { partnerId, scopes, environment, expiresAt } = old;
  const input: NewKey = { ...made, partnerId, scopes, environment, expiresAt };
  let isDone = false;
  let isThere = false;
  await appendToStream(ports, { stream: partnerId, actor }, async (now) => {
    const current = await findKey(ports.db, old.id, partnerId);
    isThere = current?.replacedById === made.id;
    isDone = isThere;
    if (!current || current.replacedById !== null || !isGood(current, now)) return null;
    isDone = true;
    const overlapEndsAt = after(now, overlapHours * hourMs);
    const endsAt = wallMs(Math.min(overlapEndsAt, current.expiresAt ?? overlapEndsAt));
    const rotated = { partnerKeyId: old.id, replacedById: made.id, endsAt: instant(endsAt) };
    return {
      events: [createdEvent(input), event("partner_key.rotated", rotated)],
      writes: [
        insertion(ports.db, input, now),
        drizzle(ports.db)
          .update(partnerKey)
          .set({ expiresAt: endsAt, replacedById: made.id })
          .where(eq(partnerKey.id, old.id)),
      ],
    };
  });
  if (isThere) await keepText(ports.db, input);
  return isDone;
}

/** Ends a key now, for good. One that was revoked before keeps its instant. */
export async function revokeKey(ports: TransactPorts, { id, partnerId }: StoredKey, actor: Actor): Promise<void> {
  await appendToStream(ports, { stream: partnerId, actor }, async (now) => {
    const current = await findKey(ports.db, id, partnerId);
    if (!current || current.revokedAt !== null) return null;
    return {
      events: [event("partner_key.revoked", { partnerKeyId: id })],
      writes: [drizzle(ports.db).update(partnerKey).set({ revokedAt: now }).where(eq(partnerKey.id, id))],
    };
  });
}
