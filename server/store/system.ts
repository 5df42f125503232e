// The system's own stream: switches that hold for everybody, audited like everything else.
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { event } from "../billing/event.ts";
import { idsOf } from "../billing/ids.ts";
import { commitStream, type Actor } from "./commit.ts";
import { wakeWaitingPayments } from "./due.ts";
import { loadHead } from "./load.ts";
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

/** Stops or resumes new debits for everybody; resuming wakes whoever waited. Setting what is set already is no event. */
export async function setCollecting(
  ports: TransactPorts,
  { collecting, reason }: { readonly collecting: boolean; readonly reason: string },
  actor: Actor,
): Promise<void> {
  const orm = drizzle(ports.db);
  for (let tries = 1; tries <= maxTries; tries++) {
    if ((await isCollecting(ports.db)) === collecting) return;
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
    if (kind === "committed") return;
  }
  throw new Error("Lost the race for the system's stream too often");
}
