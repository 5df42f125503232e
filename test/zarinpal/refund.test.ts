// Money that goes back, by the client: against literal replies of the wire facts (§2.9), and against the simulator under
// its faults. What matters is that `not_sent` is said when nothing went out, and only then.
import { beforeEach, describe, expect, test } from "vitest";

import { Rials } from "../../contract/common/money.ts";
import { createZarinpalClient, type ZarinpalConfig } from "../../server/zarinpal/client.ts";
import type { Gateway } from "../../server/zarinpal/gateway.ts";
import { createSimulator, type FaultOrder, type SettingsPatch, type Simulator } from "../simulator/simulator.ts";

const merchantId = "1c2f6a0e-5d3b-4f9a-8e7d-0123456789ab";
const accessToken = "s3cr3t-access-t0ken";
const graphqlUrl = "https://next.test/api/v4/graphql/";
const base = "https://payment.test";
const config: ZarinpalConfig = {
  merchantId,
  paymentBaseUrl: base,
  paymanBaseUrl: base,
  signingBaseUrl: base,
  refunds: { graphqlUrl, accessToken, terminalId: "238" },
};

/** For what never answers; all else must not hang on how busy the machine is. */
const shortMs = 600;

const rials = (amount: number) => Rials.parse(amount);
const order = {
  refId: "40123456",
  orderId: "pay_17",
  amountRials: rials(100_000),
  description: "Refund of Invoice 17",
};
const found = '{"data":{"Session":[{"id":"385404123","amount":250000}]}}';
const refunded = '{"data":{"resource":{"id":"1234567890"}}}';
const validation = '{"errors":[{"message":"no","extensions":{"category":"validation"}}],"data":{"resource":null}}';

/** A client whose first request meets the first reply, its second the second. */
function meeting(replies: readonly (() => Promise<Response>)[], overrides: Partial<ZarinpalConfig> = {}) {
  const sent: Request[] = [];
  const fetch = (request: Request): Promise<Response> => {
    sent.push(request.clone());
    return replies[sent.length - 1]?.() ?? Promise.reject(new Error("one request too many"));
  };
  return { gateway: createZarinpalClient({ ...config, ...overrides }, { fetch }), sent };
}

function answering(...bodies: string[]) {
  return meeting(bodies.map((body) => answer(body)));
}

function answer(body: string | null, init: ResponseInit = {}) {
  return () => Promise.resolve(new Response(body, init));
}

function timeoutFor(respond: () => Promise<Response>): Partial<ZarinpalConfig> {
  return respond === silence ? { timeoutMs: shortMs } : {};
}

/** Never answers, whatever is aborted. */
function silence(): Promise<Response> {
  return new Promise(() => undefined);
}

describe("a refund on the wire", () => {
  test("is a search by our reference and one order, each with the token and exactly the documented variables", async () => {
    const { gateway, sent } = answering(found, refunded);
    expect(await gateway.refundPayment(order)).toEqual({
      kind: "settled",
      value: { refundId: "1234567890" },
      evidence: { call: "graphql/AddRefund", httpStatus: 200, code: null, message: null },
    });
    const bodies: unknown[] = [];
    for (const request of sent) {
      expect([request.method, request.url, request.redirect]).toEqual(["POST", graphqlUrl, "manual"]);
      expect(request.headers.get("authorization")).toBe(`Bearer ${accessToken}`);
      expect(request.headers.get("content-type")).toBe("application/json");
      bodies.push(await request.json());
    }
    expect(bodies).toEqual([
      {
        query: expect.stringMatching(/^query [\s\S]*\bSession\(/),
        variables: { terminal_id: "238", reference_id: "40123456", limit: 2 },
      },
      {
        query: expect.stringMatching(/^mutation [\s\S]*\bresource: AddRefund\(/),
        variables: {
          session_id: "385404123",
          amount: 100_000,
          description: "Refund of Invoice 17",
          method: "PAYA",
          reason: "CUSTOMER_REQUEST",
        },
      },
    ]);
  });

  test.each(["null", '""', '"Invoice 17 pay_17"'])("goes by a session described as %s", async (description) => {
    const session = found.replace("}]", `,"description":${description}}]`);
    const { gateway } = answering(session, refunded);
    expect(await gateway.refundPayment(order)).toMatchObject({ value: { refundId: "1234567890" } });
  });

  test("takes ids as numbers too", async () => {
    const { gateway, sent } = answering(
      '{"data":{"Session":[{"id":385404123,"amount":"250000"}]}}',
      '{"data":{"resource":{"id":1234567890}}}',
    );
    expect(await gateway.refundPayment(order)).toMatchObject({ value: { refundId: "1234567890" } });
    expect(await sent[1]?.json()).toMatchObject({ variables: { session_id: "385404123" } });
  });

  test("without access to refunds sends nothing and says so", async () => {
    const { gateway, sent } = meeting([], { refunds: null });
    expect(await gateway.refundPayment(order)).toMatchObject({
      kind: "unknown",
      reason: "not_sent",
      evidence: { httpStatus: null, message: "not sent: no access to refunds is configured" },
    });
    expect(sent).toEqual([]);
  });
});

describe("a search", () => {
  const faults: [string, () => Promise<Response>, number | null][] = [
    ["a 500", answer("<html>", { status: 500 }), 500],
    ["HTML", answer("<!doctype html>"), 200],
    ["no connection", () => Promise.reject(new TypeError("fetch failed")), null],
    ["silence", silence, null],
    ["a body too large", answer(`${found}${" ".repeat(65_536)}`), 200],
    ["a refusal", answer(validation), 200],
    ["a stranger's 401", answer('{"message":"Unauthenticated."}', { status: 401 }), 401],
    ["no session", answer('{"data":{"Session":[]}}'), 200],
    ["two sessions", answer('{"data":{"Session":[{"id":"1","amount":250000},{"id":"2","amount":250000}]}}'), 200],
    ["a session of less than is to go back", answer('{"data":{"Session":[{"id":"1","amount":99999}]}}'), 200],
    [
      "a session of another payment",
      answer('{"data":{"Session":[{"id":"1","amount":250000,"description":"Invoice 18 pay_18"}]}}'),
      200,
    ],
    ["a session without a number", answer('{"data":{"Session":[{"amount":250000}]}}'), 200],
    ["a session whose number is no id", answer('{"data":{"Session":[{"id":"a b","amount":250000}]}}'), 200],
  ];
  test.each(faults)(
    "that meets %s orders nothing: not_sent, after one request",
    async (_fault, respond, httpStatus) => {
      const { gateway, sent } = meeting([respond, answer(refunded)], timeoutFor(respond));
      expect(await gateway.refundPayment(order)).toMatchObject({
        kind: "unknown",
        reason: "not_sent",
        evidence: { call: "graphql/Session", httpStatus },
      });
      expect(sent).toHaveLength(1);
    },
  );
});

describe("an order", () => {
  const faults: [string, string, () => Promise<Response>][] = [
    ["a 502", "server_error", answer(null, { status: 502 })],
    ["a 503 with a refusal", "server_error", answer(validation, { status: 503 })],
    ["HTML", "unreadable", answer("<p>Attention Required</p>", { status: 403 })],
    ["a truncated body", "unreadable", answer('{"data":{"resource":{"id":"12')],
    ["a redirect", "unreadable", answer(null, { status: 307, headers: { location: "https://elsewhere.test" } })],
    ["a body too large", "too_large", answer(`${refunded}${" ".repeat(65_536)}`)],
    ["no connection", "network", () => Promise.reject(new TypeError("fetch failed"))],
    ["silence", "timeout", silence],
    ["an answer without an id", "unreadable", answer('{"data":{"resource":{"amount":100000}}}')],
    [
      "an internal error in a 200",
      "unreadable",
      answer('{"errors":[{"message":"Internal server error","extensions":{"category":"internal"}}]}'),
    ],
    ["an error that does not say its kind", "unreadable", answer('{"errors":[{"message":"no"}],"data":null}')],
    ["a throttle", "unreadable", answer('{"message":"Too Many Attempts."}', { status: 429 })],
  ];
  test.each(faults)("that meets %s may have given the money back: %s, and is not repeated", async (...fault) => {
    const [, reason, respond] = fault;
    const { gateway, sent } = meeting([answer(found), respond], timeoutFor(respond));
    const evidence = { call: "graphql/AddRefund" };
    expect(await gateway.refundPayment(order)).toMatchObject({ kind: "unknown", reason, evidence });
    expect(sent).toHaveLength(2);
  });

  test.each([200, 400, 422])("refused before it acted is declined, whatever its status is: %i", async (status) => {
    const { gateway } = meeting([answer(found), answer(validation, { status })]);
    expect(await gateway.refundPayment(order)).toEqual({
      kind: "declined",
      code: 0,
      evidence: { call: "graphql/AddRefund", httpStatus: status, code: 0, message: "no" },
    });
  });

  test("leaves no token in evidence, in whatever message it comes back", async () => {
    const echo = `{"errors":[{"message":"token ${accessToken} is wrong","extensions":{"category":"authentication"}}]}`;
    for (const { gateway } of [answering(echo), answering(found, echo)]) {
      const { evidence } = await gateway.refundPayment(order);
      expect(evidence.message).toBe("token [hidden] is wrong");
    }
  });
});

const start = Date.parse("2026-12-01T08:00:00Z");
let now = start;
let simulator: Simulator;
let gateway: Gateway;

beforeEach(() => {
  now = start;
  const sleep = () => new Promise<void>(() => undefined);
  simulator = createSimulator({ now: () => now, random: Math.random, publicUrl: base, merchantId, sleep });
  simulator.configure({ accessToken, terminalId: "238" });
  gateway = client();
});

function client(overrides: Partial<ZarinpalConfig> = {}): Gateway {
  return createZarinpalClient({ ...config, ...overrides }, { fetch: (request) => simulator.fetch(request) });
}

/** A captured payment of 250,000 Rials and its reference. */
async function captured(): Promise<{ authority: string; refId: string }> {
  const amountRials = rials(250_000);
  const asked = {
    amountRials,
    description: "Invoice 17 pay_17",
    callbackUrl: "https://shop.example/cb",
    orderId: "pay_17",
  };
  const requested = await gateway.requestPayment(asked);
  if (requested.kind !== "settled") throw new Error("no authority");
  const { authority } = requested.value;
  const init = { method: "POST", body: new URLSearchParams({ action: "pay" }) };
  await simulator.fetch(new Request(`${base}/pg/StartPay/${authority}`, init));
  const verified = await gateway.verifyPayment({ authority, amountRials });
  if (verified.kind !== "settled" || verified.value.refId === null) throw new Error("not verified");
  return { authority, refId: verified.value.refId };
}

const refund = (refId: string, amount: number) =>
  gateway.refundPayment({ ...order, refId, amountRials: rials(amount) });
const refundedRials = () => simulator.totals().refundedRials;

describe("a refund against the simulator", () => {
  test("a part goes back, then the rest, each under an id of its own; one Rial more is declined", async () => {
    await captured();
    const { authority, refId } = await captured();
    now += 40 * 86_400_000;
    const outcomes = [await refund(refId, 100_000), await refund(refId, 150_000), await refund(refId, 20_000)];
    expect(outcomes.map(({ kind }) => kind)).toEqual(["settled", "settled", "declined"]);
    const ids = outcomes.map((outcome) => outcome.kind === "settled" && outcome.value.refundId);
    expect(new Set(ids).size).toBe(3);
    expect(simulator.totals().refundedRialsByAuthority).toEqual({ [authority]: 250_000 });
  });

  test("less than 20,000 Rials is declined", async () => {
    const { refId } = await captured();
    expect(await refund(refId, 19_999)).toMatchObject({ kind: "declined", code: 0 });
    expect(refundedRials()).toBe(0);
  });

  test.each<[string, SettingsPatch]>([
    ["another token", { accessToken: "another" }],
    ["another terminal", { terminalId: "239" }],
    ["a search that heeds no reference", { sessionSearch: "ignores_reference" }],
  ])("%s sends nothing", async (_what, settings) => {
    await captured();
    const { refId } = await captured();
    simulator.configure(settings);
    expect(await refund(refId, 100_000)).toMatchObject({ kind: "unknown", reason: "not_sent" });
    expect(refundedRials()).toBe(0);
  });

  test("a reference that the gateway does not know sends nothing", async () => {
    await captured();
    expect(await refund("1", 100_000)).toMatchObject({ kind: "unknown", reason: "not_sent" });
    expect(simulator.calls().some(({ call }) => call === "graphql/AddRefund")).toBe(false);
  });

  const faults: FaultOrder["fault"][] = [
    { kind: "drop_before" },
    { kind: "drop_after" },
    { kind: "late", ms: 60_000 },
    { kind: "http_500", effect: "before" },
    { kind: "http_500", effect: "after" },
    { kind: "html", effect: "after" },
    { kind: "html", effect: "after", status: 403 },
    { kind: "truncated", effect: "after" },
    { kind: "oversized" },
    { kind: "backoff" },
    { kind: "delay", ms: 0, effect: "after" },
    { kind: "graphql_internal", effect: "before" },
    { kind: "graphql_internal", effect: "after" },
  ];
  test.each(faults)("a search that meets $kind ($effect) is not_sent, and no money goes back", async (fault) => {
    const { refId } = await captured();
    gateway = client(fault.kind === "delay" ? { timeoutMs: shortMs } : {});
    simulator.fault({ call: "graphql/Session", fault });
    expect(await refund(refId, 100_000)).toMatchObject({ kind: "unknown", reason: "not_sent" });
    now += 60_000;
    expect(refundedRials()).toBe(0);
  });

  test.each(faults)("an order that meets $kind ($effect) is unknown, sent once, and not not_sent", async (fault) => {
    const { refId } = await captured();
    gateway = client(fault.kind === "delay" ? { timeoutMs: shortMs } : {});
    simulator.fault({ call: "graphql/AddRefund", fault });
    const outcome = await refund(refId, 100_000);
    expect(outcome).toMatchObject({ kind: "unknown", evidence: { call: "graphql/AddRefund" } });
    expect(outcome).not.toMatchObject({ reason: "not_sent" });
    expect(simulator.calls().filter(({ call }) => call === "graphql/AddRefund")).toHaveLength(1);
    now += 60_000;
    const isSpared = fault.kind === "drop_before" || fault.kind === "backoff" || isBefore(fault);
    expect(refundedRials()).toBe(isSpared ? 0 : 100_000);
  });

  test.each(["200", "400", "401", "422", "random"] as const)(
    "a refusal is declined under the status %s and either empty data, with no money back",
    async (errorHttpStatus) => {
      const { refId } = await captured();
      for (const emptyData of ["[]", "{}"] as const) {
        simulator.configure({ errorHttpStatus, emptyData });
        expect(await refund(refId, 250_001)).toMatchObject({ kind: "unknown", reason: "not_sent" });
        expect(await refund(refId, 1)).toMatchObject({ kind: "declined" });
      }
      simulator.fault({ call: "graphql/AddRefund", fault: { kind: "decline" } });
      expect(await refund(refId, 100_000)).toMatchObject({ kind: "declined" });
      expect(refundedRials()).toBe(0);
    },
  );

  test("two at once never give back more than was paid", async () => {
    const { refId } = await captured();
    const outcomes = await Promise.all([refund(refId, 200_000), refund(refId, 200_000)]);
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["declined", "settled"]);
    expect(refundedRials()).toBe(200_000);
  });
});

describe("a reversal against the simulator", () => {
  const minute = 60_000;
  const reverse = (authority: string) => gateway.reversePayment({ authority });
  const status = async (authority: string) => {
    const outcome = await gateway.inquire({ authority });
    return outcome.kind === "settled" ? outcome.value.status : outcome.kind;
  };

  test("gives all of it back within 30 minutes, once", async () => {
    const { authority } = await captured();
    now += 30 * minute;
    expect(await reverse(authority)).toMatchObject({ kind: "settled", value: {} });
    expect(await status(authority)).toBe("REVERSED");
    expect(await reverse(authority)).toMatchObject({ kind: "declined", code: -61 });
    expect(simulator.totals()).toMatchObject({ debits: 0, refundedRials: 0 });
  });

  test("is declined after 30 minutes, without a registered address, by the bank, and after a refund", async () => {
    const { authority, refId } = await captured();
    simulator.fault({ call: "payment/reverse", fault: { kind: "decline", code: -60 } });
    const codes: unknown[] = [await reverse(authority)];
    simulator.configure({ merchants: { [merchantId]: { serverIpSet: false } } });
    codes.push(await reverse(authority));
    simulator.configure({ merchants: { [merchantId]: {} } });
    now += 30 * minute + 1;
    codes.push(await reverse(authority));
    now -= minute;
    expect(await refund(refId, 20_000)).toMatchObject({ kind: "settled" });
    codes.push(await reverse(authority));
    expect(codes).toMatchObject([-60, -62, -63, -61].map((code) => ({ kind: "declined", code })));
    expect(await status(authority)).toBe("VERIFIED");
  });

  test.each([
    { kind: "drop_after" },
    { kind: "http_500", effect: "after" },
    { kind: "html", effect: "after" },
    { kind: "truncated", effect: "after" },
    { kind: "oversized" },
  ] as const)("whose answer is lost by $kind is unknown, and an inquiry tells that it happened", async (fault) => {
    const { authority } = await captured();
    simulator.fault({ call: "payment/reverse", fault });
    expect(await reverse(authority)).toMatchObject({ kind: "unknown" });
    expect(await status(authority)).toBe("REVERSED");
  });
});

describe("what the gateway says of a payment", () => {
  test("is heard as it speaks: PAID to an inquiry, −51 to a verify, another's reference, a stranger at payman", async () => {
    const { authority, refId } = await captured();
    const other = await captured();
    const verifyOther = () => gateway.verifyPayment({ authority: other.authority, amountRials: rials(250_000) });
    simulator.fault({ call: "payment/verify", fault: { kind: "duplicate_ref_id" } });
    expect(await verifyOther()).toMatchObject({ kind: "settled", value: { refId, repeated: true } });
    simulator.fault({ call: "payment/verify", authority: other.authority, fault: { kind: "contradict" } });
    expect(await verifyOther()).toMatchObject({ kind: "declined", code: -51 });
    expect(await gateway.inquire({ authority: other.authority })).toMatchObject({ value: { status: "PAID" } });
    simulator.fault({ call: "payman/checkout", fault: { kind: "wrong_merchant" } });
    expect(await gateway.debit({ authority, signature: "eyJpdiI6" })).toMatchObject({ kind: "declined", code: -74 });
  });

  test.each([
    ["Merchant", 3_000],
    ["Payer", 0],
  ] as const)("the fee that the %s pays costs us what the settings say: %i Rials", async (feePaidBy, feeRials) => {
    simulator.configure({ fee: { basisPoints: 100, ceilingRials: 160_000, fixedRials: 500 }, feePaidBy });
    const { authority } = await captured();
    const verified = await gateway.verifyPayment({ authority, amountRials: rials(250_000) });
    expect(verified).toMatchObject({ value: { merchantFeeRials: feeRials } });
  });
});

function isBefore(fault: FaultOrder["fault"]): boolean {
  return "effect" in fault && fault.effect === "before";
}
