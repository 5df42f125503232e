// The hash chain of a stream: each event carries the hash of the one before it, so that no event can be changed, left
// out or slipped in without every later hash telling. What anyone needs to check it is told with the events.
import { and, asc, eq, gt, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { parseEventBody, type EventBody } from "../../contract/billing-event.ts";
import type { BillingEventId } from "../../contract/common/id.ts";
import { instant, type WallMs } from "../billing/clock.ts";
import type { NewEvent } from "../billing/event.ts";
import { canonicalJson } from "./canonical-json.ts";
import { firstPrevHash, type Head } from "./head.ts";
import { readEvents } from "./rows.ts";
import { archivedStream, billingEvent } from "./schema.ts";

type Sha256 = (text: string) => Promise<string>;

/** A row of the log but for its position, with the body it was made of. */
export interface ChainedEvent {
  /** Its place, where it is not simply the next one. */
  readonly position?: number;
  readonly id: BillingEventId;
  readonly stream: string;
  readonly seq: number;
  readonly epoch: number;
  readonly type: string;
  readonly version: number;
  readonly at: WallMs;
  readonly actor: string;
  readonly data: string;
  readonly evidence: string | null;
  readonly evidenceHash: string | null;
  readonly prevHash: string;
  readonly hash: string;
  readonly body: EventBody;
}

/** Numbers and chains the events of one commit after a head. */
export async function chain(
  sha256: Sha256,
  head: Head,
  events: readonly NewEvent[],
  by: { readonly at: WallMs; readonly actor: string; readonly nextId: () => BillingEventId },
): Promise<readonly ChainedEvent[]> {
  const chained: ChainedEvent[] = [];
  let prevHash = head.hash;
  for (const [index, { evidence, given: _given, ...body }] of events.entries()) {
    const evidenceText = evidence ? canonicalJson(evidence) : null;
    const row = {
      id: by.nextId(),
      stream: head.stream,
      seq: head.seq + 1 + index,
      epoch: head.epoch,
      type: body.type,
      version: body.version,
      at: by.at,
      actor: by.actor,
      data: canonicalJson(body.data),
      evidence: evidenceText,
      evidenceHash: evidenceText === null ? null : await sha256(evidenceText),
      prevHash,
    };
    prevHash = await sha256(hashedText(row));
    chained.push({ ...row, hash: prevHash, body });
  }
  return chained;
}

export type StoredEvent = typeof billingEvent.$inferSelect;

/** What is hashed: the canonical JSON of the event as it is told to the outside, without position and hash. */
function hashedText(row: Omit<StoredEvent, "position" | "hash">): string {
  return canonicalJson(hashedOf(row));
}

function hashedOf(row: Omit<StoredEvent, "position" | "hash">): object {
  const { id, stream, seq, epoch, type, version, at, actor, data, evidenceHash, prevHash } = row;
  return {
    id,
    stream,
    seq,
    epoch,
    type,
    version,
    at: instant(at),
    actor,
    data: JSON.parse(data),
    evidenceHash,
    prevHash,
  };
}

/** An event as it was written, for who checks it elsewhere: what is hashed, with its hash and its place in the log. */
export function recordOf(row: StoredEvent): string {
  return canonicalJson({ ...hashedOf(row), position: row.position, hash: row.hash });
}

export interface ChainCheck {
  readonly verified: boolean;
  readonly events: number;
  /** How many came before them, and stand in signed files alone. */
  readonly archived: number;
  readonly brokenAtSeq: number | null;
}

const pageSize = 500;

/**
 * Reads a stream from its first event to its last and recomputes every hash, the raw evidence's included. Where its beginning
 * was archived, the first follows the last one that was: what a signed file is compared with.
 */
export async function checkChain(db: D1Database, sha256: Sha256, stream: string): Promise<ChainCheck> {
  const [recalled, [begins]] = await drizzle(db).batch([recalledSpans(db), archivedPart(db, stream)]);
  const archived = begins?.seq ?? 0;
  let prevHash = begins?.hash ?? firstPrevHash;
  let seq = archived;
  const told = (brokenAtSeq: number | null): ChainCheck => ({
    verified: brokenAtSeq === null,
    events: seq - archived,
    archived,
    brokenAtSeq,
  });
  for (;;) {
    const rows = await eventsAfter(db, stream, seq, pageSize);
    for (const row of rows) {
      const isWhole = row.seq === seq + 1 && (await isAsWritten(sha256, row, { prevHash, recalled }));
      if (!isWhole) return told(seq + 1);
      prevHash = row.hash;
      seq = row.seq;
    }
    if (rows.length < pageSize) return told(null);
  }
}

/** Where the part of a stream ends that has left the log; none when all of it is there. */
export function archivedPart(db: D1Database, stream: string) {
  return drizzle(db).select().from(archivedStream).where(eq(archivedStream.stream, stream));
}

/** Events of a stream after a place in it, in order. */
export async function eventsAfter(
  db: D1Database,
  stream: string,
  seq: number,
  limit: number,
): Promise<readonly StoredEvent[]> {
  const rows = await drizzle(db)
    .select()
    .from(billingEvent)
    .where(and(eq(billingEvent.stream, stream), gt(billingEvent.seq, seq)))
    .orderBy(asc(billingEvent.seq))
    .limit(limit);
  return readEvents(rows);
}

interface Before {
  readonly prevHash: string;
  readonly recalled: readonly Span[];
}

async function isAsWritten(sha256: Sha256, row: StoredEvent, { prevHash, recalled }: Before): Promise<boolean> {
  if (row.prevHash !== prevHash || !isCanonical(row.data)) return false;
  return (await hasItsEvidence(sha256, row, recalled)) && row.hash === (await sha256(hashedText(row)));
}

/** Positions after one, up to another. */
interface Span {
  readonly fromPosition: number;
  readonly toPosition: number;
}

/** What was told again after restores: the evidence of those events is lost. */
function recalledSpans(db: D1Database) {
  return drizzle(db).all<Span>(
    sql`SELECT json_extract(data, '$.fromPosition') AS fromPosition, json_extract(data, '$.toPosition') AS toPosition
      FROM billing_event WHERE stream > 'epoch:' AND stream < 'epoch;' AND type = 'epoch.recalled'`,
  );
}

/** Of a recalled event its hash alone is left, and the name of the file that told it. */
async function hasItsEvidence(
  sha256: Sha256,
  { position, evidence, evidenceHash }: StoredEvent,
  recalled: readonly Span[],
): Promise<boolean> {
  if (evidence === null) return evidenceHash === null;
  if (evidenceHash === (await sha256(evidence))) return true;
  const isRecalled = recalled.some(({ fromPosition, toPosition }) => position > fromPosition && position <= toPosition);
  return isRecalled && /^\{"recalledFrom":"[-0-9]{14}"\}$/.test(evidence);
}

function isCanonical(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text)) === text;
  } catch {
    return false;
  }
}

/** A stored row's type, version and data, parsed. */
export function bodyOf(row: StoredEvent): EventBody {
  return parseEventBody({ type: row.type, version: row.version, data: JSON.parse(row.data) });
}
