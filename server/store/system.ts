// The system's own stream: switches that hold for everybody, audited like everything else.
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { event } from "../billing/event.ts";
import { idsOf } from "../billing/ids.ts";
import { reject, type Rejection } from "../billing/rejection.ts";
import { commitStream, type Actor } from "./commit.ts";
import { inEachDatabase, type Placed } from "./databases.ts";
import { wakeWaitingPayments } from "./due.ts";
import { loadHead } from "./head.ts";
import { systemState } from "./schema.ts";
import type { TransactPorts } from "./transact.ts";

const stream = "system";
const systemBucket = 0;
const maxTries = 10;

/** Whether new debits are sent to the gateway. */
export async function isCollecting(db: D1Database): Promise<boolean> {
  const [row] = await drizzle(db).select({ collecting: systemState.collecting }).from(systemState);
  return row?.collecting ?? false;
}

/** The same of home and all that follow it; of another database that is in hand, of it alone. */
export async function isCollectingAnywhere(ports: Placed): Promise<boolean> {
  const asked = (ports.databases?.at ?? 0) > 0 ? [ports] : inEachDatabase(ports);
  for (const { db } of asked) if (await isCollecting(db)) return true;
  return false;
}

/**
 * Stops or resumes new debits for everybody; resuming wakes whoever waited. Setting what is set already is no event.
 * Rejects `busy` while a restored log is being recalled, or when others were faster ten times in a row.
 */
export async function setCollecting(
  ports: TransactPorts,
  { collecting, reason }: { readonly collecting: boolean; readonly reason: string },
  actor: Actor,
): Promise<Rejection<"busy"> | null> {
  const orm = drizzle(ports.db);
  for (let tries = 1; tries <= maxTries; tries++) {
    const [system] = await orm.select().from(systemState);
    if (system?.collecting === collecting) return null;
    if (system?.recalling) return reject("busy", "The log is being recalled; collecting goes on when it is whole.");
    const at = ports.wall();
    const head = await loadHead(ports.db, stream);
    const { kind } = await commitStream(ports, {
      head,
      actor,
      at,
      ids: idsOf(systemBucket, at, ports.random),
      events: [event("collecting.changed", { collecting }, { reason })],
      writes: [
        orm.update(systemState).set({ collecting }).where(eq(systemState.id, 1)),
        ...(collecting ? [wakeWaitingPayments(ports.db, at)] : []),
      ],
    });
    if (kind === "committed") return null;
  }
  return reject("busy", "Others were turning the switch at the same time; try again.");
}
