// A rotation of the sealing keys on the audit trail: that it began, and that it found nothing left. The work between the
// two is next door, in `reseal.ts`.
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { event } from "../billing/event.ts";
import { leftUnderOldKeys } from "./reseal.ts";
import { keyRotation } from "./schema.ts";
import type { Sealer } from "./sealer.ts";
import { appendToStream, type By } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";

export interface RotationPorts extends TransactPorts {
  readonly sealer: Sealer;
}

const stream = "system";

/** The last rotation to a key; null when there was none. */
export async function findRotation(db: D1Database, keyId: string) {
  const [row] = await drizzle(db).select().from(keyRotation).where(eq(keyRotation.keyId, keyId));
  return row ?? null;
}

/** Says that a rotation to the key of today begins, unless one is under way or there is nothing to do. */
export async function beginRotation(ports: RotationPorts, by: By): Promise<void> {
  const { db, sealer } = ports;
  const [keyId] = sealer.keyIds;
  await appendToStream(ports, { stream, ...by }, async (at) => {
    const rotation = await findRotation(db, keyId);
    if (rotation && rotation.completedAt === null) return null;
    const count = await countLeft(ports);
    if (count === 0) return null;
    const begun = { begunAt: at, completedAt: null };
    const row = { keyId, ...begun };
    return {
      events: [event("key_rotation.begun", { keyId, count })],
      writes: [
        drizzle(db).insert(keyRotation).values(row).onConflictDoUpdate({ target: keyRotation.keyId, set: begun }),
      ],
    };
  });
}

/** Says that the rotation is over, if one is under way and nothing is left. */
export async function completeRotation(ports: RotationPorts, by: By): Promise<void> {
  const { db, sealer } = ports;
  const [keyId] = sealer.keyIds;
  await appendToStream(ports, { stream, ...by }, async (at) => {
    const rotation = await findRotation(db, keyId);
    if (rotation?.completedAt !== null || (await countLeft(ports)) > 0) return null;
    return {
      events: [event("key_rotation.completed", { keyId })],
      writes: [drizzle(db).update(keyRotation).set({ completedAt: at }).where(eq(keyRotation.keyId, keyId))],
    };
  });
}

async function countLeft(ports: RotationPorts): Promise<number> {
  return (await leftUnderOldKeys(ports)).reduce((sum, { count }) => sum + count, 0);
}
