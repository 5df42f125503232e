// What is asked for after it has left the log: whoever follows is told so, and from where to go on.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Activity } from "../../contract/activity.ts";
import type { BillingEvent } from "../../contract/billing-event.ts";
import { instant, wallMs } from "../../server/billing/clock.ts";
import { aSubscriber, requestOf } from "../support/subscriber.ts";
import { anOldLog, readAll, run, type OldLog } from "../support/old-log.ts";
import { aWebhookWorld } from "../support/webhooks.ts";

let old: OldLog;
/** The last event that has left, of all and of Sara's. */
let archivedUntil: number;
let last: { position: number; at: number; seq: number };

beforeAll(async () => {
  old = await anOldLog(await aWebhookWorld());
  await run(old.world);
  await readAll(old.world);
  await old.world.tick();
  archivedUntil = (await env.DB.prepare("SELECT MAX(position) AS n FROM event_checkpoint").first<number>("n")) ?? 0;
  const ofSara = env.DB.prepare("SELECT * FROM archived_stream WHERE stream = ?").bind(old.sara.customerId);
  last = (await ofSara.first()) ?? { position: 0, at: 0, seq: 0 };
});

describe("the minute's cron", () => {
  it("lets go what is older than 400 days, says so, and has nothing to do afterwards", async () => {
    const told = env.DB.prepare(
      "SELECT json_extract(data, '$.throughPosition') AS n FROM billing_event WHERE type = ?",
    );
    const { results } = await told.bind("log.archived").all<{ n: number }>();
    expect(results.length).toBeGreaterThan(3);
    expect(results.at(-1)?.n).toBe(archivedUntil);
    await old.world.tick();
    const { results: after } = await told.bind("log.archived").all();
    expect(after).toHaveLength(results.length);
  });
});

describe("GET /v1/events", () => {
  it("begins at the oldest that is there", async () => {
    const events = await old.sara.events();
    expect(events[0]?.seq).toBe(last.seq + 1);
    expect(events.some(({ type }) => type === "subscription.renewed")).toBe(true);
  });

  it("410 for a cursor before what has left, which says where to begin; from there on nothing is missing", async () => {
    const { sara } = old;
    const answer = await sara.call("GET", `/v1/events?cursor=${last.position - 1}`);
    expect(answer).toMatchObject({ status: 410, body: { code: "events_archived" } });
    expect(answer.body.detail).toBe(`Events up to position ${last.position} have been archived; begin after it.`);
    const { status, body } = await sara.call<BillingEvent[]>("GET", `/v1/events?cursor=${last.position}`);
    expect([status, body.data[0]?.seq]).toEqual([200, last.seq + 1]);
  });

  it("410 for a partner's, of all its customers or of one; 200 of one of whom nothing has left, and of nobody's", async () => {
    const { partner, sara, world } = old;
    const nima = await aSubscriber(world);
    await nima.open();
    const at = async (query: string) => (await partner.call("GET", `/v1/events?${query}`)).status;
    expect(await at(`cursor=${archivedUntil - 1}`)).toBe(410);
    expect(await at(`cursor=${archivedUntil}`)).toBe(200);
    expect(await at(`cursor=0&customerId=${sara.customerId}`)).toBe(410);
    expect(await at(`cursor=${last.position}&customerId=${sara.customerId}`)).toBe(200);
    expect(await at(`cursor=0&customerId=${nima.customerId}`)).toBe(200);
    expect(await at("cursor=0&customerId=cus_01kaqzv3m5e0a8r6b1x2n4y7tq")).toBe(200);
    expect(await at("limit=5")).toBe(200);
  });

  it("says it in Persian", async () => {
    const request = requestOf(old.sara.token, {
      method: "GET",
      path: "/v1/events?cursor=0",
      body: undefined,
      key: undefined,
    });
    request.headers.set("accept-language", "fa");
    const answer = await old.world.fetch(request);
    expect(await answer.text()).toContain("بایگانی شده‌اند؛ پس از آن آغاز کنید.");
  });
});

describe("a replay", () => {
  it("410 of a range that begins before what has left, and none of it is sent", async () => {
    const { partner, endpointId } = old;
    const before = (await partner.deliveries(endpointId)).length;
    const answer = await partner.post(`/${endpointId}/replay`, { afterPosition: archivedUntil - 1 });
    expect(answer).toMatchObject({ status: 410, body: { code: "events_archived" } });
    expect(await partner.deliveries(endpointId)).toHaveLength(before);
    const rest = await partner.post<{ replayed: number }>(`/${endpointId}/replay`, { afterPosition: archivedUntil });
    expect(rest.status).toBe(200);
    expect(rest.body.data.replayed).toBeGreaterThan(0);
  });

  it("410 of an event whose delivery is still listed, and 404 of one that never was", async () => {
    const { partner, endpointId } = old;
    const listed = (await partner.deliveries(endpointId)).map(({ eventId }) => eventId);
    const there = await env.DB.prepare("SELECT id FROM billing_event").all<{ id: string }>();
    const gone = listed.find((id) => there.results.every((row) => row.id !== id)) ?? "";
    const replay = (id: string) => partner.post(`/${endpointId}/deliveries/${id}/replay`);
    expect(await replay(gone)).toMatchObject({
      status: 410,
      body: { code: "events_archived", detail: `${gone} has been archived.` },
    });
    expect((await replay("evt_01kaqzv3m5e0a8r6b1x2n4y7tr")).status).toBe(404);
  });
});

it("an activity list says up to when it is not shown, and that of somebody new says nothing", async () => {
  const { sara, operator, world } = old;
  interface Listed {
    readonly data: Activity[];
    readonly archivedUntil: string | null;
  }
  const listed = async (answer: Promise<{ body: object }>) => (await answer).body as Listed;
  const own = await listed(sara.call("GET", "/v1/me/activity?limit=100"));
  expect(own.archivedUntil).toBe(instant(wallMs(last.at)));
  expect(own.data.every(({ at }) => at > (own.archivedUntil ?? ""))).toBe(true);
  const path = `/v1/operator/customers/${sara.customerId}/activity`;
  expect((await listed(operator.call("GET", path))).archivedUntil).toBe(own.archivedUntil);
  const nima = await aSubscriber(world);
  expect((await listed(nima.call("GET", "/v1/me/activity"))).archivedUntil).toBeNull();
});

it("a person's own export says so, too, and the chain is checked from where it was cut", async () => {
  const { sara, operator } = old;
  const { body } = await sara.call<{ archivedUntil: string; events: BillingEvent[] }>("POST", "/v1/me/export", {});
  expect(body.data.archivedUntil).toBe(instant(wallMs(last.at)));
  expect(body.data.events[0]?.seq).toBe(last.seq + 1);
  const check = await operator.call("GET", `/v1/operator/customers/${sara.customerId}/chain`);
  expect(check.body.data).toMatchObject({ verified: true, archived: last.seq, brokenAtSeq: null });
});
