// The simulator's GraphQL and its payout file: money that goes back after a verify, and what the merchant is paid.

import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { createSimulator, type FaultOrder, type Simulator } from "../simulator/simulator.ts";

const merchant = "11111111-1111-4111-8111-111111111111";
const mobile = "09120000001";
const start = Date.parse("2026-12-01T08:00:00Z");
const minute = 60_000;
const day = 86_400_000;
const amountRials = 250_000;

let now = start;
let gateway: Simulator;

beforeEach(() => {
  now = start;
  gateway = simulator();
});

function simulator(restored?: unknown): Simulator {
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const memory = restored === undefined ? {} : { restored };
  return createSimulator({ now: () => now, random, publicUrl: "http://simulator.test", ...memory });
}

/** As ZarinPal's own SDK writes them (zarinpal.md §2.9). */
const sessionsQuery = `query Sessions($terminal_id: ID!, $filter: FilterEnum, $id: ID, $reference_id: String, $limit: Int) {
  Session(terminal_id: $terminal_id, filter: $filter, id: $id, reference_id: $reference_id, limit: $limit) {
    id, status, amount, description, created_at
  }
}`;
const refundMutation = `mutation AddRefund($session_id: ID!, $amount: BigInteger!, $description: String,
  $method: InstantPayoutActionTypeEnum, $reason: RefundReasonEnum) {
  resource: AddRefund(session_id: $session_id, amount: $amount, description: $description, method: $method, reason: $reason) {
    terminal_id, id, amount, timeline { refund_amount, refund_time, refund_status }
  }
}`;

type Answer = { status: number; body: unknown };

async function graphql(query: string, variables: unknown, token: string | null = "any"): Promise<Answer> {
  const headers = {
    "content-type": "application/json",
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  const body = JSON.stringify({ query, variables });
  const url = "http://simulator.test/api/v4/graphql/";
  const response = await gateway.fetch(new Request(url, { method: "POST", headers, body }));
  return { status: response.status, body: await response.json() };
}

function field(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}

const sessions = async (variables: Record<string, unknown> = {}) =>
  field((await graphql(sessionsQuery, { terminal_id: "238", ...variables })).body, "data", "Session");
const refund = (id: unknown, amount: unknown, more: Record<string, unknown> = {}) =>
  graphql(refundMutation, {
    session_id: id,
    amount,
    description: "x",
    method: "PAYA",
    reason: "CUSTOMER_REQUEST",
    ...more,
  });
const isRefunded = ({ body }: Answer) => field(body, "data", "resource", "id") !== undefined;

async function rest(call: string, body: Record<string, unknown>): Promise<unknown> {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify({ merchant_id: merchant, ...body }) };
  return (await gateway.fetch(new Request(`http://simulator.test/pg/v4/${call}.json`, init))).json();
}

async function paid(amount = amountRials): Promise<string> {
  const asked = { amount, description: "Invoice 17", callback_url: "https://shop.example/cb", metadata: { mobile } };
  const name = String(field(await rest("payment/request", asked), "data", "authority"));
  const url = `http://simulator.test/pg/StartPay/${name}`;
  await gateway.fetch(new Request(url, { method: "POST", body: new URLSearchParams({ action: "pay" }) }));
  return name;
}

/** A captured payment with the number by which GraphQL knows it. */
async function captured(amount = amountRials): Promise<{ name: string; refId: string; id: string }> {
  const name = await paid(amount);
  const refId = String(field(await rest("payment/verify", { authority: name, amount }), "data", "ref_id"));
  return { name, refId, id: String(field(await sessions({ reference_id: refId }), 0, "id")) };
}

describe("a session", () => {
  test("is found by the reference of its payment, with the fields that were asked for", async () => {
    await captured();
    const { refId, id } = await captured(300_000);
    expect(await sessions({ reference_id: refId })).toEqual([
      {
        id: expect.stringMatching(/^\d{9}$/),
        status: "VERIFIED",
        amount: 300_000,
        description: "Invoice 17",
        created_at: "2026-12-01T11:30:00+03:30",
      },
    ]);
    expect(await sessions({ id })).toMatchObject([{ amount: 300_000 }]);
    expect(await sessions({ reference_id: "1" })).toEqual([]);
  });

  test("is listed newest first, by status and up to a limit, and keeps its number in a second run", async () => {
    const first = await captured();
    await paid();
    const third = await captured();
    await refund(third.id, 20_000);
    expect(await sessions()).toMatchObject([{ status: "REFUNDED" }, { status: "PAID" }, { status: "VERIFIED" }]);
    expect(await sessions({ filter: "VERIFIED" })).toMatchObject([{ id: first.id }]);
    expect(await sessions({ limit: 1 })).toMatchObject([{ id: third.id }]);
    gateway = simulator(JSON.parse(JSON.stringify(gateway.snapshot())));
    expect(await sessions({ reference_id: first.refId })).toMatchObject([{ id: first.id }]);
  });

  test("is any session when the gateway does not search by reference", async () => {
    gateway.configure({ sessionSearch: "ignores_reference" });
    await captured();
    await captured();
    expect(await sessions({ reference_id: "1" })).toHaveLength(2);
  });
});

describe("a refund", () => {
  test("gives back a part, then the rest, and never a Rial more", async () => {
    gateway.configure({ balances: { [mobile]: 1_000_000 } });
    const { id, name } = await captured();
    now += 40 * day;
    expect((await refund(id, 100_000)).body).toEqual({
      data: {
        resource: {
          id: expect.stringMatching(/^\d+$/),
          terminal_id: "1",
          amount: 100_000,
          timeline: {
            refund_amount: 100_000,
            refund_time: "2027-01-10T11:30:00+03:30",
            refund_status: "PENDING",
          },
        },
      },
    });
    expect(gateway.totals()).toMatchObject({ debits: 1, debitedRials: 150_000, refundedRials: 100_000 });
    expect(isRefunded(await refund(id, 150_001))).toBe(false);
    expect(isRefunded(await refund(id, "150000"))).toBe(true);
    expect(isRefunded(await refund(id, 20_000))).toBe(false);
    expect(gateway.totals()).toMatchObject({
      debits: 0,
      debitedRials: 0,
      refundedRials: 250_000,
      refundedRialsByAuthority: { [name]: 250_000 },
      entries: [{ state: "refunded", refunds: [{ method: "PAYA", reason: "CUSTOMER_REQUEST" }, {}] }],
    });
    expect(gateway.settings.balances[mobile]).toBe(1_000_000);
  });

  test("of less than 20,000 Rials, of money not captured, or of no known session is refused", async () => {
    const { id, name } = await captured();
    await paid();
    const held = field(await sessions(), 0, "id");
    expect(isRefunded(await refund(id, 19_999))).toBe(false);
    expect(isRefunded(await refund(held, 20_000))).toBe(false);
    expect(isRefunded(await refund("1", 20_000))).toBe(false);
    gateway.reverse(name);
    expect((await refund(id, 20_000)).body).toEqual({
      errors: [{ message: expect.any(String), extensions: { category: "validation" }, path: ["resource"] }],
      data: null,
    });
    expect(gateway.totals().refundedRials).toBe(0);
  });

  test("ends the merchant's own reverse, and the bank takes back only what is left", async () => {
    gateway.configure({ balances: { [mobile]: 250_000 } });
    const { id, name } = await captured();
    await refund(id, 100_000);
    expect(field(await rest("payment/reverse", { authority: name }), "errors", "code")).toBe(-61);
    gateway.reverse(name);
    expect(gateway.totals()).toMatchObject({ debits: 0, debitedRials: 0, refundedRials: 100_000 });
    expect(gateway.settings.balances[mobile]).toBe(250_000);
    const whole = await captured();
    await refund(whole.id, 250_000);
    expect(() => gateway.reverse(whole.name)).toThrow("nothing is captured");
  });

  test("whatever is refunded, reversed and captured, the payer's balance and the money kept add up", async () => {
    const step = fc.record({
      act: fc.constantFrom("pay", "refund", "again", "reverse", "bank", "lost", "wait"),
      share: fc.integer({ min: 1, max: 100 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        now = start;
        gateway = simulator();
        gateway.configure({ balances: { [mobile]: 2_000_000 } });
        let one = await captured();
        for (const { act, share } of steps) {
          if (act === "pay") one = await captured();
          if (act === "lost") gateway.fault({ call: "graphql/AddRefund", fault: { kind: "drop_after" } });
          if (["refund", "again", "lost"].includes(act)) await refund(one.id, share * 2_500).catch(() => undefined);
          if (act === "reverse") await rest("payment/reverse", { authority: one.name });
          if (act === "bank") ignoringRefusal(() => gateway.reverse(one.name));
          if (act === "wait") now += 20 * minute;
          const { debitedRials, entries } = gateway.totals();
          expect(debitedRials + (gateway.settings.balances[mobile] ?? 0)).toBe(2_000_000);
          for (const entry of entries)
            expect(entry.refunds.reduce((sum, part) => sum + part.amountRials, 0)).toBeLessThanOrEqual(
              entry.amountRials,
            );
        }
      }),
      { numRuns: 40 },
    );
  });
});

function ignoringRefusal(perform: () => void): void {
  try {
    perform();
  } catch (error) {
    expect(String(error)).toContain("nothing is captured");
  }
}

describe("GraphQL", () => {
  test("knows nobody without the token, and no other terminal than the one set", async () => {
    const { id } = await captured();
    gateway.configure({ accessToken: "t0k3n", terminalId: "238" });
    for (const token of ["other", "t0k3n x", null]) {
      const answer = await graphql(sessionsQuery, { terminal_id: "238" }, token);
      expect(answer).toEqual({
        status: 401,
        body: { errors: [{ message: "Unauthenticated.", extensions: { category: "authentication" } }] },
      });
    }
    expect((await graphql(sessionsQuery, { terminal_id: "238" }, "t0k3n")).body).toMatchObject({ data: {} });
    expect((await graphql(sessionsQuery, { terminal_id: "9" }, "t0k3n")).body).toMatchObject({ errors: [{}] });
    expect(isRefunded(await refund(id, 20_000))).toBe(false);
    expect(gateway.totals().refundedRials).toBe(0);
  });

  test.each<[string, string, unknown]>([
    ["no query", "", {}],
    ["a field it does not have", "query { Refunds { id } }", {}],
    ["a subfield it does not have", sessionsQuery.replace("id, status", "ref_id, status"), { terminal_id: "1" }],
    ["a query of what is a mutation", refundMutation.replace("mutation", "query"), { session_id: "1", amount: 20_000 }],
    ["an unknown argument", sessionsQuery.replace("filter: $filter", "filters: $filter"), { terminal_id: "1" }],
    ["a variable of another type", sessionsQuery.replace("$id: ID", "$id: Int"), { terminal_id: "1" }],
    ["a required variable left out", sessionsQuery, {}],
    ["an amount that is no integer", refundMutation, { session_id: "385404123", amount: 20_000.5 }],
    ["a reason it does not know", refundMutation, { session_id: "385404123", amount: 20_000, reason: "BORED" }],
    ["nothing selected", "query Sessions($t: ID!) { Session(terminal_id: $t) }", { t: "1" }],
    ["a document cut off", sessionsQuery.slice(0, -3), { terminal_id: "1" }],
    ["two documents", sessionsQuery + sessionsQuery, { terminal_id: "1" }],
    ["what is no GraphQL", "DROP TABLE sessions; --", {}],
  ])("refuses %s and does nothing", async (_what, query, variables) => {
    await captured();
    const { status, body } = await graphql(query, variables);
    expect([status, field(body, "data")]).toEqual([200, undefined]);
    expect(body).toMatchObject({ errors: [{ message: expect.any(String), extensions: { category: "graphql" } }] });
    expect(gateway.totals().refundedRials).toBe(0);
  });

  test("refuses with the statuses and empty data that the settings can say", async () => {
    const { id } = await captured();
    gateway.configure({ errorHttpStatus: "422", emptyData: "{}" });
    expect(await refund(id, 1)).toMatchObject({ status: 422, body: { data: { resource: null } } });
  });
});

describe("a fault of a refund", () => {
  const order = (fault: FaultOrder["fault"], call: FaultOrder["call"] = "graphql/AddRefund") =>
    gateway.fault({ call, fault });

  test("loses its answer, comes late, or breaks it, and the money goes back as the fault says", async () => {
    const { id, name } = await captured();
    const refunded = () => gateway.totals().refundedRialsByAuthority[name] ?? 0;
    order({ kind: "drop_before" });
    await expect(refund(id, 20_000)).rejects.toThrow("network");
    expect(refunded()).toBe(0);
    order({ kind: "drop_after" });
    await expect(refund(id, 20_000)).rejects.toThrow("network");
    expect(refunded()).toBe(20_000);
    order({ kind: "late", ms: minute });
    await expect(refund(id, 20_000)).rejects.toThrow("network");
    expect(refunded()).toBe(20_000);
    now += minute;
    expect(refunded()).toBe(40_000);
    order({ kind: "html", effect: "after" });
    await expect(refund(id, 20_000)).rejects.toThrow(SyntaxError);
    order({ kind: "graphql_internal", effect: "after" });
    expect((await refund(id, 20_000)).body).toEqual({
      errors: [{ message: "Internal server error", extensions: { category: "internal" } }],
    });
    expect(refunded()).toBe(80_000);
    order({ kind: "graphql_internal", effect: "before" });
    order({ kind: "decline" });
    order({ kind: "backoff" });
    const refusals = [await refund(id, 20_000), await refund(id, 20_000), await refund(id, 20_000)];
    expect(refusals.map(({ status, body }) => [status, field(body, "errors", 0, "extensions", "category")])).toEqual([
      [200, "internal"],
      [200, "validation"],
      [429, undefined],
    ]);
    expect(refunded()).toBe(80_000);
  });

  test("is logged under its call and its authority, without the token", async () => {
    const { id, name } = await captured();
    order({ kind: "http_500", effect: "before" }, "graphql/Session");
    await graphql(sessionsQuery, { terminal_id: "1" }, "s3cr3t").catch(() => undefined);
    await refund(id, 20_000);
    const logged = gateway.calls().filter(({ call }) => call.startsWith("graphql/"));
    expect(logged.slice(-2)).toMatchObject([
      { call: "graphql/Session", answeredKind: "http_500" },
      { call: "graphql/AddRefund", authority: name, answeredKind: "100" },
    ]);
    expect(JSON.stringify(gateway.calls())).not.toContain("s3cr3t");
  });
});

describe("the payout file", () => {
  const header = "ref_id,authority,amount_rials,fee_rials,type,settled_at\n";
  const linesOf = (file: string) => file.trimEnd().split("\n").slice(1);

  test("tells each movement of captured money once, on its day, fees with the payments", async () => {
    const one = await captured();
    await paid();
    now += minute;
    const other = await captured(1_000_000);
    now += day;
    await refund(other.id, 400_000);
    gateway.reverse(other.name);
    const [first, second] = [gateway.payoutCsv(start, start + day), gateway.payoutCsv(start + day, start + 2 * day)];
    expect(first).toBe(
      header +
        `${one.refId},${one.name},250000,2500,payment,2026-12-01T08:00:00.000Z\n` +
        `${other.refId},${other.name},1000000,10000,payment,2026-12-01T08:01:00.000Z\n`,
    );
    expect(second).toBe(
      header +
        `${other.refId},${other.name},400000,0,refund,2026-12-02T08:01:00.000Z\n` +
        `${other.refId},${other.name},600000,0,reversal,2026-12-02T08:01:00.000Z\n`,
    );
    expect(linesOf(gateway.payoutCsv(start + minute, start + minute + 1))).toEqual([linesOf(first)[1]]);
    expect(linesOf(gateway.payoutCsv(start, start + minute))).toEqual([linesOf(first)[0]]);
  });

  test("leaves out what was only held, returned or reversed before a verify, and fees that the payer pays", async () => {
    const held = await paid();
    await rest("payment/reverse", { authority: held });
    await paid();
    now += 15 * minute;
    gateway.configure({ feePaidBy: "Payer" });
    const { name, refId } = await captured();
    expect(linesOf(gateway.payoutCsv(start, now + 1))).toEqual([
      `${refId},${name},250000,0,payment,2026-12-01T08:15:00.000Z`,
    ]);
  });

  test("has a line for each debit of an authority that was debited twice", async () => {
    gateway.configure({ checkoutEndsAs: "VERIFIED", repeatedCheckout: "debits_again" });
    const signature = await signedAgreement();
    const asked = { amount: amountRials, description: "x", callback_url: "https://shop.example/cb" };
    const authority = field(await rest("payment/request", asked), "data", "authority");
    for (let n = 0; n < 2; n += 1) await rest("payman/checkout", { authority, signature });
    const lines = linesOf(gateway.payoutCsv(start, now + 1));
    expect(lines).toHaveLength(2);
    expect(new Set(lines.map((line) => line.split(",")[0])).size).toBe(2);
  });

  test("is served for a span of instants, and for nothing else", async () => {
    const { refId } = await captured();
    const url = (query: string) => new Request(`http://simulator.test/control/payouts.csv${query}`);
    const response = await gateway.fetch(url("?from=2026-12-01T00:00:00%2B03:30&to=2026-12-02T00:00:00%2B03:30"));
    expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(await response.text()).toContain(`\n${refId},`);
    for (const query of ["", "?from=today&to=tomorrow", "?from=2026-12-01T00:00:00Z"])
      expect((await gateway.fetch(url(query))).status).toBe(400);
  });
});

/** The signature of an agreement. */
async function signedAgreement(): Promise<string> {
  const limits = { max_daily_count: "9", max_monthly_count: "9", max_amount: "5000000" };
  const asked = { mobile, expire_at: "2027-12-01 00:00:00", callback_url: "https://shop.example/signed", ...limits };
  const name = String(field(await rest("payman/request", asked), "data", "payman_authority"));
  const url = `http://simulator.test/pg/StartPayman/${name}/SABCIR`;
  await gateway.fetch(new Request(url, { method: "POST", body: new URLSearchParams({ action: "sign" }) }));
  return String(field(await rest("payman/verify", { payman_authority: name }), "data", "signature"));
}
