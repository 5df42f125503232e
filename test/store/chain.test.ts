// The hash chain of a long story: whole as it was written, and broken at the right place by the smallest change.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { BillingEvent } from "../../contract/billing-event.ts";
import { canonicalJson } from "../../server/store/canonical-json.ts";
import { checkChain } from "../../server/store/chain.ts";
import { signedInPerson } from "../support/people.ts";
import { caller, type Answer } from "../support/subscriber.ts";
import { aLongStory, type LongStory } from "./long-story.ts";

let story: LongStory;
let rows: readonly Record<string, string | number | null>[];

const triggers = ["is_never_updated", "leaves_by_a_checkpoint", "is_never_replaced", "seq_is_never_replaced"];

/** Whoever may drop triggers can edit; the chain is what tells. */
beforeAll(async () => {
  story = await aLongStory();
  rows = await stored();
  for (const trigger of triggers) await env.DB.exec(`DROP TRIGGER billing_event_${trigger}`);
});

async function stored() {
  const query = env.DB.prepare("SELECT * FROM billing_event WHERE stream = ? ORDER BY seq").bind(story.customerId);
  return (await query.all<Record<string, string | number | null>>()).results;
}

async function check() {
  const { db, sha256 } = story.world.invocation();
  return checkChain(db, sha256, story.customerId);
}

const set = (seq: number, column: string, value: unknown) =>
  env.DB.prepare(`UPDATE billing_event SET "${column}" = ? WHERE stream = ? AND seq = ?`)
    .bind(value, story.customerId, seq)
    .run();

describe("the chain", () => {
  it("of a long story is whole, and says how long it is", async () => {
    expect(await check()).toEqual({ verified: true, events: rows.length, archived: 0, brokenAtSeq: null });
    expect(rows.length).toBeGreaterThan(100);
    expect(new Set(rows.map(({ type }) => type)).size).toBeGreaterThan(20);
  });

  it("can be checked by anyone from what the API tells, with nothing but SHA-256", async () => {
    const { sara, world } = story;
    const { sha256 } = world.invocation();
    let prevHash = "0".repeat(64);
    for (let cursor: string | null = "0"; cursor !== null;) {
      const path: string = `/v1/events?limit=100&cursor=${cursor}`;
      const { body }: Answer<readonly BillingEvent[]> = await sara.call("GET", path);
      for (const { hash, position: _, ...event } of body.data) {
        expect(event.prevHash).toBe(prevHash);
        expect(await sha256(canonicalJson(event))).toBe(hash);
        prevHash = hash;
      }
      cursor = pageOf(body).nextCursor;
    }
    expect(prevHash).toBe(rows.at(-1)?.["hash"]);
  });

  it("is checked by an operator's address, which says what the store says", async () => {
    const operator = await signedInPerson(story.world.auth, { role: "operator" });
    const call = caller(story.world, operator.token);
    const path = `/v1/operator/customers/${story.customerId}/chain`;
    expect((await call("GET", path)).body.data).toEqual(await check());
    await set(9, "actor", "operator:somebody");
    expect((await call("GET", path)).body.data).toEqual({ verified: false, events: 8, archived: 0, brokenAtSeq: 9 });
    await set(9, "actor", rows[8]?.["actor"]);
    expect((await check()).verified).toBe(true);
  });
});

const columns = [
  "id",
  "epoch",
  "type",
  "version",
  "at",
  "actor",
  "data",
  "evidence",
  "evidence_hash",
  "prev_hash",
  "hash",
];

describe("one flipped bit is found at its event", () => {
  it.each(columns)("in %s", async (column) => {
    const isFit = column === "actor" ? isByUser : isAskedAbout;
    const chosen = [rows.find(isFit), rows.findLast(isFit)];
    for (const row of chosen) {
      const seq = Number(row?.["seq"]);
      const value = row?.[column] ?? null;
      let flips = 0;
      for (const flipped of flipsOf(value)) {
        const isTaken = await set(seq, column, flipped).then(
          () => true,
          () => false,
        );
        if (!isTaken) continue;
        expect(await check(), `${column} ${String(flipped)}`).toEqual({
          verified: false,
          events: seq - 1,
          archived: 0,
          brokenAtSeq: seq,
        });
        if (++flips === 3) break;
      }
      expect(flips).toBeGreaterThan(0);
      await set(seq, column, value);
    }
    expect((await check()).verified).toBe(true);
  });
});

describe("the chain is broken by", () => {
  it("an event that was taken out of its middle", async () => {
    const row = rows.find(({ type }) => type === "payment.submitted");
    const seq = Number(row?.["seq"]);
    await env.DB.prepare("DELETE FROM billing_event WHERE id = ?").bind(row?.["id"]).run();
    expect(await check()).toEqual({ verified: false, events: seq - 1, archived: 0, brokenAtSeq: seq });
  });

  it("the same gap with the rest moved up to close it", async () => {
    const seq = Number(rows.find(({ type }) => type === "payment.submitted")?.["seq"]);
    for (let next = seq + 1; next <= rows.length; next++) await set(next, "seq", next - 1);
    expect(await check()).toEqual({ verified: false, events: seq - 1, archived: 0, brokenAtSeq: seq });
  });

  it("evidence that was taken away together with its hash", async () => {
    const fresh = await stored();
    const row = fresh.find(isAskedAbout);
    const seq = Number(row?.["seq"]);
    await env.DB.prepare("UPDATE billing_event SET evidence = NULL, evidence_hash = NULL WHERE id = ?")
      .bind(row?.["id"])
      .run();
    expect((await check()).brokenAtSeq).toBe(seq);
  });
});

/** Has evidence and no ledger entries. */
function isAskedAbout(row: Record<string, string | number | null>): boolean {
  return row["evidence"] !== null && row["type"] !== "payment.succeeded";
}

/** The table itself refuses an actor that is not quite `system`. */
function isByUser(row: Record<string, string | number | null>): boolean {
  return String(row["actor"]).startsWith("user:");
}

/** The value with one bit changed: of a text in each character, of a number its lowest. */
function* flipsOf(value: string | number | null): Generator<string | number> {
  if (typeof value === "number") yield value ^ 1 || value + 1;
  if (typeof value !== "string") return;
  for (let index = Math.floor(value.length / 2); index < value.length; index++) {
    const flipped = String.fromCharCode(value.charCodeAt(index) ^ 1);
    yield value.slice(0, index) + flipped + value.slice(index + 1);
  }
}

/** A list's page stands beside its data; the answer's type names only what every answer has. */
function pageOf(body: object): { nextCursor: string | null } {
  return (body as { page: { nextCursor: string | null } }).page;
}
