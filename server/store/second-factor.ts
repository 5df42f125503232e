// Operators' second factors: the sealed secret, the codes for whoever lost it, and the sessions in which one was proved.
// That there is one, is none any more, or was got around by a backup code, is an event; which step was used is none.
import { and, eq, lt, ne, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { WallMs } from "../billing/clock.ts";
import { event } from "../billing/event.ts";
import { secondFactor, secondFactorCode, session } from "./auth-schema.ts";
import type { Sealed } from "./sealer.ts";
import { appendToStream, type By } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";

const stream = "system";

/** A person's second factor, confirmed or not; null when there is none. */
export async function findSecondFactor(db: D1Database, userId: string) {
  const [row] = await drizzle(db).select().from(secondFactor).where(eq(secondFactor.userId, userId));
  return row ?? null;
}

/** Keeps a secret until a code confirms it. One that is confirmed stays; one that is not is replaced. */
export async function keepUnconfirmed(
  db: D1Database,
  { userId, sealed, at }: { readonly userId: string; readonly sealed: Sealed; readonly at: WallMs },
): Promise<void> {
  const row = { userId, sealed, confirmedAt: null, lastStep: 0, createdAt: at };
  await drizzle(db)
    .insert(secondFactor)
    .values(row)
    .onConflictDoUpdate({
      target: secondFactor.userId,
      set: { sealed, createdAt: at },
      setWhere: sql`confirmed_at IS NULL`,
    });
}

/** Uses the code of a step up; false when it, or one after it, was used before. Of two at once one is told true. */
export async function useStep(db: D1Database, userId: string, step: number): Promise<boolean> {
  const used = await drizzle(db)
    .update(secondFactor)
    .set({ lastStep: step })
    .where(and(eq(secondFactor.userId, userId), lt(secondFactor.lastStep, step)))
    .returning({ userId: secondFactor.userId });
  return used.length === 1;
}

/** Notes in a session that a second factor was proved in it. */
export async function markSession(db: D1Database, token: string, at: WallMs): Promise<void> {
  await drizzle(db)
    .update(session)
    .set({ secondFactorAt: new Date(at) })
    .where(eq(session.token, token));
}

/** Ends a session that nobody was given. */
export async function dropSession(db: D1Database, token: string): Promise<void> {
  await drizzle(db).delete(session).where(eq(session.token, token));
}

/** Confirms the secret: it is demanded from here on, the session that proved it goes on, all others end. */
export async function confirmSecondFactor(
  ports: TransactPorts,
  wanted: { readonly userId: string; readonly codeHashes: readonly string[]; readonly sessionToken: string | null },
  by: By,
): Promise<void> {
  const { userId, codeHashes, sessionToken } = wanted;
  const orm = drizzle(ports.db);
  await appendToStream(ports, { stream, ...by }, async (at) => {
    const factor = await findSecondFactor(ports.db, userId);
    if (!factor || factor.confirmedAt !== null) return null;
    const rows = codeHashes.map((hash) => ({ userId, hash }));
    return {
      events: [event("operator.second_factor_enrolled", { userId })],
      writes: [
        orm.update(secondFactor).set({ confirmedAt: at }).where(eq(secondFactor.userId, userId)),
        ...(rows.length > 0 ? [orm.insert(secondFactorCode).values(rows)] : []),
        orm.delete(session).where(and(eq(session.userId, userId), ne(session.token, sessionToken ?? ""))),
        orm
          .update(session)
          .set({ secondFactorAt: new Date(at) })
          .where(eq(session.token, sessionToken ?? "")),
      ],
    };
  });
}

/** Takes one of the backup codes; false when it is none, or was taken before. */
export async function takeBackupCode(ports: TransactPorts, userId: string, hash: string, by: By): Promise<boolean> {
  const orm = drizzle(ports.db);
  let isTaken = false;
  await appendToStream(ports, { stream, ...by }, async () => {
    const codes = await orm.select().from(secondFactorCode).where(eq(secondFactorCode.userId, userId));
    isTaken = codes.some((code) => code.hash === hash);
    if (!isTaken) return null;
    return {
      events: [event("operator.backup_code_used", { userId, left: codes.length - 1 })],
      writes: [
        orm.delete(secondFactorCode).where(and(eq(secondFactorCode.userId, userId), eq(secondFactorCode.hash, hash))),
      ],
    };
  });
  return isTaken;
}

/** Takes a confirmed second factor away, with its codes and all sessions; false when there is none. */
export async function removeSecondFactor(
  ports: TransactPorts,
  { userId, reason }: { readonly userId: string; readonly reason: string | null },
  by: By,
): Promise<boolean> {
  const orm = drizzle(ports.db);
  let isThere = false;
  await appendToStream(ports, { stream, ...by }, async () => {
    const factor = await findSecondFactor(ports.db, userId);
    isThere = factor !== null && factor.confirmedAt !== null;
    if (!isThere) return null;
    return {
      events: [
        reason === null
          ? event("operator.second_factor_disabled", { userId })
          : event("operator.second_factor_reset", { userId }, { reason }),
      ],
      writes: [
        orm.delete(secondFactorCode).where(eq(secondFactorCode.userId, userId)),
        orm.delete(secondFactor).where(eq(secondFactor.userId, userId)),
        orm.delete(session).where(eq(session.userId, userId)),
      ],
    };
  });
  return isThere;
}
