// Where people are signed in. Better Auth opens, renews and ends sessions; these are the statements for whoever looks at
// their own, or ends one of them from elsewhere.
import { and, desc, eq, gt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { WallMs } from "../billing/clock.ts";
import { session } from "./auth-schema.ts";

const mostListed = 100;

/** A person's sessions that go on after `now`, the last used first; without it those that have ended as well. Never their tokens. */
export async function listSessions(db: D1Database, userId: string, now?: WallMs) {
  const { id, createdAt, updatedAt, expiresAt, ipAddress, userAgent } = session;
  const isOpen = now === undefined ? undefined : gt(expiresAt, new Date(now));
  return drizzle(db)
    .select({ id, createdAt, updatedAt, expiresAt, ipAddress, userAgent })
    .from(session)
    .where(and(eq(session.userId, userId), isOpen))
    .orderBy(desc(updatedAt))
    .limit(mostListed);
}

/** Ends a person's session; false when they have none of this id. */
export async function endSession(db: D1Database, userId: string, id: string): Promise<boolean> {
  const ended = await drizzle(db)
    .delete(session)
    .where(and(eq(session.userId, userId), eq(session.id, id)))
    .returning({ id: session.id });
  return ended.length === 1;
}
