// Recalling: what a restored backup has forgotten stands in the signed files of the audit trail, and the log is told it again,
// event by event as it was, with all that each means. State is a fold of the log; so nobody is debited for what is in it.
import { asc, desc, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { BillingEventId, CustomerId, InvoiceId, PaymentId, PriceId, SubscriptionId } from "../../contract/common/id.ts";
import { useAfter } from "../billing/burn.ts";
import { wallMs, wallOf } from "../billing/clock.ts";
import { nextDueAt } from "../billing/due-rules.ts";
import { event } from "../billing/event.ts";
import { evolve } from "../billing/evolve.ts";
import { idsOf } from "../billing/ids.ts";
import { firstPreviousRoot, Heading, type Manifest } from "./audit-manifest.ts";
import { headingKey, keepRecalledFile, nameOf, nextFile, segmentKey, type AuditPorts } from "./audit-export.ts";
import { isOurs, type AuditSigner } from "./audit-signer.ts";
import { inBatch } from "./batch.ts";
import { canonicalJson } from "./canonical-json.ts";
import { recalledWrites } from "./catalogue.ts";
import { bodyOf, type ChainedEvent } from "./chain.ts";
import { commitStream, type Actor, type Write } from "./commit.ts";
import { insertRow, ledgerWrites, rowsOf, type SealedSecret } from "./commit-rows.ts";
import { recallingEnds, streamOfEpoch } from "./epoch.ts";
import { loadHead, type Head } from "./head.ts";
import { loadCustomer } from "./load.ts";
import { noticeReader } from "./notices.ts";
import { readerMove } from "./reader.ts";
import { auditExport, billingEvent, systemState } from "./schema.ts";
import type { Sealer } from "./sealer.ts";
import type { TransactPorts } from "./transact.ts";

export type RecallPorts = TransactPorts &
  Pick<AuditPorts, "documents"> & { readonly sealer: Sealer; readonly auditSigner?: AuditSigner | undefined };

/** Who recalls, and why. */
interface Why {
  readonly actor: Actor;
  readonly reason: string;
}

/** Of at most 35 statements each; D1 allows 1,000 per invocation. */
const commitsPerCall = 24;

/** Recalls some of what is forgotten; true when the log is whole, as far as the files tell, and goes on. */
export async function recallSome(ports: RecallPorts, by: Why): Promise<boolean> {
  const system = await systemOf(ports.db);
  if (!system.recalling) return true;
  for (let commits = 0; commits < commitsPerCall; commits++) {
    const file = await findNextFile(ports, system.epoch);
    const forgotten = file && (await nextForgotten(ports, file, system.firstPosition));
    if (!file || forgotten === "damaged") {
      await finish(ports, system, by);
      return true;
    }
    const groups = commitsIn(forgotten ?? []).slice(0, commitsPerCall - commits);
    for (const group of groups) await append(ports, group, file.name);
    commits += groups.length;
    if (forgotten === null) await inBatch(ports.db, keepRecalledFile(ports.db, { ...file, at: ports.wall() }));
  }
  return false;
}

async function systemOf(db: D1Database): Promise<typeof systemState.$inferSelect> {
  const [system] = await drizzle(db).select().from(systemState);
  if (!system) throw new Error("system_state has lost its row");
  return system;
}

interface SignedFile {
  readonly name: string;
  readonly manifest: Manifest;
  readonly root: string;
}

/** The file that follows the latest one the database knows; null when none is there that we have signed. */
async function findNextFile(ports: RecallPorts, epoch: number): Promise<SignedFile | null> {
  const orm = drizzle(ports.db);
  const [[latest], [first]] = await orm.batch([
    orm
      .select()
      .from(auditExport)
      .where(sql`root IS NOT NULL`)
      .orderBy(desc(auditExport.name))
      .limit(1),
    orm.select({ at: billingEvent.at }).from(billingEvent).orderBy(asc(billingEvent.position)).limit(1),
  ]);
  if (!first) return null;
  const name = nameOf(nextFile(latest, first.at));
  // The latest epoch that tells of this day knows best: an earlier one may have been lost before.
  for (let of = epoch - 1; of >= (latest?.epoch ?? 1); of--) {
    const heading = await headingOf(ports, { epoch: of, name });
    if (heading?.manifest.previousRoot !== (latest?.root ?? firstPreviousRoot)) continue;
    return { name, manifest: heading.manifest, root: await ports.sha256(canonicalJson(heading.manifest)) };
  }
  return null;
}

async function headingOf(
  { documents, auditSigner }: RecallPorts,
  place: { readonly epoch: number; readonly name: string },
): Promise<Heading | null> {
  const text = await documents.get(headingKey(place));
  const heading = Heading.safeParse(text === null ? null : JSON.parse(text));
  return heading.success && auditSigner && (await isOurs(auditSigner, heading.data)) ? heading.data : null;
}

type Recalled = ChainedEvent & { readonly position: number };

/** The next segment's events that the log does not have; null when it has the whole file. */
async function nextForgotten(
  { db, documents, sha256 }: RecallPorts,
  { name, manifest }: SignedFile,
  firstPosition: number,
): Promise<readonly Recalled[] | "damaged" | null> {
  const [log] = await drizzle(db)
    .select({ last: sql<number>`COALESCE(MAX(${billingEvent.position}), 0)` })
    .from(billingEvent)
    .where(sql`${billingEvent.position} < ${firstPosition}`);
  const last = log?.last ?? 0;
  const index = manifest.segments.findIndex((segment) => segment.lastPosition > last);
  const segment = manifest.segments[index];
  if (!segment) return null;
  const text = await documents.get(segmentKey({ epoch: manifest.epoch, name }, index + 1));
  if (text === null || (await sha256(text)) !== segment.sha256) return "damaged";
  const lines = text.trimEnd().split("\n");
  return lines.map((line) => recalledOf(line, name)).filter(({ position }) => position > last);
}

const Line = z.object({
  id: BillingEventId,
  position: z.int(),
  stream: z.string(),
  seq: z.int(),
  epoch: z.int(),
  type: z.string(),
  version: z.int(),
  at: z.string(),
  actor: z.string(),
  data: z.record(z.string(), z.unknown()),
  evidenceHash: z.string().nullable(),
  prevHash: z.string(),
  hash: z.string(),
});

/** What the gateway really said stays lost; its hash says what it was. */
function recalledOf(line: string, name: string): Recalled {
  const { at, data, ...told } = Line.parse(JSON.parse(line));
  const evidence = told.evidenceHash === null ? null : canonicalJson({ recalledFrom: name });
  const row = { ...told, at: wallOf(at), data: canonicalJson(data), evidence };
  return { ...row, body: bodyOf(row) };
}

/** Events that follow each other in one stream and were written at one moment. */
function commitsIn(events: readonly Recalled[]): readonly (readonly Recalled[])[] {
  const commits: Recalled[][] = [];
  for (const event of events) {
    const [before] = commits.at(-1) ?? [];
    if (before?.stream === event.stream && before.at === event.at) commits.at(-1)?.push(event);
    else commits.push([event]);
  }
  return commits;
}

async function append(ports: RecallPorts, events: readonly Recalled[], from: string): Promise<void> {
  const [first] = events;
  if (!first) return;
  const customerId = CustomerId.safeParse(first.stream);
  const rows = events.map((event) => insertRow(billingEvent, event));
  const { head, writes } = customerId.success
    ? await writesOfCustomer(ports, customerId.data, events)
    : await writesOfStream(ports, first.stream, events);
  if (head.seq !== first.seq - 1 || head.hash !== first.prevHash)
    throw new Error(
      `${from} does not go on where ${first.stream} stands at ${head.seq}: it is the file of another log`,
    );
  await inBatch(ports.db, [...rows, ...writes]);
}

interface Consequences {
  readonly head: Head;
  readonly writes: readonly Write[];
}

/** What the events mean to a customer, as when they were first written. */
async function writesOfCustomer(
  ports: RecallPorts,
  customerId: CustomerId,
  events: readonly Recalled[],
): Promise<Consequences> {
  const at = events[0]?.at ?? wallMs(0);
  const { slice, head, loadedAt } = await loadCustomer(ports.db, customerId, at, namedIn(events));
  const bodies = events.map(({ body }) => body);
  const state = bodies.reduce((before, body) => evolve(before, body, { customerId, at }), slice.state);
  const after = { ...slice, state, quotaUse: useAfter(slice, state) };
  const secrets = await lostSecrets(ports.sealer, events);
  const change = { slice, events: bodies, at, loadedAt, secrets };
  return { head, writes: rowsOf(ports.db, change, after, events, nextDueAt(after)) };
}

/** A commit may be about things that are neither open nor recent; their ids stand in its events. */
function namedIn(events: readonly Recalled[]) {
  const text = events.map(({ data }) => data).join();
  const idsIn = <T>(schema: z.ZodType<T>, pattern: RegExp) =>
    [...new Set(text.match(pattern) ?? [])].flatMap((id) => schema.safeParse(id).data ?? []);
  return {
    priceIds: idsIn(PriceId, /price_[0-9a-z]{26}/g),
    paymentIds: idsIn(PaymentId, /pay_[0-9a-z]{26}/g),
    invoiceIds: idsIn(InvoiceId, /inv_[0-9a-z]{26}/g),
    subscriptionIds: idsIn(SubscriptionId, /sub_[0-9a-z]{26}/g),
  };
}

/** Signatures and agreements of the forgotten time are in no file. What stands for them opens nothing at the gateway. */
async function lostSecrets(sealer: Sealer, events: readonly Recalled[]): Promise<readonly SealedSecret[]> {
  const ids = events.flatMap(({ body }) => {
    if (body.type === "payment_method.signing_opened") return [body.data.agreementId];
    const isSigned = body.type === "payment_method.activated" || body.type === "payment_method.signature_found";
    return isSigned ? [body.data.signatureId] : [];
  });
  return Promise.all(ids.map(async (id) => ({ id, sealed: await sealer.seal("lost", id) })));
}

/** Of no customer: the log and the books, and what is for sale. Other rows are not made again; see the decision. */
async function writesOfStream({ db }: RecallPorts, stream: string, events: readonly Recalled[]): Promise<Consequences> {
  const rows = events.flatMap(({ body, at }) => recalledWrites(db, body, at));
  return { head: await loadHead(db, stream), writes: [...rows, ...ledgerWrites(drizzle(db), events, null)] };
}

type System = typeof systemState.$inferSelect;

/** The log goes on. People are not told again of what they were told; partners are, under the ids that they know. */
async function finish(ports: RecallPorts, { epoch, firstPosition }: System, { actor, reason }: Why): Promise<void> {
  const orm = drizzle(ports.db);
  const at = ports.wall();
  const stream = streamOfEpoch(epoch);
  const { fromPosition, toPosition, file } = await reachOf(ports.db, stream, firstPosition);
  const { kind } = await commitStream(ports, {
    head: await loadHead(ports.db, stream),
    actor,
    at,
    ids: idsOf(0, at, ports.random),
    events: [event("epoch.recalled", { epoch, fromPosition, toPosition, file }, { reason })],
    writes: [recallingEnds(ports.db), readerMove(orm, noticeReader, sql`MAX(position, ${toPosition})`)],
  });
  if (kind !== "committed") throw new Error(`The epoch ${epoch} was recalled by somebody else`);
}

async function reachOf(db: D1Database, stream: string, firstPosition: number) {
  const [found] = await drizzle(db).all<{ fromPosition: number; toPosition: number; file: string }>(
    sql`SELECT json_extract(data, '$.restoredPosition') AS fromPosition,
      (SELECT COALESCE(MAX(position), 0) FROM billing_event WHERE position < ${firstPosition}) AS toPosition,
      COALESCE((SELECT name FROM audit_export WHERE root IS NOT NULL ORDER BY name DESC LIMIT 1), '') AS file
      FROM billing_event WHERE stream = ${stream} AND seq = 1`,
  );
  if (!found) throw new Error(`${stream} has not begun`);
  return found;
}
