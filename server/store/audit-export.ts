// The log's nightly way out: the events of each day as files in the bucket, in segments that are hashed, under a manifest
// that is signed and names the root of the file before. Made a step at a time; a step that is done twice writes the same.
import { and, asc, desc, eq, gt, gte, isNull, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { dateOfDay, dayOfDate, tehranDay, type TehranDay } from "../billing/calendar.ts";
import { billingMs, wallMs, minuteMs, type WallMs } from "../billing/clock.ts";
import { startOfDay, startOfDayOf, tehranDayOf } from "../billing/tehran.ts";
import { firstPreviousRoot, headingLine, type Manifest } from "./audit-manifest.ts";
import type { AuditSigner } from "./audit-signer.ts";
import { canonicalJson } from "./canonical-json.ts";
import { recordOf } from "./chain.ts";
import type { Write } from "./compiled.ts";
import type { DocumentBucket } from "./documents.ts";
import { firstPlaceOf } from "./epoch.ts";
import { readEvents } from "./rows.ts";
import { auditExport, auditSegment, billingEvent, systemState } from "./schema.ts";

export type StoredAuditExport = typeof auditExport.$inferSelect;

export interface AuditPorts {
  readonly db: D1Database;
  readonly documents: DocumentBucket;
  readonly auditSigner: AuditSigner;
  readonly sha256: (text: string) => Promise<string>;
  readonly wall: () => WallMs;
}

export interface FileSizes {
  readonly eventsPerSegment: number;
  readonly eventsPerFile: number;
}

/** Events are at most 3 KB each: a segment is some 450 KB as a rule, and a file what a Worker can hold to show it. */
const usualSizes: FileSizes = { eventsPerSegment: 500, eventsPerFile: 10_000 };
/** A commit that began before midnight is through by then; one that is not belongs to the day after. */
const commitsLateMs = 10 * minuteMs;

/** Until when days are over and may be exported. */
export function daysOverUntil(now: WallMs): WallMs {
  return wallMs(startOfDayOf(billingMs(now - commitsLateMs)));
}

const coveredUntil = sql`COALESCE((SELECT covered_until FROM audit_export ORDER BY name DESC LIMIT 1),
  (SELECT at FROM billing_event ORDER BY position LIMIT 1))`;

/** Whether a file is under way, or a day is over of which not all is in files. */
export const hasAuditWork = sql<number>`EXISTS (SELECT 1 FROM audit_export WHERE root IS NULL)
  OR ${coveredUntil} < ${sql.placeholder("daysOverUntil")}`;

/** Does the next step of the nightly export: begins a file, adds a segment, or signs it. False when there is none. */
export async function exportNextOfAudit(ports: AuditPorts, sizes: FileSizes = usualSizes): Promise<boolean> {
  const [open] = await drizzle(ports.db).select().from(auditExport).where(isNull(auditExport.root));
  if (!open) return beginFile(ports, sizes);
  if (open.nextPosition <= open.lastPosition) await writeSegment(ports, open, sizes);
  else await sign(ports, open);
  return true;
}

async function beginFile({ db, wall }: AuditPorts, { eventsPerFile }: FileSizes): Promise<boolean> {
  const orm = drizzle(db);
  const [[latest], [first], [system]] = await orm.batch([
    orm.select().from(auditExport).orderBy(desc(auditExport.name)).limit(1),
    orm.select({ at: billingEvent.at }).from(billingEvent).orderBy(asc(billingEvent.position)).limit(1),
    orm.select({ epoch: systemState.epoch, firstPosition: systemState.firstPosition }).from(systemState),
  ]);
  if (!first || !system) return false;
  const { day, file } = nextFile(latest, first.at);
  const end = wallMs(startOfDay(tehranDay(day + 1)));
  if (end > daysOverUntil(wall())) return false;
  const { after, before } = await placesAfter(db, latest?.lastPosition ?? 0, system);
  const { lastPosition, endsDay } = await endOfFile(db, { after, before, end, most: after + eventsPerFile });
  const row = {
    name: nameOf({ day, file }),
    day: dateOfDay(day),
    file,
    endsDay,
    coveredUntil: endsDay ? end : wallMs(startOfDay(day)),
    epoch: system.epoch,
    previousRoot: latest?.root ?? firstPreviousRoot,
    firstPosition: after + 1,
    lastPosition,
    nextPosition: after + 1,
    createdAt: wall(),
  };
  await orm.insert(auditExport).values(row).onConflictDoNothing();
  return true;
}

/** Which file comes after the latest. Every day has its file, empty or not, so that none can be left out. */
export function nextFile(latest: StoredAuditExport | undefined, firstAt: WallMs): FileOfDay {
  if (!latest) return { day: tehranDayOf(billingMs(firstAt)), file: 1 };
  const day = dayOfDate(latest.day);
  return latest.endsDay ? { day: tehranDay(day + 1), file: 1 } : { day: tehranDay(day), file: latest.file + 1 };
}

interface FileOfDay {
  readonly day: TehranDay;
  readonly file: number;
}

/** Example: `2026-11-22-001`. */
export function nameOf({ day, file }: FileOfDay): string {
  return `${dateOfDay(day)}-${String(file).padStart(3, "0")}`;
}

/** Each new epoch leaves places out: its first file begins where it does, once all before it are in files. */
async function placesAfter(
  db: D1Database,
  after: number,
  current: Pick<typeof systemState.$inferSelect, "epoch" | "firstPosition">,
): Promise<Pick<Reach, "after" | "before">> {
  const { epoch, position } = billingEvent;
  const query = drizzle(db).select({ epoch, position }).from(billingEvent);
  const [next] = await query.where(gt(position, after)).orderBy(asc(position)).limit(1);
  const begins = next ? Math.min(next.position, firstPlaceOf(next.epoch)) : current.firstPosition;
  return { after: Math.max(after, begins - 1), before: firstPlaceOf((next ?? current).epoch + 1) };
}

interface Reach {
  readonly after: number;
  /** Where the next epoch would begin. */
  readonly before: number;
  readonly end: WallMs;
  readonly most: number;
}

/** Up to the last event before the first one that is of a later day: positions stay whole, whatever the clocks said. */
async function endOfFile(db: D1Database, { after, before, end, most }: Reach) {
  const { position, at } = billingEvent;
  const inReach = and(sql`${position} > ${after}`, lte(position, most));
  const orm = drizzle(db);
  const [[later], [log]] = await orm.batch([
    orm
      .select({ position })
      .from(billingEvent)
      .where(and(inReach, gte(at, end)))
      .orderBy(asc(position))
      .limit(1),
    orm
      .select({ last: sql<number>`COALESCE(MAX(${position}), 0)` })
      .from(billingEvent)
      .where(sql`${position} < ${before}`),
  ]);
  if (later) return { lastPosition: later.position - 1, endsDay: true };
  const last = Math.max(log?.last ?? 0, after);
  return { lastPosition: Math.min(last, most), endsDay: last <= most };
}

/** The segment first: a row that names none would be worse than a segment that no row names. */
async function writeSegment(
  { db, documents, sha256 }: AuditPorts,
  open: StoredAuditExport,
  { eventsPerSegment }: FileSizes,
): Promise<void> {
  const orm = drizzle(db);
  const { position } = billingEvent;
  const isInIt = and(gte(position, open.nextPosition), lte(position, open.lastPosition));
  const query = orm.select().from(billingEvent).where(isInIt).orderBy(asc(position)).limit(eventsPerSegment);
  const events = readEvents(await query);
  const last = events.at(-1);
  if (!last) throw new Error(`The log has lost its events from ${open.nextPosition} on`);
  const text = events.map((event) => `${recordOf(event)}\n`).join("");
  const part = Math.floor((open.nextPosition - open.firstPosition) / eventsPerSegment) + 1;
  await documents.put(segmentKey(open, part), text);
  const [firstPosition, lastPosition] = [open.nextPosition, last.position];
  const row = { exportName: open.name, part, firstPosition, lastPosition, sha256: await sha256(text) };
  const isStill = and(eq(auditExport.name, open.name), eq(auditExport.nextPosition, open.nextPosition));
  await orm.batch([
    orm.insert(auditSegment).values(row).onConflictDoNothing(),
    orm
      .update(auditExport)
      .set({ nextPosition: lastPosition + 1 })
      .where(isStill),
  ]);
}

async function sign({ db, documents, auditSigner, sha256, wall }: AuditPorts, open: StoredAuditExport): Promise<void> {
  const { keyId } = auditSigner;
  const { day, file, endsDay, epoch, previousRoot, firstPosition, lastPosition } = open;
  const parts = await segmentsOf(db, open.name);
  const segments = parts.map((part) => ({
    firstPosition: part.firstPosition,
    lastPosition: part.lastPosition,
    sha256: part.sha256,
  }));
  const about = { keyId, day, file, endsDay, epoch, previousRoot, firstPosition, lastPosition, segments };
  const manifest: Manifest = { format: "sarresid-audit-1", ...about };
  const text = canonicalJson(manifest);
  await documents.put(headingKey(open), headingLine({ manifest, signature: await auditSigner.sign(text) }));
  const signed = { root: await sha256(text), keyId, finishedAt: wall() };
  const isStill = and(eq(auditExport.name, open.name), isNull(auditExport.root));
  await drizzle(db).update(auditExport).set(signed).where(isStill);
}

function segmentsOf(db: D1Database, name: string) {
  const query = drizzle(db).select().from(auditSegment).where(eq(auditSegment.exportName, name));
  return query.orderBy(asc(auditSegment.part));
}

/** Files of the audit trail that are signed, the newest first, one past the limit. */
export async function listAuditExports(
  db: D1Database,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<readonly StoredAuditExport[]> {
  const before = cursor === undefined ? undefined : sql`${auditExport.name} < ${cursor}`;
  const isSigned = sql`${auditExport.root} IS NOT NULL`;
  const query = drizzle(db).select().from(auditExport).where(and(isSigned, before));
  return query.orderBy(desc(auditExport.name)).limit(limit + 1);
}

/** A whole file: the line that is signed, and the events. Null when none of this name is signed yet. */
export async function readAuditFile(
  { db, documents }: Pick<AuditPorts, "db" | "documents">,
  name: string,
): Promise<string | null> {
  const [found] = await drizzle(db).select().from(auditExport).where(eq(auditExport.name, name));
  if (!found || found.root === null) return null;
  const parts = await segmentsOf(db, name);
  const keys = [headingKey(found), ...parts.map(({ part }) => segmentKey(found, part))];
  const texts: string[] = [];
  for (const key of keys) {
    const text = await documents.get(key);
    if (text === null) throw new Error(`${key} is not in its bucket`);
    texts.push(text);
  }
  return texts.join("");
}

type Place = Pick<StoredAuditExport, "epoch" | "name">;

/** By epoch: what was exported after a backup stays beside what is exported once that is restored. */
export function headingKey({ epoch, name }: Place): string {
  return `audit/${epoch}/${name}/manifest.json`;
}

export function segmentKey({ epoch, name }: Place, part: number): string {
  return `audit/${epoch}/${name}/${String(part).padStart(3, "0")}.ndjson`;
}

/** A file of an earlier epoch whose events are all in the log again: the next one follows it. */
export function keepRecalledFile(
  db: D1Database,
  { manifest, root, at }: { readonly manifest: Manifest; readonly root: string; readonly at: WallMs },
): readonly Write[] {
  const { day, file, endsDay, epoch, previousRoot, firstPosition, lastPosition, keyId, segments } = manifest;
  const dayIs = dayOfDate(day);
  const row = {
    day,
    file,
    endsDay,
    coveredUntil: wallMs(startOfDay(tehranDay(endsDay ? dayIs + 1 : dayIs))),
    epoch,
    previousRoot,
    firstPosition,
    lastPosition,
    nextPosition: lastPosition + 1,
    root,
    keyId,
    createdAt: at,
    finishedAt: at,
  };
  const exportName = nameOf({ day: tehranDay(dayIs), file });
  const orm = drizzle(db);
  // What was under way when the backup was made is whole now.
  return [
    orm
      .insert(auditExport)
      .values({ name: exportName, ...row })
      .onConflictDoUpdate({ target: auditExport.name, set: row }),
    ...segments.map((segment, index) =>
      orm
        .insert(auditSegment)
        .values({ exportName, part: index + 1, ...segment })
        .onConflictDoNothing(),
    ),
  ];
}
