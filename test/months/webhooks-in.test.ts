// What arrives from outside is kept raw and never believed: it only makes us ask the gateway.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

interface Stored {
  readonly source: string;
  readonly subject_id: string | null;
  readonly customer_id: string | null;
  readonly nok: number;
  readonly body: string;
}

async function subscribed() {
  const world = await aFreshWorld();
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(priceId, await sara.sign());
  const [payment] = await sara.payments();
  const authority = world.simulator.ledger()[0]?.authority ?? "";
  await env.DB.exec("DELETE FROM webhook_event");
  return { world, sara, id: body.data.id, paymentId: payment?.id ?? "", authority };
}

async function kept(): Promise<readonly Stored[]> {
  return (await env.DB.prepare("SELECT * FROM webhook_event ORDER BY id").all<Stored>()).results;
}

function notice(world: World, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return world.fetch(
    new Request(`${publicUrl}/v1/webhooks/zarinpal`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );
}

const returnOf = (world: World, paymentId: string, query: string) =>
  world.fetch(new Request(`${publicUrl}/v1/callbacks/payments/${paymentId}${query}`));

/** All that billing knows, but for the raw hints and who is due. */
async function billing(): Promise<string> {
  const names = ["billing_event", "payment", "invoice", "subscription", "payment_method", "ledger_entry", "customer"];
  const tables = names.map((name) => env.DB.prepare(`SELECT * FROM ${name} ORDER BY rowid`));
  return JSON.stringify((await env.DB.batch(tables)).map(({ results }) => results));
}

const unknownAuthority = "A0000000000000000000000000000zzzz999";

describe("a notice", () => {
  it.each([
    ["of an unknown payment", () => ({ authority: unknownAuthority, status: "OK" })],
    ["of nothing", () => ({})],
    ["of a settled payment, saying NOK", (authority: string) => ({ authority, status: "NOK" })],
    ["of a settled payment, with another amount", (authority: string) => ({ authority, status: "OK", amount: 1 })],
    ["that claims a refund", (authority: string) => ({ authority, status: "REVERSED", refund: true })],
    ["of an agreement", () => ({ payman_authority: "payman_ab12", status: "CANCELLED" })],
    ["with more fields than anybody declared", () => ({ authority: "x", deep: { er: [1, { than: null }] } })],
  ])("%s gets the same answer and changes nothing", async (_what, bodyOf) => {
    const { world, authority } = await subscribed();
    const before = await billing();
    const response = await notice(world, bodyOf(authority));
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ data: { received: true } });
    await world.tick();
    await world.live(10 * 60_000);
    expect(await billing()).toBe(before);
    expect(await kept()).toHaveLength(1);
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  });

  it("is kept raw, with whose it is when it is ours", async () => {
    const { world, sara, paymentId, authority } = await subscribed();
    await notice(world, { status: "NOK", authority });
    expect(await kept()).toMatchObject([
      {
        source: "notice",
        subject_id: paymentId,
        customer_id: sara.customerId,
        nok: 1,
        body: `{"authority":"${authority}","status":"NOK"}`,
      },
    ]);
  });

  it("repeated within a minute is kept once, and again in the next", async () => {
    const { world, authority } = await subscribed();
    for (let times = 0; times < 5; times++) await notice(world, { authority });
    await Promise.all(Array.from({ length: 5 }, () => notice(world, { authority })));
    expect(await kept()).toHaveLength(1);
    world.pass(60_000);
    await notice(world, { authority });
    expect(await kept()).toHaveLength(2);
  });

  it("too large, not JSON or not an object is refused with a stable code and not kept", async () => {
    const { world } = await subscribed();
    const answers = await Promise.all([
      notice(world, { padding: "x".repeat(70_000) }),
      notice(world, "{"),
      notice(world, "[]"),
      notice(world, "authority=A1", { "content-type": "application/x-www-form-urlencoded" }),
      notice(world, { authority: "x".repeat(65) }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([413, 400, 422, 415, 422]);
    expect(await kept()).toEqual([]);
  });

  it("is kept without any payman authority or signature, wherever it stands in it", async () => {
    const { world } = await subscribed();
    const data = { payman_authority: "agreement-1", nested: [{ Signature: "signed-1" }] };
    expect((await notice(world, { authority: "payman_Ab12", note: "eyJpdiI6IjEi", data })).status).toBe(200);
    const body = (await kept())[0]?.body;
    expect(body).toContain("sha256:");
    for (const secret of ["agreement-1", "signed-1", "payman_Ab12", "eyJpdiI6IjEi"]) expect(body).not.toContain(secret);
  });

  it("of 60 KB is kept to its first 16,000 characters", async () => {
    const { world } = await subscribed();
    expect((await notice(world, { padding: "x".repeat(60_000) })).status).toBe(200);
    expect((await kept())[0]?.body).toHaveLength(16_000);
  });

  it("of a payment that is not settled yet brings the question forward, and only the gateway's word counts", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world);
    const sara = await aSubscriber(world);
    const methodId = await sara.sign();
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "drop_after" } });
    world.simulator.fault({ call: "payment/inquiry", fault: { kind: "http_500", effect: "before" } });
    expect((await sara.subscribe(priceId, methodId)).status).toBe(202);
    const authority = world.simulator.ledger()[0]?.authority;
    world.pass(15_000);
    expect((await notice(world, { authority, status: "NOK" })).status).toBe(200);
    await world.drain();
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }]);
    expect(world.simulator.totals().debits).toBe(1);
  });

  it("repeated all the time does not make us ask the gateway more than every ten seconds", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world);
    const sara = await aSubscriber(world);
    const methodId = await sara.sign();
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "drop_before" } });
    await sara.subscribe(priceId, methodId);
    const [payment] = await sara.payments();
    const from = world.now();
    for (let second = 0; second < 60; second++) {
      world.pass(1_000);
      await returnOf(world, payment?.id ?? "", `?Status=OK&n=${second}`);
      await world.drain();
    }
    const asked = world.simulator.calls().filter(({ call, at }) => call === "payment/inquiry" && at > from);
    const times = asked.map(({ at }) => at);
    const apart = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    expect(asked.length).toBeGreaterThan(2);
    expect(Math.min(...apart)).toBeGreaterThanOrEqual(10_000);
  });
});

describe("a browser that returns from paying", () => {
  it.each([
    "?Authority=x&Status=OK",
    "?authority=x&status=nok",
    "",
    "?Status=OK&Status=NOK",
    `?x=${"y".repeat(5_000)}`,
  ])("with %s sees a page in Persian and changes nothing about a settled payment", async (query) => {
    const { world, paymentId } = await subscribed();
    const before = await billing();
    const response = await returnOf(world, paymentId, query);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toContain("text/html");
    const page = await response.text();
    expect(page).toContain('lang="fa"');
    expect(page).not.toContain("yyyyy");
    await world.live(10 * 60_000);
    expect(await billing()).toBe(before);
    expect(await kept()).toHaveLength(1);
  });

  it("of a payment or payment method that does not exist sees 404, and nothing is kept", async () => {
    const { world, paymentId } = await subscribed();
    const missing = `${paymentId.slice(0, -4)}zzzz`;
    const paths = [
      `/v1/callbacks/payments/${missing}`,
      "/v1/callbacks/payments/nonsense",
      `/v1/callbacks/payment-methods/${missing.replace("pay_", "pm_")}`,
      "/v1/callbacks/payment-methods/..%2F..%2Fx",
    ];
    for (const path of paths) {
      const response = await world.fetch(new Request(`${publicUrl}${path}?Status=OK`));
      expect(response.status, path).toBe(404);
      expect(await response.json()).toMatchObject({ code: "not_found" });
    }
    expect(await kept()).toEqual([]);
  });
});
