// Old events leave the log: whoever dies over it leaves all of them there or none, the signed files and the rest are one
// chain, nothing that was billed reads otherwise, and no other way out is open.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { drizzle } from "drizzle-orm/d1";
import { eq } from "drizzle-orm";
import * as z from "zod";
import type { AuditKey } from "../../contract/audit-export.ts";
import { parseEventBody } from "../../contract/billing-event.ts";
import type { CustomerId } from "../../contract/common/id.ts";
import { verifyAuditFile } from "../../scripts/audit/verify.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { evolveAll } from "../../server/billing/evolve.ts";
import { emptyState, type CustomerState } from "../../server/billing/state.ts";
import { archiveEvents } from "../../server/job/archive-events.ts";
import { listAuditExports, readAuditFile } from "../../server/store/audit-export.ts";
import { canonicalJson } from "../../server/store/canonical-json.ts";
import { checkChain, recordOf } from "../../server/store/chain.ts";
import { archiveNextSegment } from "../../server/store/event-archive.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { exportRows } from "../../server/store/finance-rows.ts";
import { readEvents } from "../../server/store/rows.ts";
import * as tables from "../../server/store/schema.ts";
import { aLongStory } from "../store/long-story.ts";
import { aPrice } from "../support/catalogue.ts";
import { mortal, type Operation } from "../support/mortal.ts";
import { anOldLog, dayMs, readAll, run, type OldLog } from "../support/old-log.ts";

let old: OldLog;
/** The customer of the long story: her clock is moved by hand. */
let longCustomerId: CustomerId;
let advanceLong: (to: string) => Promise<unknown>;
/** What the log was before anything left it. */
let before: readonly string[];

const number = async (sql: string) => (await env.DB.prepare(sql).first<number>("n")) ?? 0;
const left = () => number("SELECT COALESCE(SUM(events), 0) AS n FROM event_checkpoint");
const checkpoints = () => number("SELECT COUNT(*) AS n FROM event_checkpoint");

async function storedRecords(): Promise<readonly string[]> {
  const rows = await drizzle(env.DB).select().from(tables.billingEvent).orderBy(tables.billingEvent.position);
  return readEvents(rows).map(recordOf);
}

async function broken(): Promise<readonly object[]> {
  const checked = await checkInvariants(env.DB);
  return checked.filter(({ offenders }) => offenders.length > 0);
}

beforeAll(async () => {
  const story = await aLongStory();
  longCustomerId = story.customerId;
  advanceLong = story.sara.advance;
  old = await anOldLog(story.world);
  before = await storedRecords();
}, 120_000);

describe("before", () => {
  it("everybody has read it, nothing leaves", async () => {
    expect(await archiveNextSegment(old.world.invocation())).toBe(false);
    const { results } = await env.DB.prepare("SELECT reader FROM reader_cursor WHERE position = 0").all();
    expect(results.length).toBeGreaterThan(0);
    await run(old.world);
    await readAll(old.world);
    before = await storedRecords();
  });

  it("what is being sent has arrived, nothing leaves", async () => {
    const { world, partner, receiver, endpointId } = old;
    receiver.answers(() => new Response(null, { status: 500 }));
    await partner.post(`/${endpointId}/replay`, { afterPosition: 0, untilPosition: 30 });
    await world.drain();
    expect(await number("SELECT COUNT(*) AS n FROM webhook_delivery WHERE status = 'pending'")).toBeGreaterThan(0);
    expect(await archiveNextSegment(world.invocation())).toBe(false);
    receiver.answers(() => new Response(null));
    world.pass(60 * 60_000);
    await readAll(world);
    expect(await number("SELECT COUNT(*) AS n FROM webhook_delivery WHERE status = 'pending'")).toBe(0);
    before = await storedRecords();
  });

  it("the bucket holds what was signed, nothing leaves", async () => {
    const deps = old.world.invocation();
    const withCopy = (edit: (text: string | null) => string | null) => ({
      ...deps,
      documents: { ...deps.documents, get: async (key: string) => edit(await deps.documents.get(key)) },
    });
    const lost = archiveNextSegment(withCopy(() => null));
    await expect(lost).rejects.toThrow("is not in its bucket");
    const edit = (text: string | null) => (text ?? "").replace('"seq":1,', '"seq":2,');
    await expect(archiveNextSegment(withCopy(edit))).rejects.toThrow("is not what was signed");
    // As if the log had been edited since.
    const sha256 = (text: string) => deps.sha256(text.replace('"seq":2,', '"seq":1,'));
    await expect(archiveNextSegment({ ...withCopy(edit), sha256 })).rejects.toThrow("does not hold the event");
    expect(await checkpoints()).toBe(0);
  });
});

describe("whoever dies over it", () => {
  it("has removed all of a segment or nothing, and the next one goes on", async () => {
    const { world } = old;
    const total = before.length;
    const isWhole = async () => {
      expect((await storedRecords()).length + (await left()) - (await checkpoints())).toBe(total);
      expect(await broken()).toEqual([]);
    };
    // A segment without evidence has one await less.
    let operations: readonly Operation[] = [];
    while (operations.every(({ name }) => name !== "documents.put")) {
      const whole = mortal(world.invocation());
      expect(await archiveNextSegment(whole.deps)).toBe(true);
      ({ operations } = whole);
    }
    await isWhole();
    for (const [index, { name, hows }] of operations.entries()) {
      for (const how of hows) {
        let died: string | undefined;
        // A segment without evidence has one await less: then another one is tried.
        for (let tries = 0; died !== name; tries++) {
          expect(tries, `${name} ${how}`).toBeLessThan(5);
          const done = await checkpoints();
          const life = mortal(world.invocation(), index + 1, how);
          const isThrough = await Promise.race([archiveNextSegment(life.deps), life.died]);
          died = life.operations[index]?.name;
          if (how === "late" && isThrough === undefined) {
            expect(await archiveNextSegment(world.invocation())).toBe(true);
            await life.arrive();
          }
          const isDone = isThrough === true || how === "late" || (died === "commit" && how !== "before");
          expect((await checkpoints()) - done, `${died} ${how}`).toBe(isDone ? 1 : 0);
          await isWhole();
        }
      }
    }
    expect(await number("SELECT COUNT(*) AS n FROM audit_segment")).toBeGreaterThan(await checkpoints());
  });

  it("two at once remove each segment once", async () => {
    const { world } = old;
    const done = await checkpoints();
    await Promise.all([archiveNextSegment(world.invocation()), archiveNextSegment(world.invocation())]);
    expect((await checkpoints()) - done).toBeGreaterThan(0);
    expect(await broken()).toEqual([]);
  });
});

const Told = z.looseObject({
  id: z.string(),
  type: z.string(),
  stream: z.string(),
  seq: z.int(),
  prevHash: z.string(),
  hash: z.string(),
});

/** The events of all files, each file verified against the one before. */
async function toldByFiles(): Promise<readonly string[]> {
  const deps = old.world.invocation();
  const keys = await old.operator.call<AuditKey[]>("GET", "/v1/audit/keys");
  const publicKey = keys.body.data[0]?.publicKey ?? "";
  const files = (await listAuditExports(deps.db, { limit: 100 })).toReversed();
  const records: string[] = [];
  let previous: Uint8Array | undefined;
  for (const { name } of files) {
    const file = new TextEncoder().encode((await readAuditFile(deps, name)) ?? "");
    expect((await verifyAuditFile(file, { publicKey, previous })).findings, name).toEqual([]);
    records.push(...new TextDecoder().decode(file).trimEnd().split("\n").slice(1));
    previous = file;
  }
  return records;
}

describe("when all that is old has left", () => {
  beforeAll(async () => {
    for (let runs = 0; runs < 20; runs++) await archiveEvents(old.world.invocation());
  });

  it("the files and the rest are the log as it was, event by event, and one chain for each stream", async () => {
    expect(await left()).toBeGreaterThan(200);
    const archived = await toldByFiles();
    const rest = await storedRecords();
    const all = new Map([...archived, ...rest].map((line) => [Told.parse(JSON.parse(line)).id, line]));
    for (const record of before) expect(all.get(Told.parse(JSON.parse(record)).id)).toBe(record);
    const streams = Map.groupBy(
      [...all.values()].map((line) => Told.parse(JSON.parse(line))),
      ({ stream }) => stream,
    );
    for (const events of streams.values()) {
      const inOrder = events.toSorted((a, b) => a.seq - b.seq);
      for (const [index, { seq, prevHash }] of inOrder.entries()) {
        expect(seq).toBe(index + 1);
        expect(prevHash).toBe(inOrder[index - 1]?.hash ?? "0".repeat(64));
      }
    }
    expect(streams.size).toBeGreaterThan(5);
  });

  it("of each stream the last event is still there, and the chain is verified from where it was cut", async () => {
    const { sara, ali } = old;
    const { sha256 } = old.world.invocation();
    const streams = await env.DB.prepare(
      "SELECT stream, COUNT(*) AS n FROM billing_event GROUP BY stream ORDER BY stream",
    ).all<{ stream: string; n: number }>();
    const known = new Set(before.map((record) => Told.parse(JSON.parse(record)).stream));
    expect(new Set(streams.results.map(({ stream }) => stream))).toEqual(known.add("system"));
    for (const { stream, n } of streams.results) {
      const check = await checkChain(env.DB, sha256, stream);
      expect(check, stream).toMatchObject({ verified: true, events: n, brokenAtSeq: null });
    }
    expect(await checkChain(env.DB, sha256, ali.customerId)).toMatchObject({ events: 1 });
    expect((await checkChain(env.DB, sha256, sara.customerId)).archived).toBeGreaterThan(20);
  });

  it("what was archived with its evidence has it beside the file, under the hash that was signed", async () => {
    const { documents, sha256 } = old.world.invocation();
    const hashes = new Map(
      before.map((line) => {
        const { id, evidenceHash } = z
          .looseObject({ id: z.string(), evidenceHash: z.string().nullable() })
          .parse(JSON.parse(line));
        return [id, evidenceHash];
      }),
    );
    const { objects } = await env.DOCUMENTS.list();
    const texts = await Promise.all(
      objects.filter(({ key }) => key.endsWith(".evidence.ndjson")).map(({ key }) => documents.get(key)),
    );
    const kept = texts.flatMap((text) => (text ?? "").trimEnd().split("\n"));
    for (const line of kept) {
      const { eventId, evidence } = z.object({ eventId: z.string(), evidence: z.unknown() }).parse(JSON.parse(line));
      expect(await sha256(canonicalJson(evidence))).toBe(hashes.get(eventId));
    }
    expect(kept.length).toBeGreaterThan(20);
  });

  it("what an epoch has said of itself stays, however old", async () => {
    expect(await number("SELECT COUNT(*) AS n FROM billing_event WHERE stream = 'epoch:1'")).toBe(2);
    expect(await number("SELECT COUNT(*) AS n FROM archived_stream WHERE stream = 'epoch:1'")).toBe(0);
  });

  it("a payment that an operator has seen stays out of the queue, and the books say what each entry was for", async () => {
    const { operator, sara } = old;
    expect(await number("SELECT COUNT(*) AS n FROM billing_event WHERE type = 'exception.acknowledged'")).toBe(0);
    expect(await operator.queueOf(sara.customerId)).toEqual([]);
    const always = { fromDay: "2026-01-01", toDay: "2030-01-01", from: 0, to: 4e12 };
    const { header, rows } = await exportRows(env.DB, {
      kind: "ledger",
      span: always,
      after: { at: 0, id: "" },
      limit: 10_000,
    });
    expect(rows).toHaveLength(await number("SELECT COUNT(*) AS n FROM ledger_entry"));
    const types = new Map(before.map((line) => [Told.parse(JSON.parse(line)).id, Told.parse(JSON.parse(line)).type]));
    const [event, type] = [header.indexOf("event_id"), header.indexOf("event_type")];
    for (const row of rows) expect(types.get(String(row[event])) ?? row[type]).toBe(row[type]);
    expect(
      await number("SELECT COUNT(*) AS n FROM ledger_entry WHERE event_id NOT IN (SELECT id FROM billing_event)"),
    ).toBeGreaterThan(20);
  });

  it("what the log and its files fold to is what the rows say", async () => {
    const archived = await toldByFiles();
    for (const customerId of [longCustomerId, old.sara.customerId, old.ali.customerId])
      expect(await foldOf(customerId, archived)).toEqual(await rowsOf(customerId));
  });

  it("subscriptions go on renewing across it", async () => {
    const { world, sara, subscriptionId } = old;
    const paid = async () => (await sara.invoices()).filter(({ status }) => status === "paid").length;
    const [first, runsTo] = [await paid(), (await sara.subscription(subscriptionId)).currentPeriod.endsAt];
    world.pass(Date.parse(runsTo) - world.now() + 1.5 * dayMs);
    await run(world);
    expect(await paid()).toBe(first + 1);
    await advanceLong("2027-08-30T08:00:00Z");
    const archived = await toldByFiles();
    for (const customerId of [longCustomerId, sara.customerId])
      expect(await foldOf(customerId, archived)).toEqual(await rowsOf(customerId));
    expect(await broken()).toEqual([]);
  });
});

/** Of a customer's state what has rows of its own, folded from the files and, where those end, from the log. */
async function foldOf(customerId: CustomerId, archived: readonly string[]) {
  const Event = z.looseObject({
    stream: z.string(),
    seq: z.int(),
    type: z.string(),
    version: z.int(),
    at: z.string(),
    data: z.unknown(),
  });
  const records = [...new Set([...archived, ...(await storedRecords())])].map((line) => Event.parse(JSON.parse(line)));
  const events = records.filter(({ stream }) => stream === customerId).toSorted((a, b) => a.seq - b.seq);
  const folded = events.reduce<CustomerState>(
    (state, record) => evolveAll(state, [parseEventBody(record)], { customerId, at: wallMs(Date.parse(record.at)) }),
    emptyState,
  );
  const { customer, paymentMethods, subscriptions, invoices, payments } = folded;
  return { customer, paymentMethods, subscriptions, invoices, payments };
}

async function rowsOf(customerId: CustomerId) {
  const orm = drizzle(env.DB);
  const { customer, paymentMethod, subscription, invoice, payment } = tables;
  const byId = (rows: readonly { id: string }[]) => Object.fromEntries(rows.map((row) => [row.id, row]));
  const [customers, methods, subscriptions, invoices, payments] = await orm.batch([
    orm.select().from(customer).where(eq(customer.id, customerId)),
    orm.select().from(paymentMethod).where(eq(paymentMethod.customerId, customerId)),
    orm.select().from(subscription).where(eq(subscription.customerId, customerId)),
    orm.select().from(invoice).where(eq(invoice.customerId, customerId)),
    orm.select().from(payment).where(eq(payment.customerId, customerId)),
  ]);
  return {
    customer: customers[0],
    paymentMethods: byId(methods),
    subscriptions: byId(subscriptions),
    invoices: byId(invoices),
    payments: byId(payments),
  };
}

describe("no other way out is open:", () => {
  const ofSara = () => `FROM billing_event WHERE stream = '${old.sara.customerId}'`;
  const newest = "(SELECT MAX(position) FROM billing_event)";
  const columns = "epoch, type, version, at, actor, data, evidence, evidence_hash, prev_hash, hash";

  /** What a mistake of the program would send, each batch refused for the one reason that is named. */
  async function expectRefused(statements: readonly string[], because: string | RegExp): Promise<void> {
    const was = await storedRecords();
    await expect(env.DB.batch(statements.map((sql) => env.DB.prepare(sql)))).rejects.toThrow(because);
    expect(await storedRecords()).toEqual(was);
  }

  const taken = "UNIQUE constraint failed: billing_event.stream, billing_event.seq";
  const refused: readonly (readonly [what: string, because: string | RegExp, sql: string])[] = [
    ["every event", "append-only", "DELETE FROM billing_event"],
    ["what is new", "append-only", `DELETE FROM billing_event WHERE position = ${newest}`],
    ["an update", "append-only", "UPDATE billing_event SET actor = 'system'"],
    ["a replacement", /append-only|UNIQUE/, "INSERT OR REPLACE INTO billing_event SELECT * FROM billing_event"],
    [
      "an event at a place of its stream that was archived",
      taken,
      `INSERT INTO billing_event (id, stream, seq, ${columns})
        SELECT 'evt_again', e.stream, a.seq, ${columns.replaceAll(/(\w+)/g, "e.$1")}
        FROM archived_stream a JOIN billing_event e ON e.stream = a.stream LIMIT 1`,
    ],
    [
      "an event at a place of the log that was archived",
      taken,
      `INSERT INTO billing_event (position, id, stream, seq, ${columns})
        SELECT 1, 'evt_again', 'elsewhere', 1, ${columns} FROM billing_event LIMIT 1`,
    ],
    ["a checkpoint moved on", "append-only", "UPDATE event_checkpoint SET position = position + 1000"],
    ["a checkpoint taken away", "append-only", "DELETE FROM event_checkpoint"],
    [
      "a checkpoint made again",
      "append-only",
      "INSERT OR REPLACE INTO event_checkpoint SELECT * FROM event_checkpoint",
    ],
    [
      "a stream archived up to its last event",
      "another follows",
      `INSERT INTO archived_stream SELECT stream, seq, hash, position, at FROM billing_event
        WHERE stream NOT IN (SELECT stream FROM archived_stream) ORDER BY position DESC LIMIT 1`,
    ],
    ["a stream archived less far", "another follows", "UPDATE archived_stream SET seq = seq - 1 WHERE seq > 1"],
    [
      "a stream archived up to another event",
      "another follows",
      "UPDATE archived_stream SET seq = seq + 1, hash = printf('%064d', 1)",
    ],
    [
      "where a stream begins, in another's place",
      "another follows",
      `UPDATE archived_stream SET (stream, seq, hash, position, at) = (SELECT e.stream, e.seq, e.hash, e.position, e.at
        FROM billing_event e JOIN billing_event n ON n.stream = e.stream AND n.seq = e.seq + 1
        WHERE e.stream = 'system' ORDER BY e.seq DESC LIMIT 1) WHERE stream = 'catalogue'`,
    ],
    ["a stream that is called another", "another follows", "UPDATE archived_stream SET stream = stream || 'x'"],
    ["where a stream begins, forgotten", "append-only", "DELETE FROM archived_stream"],
    ["an acknowledgement forgotten", "append-only", "DELETE FROM archived_acknowledgement"],
    ["an acknowledgement of another", "append-only", "UPDATE archived_acknowledgement SET exception_id = 'x'"],
  ];

  it.each(refused)("%s", async (_what, because, sql) => expectRefused([sql], because));

  it("the last event of a stream, even when its archive says so", async () => {
    const anchor = `UPDATE archived_stream SET seq = seq + 1 WHERE stream = 'catalogue'`;
    const removal = `DELETE FROM billing_event WHERE stream = 'catalogue'`;
    await expectRefused(["DROP TRIGGER archived_stream_goes_forward", anchor, removal], "append-only");
  });

  it("an old event that its stream has not been archived up to", async () => {
    await aPrice(old.world);
    const sql = `DELETE FROM billing_event WHERE stream = 'catalogue' AND position <= (SELECT MAX(position)
      FROM event_checkpoint)`;
    await expectRefused([sql], "append-only");
  });

  it("an epoch's own", async () => {
    const event = (seq: number) => `INSERT INTO billing_event (position, id, stream, seq, ${columns})
      SELECT ${seq}, 'evt_epoch${seq}', 'epoch:9', ${seq}, ${columns.replace(" at,", " 1,").replace(/ hash$/, " printf('%064d', 7)")}
      FROM billing_event LIMIT 1`;
    const chained = `UPDATE billing_event SET prev_hash = hash WHERE stream = 'epoch:9'`;
    const anchor = `INSERT INTO archived_stream SELECT stream, seq, hash, position, at FROM billing_event
      WHERE stream = 'epoch:9' AND seq = 1`;
    const drops = ["billing_event_is_not_archived", "billing_event_is_never_updated", "archived_stream_is_of_the_log"];
    const statements = [...drops.map((name) => `DROP TRIGGER ${name}`), event(1), event(2), chained, anchor];
    await expectRefused(
      [...statements, "DELETE FROM billing_event WHERE stream = 'epoch:9' AND seq = 1"],
      "append-only",
    );
  });

  describe("of a segment that is signed and read,", () => {
    const name = "2099-01-01-001";
    const root = "printf('%064d', 6)";
    const signed = [
      `INSERT INTO audit_export SELECT '${name}', '2099-01-01', 1, 1, 1, 1, printf('%064d', 5), 1, MAX(position),
        MAX(position) + 1, ${root}, 'a1', 1, 1 FROM billing_event`,
      `INSERT INTO audit_segment SELECT '${name}', 1, 1, MAX(position), printf('%064d', 4) FROM billing_event`,
      "UPDATE reader_cursor SET position = (SELECT MAX(position) FROM billing_event)",
      `INSERT INTO billing_event (id, stream, seq, epoch, type, version, at, actor, data, prev_hash, hash)
        SELECT 'evt_told', stream, seq + 1, epoch, 'log.archived', 1, at, 'system',
          json_object('throughPosition', (SELECT MAX(position) FROM billing_event), 'root', ${root}), hash, printf('%064d', 3)
        FROM billing_event WHERE stream = 'system' ORDER BY seq DESC LIMIT 1`,
    ];
    const checkpoint = (sha256 = "sha256", event = "evt_told") => `INSERT INTO event_checkpoint
      SELECT last_position, export_name, part, ${sha256}, ${root}, 0, '${event}', 1 FROM audit_segment
      WHERE export_name = '${name}'`;
    const anchor = () => `INSERT INTO archived_stream SELECT stream, seq, hash, position, at ${ofSara()}
      AND seq = (SELECT MAX(seq) - 1 ${ofSara()}) ON CONFLICT (stream) DO UPDATE SET seq = excluded.seq, hash = excluded.hash,
      position = excluded.position, at = excluded.at`;
    const removal = () => `DELETE ${ofSara()} AND seq < (SELECT MAX(seq) ${ofSara()})`;
    const aged = () => `UPDATE billing_event SET at = 1 WHERE stream = '${old.sara.customerId}'`;
    const unlocked = "DROP TRIGGER billing_event_is_never_updated";

    it("what is not 400 days old", async () => {
      await expectRefused([...signed, checkpoint(), anchor(), removal()], "billing_event is append-only");
    });

    it("what is old, without the checkpoint", async () => {
      await expectRefused([...signed, anchor(), unlocked, aged(), removal()], "billing_event is append-only");
    });

    it("a checkpoint with another hash, another event, or before a reader", async () => {
      await expectRefused([...signed, checkpoint("printf('%064d', 1)")], "the end of a signed segment");
      await expectRefused([...signed, checkpoint(undefined, "evt_untold")], "has its event");
      const behind = "UPDATE reader_cursor SET position = position - 1 WHERE reader = 'metrics'";
      await expectRefused([...signed, behind, checkpoint()], "waits for readers");
      const sent = `INSERT INTO webhook_delivery (endpoint_id, position, event_id, event_type, stream, status, attempts, created_at)
        VALUES ('${old.endpointId}', 1, 'evt_1', 'payment.failed', 'x', 'pending', 0, 1)`;
      await expectRefused([...signed, "DELETE FROM webhook_delivery", sent, checkpoint()], "waits for readers");
    });

    it("and nothing stands in the way of what is all of that", async () => {
      const done = [...signed, checkpoint(), unlocked, aged(), anchor(), removal(), "SELECT json('the end')"];
      await expectRefused(done, "malformed JSON");
    });
  });
});
