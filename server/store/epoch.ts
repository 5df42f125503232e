// Epochs: each restored backup goes on in a new one. Its events have places in the log that no event was ever given, so that
// no cursor meets two events at one place; which numbers were used is in the bucket, which is not restored with the database.
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { WallMs } from "../billing/clock.ts";
import { event } from "../billing/event.ts";
import { idFromSeed, idsOf } from "../billing/ids.ts";
import { reject, type Rejection } from "../billing/rejection.ts";
import { commitStream, type Actor, type Write } from "./commit.ts";
import type { DocumentBucket } from "./documents.ts";
import { wakeDoubted } from "./due.ts";
import { firstPrevHash, loadHead } from "./head.ts";
import { isInLog } from "./own-event.ts";
import { systemState } from "./schema.ts";
import type { By } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";

const sharedBucket = 0;
const maxTries = 10;
/** More events than an epoch will ever have. */
const placesPerEpoch = 1_000_000_000_000;

/** Where the log of an epoch begins; it never comes as far as the next one's beginning. */
export function firstPlaceOf(epoch: number): number {
  return epoch === 1 ? 1 : epoch * placesPerEpoch;
}
/** 9,000 epochs of so many places are what a number holds. */
const mostEpochs = 9_000;

export interface EpochState {
  readonly epoch: number;
  readonly collecting: boolean;
  readonly recalling: boolean;
  /** Of the last event of an earlier epoch. */
  readonly lastPosition: number;
  readonly doubtUntil: WallMs | null;
  /** Open invoices that are in doubt. */
  readonly held: number;
}

/** The stream in which an epoch's own events stand: none that is recalled can have its place. */
export function streamOfEpoch(epoch: number): string {
  return `epoch:${epoch}`;
}

export async function epochState(db: D1Database): Promise<EpochState> {
  const [found] = await drizzle(db)
    .select({
      epoch: systemState.epoch,
      collecting: systemState.collecting,
      recalling: systemState.recalling,
      doubtUntil: systemState.doubtUntil,
      // Each is a step to the end of what it asks about; in one, all of the epoch's own events would be read.
      lastPosition: sql<number>`COALESCE(CASE system_state.first_position WHEN 1
        THEN (SELECT MAX(position) FROM billing_event)
        ELSE (SELECT MAX(position) FROM billing_event WHERE position < system_state.first_position) END, 0)`,
      held: sql<number>`(SELECT COUNT(*) FROM invoice WHERE status = 'open' AND due_at < system_state.doubt_until)`,
    })
    .from(systemState);
  if (!found) throw new Error("system_state has lost its row");
  return found;
}

/** Begins the next epoch that was never begun: collecting is stopped, and nothing is written but what is recalled. */
export async function startEpoch(
  ports: TransactPorts & { readonly documents: DocumentBucket },
  reason: string,
  { actor, requestSeed }: By,
): Promise<void> {
  const ownEvent = requestSeed === undefined ? null : idFromSeed("evt", requestSeed, sharedBucket);
  if (ownEvent !== null && (await isInLog(ports.db, ownEvent))) return;
  const { epoch: before, lastPosition } = await restored(ports.db);
  const epoch = await takeNumber(ports.documents, before);
  const at = ports.wall();
  const firstPosition = firstPlaceOf(epoch);
  const data = { epoch, restoredPosition: lastPosition, beginsAtPosition: firstPosition };
  const begun = { epoch, firstPosition, recalling: true, collecting: false, doubtUntil: at };
  const { kind } = await commitStream(ports, {
    head: { stream: streamOfEpoch(epoch), seq: 0, hash: firstPrevHash, epoch },
    actor,
    at,
    ids: idsOf(sharedBucket, at, ports.random),
    ownEvent,
    position: firstPosition,
    events: [event("epoch.started", data, { reason })],
    writes: [drizzle(ports.db).update(systemState).set(begun).where(eq(systemState.id, 1))],
  });
  if (kind !== "committed") throw new Error(`The epoch ${epoch} was begun by somebody else`);
}

async function restored(db: D1Database): Promise<{ readonly epoch: number; readonly lastPosition: number }> {
  const [found] = await drizzle(db)
    .select({
      epoch: systemState.epoch,
      lastPosition: sql<number>`COALESCE((SELECT MAX(position) FROM billing_event), 0)`,
    })
    .from(systemState);
  if (!found) throw new Error("system_state has lost its row");
  return found;
}

/** The first number after the backup's own that no epoch has had, forgotten ones included. */
async function takeNumber(documents: DocumentBucket, before: number): Promise<number> {
  for (let epoch = before + 1; epoch <= mostEpochs; epoch++) {
    const key = `audit/epochs/${epoch}`;
    if ((await documents.get(key)) !== null) continue;
    await documents.put(key, String(before));
    return epoch;
  }
  throw new Error("There are no more epochs");
}

/** Ends the doubt: what fell due before the epoch began is debited like all else. Rejects `busy` while it is recalling. */
export async function settleEpoch(
  ports: TransactPorts,
  reason: string,
  actor: Actor,
): Promise<Rejection<"busy"> | null> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const { epoch, recalling, doubtUntil } = await epochState(ports.db);
    if (recalling) return reject("busy", "The log is being recalled; what is in doubt is known when it is whole.");
    if (doubtUntil === null) return null;
    const at = ports.wall();
    const writes: readonly Write[] = [
      wakeDoubted(ports.db, at),
      drizzle(ports.db).update(systemState).set({ doubtUntil: null }).where(eq(systemState.id, 1)),
    ];
    const { kind } = await commitStream(ports, {
      head: await loadHead(ports.db, streamOfEpoch(epoch)),
      actor,
      at,
      ids: idsOf(sharedBucket, at, ports.random),
      events: [event("epoch.settled", { epoch }, { reason })],
      writes,
    });
    if (kind === "committed") return null;
  }
  return reject("busy", "Others were changing the epoch at the same time; try again.");
}

/** With the event that says so: the log is whole. */
export function recallingEnds(db: D1Database): Write {
  return drizzle(db).update(systemState).set({ recalling: false }).where(eq(systemState.id, 1));
}
