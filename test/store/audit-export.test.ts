// Files of the audit trail: whole as they were made, however often the making was killed, and telling of any one bit that
// is not as it was signed.
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { AuditExport, AuditKey } from "../../contract/audit-export.ts";
import { verifyAuditFile } from "../../scripts/audit/verify.ts";
import { exportNextOfAudit, type AuditPorts } from "../../server/store/audit-export.ts";
import { createAuditSigner } from "../../server/store/audit-signer.ts";
import { d1Around } from "../support/d1-around.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { publicUrl } from "../support/world.ts";
import { aLongStory, type LongStory } from "./long-story.ts";

const dayMs = 86_400_000;
const sizes = { eventsPerSegment: 7, eventsPerFile: 60 };

let story: LongStory;
let operator: Operator;
let publicKey: string;
let names: readonly string[];
const puts = new Map<string, Set<string>>();
let kills = 0;

/** What dies at some of the things it does, ever others: before it, or after. */
function dying(ports: AuditPorts): AuditPorts {
  let operations = 0;
  const die = () => {
    kills++;
    throw new Error("killed");
  };
  const around = async <T>(effect: () => Promise<T>): Promise<T> => {
    const turn = ++operations % 11;
    if (turn === 3) die();
    const outcome = await effect();
    if (turn === 8) die();
    return outcome;
  };
  return {
    ...ports,
    db: d1Around(ports.db, { around: (_, effect) => around(effect) }),
    documents: {
      ...ports.documents,
      put: (key, text) => {
        puts.set(key, new Set([...(puts.get(key) ?? []), text]));
        return around(() => ports.documents.put(key, text));
      },
    },
  };
}

/** Runs the export to its end, over all its deaths; answers how many steps it took. */
async function exportAll(): Promise<number> {
  const { auditSigner, ...deps } = story.world.invocation();
  if (!auditSigner) throw new Error("Nobody signs here");
  const ports = dying({ ...deps, auditSigner });
  for (let steps = 0; steps < 2_000; steps++) {
    const isMore = await exportNextOfAudit(ports, sizes).catch((fault: unknown) => {
      if (String(fault).includes("killed") || String(causeOf(fault)).includes("killed")) return true;
      throw fault;
    });
    if (!isMore) return steps;
  }
  throw new Error("The export never ends");
}

function causeOf(fault: unknown): unknown {
  return fault instanceof Error ? fault.cause : null;
}

async function fileOf(name: string): Promise<Uint8Array> {
  const headers = { authorization: `Bearer ${operator.token}` };
  const answer = await story.world.fetch(new Request(`${publicUrl}/v1/audit/exports/${name}/file`, { headers }));
  expect(answer.status).toBe(200);
  return new Uint8Array(await answer.arrayBuffer());
}

const linesIn = (file: Uint8Array) => new TextDecoder().decode(file).trimEnd().split("\n");

/** The events of a part of a day, of the one after, and none of a third. */
beforeAll(async () => {
  story = await aLongStory();
  const { world } = story;
  operator = await anOperator(world);
  world.pass(dayMs);
  await aSubscriber(world);
  world.pass(2 * dayMs);
  await exportAll();
  const { body } = await operator.call<AuditExport[]>("GET", "/v1/audit/exports?limit=100");
  names = body.data.map(({ name }) => name).toReversed();
  const keys = await operator.call<AuditKey[]>("GET", "/v1/audit/keys");
  publicKey = keys.body.data[0]?.publicKey ?? "";
}, 120_000);

describe("the nightly export", () => {
  it("leaves out no event and no day, and each file follows the one before", async () => {
    expect(kills).toBeGreaterThan(20);
    expect(names.length).toBeGreaterThan(4);
    expect(names.slice(-2)).toEqual(["2026-11-23-001", "2026-11-24-001"]);
    const records: string[] = [];
    let previous: Uint8Array | undefined;
    for (const name of names) {
      const file = await fileOf(name);
      const { findings, manifest } = await verifyAuditFile(file, { publicKey, previous });
      expect(findings, name).toEqual([]);
      expect(manifest?.endsDay, name).toBe(!names.includes(name.replace(/\d$/, (last) => String(Number(last) + 1))));
      records.push(...linesIn(file).slice(1));
      previous = file;
    }
    const query = env.DB.prepare("SELECT id, position, hash FROM billing_event ORDER BY position");
    const { results: events } = await query.all();
    expect(records.length).toBe(events.length);
    expect(records.map((line) => JSON.parse(line) as object)).toEqual(
      events.map((event) => expect.objectContaining(event)),
    );
  });

  it("writes the same bytes however often it was killed", () => {
    expect([...puts].filter(([, texts]) => texts.size > 1)).toEqual([]);
  });

  it("begins no day before it is over, and does nothing twice", async () => {
    expect(await exportAll()).toBe(0);
    const { world } = story;
    const untilMidnight = Date.parse("2026-11-25T20:30:00Z") - world.now();
    world.pass(untilMidnight + 9 * 60_000);
    expect(await exportAll()).toBe(0);
    world.pass(60_000);
    await world.tick();
    const { body } = await operator.call<AuditExport[]>("GET", "/v1/audit/exports?limit=1");
    expect(body.data).toMatchObject([{ name: "2026-11-25-001", endsDay: true, keyId: "a1" }]);
  });

  it("stands under a later epoch beside what an earlier one has told of the same days", async () => {
    const { world } = story;
    await env.DB.prepare("UPDATE system_state SET epoch = epoch + 1, collecting = 0").run();
    world.pass(dayMs);
    await exportAll();
    const { body } = await operator.call<AuditExport[]>("GET", "/v1/audit/exports?limit=1");
    expect(body.data).toMatchObject([{ name: "2026-11-26-001", epoch: 2 }]);
    const keys = [...puts.keys()].filter((key) => key.includes("2026-11-26-001"));
    expect(keys.length).toBeGreaterThan(0);
    expect(keys.every((key) => key.startsWith("audit/2/"))).toBe(true);
  });

  it("goes on behind two epochs that began before the first of them was exported", async () => {
    const { world } = story;
    const because = { reason: "the test says so" };
    for (let begun = 0; begun < 2; begun++) {
      expect((await operator.call("POST", "/v1/operator/epochs", because, crypto.randomUUID())).status).toBe(201);
      const recalled = await operator.call("POST", "/v1/operator/epochs/recall", because, crypto.randomUUID());
      expect(recalled.status).toBe(200);
    }
    world.pass(2 * dayMs);
    await exportAll();
    const { body } = await operator.call<AuditExport[]>("GET", "/v1/audit/exports?limit=100");
    const files = await Promise.all(body.data.map(({ name }) => fileOf(name)));
    const told = files.flatMap((file) => linesIn(file).slice(1)).map((line) => (JSON.parse(line) as { id: string }).id);
    const { results } = await env.DB.prepare("SELECT id FROM billing_event").all<{ id: string }>();
    expect(results.length).toBeGreaterThan(0);
    expect(new Set(told)).toEqual(new Set(results.map(({ id }) => id)));
    expect(told).toHaveLength(results.length);
  });

  it("can never be edited once it is signed", async () => {
    const changes = [
      "UPDATE audit_export SET root = previous_root",
      "DELETE FROM audit_export",
      "UPDATE audit_segment SET part = part + 1",
      "DELETE FROM audit_segment",
    ];
    for (const change of changes)
      await expect(env.DB.prepare(change).run(), change).rejects.toThrow(/final|append-only/);
  });

  it("404 for a file that is not there yet", async () => {
    const { status } = await operator.call("GET", "/v1/audit/exports/2030-01-01-001/file");
    expect(status).toBe(404);
  });
});

describe("a file", () => {
  let file: Uint8Array;
  let previous: Uint8Array;
  beforeAll(async () => {
    [previous, file] = await Promise.all([fileOf(names[0] ?? ""), fileOf(names[1] ?? "")]);
  });
  const verify = (bytes: Uint8Array) => verifyAuditFile(bytes, { publicKey, previous });
  /** The line, from 1, that a byte stands in. */
  const lineAt = (at: number) => file.slice(0, at).filter((byte) => byte === 0x0a).length + 1;

  it("with any one bit flipped is found out, and the line is named", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: file.length * 8 - 1 }), async (bit) => {
        const at = Math.floor(bit / 8);
        const edited = file.slice();
        edited[at] = (edited[at] ?? 0) ^ (1 << (bit % 8));
        const { findings } = await verify(edited);
        expect(findings[0]).toMatch(new RegExp(`^lines? ${lineAt(at)}\\b`));
      }),
      { numRuns: 100 },
    );
  });

  it("with any bit of its first line flipped is found out", async () => {
    const first = file.indexOf(0x0a) + 1;
    for (let at = 0; at < first; at += 9) {
      const edited = file.slice();
      edited[at] = (edited[at] ?? 0) ^ (1 << (at % 8));
      expect((await verifyAuditFile(edited, { publicKey })).findings[0], `byte ${at}`).toMatch(/^line 1\b/);
    }
  });

  it("cut off anywhere, or with something behind it, is found out", async () => {
    const behind = (more: string) => Uint8Array.from([...file, ...new TextEncoder().encode(more)]);
    for (const more of ["\n", " ", "{}\n", "\0"]) expect((await verify(behind(more))).findings).not.toEqual([]);
    expect((await verify(Uint8Array.from([0x20, ...file]))).findings[0]).toMatch(/^line 1\b/);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: file.length - 1 }), async (length) => {
        expect((await verify(file.slice(0, length))).findings).not.toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it("with two lines swapped, one left out or one twice is found out", async () => {
    const lines = linesIn(file);
    const [one = "", two = ""] = lines.slice(3, 5);
    const edits = [
      lines.with(3, two).with(4, one),
      lines.toSpliced(3, 1),
      lines.toSpliced(3, 0, one),
      lines.with(3, one.replace(/"data":{/, '"data":{"more":1,')),
    ];
    for (const edit of edits) {
      const { findings } = await verify(new TextEncoder().encode(edit.map((line) => `${line}\n`).join("")));
      expect(findings[0]).toMatch(/^line [45]: /);
    }
  });

  it("is nobody's under another key, even when it was signed anew", async () => {
    const forger = createAuditSigner(`a1:${btoa("fedcba9876543210fedcba9876543210")}`);
    const [key] = await forger.keys();
    expect((await verifyAuditFile(file, { publicKey: key?.publicKey ?? "" })).findings).toEqual([
      "line 1: the manifest is not signed with this key",
    ]);
    const [heading = "", ...events] = linesIn(file);
    const signed = JSON.parse(heading) as { manifest: object };
    const text = JSON.stringify(signed.manifest);
    const forged = [`{"manifest":${text},"signature":"${await forger.sign(text)}"}`, ...events, ""].join("\n");
    const bytes = new TextEncoder().encode(forged);
    expect((await verify(bytes)).findings).toEqual(["line 1: the manifest is not signed with this key"]);
    expect((await verifyAuditFile(bytes, { publicKey: key?.publicKey ?? "" })).findings).toEqual([]);
  });

  it("that does not follow the previous one is found out", async () => {
    const after = await fileOf(names[2] ?? "");
    expect((await verifyAuditFile(after, { publicKey, previous })).findings).toContain(
      "line 1: it follows another file than the previous one",
    );
    expect((await verifyAuditFile(previous, { publicKey, previous })).findings).not.toEqual([]);
  });
});
