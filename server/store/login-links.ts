// Login links, and the sessions they open. A link is used by one conditional update, so that of many who try one succeeds.
// The user it signs in is made here when there is none: it has no address that anybody could write to or sign in with.
import { and, eq, gt, isNull, lte } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { CustomerId, PartnerId, PartnerKeyId } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import { loginLink, session, user } from "./auth-schema.ts";

/** Ends the addresses of users who came by a partner's link alone; RFC 2606 keeps the name from ever leading anywhere. */
export const linkedAddress = "@customers.invalid";

export interface StoredLink {
  /** Keyed digest of the secret in the link. */
  readonly hash: string;
  readonly partnerId: PartnerId;
  readonly partnerKeyId: PartnerKeyId;
  readonly customerId: CustomerId;
  readonly audience: string;
  readonly returnUrl: string;
}

const Row = z.object({
  hash: z.string(),
  partnerId: PartnerId,
  partnerKeyId: PartnerKeyId,
  customerId: CustomerId,
  audience: z.string(),
  returnUrl: z.string(),
});

/** Adds a link. */
export async function createLoginLink(
  db: D1Database,
  link: StoredLink & { readonly createdAt: WallMs; readonly expiresAt: WallMs },
): Promise<void> {
  await drizzle(db).insert(loginLink).values(link);
}

interface Tried {
  readonly hash: string;
  readonly audience: string;
  readonly at: WallMs;
}

function isUsable({ hash, audience, at }: Tried) {
  const { hash: key, audience: of, usedAt, expiresAt } = loginLink;
  return and(eq(key, hash), eq(of, audience), isNull(usedAt), gt(expiresAt, at));
}

/** A link that can still be used; null for any other. */
export async function findUsableLink(db: D1Database, tried: Tried): Promise<StoredLink | null> {
  const [row] = await drizzle(db).select().from(loginLink).where(isUsable(tried));
  return row ? Row.parse(row) : null;
}

/** Uses a link up; null when it cannot be used, or somebody else was faster. */
export async function useLink(db: D1Database, tried: Tried): Promise<StoredLink | null> {
  const [row] = await drizzle(db).update(loginLink).set({ usedAt: tried.at }).where(isUsable(tried)).returning();
  return row ? Row.parse(row) : null;
}

/** Whether a person signs in as this customer by themselves: no partner may do so in their place. */
export async function hasOwnAccount(db: D1Database, customerId: CustomerId): Promise<boolean> {
  const [row] = await drizzle(db).select({ email: user.email }).from(user).where(eq(user.customerId, customerId));
  return row !== undefined && !row.email.endsWith(linkedAddress);
}

/** The user that links sign in as this customer: the one there is, or a new one. Null when the account is a person's own. */
export async function linkedUser(
  db: D1Database,
  wanted: { readonly customerId: CustomerId; readonly userId: string; readonly at: WallMs },
): Promise<string | null> {
  const orm = drizzle(db);
  const { customerId, userId, at } = wanted;
  const moment = new Date(at);
  const row = { id: userId, name: "", email: `${userId.toLowerCase()}${linkedAddress}`, customerId, createdAt: moment };
  const [, found] = await orm.batch([
    orm
      .insert(user)
      .values({ ...row, updatedAt: moment })
      .onConflictDoNothing({ target: user.customerId }),
    orm.select({ id: user.id, email: user.email }).from(user).where(eq(user.customerId, customerId)),
  ]);
  const [only] = found;
  return only?.email.endsWith(linkedAddress) ? only.id : null;
}

/** Opens a session as Better Auth reads them. */
export async function openSession(
  db: D1Database,
  opened: {
    readonly id: string;
    readonly token: string;
    readonly userId: string;
    readonly at: WallMs;
    readonly endsAt: WallMs;
  },
): Promise<void> {
  const { id, token, userId, at, endsAt } = opened;
  const moment = new Date(at);
  const row = { id, token, userId, expiresAt: new Date(endsAt), createdAt: moment, updatedAt: moment };
  const orm = drizzle(db);
  const over = and(eq(session.userId, userId), lte(session.expiresAt, moment));
  await orm.batch([orm.insert(session).values(row), orm.delete(session).where(over)]);
}
