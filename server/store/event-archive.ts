// The way out of the log: what is older than the retention leaves D1 when it stands in a signed file and every reader has
// passed it, a segment at a time and through a checkpoint that says which. A step is one commit, so whoever dies has removed
// nothing or all of it; the triggers of the tables hold the same conditions, whatever is written here.
import { and, asc, eq, gte, lte, sql, type SQL } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { dateOfDay } from "../billing/calendar.ts";
import { after, billingMs, dayMs, type WallMs } from "../billing/clock.ts";
import { event } from "../billing/event.ts";
import { tehranDayOf } from "../billing/tehran.ts";
import { segmentKey } from "./audit-export.ts";
import { canonicalJson } from "./canonical-json.ts";
import { recordOf, type StoredEvent } from "./chain.ts";
import type { Write } from "./compiled.ts";
import type { DocumentBucket } from "./documents.ts";
import { retentionDays } from "./retention.ts";
import { readEvents } from "./rows.ts";
import {
  archivedAcknowledgement,
  archivedStream,
  auditExport,
  auditSegment,
  billingEvent,
  eventCheckpoint,
} from "./schema.ts";
import { appendToStream } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";

export type ArchivePorts = TransactPorts & { readonly documents: DocumentBucket };

const stream = "system";

/** Days before this one (in Tehran) are wholly older than the retention. Example: `2026-11-22`. */
export function archivedBefore(now: WallMs): string {
  return dateOfDay(tehranDayOf(billingMs(after(now, -retentionDays.billingEvents * dayMs))));
}

const last = (column: "export_name" | "part", none: string) =>
  sql.raw(`COALESCE((SELECT ${column} FROM event_checkpoint ORDER BY position DESC LIMIT 1), ${none})`);

/** Names begin with their day, and are in the order of the log. */
const isNext = (before: SQL) =>
  sql`(audit_segment.export_name, audit_segment.part) > (${last("export_name", "''")}, ${last("part", "0")})
    AND audit_segment.export_name < ${before}`;

/**
 * Somebody has not read as far, or is being sent what is in it. The order of the join and the plus have SQLite look by the
 * position, and not read through all that waits.
 */
const isHeld = sql.raw(`(EXISTS (SELECT 1 FROM reader_cursor WHERE position < audit_segment.last_position)
  OR EXISTS (SELECT 1 FROM webhook_endpoint AS w CROSS JOIN webhook_delivery AS d ON d.endpoint_id = w.id
    AND d.position <= audit_segment.last_position AND +d.status = 'pending'))`);

/** The position through which events have left the log, where no later one of their stream is the last; 0 before any has. */
export const archivedUntil = sql<number>`COALESCE((SELECT MAX(position) FROM event_checkpoint), 0)`;

/** Whether there is a segment whose events may leave. */
export const hasArchiveWork = sql<number>`EXISTS (SELECT 1 FROM audit_segment
  WHERE ${isNext(sql`${sql.placeholder("archivedBefore")}`)} AND NOT ${isHeld})`;

/** Lets the events of the next segment leave the log; false when there is none, or somebody still needs it. */
export async function archiveNextSegment(ports: ArchivePorts): Promise<boolean> {
  let isArchived = false;
  await appendToStream(ports, { stream, actor: "system" }, async (at) => {
    isArchived = false;
    const segment = await nextSegment(ports.db, at);
    if (!segment) return null;
    const events = await eventsOf(ports.db, segment);
    await expectCopied(ports, segment, events);
    await keepEvidence(ports, segment, events);
    isArchived = true;
    const { exportName: file, part, lastPosition: throughPosition, sha256, root } = segment;
    return {
      events: [event("log.archived", { file, part, throughPosition, sha256, root })],
      writes: removal(ports.db, segment, at),
    };
  });
  return isArchived;
}

type Segment = typeof auditSegment.$inferSelect & { readonly epoch: number; readonly root: string };

async function nextSegment(db: D1Database, now: WallMs): Promise<Segment | null> {
  const { exportName, part, firstPosition, lastPosition, sha256 } = auditSegment;
  const { epoch, root } = auditExport;
  const [found] = await drizzle(db)
    .select({ exportName, part, firstPosition, lastPosition, sha256, epoch, root })
    .from(auditSegment)
    .innerJoin(auditExport, eq(auditExport.name, exportName))
    .where(and(isNext(sql`${archivedBefore(now)}`), sql`${root} IS NOT NULL AND NOT ${isHeld}`))
    .orderBy(asc(exportName), asc(part))
    .limit(1);
  return found && found.root !== null ? { ...found, root: found.root } : null;
}

async function eventsOf(db: D1Database, { firstPosition, lastPosition }: Segment): Promise<readonly StoredEvent[]> {
  const { position } = billingEvent;
  const isInIt = and(gte(position, firstPosition), lte(position, lastPosition));
  return readEvents(await drizzle(db).select().from(billingEvent).where(isInIt).orderBy(asc(position)));
}

/** Nothing leaves of which the bucket does not hold, to the byte, what was signed. Throws when it does not. */
async function expectCopied(
  { documents, sha256 }: ArchivePorts,
  segment: Segment,
  events: readonly StoredEvent[],
): Promise<void> {
  const key = segmentKey({ epoch: segment.epoch, name: segment.exportName }, segment.part);
  const copy = await documents.get(key);
  if (copy === null) throw new Error(`${key} is not in its bucket`);
  if ((await sha256(copy)) !== segment.sha256) throw new Error(`${key} is not what was signed`);
  const lines = new Set(copy.split("\n"));
  const missing = events.find((row) => !lines.has(recordOf(row)));
  if (missing) throw new Error(`${key} does not hold the event ${missing.id} as the log has it`);
}

/** Raw answers and notes stand in no signed file, only their hashes do: they are kept beside it. */
async function keepEvidence(
  { documents }: ArchivePorts,
  { epoch, exportName, part }: Segment,
  events: readonly StoredEvent[],
): Promise<void> {
  const lines = events.flatMap(({ id, evidence }) =>
    evidence === null ? [] : [`${canonicalJson({ eventId: id, evidence: JSON.parse(evidence) })}\n`],
  );
  if (lines.length > 0) await documents.put(evidenceKey({ epoch, name: exportName }, part), lines.join(""));
}

export function evidenceKey({ epoch, name }: Parameters<typeof segmentKey>[0], part: number): string {
  return `audit/${epoch}/${name}/${String(part).padStart(3, "0")}.evidence.ndjson`;
}

/** What goes along with the event that says it: where each stream begins from now on, the checkpoint, and then the removal. */
function removal(db: D1Database, segment: Segment, at: WallMs): readonly Write[] {
  const orm = drizzle(db);
  const { exportName, part, sha256, root, firstPosition, lastPosition: position } = segment;
  const within = sql`position >= ${firstPosition} AND position <= ${position} AND stream NOT GLOB 'epoch:*'`;
  // Whatever leaves is the beginning of a stream that has an event in the segment.
  const leaving = sql`(SELECT DISTINCT stream FROM billing_event WHERE ${within}) AS touched
    JOIN archived_stream AS a ON a.stream = touched.stream
    JOIN billing_event AS e ON e.stream = a.stream AND e.seq <= a.seq`;
  const checkpoint = sql`SELECT ${position}, ${exportName}, ${part}, ${sha256}, ${root}, (SELECT COUNT(*) FROM ${leaving}),
    (SELECT id FROM billing_event WHERE stream = ${stream} ORDER BY seq DESC LIMIT 1), ${at}`;
  const moved = {
    seq: sql`excluded.seq`,
    hash: sql`excluded.hash`,
    position: sql`excluded.position`,
    at: sql`excluded.at`,
  };
  return [
    orm
      .insert(archivedStream)
      .select(lastsOf(within))
      .onConflictDoUpdate({ target: archivedStream.stream, set: moved }),
    orm
      .insert(archivedAcknowledgement)
      .select(
        sql`SELECT e.stream, json_extract(e.data, '$.exceptionId') FROM ${leaving} WHERE e.type = 'exception.acknowledged'`,
      )
      .onConflictDoNothing(),
    orm.insert(eventCheckpoint).select(checkpoint),
    orm.delete(billingEvent).where(sql`${billingEvent.position} IN (SELECT e.position FROM ${leaving})`),
  ];
}

/** Of each stream in the segment its last event there; where nothing follows that, the one before it. */
function lastsOf(within: SQL): SQL {
  return sql`SELECT e.stream, e.seq, e.hash, e.position, e.at
    FROM (SELECT stream, MAX(seq) AS seq FROM billing_event WHERE ${within} GROUP BY stream) AS touched
    JOIN billing_event AS e ON e.stream = touched.stream AND e.seq = touched.seq - NOT EXISTS (
      SELECT 1 FROM billing_event AS n WHERE n.stream = touched.stream AND n.seq > touched.seq)
    WHERE true`;
}
