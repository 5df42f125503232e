// A session as its person sees it: never its token.
import type { listSessions } from "../store/sessions.ts";

type Found = Awaited<ReturnType<typeof listSessions>>[number];

/** A session as its person sees it. */
export function presentSession({ id, createdAt, updatedAt, expiresAt, ipAddress, userAgent }: Found) {
  const instants = { createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
  return { id, ...instants, usedAt: updatedAt.toISOString(), ipAddress, userAgent };
}
