// The simulator keeps the gateway's promises, each open behaviour has its setting, and its ledger adds up.

import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";

import { createSimulator, type FaultOrder, type SettingsPatch, type Simulator } from "../simulator/simulator.ts";
import { variants } from "../simulator/variants.ts";

const merchant = "11111111-1111-4111-8111-111111111111";
const stranger = "22222222-2222-4222-8222-222222222222";
const start = Date.parse("2026-12-01T08:00:00Z");
const minute = 60_000;
const day = 86_400_000;

let now = start;
/** References grow with time, so the first one of a fresh simulator tells the time. */
const firstRefId = () => Math.floor(now / 100);
let gateway: Simulator;

beforeEach(() => {
  now = start;
  gateway = simulator();
});

function simulator(more: { restored?: unknown; seed?: number } = {}): Simulator {
  let seed = more.seed ?? 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const sleep = async (ms: number) => {
    now += ms;
  };
  const restored = more.restored === undefined ? {} : { restored: more.restored };
  return createSimulator({ now: () => now, random, sleep, publicUrl: "http://simulator.test", ...restored });
}

type Reply = { status: number; body: unknown; data: Record<string, unknown>; code: number };

function field(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}

async function call(name: string, body: Record<string, unknown> = {}): Promise<Reply> {
  const response = await post(`/pg/v4/${name}.json`, JSON.stringify({ merchant_id: merchant, ...body }));
  const reply: unknown = await response.json();
  const data = field(reply, "data");
  return {
    status: response.status,
    body: reply,
    data: typeof data === "object" && data !== null ? { ...data } : {},
    code: Number(
      field(reply, "data", "code") ?? field(reply, "errors", "code") ?? field(reply, "errors", "authority", "1"),
    ),
  };
}

async function post(path: string, body: string): Promise<Response> {
  return gateway.fetch(
    new Request(`http://simulator.test${path}`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    }),
  );
}

async function get(path: string): Promise<Response> {
  return gateway.fetch(new Request(`http://simulator.test${path}`));
}

async function press(path: string, action: string): Promise<string | null> {
  const body = new URLSearchParams({ action });
  const response = await gateway.fetch(new Request(`http://simulator.test${path}`, { method: "POST", body }));
  if (response.headers.get("location") !== null) expect(response.status).toBe(303);
  return response.headers.get("location");
}

async function authority(more: Record<string, unknown> = {}): Promise<string> {
  const asked = {
    amount: 250_000,
    description: "Invoice 17",
    callback_url: "https://shop.example/cb?payment=7",
    ...more,
  };
  const reply = await call("payment/request", asked);
  expect(reply.code).toBe(100);
  return String(reply.data["authority"]);
}

async function paid(more: Record<string, unknown> = {}): Promise<string> {
  const name = await authority(more);
  await press(`/pg/StartPay/${name}`, "pay");
  return name;
}

const agreementFields = {
  mobile: "09120000001",
  ssn: "0012345679",
  expire_at: "2027-12-01 00:00:00",
  max_daily_count: "2",
  max_monthly_count: "3",
  max_amount: "5000000",
  callback_url: "https://shop.example/signed",
};

async function agreement(more: Record<string, unknown> = {}): Promise<string> {
  const reply = await call("payman/request", { ...agreementFields, ...more });
  expect(reply.code).toBe(100);
  return String(reply.data["payman_authority"]);
}

async function signature(more: Record<string, unknown> = {}): Promise<string> {
  const name = await agreement(more);
  await press(`/pg/StartPayman/${name}/SABCIR`, "sign");
  return String((await call("payman/verify", { payman_authority: name })).data["signature"]);
}

const verify = (name: string, amount = 250_000) => call("payment/verify", { authority: name, amount });
const inquiry = async (name: string) => (await call("payment/inquiry", { authority: name })).data["status"];
const checkout = (name: string, signed: string) => call("payman/checkout", { authority: name, signature: signed });
const states = () => gateway.ledger().map((entry) => entry.state);

describe("an authority", () => {
  test("is A, zeros and a random tail: 36 characters, another one for each request", async () => {
    const names = [await authority(), await authority()];
    for (const name of names) expect(name).toMatch(/^A0{27}[0-9A-Za-z]{8}$/);
    expect(new Set(names).size).toBe(2);
  });

  test("goes IN_BANK, PAID, VERIFIED, REVERSED; the browser returns with Authority and Status, its query kept", async () => {
    const name = await authority({ metadata: { order_id: "att-17-1", auto_verify: false } });
    await get(`/pg/StartPay/${name}`);
    expect(await inquiry(name)).toBe("IN_BANK");
    expect(await press(`/pg/StartPay/${name}`, "pay")).toBe(
      `https://shop.example/cb?payment=7&Authority=${name}&Status=OK`,
    );
    expect(await inquiry(name)).toBe("PAID");
    expect(states()).toEqual(["held"]);
    const first = await verify(name);
    expect(first.body).toEqual({
      data: {
        wages: null,
        code: 100,
        message: "Paid",
        card_hash: expect.stringMatching(/^[0-9A-F]{64}$/),
        card_pan: "603799******1234",
        ref_id: firstRefId(),
        fee_type: "Merchant",
        fee: 2500,
        shaparak_fee: 1200,
        order_id: "att-17-1",
      },
      errors: [],
    });
    const second = await verify(name);
    expect([second.code, second.data["ref_id"], second.data["message"]]).toEqual([101, firstRefId(), "Verified"]);
    expect(await inquiry(name)).toBe("VERIFIED");
    expect((await call("payment/reverse", { authority: name })).data).toEqual({ code: 100, message: "Reversed" });
    expect(await inquiry(name)).toBe("REVERSED");
    expect((await call("payment/reverse", { authority: name })).code).toBe(-61);
    expect(gateway.totals()).toMatchObject({
      debits: 0,
      debitedRials: 0,
      entries: [{ state: "reversed", orderId: "att-17-1" }],
    });
  });

  test("that is paid and not verified in the window is FAILED and its money goes back", async () => {
    const name = await paid();
    now += 15 * minute - 1;
    expect(gateway.totals().debitedRials).toBe(250_000);
    now += 1;
    expect(gateway.totals()).toMatchObject({ debits: 0, debitedRials: 0, entries: [{ state: "returned" }] });
    expect(await inquiry(name)).toBe("FAILED");
    expect((await verify(name)).code).toBe(-51);
  });

  test("that is never returned stays PAID and can be verified much later", async () => {
    gateway.configure({ unverifiedMoney: "never_returned" });
    const name = await paid();
    now += 40 * day;
    expect(await inquiry(name)).toBe("PAID");
    expect((await verify(name)).code).toBe(100);
  });

  test("cannot be reversed after 30 minutes, nor by a merchant without an address", async () => {
    const name = await paid();
    await verify(name);
    now += 30 * minute + 1;
    expect((await call("payment/reverse", { authority: name })).code).toBe(-63);
    gateway.configure({ merchants: { [merchant]: { serverIpSet: false } } });
    expect((await call("payment/reverse", { authority: name })).code).toBe(-62);
  });

  test("is verified only with its own amount, by its own merchant, once it is paid", async () => {
    const name = await paid();
    const unpaid = await authority();
    expect((await verify(name, 249_999)).code).toBe(-50);
    expect((await verify(unpaid)).code).toBe(-51);
    expect((await call("payment/verify", { authority: name, amount: 250_000, merchant_id: stranger })).code).toBe(-53);
    expect((await verify("A123")).code).toBe(-54);
    expect((await verify(`A${"0".repeat(35)}`)).code).toBe(-55);
    expect(states()).toEqual(["held"]);
  });

  test("can end by decline, cancel, or be left; each returns or stays as its button says", async () => {
    const names = [await authority(), await authority(), await authority()] as const;
    expect(await press(`/pg/StartPay/${names[0]}`, "decline")).toContain("Status=NOK");
    expect(await press(`/pg/StartPay/${names[1]}`, "cancel")).toContain("Status=NOK");
    expect(await press(`/pg/StartPay/${names[2]}`, "leave")).toBeNull();
    expect(await Promise.all(names.map(inquiry))).toEqual(["FAILED", "FAILED", "IN_BANK"]);
    gateway.configure({ inquiryAfterDecline: "IN_BANK", inquiryAfterCancel: "IN_BANK" });
    expect(await Promise.all(names.map(inquiry))).toEqual(["IN_BANK", "IN_BANK", "IN_BANK"]);
    await press(`/pg/StartPay/${names[1]}`, "pay");
    expect(gateway.ledger()).toEqual([]);
    gateway.configure({ endedPage: "usable_again" });
    await press(`/pg/StartPay/${names[1]}`, "pay");
    expect(await inquiry(names[1])).toBe("PAID");
  });

  test("past its configured life can no longer be paid", async () => {
    gateway.configure({ authorityLifeMs: 20 * minute });
    const name = await authority();
    now += 20 * minute;
    expect(await press(`/pg/StartPay/${name}`, "pay")).toContain("Status=NOK");
    expect(gateway.ledger()).toEqual([]);
  });

  test.each([
    ["heeded", true, "manual", "VERIFIED"],
    ["heeded", false, "automatic", "PAID"],
    ["heeded", undefined, "automatic", "VERIFIED"],
    ["heeded", undefined, "manual", "PAID"],
    ["ignored", false, "manual", "VERIFIED"],
  ] as const)(
    "with auto-verify %s, asked %s, panel %s, is %s after paying",
    async (autoVerify, asked, panelVerification, end) => {
      gateway.configure({ autoVerify, panelVerification });
      const name = await paid({ metadata: asked === undefined ? {} : { auto_verify: asked } });
      expect(await inquiry(name)).toBe(end);
      expect((await verify(name)).code).toBe(end === "PAID" ? 100 : 101);
      expect(states()).toEqual(["captured"]);
    },
  );
});

describe("a reversal by the bank", () => {
  const reverse = (name: string) => post("/control/reverse", JSON.stringify({ authority: name }));

  test("gives captured money back to the payer at any time: REVERSED to all who ask, verify refused", async () => {
    const { mobile } = agreementFields;
    gateway.configure({ balances: { [mobile]: 600_000 } });
    const [first, second] = [await paid({ metadata: { mobile } }), await paid({ metadata: { mobile } })];
    await verify(first);
    await verify(second);
    now += 40 * day;
    expect((await reverse(first)).status).toBe(200);
    expect(await inquiry(first)).toBe("REVERSED");
    expect([(await verify(first)).code, (await call("payment/reverse", { authority: first })).code]).toEqual([
      -51, -61,
    ]);
    expect(gateway.totals()).toMatchObject({ debits: 1, debitedRials: 250_000 });
    expect(gateway.settings.balances[mobile]).toBe(350_000);
    gateway.reverse(second);
    expect(gateway.ledger()).toMatchObject([
      { authority: first, state: "reversed", capturedAt: start, endedAt: now },
      { authority: second, state: "reversed" },
    ]);
  });

  test("of what is not captured is refused", async () => {
    const held = await paid();
    for (const name of [held, await authority(), "A123"]) {
      expect((await reverse(name)).status).toBe(400);
      expect(() => gateway.reverse(name)).toThrow("nothing is captured");
    }
    await verify(held);
    gateway.reverse(held);
    expect((await reverse(held)).status).toBe(400);
    expect(states()).toEqual(["reversed"]);
  });
});

describe("an agreement", () => {
  test("is requested, signed at a bank, verified for a 416-character signature, debited and cancelled", async () => {
    const name = await agreement();
    expect((await call("payman/verify", { payman_authority: name })).code).toBe(-211);
    const back = await press(`/pg/StartPayman/${name}/SABCIR`, "sign");
    expect(back).toBe(`https://shop.example/signed?payman_authority=${name}&status=OK`);
    const signed = String((await call("payman/verify", { payman_authority: name })).data["signature"]);
    expect(signed).toMatch(/^eyJpdiI6.{408}$/);
    const debit = await checkout(await authority(), signed);
    expect(debit.body).toEqual({
      data: { refrence_id: firstRefId(), amount: 250_000, code: 100, message: "Success" },
      errors: [],
    });
    expect((await call("payman/cancelContract", { signature: signed })).data).toEqual({
      code: 100,
      message: "Success",
    });
    const late = await authority();
    expect((await checkout(late, signed)).code).toBe(-207);
    expect(await inquiry(late)).toBe("FAILED");
    expect(gateway.totals()).toMatchObject({ debits: 1, debitedRials: 250_000 });
  });

  test("that the payer refused has no signature until the page may be used again", async () => {
    const name = await agreement();
    expect(await press(`/pg/StartPayman/${name}/SINAIR`, "refuse")).toContain("status=NOK");
    expect(await press(`/pg/StartPayman/${name}/SINAIR`, "sign")).toContain("status=NOK");
    gateway.configure({ endedPage: "usable_again" });
    expect(await press(`/pg/StartPayman/${name}/SINAIR`, "sign")).toContain("status=OK");
    expect((await call("payman/verify", { payman_authority: name })).code).toBe(100);
  });

  test("forbids a debit over its ceiling, its day's or month's count, its expiry, or the payer's balance", async () => {
    const signed = await signature();
    expect((await checkout(await authority({ amount: 5_000_001 }), signed)).code).toBe(-201);
    const codes: number[] = [];
    for (let n = 0; n < 3; n += 1) codes.push((await checkout(await authority(), signed)).code);
    now += day;
    codes.push((await checkout(await authority(), signed)).code, (await checkout(await authority(), signed)).code);
    expect(codes).toEqual([100, 100, -202, 100, -203]);
    now += 31 * day;
    await post("/control/balance", JSON.stringify({ mobile: agreementFields.mobile, rials: 249_999 }));
    expect((await checkout(await authority(), signed)).code).toBe(-200);
    now = Date.parse("2027-11-30T20:30:00Z");
    expect((await checkout(await authority(), signed)).code).toBe(-206);
    expect(gateway.ledger().length).toBe(3);
  });

  test("counts Tehran's days: 20:29 and 20:30 UTC lie on two of them", async () => {
    const signed = await signature({ max_daily_count: "1" });
    now = Date.parse("2026-12-02T20:29:00Z");
    expect((await checkout(await authority(), signed)).code).toBe(100);
    expect((await checkout(await authority(), signed)).code).toBe(-202);
    now = Date.parse("2026-12-02T20:30:00Z");
    expect((await checkout(await authority(), signed)).code).toBe(100);
  });

  test.each([
    ["gregorian", [100, -203, 100]],
    ["jalali", [100, 100, -203]],
  ] as const)("counts months by the %s calendar", async (monthBoundary, codes) => {
    gateway.configure({ monthBoundary });
    const signed = await signature({ max_monthly_count: "1" });
    const seen: number[] = [];
    // 1 Dey 1405 is 22 December 2026.
    for (const at of ["2026-12-20T09:00:00Z", "2026-12-23T09:00:00Z", "2027-01-05T09:00:00Z"]) {
      now = Date.parse(at);
      seen.push((await checkout(await authority(), signed)).code);
    }
    expect(seen).toEqual(codes);
  });

  test("is held to its bank's caps", async () => {
    const bank = { name: "بانک", slug: "Saman", bank_code: "SABCIR", max_daily_amount: 500_000, max_daily_count: 1 };
    gateway.configure({ banks: [bank] });
    const signed = await signature();
    expect((await checkout(await authority({ amount: 500_001 }), signed)).code).toBe(-204);
    expect((await checkout(await authority(), signed)).code).toBe(100);
    expect((await checkout(await authority(), signed)).code).toBe(-205);
  });

  test("revoked at the bank, of another merchant, or unknown is never debited", async () => {
    const signed = await signature();
    expect((await checkout(await authority(), "eyJpdiI6nothing")).code).toBe(-209);
    const foreign = await authority({ merchant_id: stranger });
    expect((await call("payman/checkout", { merchant_id: stranger, authority: foreign, signature: signed })).code).toBe(
      -53,
    );
    const list: unknown = await (await get("/contracts")).json();
    expect(JSON.stringify(list)).not.toContain(signed);
    await post(
      "/control/revoke",
      JSON.stringify({ payman_authority: field(list, "contracts", "0", "paymanAuthority") }),
    );
    expect((await checkout(await authority(), signed)).code).toBe(-208);
    expect(gateway.ledger()).toEqual([]);
  });

  test.each([
    ["same", "same", 100, 100],
    ["error", "error", -212, -213],
  ] as const)(
    "verified and cancelled twice answers %s",
    async (verifyAgreementTwice, cancelTwice, verified, cancelled) => {
      gateway.configure({ verifyAgreementTwice, cancelTwice });
      const name = await agreement();
      await press(`/pg/StartPayman/${name}/SABCIR`, "sign");
      const first = await call("payman/verify", { payman_authority: name });
      const second = await call("payman/verify", { payman_authority: name });
      expect(second.code).toBe(verified);
      if (second.code === 100) expect(second.data["signature"]).toBe(first.data["signature"]);
      const signed = first.data["signature"];
      expect((await call("payman/cancelContract", { signature: signed })).code).toBe(100);
      expect((await call("payman/cancelContract", { signature: signed })).code).toBe(cancelled);
    },
  );

  test("has a signature of 200 characters when the settings say so", async () => {
    gateway.configure({ signatureLength: 200 });
    expect(await signature()).toMatch(/^eyJpdiI6.{192}$/);
  });
});

describe.each(variants)("the variant: $name", ({ settings }) => {
  beforeEach(() => gateway.configure(settings));

  test("an untouched authority is answered as the variant says, a debited one by its end", async () => {
    const name = await authority();
    const untouched = await call("payment/inquiry", { authority: name });
    if (settings.inquiryOfUntouched === "-54")
      expect(untouched.body).toEqual({
        message: expect.any(String),
        errors: { authority: ["Invalid authority.", "-54"] },
      });
    else expect(untouched.data["status"]).toBe(settings.inquiryOfUntouched);
    await checkout(name, await signature());
    expect(await inquiry(name)).toBe(settings.checkoutEndsAs);
    expect((await verify(name)).code).toBe(settings.checkoutEndsAs === "PAID" ? 100 : 101);
    expect(await inquiry(name)).toBe("VERIFIED");
    expect(states()).toEqual(["captured"]);
  });

  test("a second checkout takes money again only where the variant says so", async () => {
    const name = await authority();
    const signed = await signature();
    const first = await checkout(name, signed);
    const second = await checkout(name, signed);
    const expected = { same: [100, 1], error: [-210, 1], debits_again: [100, 2] }[settings.repeatedCheckout];
    expect([second.code, gateway.totals().debits]).toEqual(expected);
    if (settings.repeatedCheckout === "same") expect(second.data).toEqual(first.data);
    await verify(name);
    expect(new Set(states())).toEqual(new Set(["captured"]));
    expect(gateway.totals().debitedRials).toBe(250_000 * Number(expected[1]));
    expect(new Set(gateway.ledger().map(({ refId }) => refId)).size).toBe(expected[1]);
  });

  test("a declined authority is debited by a second checkout only where the variant says so", async () => {
    const name = await authority();
    const signed = await signature();
    gateway.fault({ call: "payman/checkout", fault: { kind: "decline" } });
    expect((await checkout(name, signed)).code).toBe(-200);
    const second = await checkout(name, signed);
    expect(second.code).toBe({ same: -200, error: -210, debits_again: 100 }[settings.repeatedCheckout]);
  });
});

test("a captured authority debited again stays VERIFIED, and a reverse gives back only one of the two", async () => {
  gateway.configure({ repeatedCheckout: "debits_again" });
  const name = await authority();
  const signed = await signature();
  await checkout(name, signed);
  await verify(name);
  await checkout(name, signed);
  expect([await inquiry(name), ...states()]).toEqual(["VERIFIED", "captured", "captured"]);
  await call("payment/reverse", { authority: name });
  expect([await inquiry(name), ...states()]).toEqual(["REVERSED", "reversed", "captured"]);
  expect(gateway.totals()).toMatchObject({ debits: 1, debitedRials: 250_000 });
});

test("the variants are all combinations of the three open behaviours, each named once", () => {
  expect(variants.length).toBe(18);
  expect(new Set(variants.map(({ name }) => name)).size).toBe(18);
});

describe("a fault of one call", () => {
  let name: string;
  let signed: string;

  beforeEach(async () => {
    name = await authority();
    signed = await signature();
  });

  const order = (fault: FaultOrder["fault"], times = 1) => gateway.fault({ call: "payman/checkout", times, fault });
  const rawCheckout = () =>
    post("/pg/v4/payman/checkout.json", JSON.stringify({ merchant_id: merchant, authority: name, signature: signed }));

  test("drop_before takes no money, drop_after does; both end the connection", async () => {
    order({ kind: "drop_before" });
    await expect(rawCheckout()).rejects.toThrow(new TypeError("network"));
    expect(gateway.totals().debits).toBe(0);
    order({ kind: "drop_after" });
    await expect(rawCheckout()).rejects.toThrow(TypeError);
    expect(gateway.totals().debits).toBe(1);
  });

  test("late drops now and debits when its time has come, with no request needed to see it", async () => {
    order({ kind: "late", ms: 5 * minute });
    await expect(rawCheckout()).rejects.toThrow("network");
    now += 5 * minute - 1;
    expect(gateway.totals().debits).toBe(0);
    expect(await inquiry(name)).toBe("IN_BANK");
    now += 9 * minute;
    expect(gateway.ledger()).toMatchObject([{ at: start + 5 * minute, state: "held" }]);
    expect(await inquiry(name)).toBe("PAID");
    // Its verify window counts from the effect, not from when somebody looked.
    now = start + 20 * minute;
    expect(states()).toEqual(["returned"]);
  });

  test("delay waits, and the effect strikes after or before the wait as ordered", async () => {
    order({ kind: "delay", ms: 9000 });
    expect((await rawCheckout()).status).toBe(200);
    expect(gateway.ledger()).toMatchObject([{ at: start + 9000 }]);
    name = await authority();
    order({ kind: "delay", ms: 9000, effect: "after" });
    await rawCheckout();
    expect(gateway.ledger()[1]).toMatchObject({ at: start + 9000 });
    expect(now).toBe(start + 18_000);
  });

  test.each(["before", "after"] as const)(
    "http_500, html and truncated, %s the effect, cannot be read as an answer",
    async (effect) => {
      const debits: number[] = [];
      for (const kind of ["http_500", "html", "truncated"] as const) {
        name = await authority();
        gateway.configure({ banks: [] });
        order({ kind, effect });
        const response = await rawCheckout();
        if (kind === "http_500") expect(response.status).toBe(500);
        if (kind === "html") expect(response.headers.get("content-type")).toContain("text/html");
        await expect(response.json()).rejects.toThrow(SyntaxError);
        debits.push(gateway.totals().debits);
        now += day;
        await verify(name);
        gateway.reset();
        signed = await signature();
      }
      expect(debits).toEqual(effect === "after" ? [1, 1, 1] : [0, 0, 0]);
    },
  );

  test("decline answers its code and ends the authority; backoff is -12 and ends nothing", async () => {
    order({ kind: "backoff" });
    expect((await checkout(name, signed)).code).toBe(-12);
    expect(await inquiry(name)).toBe("IN_BANK");
    order({ kind: "decline", code: -777 });
    expect((await checkout(name, signed)).code).toBe(-777);
    expect(await inquiry(name)).toBe("FAILED");
    expect(gateway.ledger()).toEqual([]);
  });

  test("wrong_merchant is -74 of a payman call, and nothing happens", async () => {
    order({ kind: "wrong_merchant" });
    expect((await checkout(name, signed)).body).toMatchObject({ data: [], errors: { code: -74 } });
    expect(await inquiry(name)).toBe("IN_BANK");
    expect((await checkout(name, signed)).code).toBe(100);
  });

  test("duplicate_ref_id verifies and names an earlier payment's reference; the next verify names its own", async () => {
    const verifyFault = () => gateway.fault({ call: "payment/verify", fault: { kind: "duplicate_ref_id" } });
    const [first, second] = [await paid(), await paid()];
    verifyFault();
    expect((await verify(first)).data["ref_id"]).toBe(firstRefId());
    verifyFault();
    expect((await verify(second)).data).toMatchObject({ code: 100, ref_id: firstRefId() });
    expect((await verify(second)).data).toMatchObject({ code: 101, ref_id: firstRefId() + 1 });
    expect(states()).toEqual(["captured", "captured"]);
  });

  test("contradict: inquiry says PAID and verify -51, taking nothing, until the ordered time is over", async () => {
    const [contradicted, other] = [await paid(), await paid()];
    const unpaid = await authority();
    const until = { kind: "contradict", ms: 10 * minute } as const;
    gateway.fault({ call: "payment/verify", authority: contradicted, fault: until });
    gateway.fault({ call: "payment/inquiry", authority: unpaid, fault: until });
    expect([(await verify(other)).code, (await verify(contradicted)).code]).toEqual([100, -51]);
    expect(await inquiry(unpaid)).toBe("PAID");
    gateway = simulator({ restored: JSON.parse(JSON.stringify(gateway.snapshot())), seed: 77 });
    now += 10 * minute - 1;
    for (const one of [contradicted, unpaid]) {
      expect([await inquiry(one), (await verify(one)).code]).toEqual(["PAID", -51]);
    }
    expect(states()).toEqual(["held", "captured"]);
    now += 1;
    expect([await inquiry(unpaid), (await verify(unpaid)).code]).toEqual(["IN_BANK", -51]);
    expect([(await verify(contradicted)).code, await inquiry(contradicted)]).toEqual([100, "VERIFIED"]);
  });

  test.each([
    ["wrong_merchant", "payment/verify"],
    ["duplicate_ref_id", "payman/checkout"],
    ["contradict", "*"],
  ] as const)("%s cannot be ordered of %s, where it has no meaning", (kind, call) => {
    expect(() => gateway.fault({ call, fault: { kind } })).toThrow("this call cannot have this fault");
  });

  test("oversized is the true answer with as much padding as ordered", async () => {
    order({ kind: "oversized", bytes: 100_000 });
    const text = await (await rawCheckout()).text();
    expect(text.length).toBeGreaterThan(100_000);
    expect(field(JSON.parse(text), "data", "code")).toBe(100);
  });

  test("is used up after its times, in the order planned, and leaves other calls alone", async () => {
    const planned = await post("/control/faults", JSON.stringify({ call: "*", times: 2, fault: { kind: "backoff" } }));
    expect(planned.status).toBe(200);
    expect([await inquiry(name), (await checkout(name, signed)).code, (await checkout(name, signed)).code]).toEqual([
      undefined,
      -12,
      100,
    ]);
    order({ kind: "drop_before" });
    expect(await inquiry(name)).toBe("PAID");
  });

  test("is refused when malformed, and nothing is planned", async () => {
    const response = await post(
      "/control/faults",
      JSON.stringify({ call: "payman/checkout", fault: { kind: "explode" } }),
    );
    expect(response.status).toBe(400);
    expect((await checkout(name, signed)).code).toBe(100);
  });
});

describe("the browser's return", () => {
  test.each([
    ["normal", "pay", "https://shop.example/cb?payment=7&Authority=$&Status=OK"],
    ["forged_ok", "cancel", "https://shop.example/cb?payment=7&Authority=$&Status=OK"],
    ["wrong_case", "cancel", "https://shop.example/cb?payment=7&authority=$&status=NOK"],
    ["missing", "pay", null],
  ] as const)("%s after %s leads to %s", async (callback, action, expected) => {
    gateway.configure({ callback });
    const name = await authority();
    expect(await press(`/pg/StartPay/${name}`, action)).toBe(expected?.replace("$", name) ?? null);
  });

  test("duplicate visits the callback once more by itself", async () => {
    const visits: string[] = [];
    gateway = createSimulator({ now: () => now, random: Math.random, publicUrl: "", visit: (url) => visits.push(url) });
    gateway.configure({ callback: "duplicate" });
    const name = await authority();
    expect(await press(`/pg/StartPay/${name}`, "pay")).toBe(visits[0]);
    expect(visits.length).toBe(1);
  });

  test("drops the callback's own query when the settings say so", async () => {
    gateway.configure({ callbackQuery: "dropped" });
    const name = await authority();
    expect(await press(`/pg/StartPay/${name}`, "pay")).toBe(`https://shop.example/cb?Authority=${name}&Status=OK`);
  });
});

describe("the pages", () => {
  test("are Persian, right to left, escaped, and ask no other host", async () => {
    const name = await agreement({ callback_url: "https://shop.example/<script>" });
    const page = await (await get(`/pg/StartPayman/${name}/SABCIR`)).text();
    expect(page).toContain('<html lang="fa" dir="rtl">');
    expect(page).toContain("بانک سامان");
    expect(page).not.toMatch(/<script|src=|@import|url\(|https?:/);
  });

  test.each(["/pg/StartPay/A1", "/pg/StartPayman/payman_none/SABCIR"])(
    "answer 404 at %s and 400 for an unknown action",
    async (path) => {
      expect((await get(path)).status).toBe(404);
      const name = await authority();
      const response = await gateway.fetch(
        new Request(`http://simulator.test/pg/StartPay/${name}`, {
          method: "POST",
          body: new URLSearchParams({ action: "steal" }),
        }),
      );
      expect(response.status).toBe(400);
    },
  );
});

describe("errors on the wire", () => {
  test.each([
    ["payment/request", {}, -9],
    ["payment/request", { amount: 999, description: "x", callback_url: "https://a.example" }, -9],
    ["payment/request", { amount: 1_000_000_001, description: "x", callback_url: "https://a.example" }, -41],
    ["payment/request", { amount: 5000, description: "x".repeat(501), callback_url: "https://a.example" }, -9],
    ["payment/request", { amount: 5000, description: "x", callback_url: "ftp://a.example" }, -9],
    ["payment/request", { amount: 5000, description: "x", callback_url: "http://[" }, -9],
    ["payment/request", { amount: 1.5, description: "x", callback_url: "https://a.example" }, -9],
    [
      "payment/request",
      { amount: 5000, description: "x", callback_url: "https://a.example", metadata: { mobile: "912" } },
      -9,
    ],
    ["payment/request", { amount: 5000, description: "x", callback_url: "https://a.example", merchant_id: "me" }, -9],
    ["payment/verify", { authority: 5 }, -9],
    ["payman/request", { ...agreementFields, max_amount: 5_000_000 }, -9],
    ["payman/request", { ...agreementFields, expire_at: "2026-12-30 00:00:00" }, -9],
    ["payman/request", { ...agreementFields, expire_at: "2027-02-30 00:00:00" }, -9],
    ["payman/request", { ...agreementFields, mobile: "+989120000001" }, -9],
    ["payman/verify", { payman_authority: "payman_none" }, -54],
  ] as const)("%s with %j is %i", async (name, body, code) => {
    const reply = await call(name, body);
    expect(reply.code).toBe(code);
    expect(reply.status).toBe(code === -9 ? 422 : code === -54 ? 401 : 400);
    expect(reply.body).toMatchObject({
      data: [],
      errors: { code, message: expect.any(String), validations: expect.any(Array) },
    });
  });

  test.each(["", "{", "[]", "null", '"x"', "x".repeat(70_000)])(
    "a body that is no object is -9: %.10s",
    async (body) => {
      const response = await post("/pg/v4/payment/request.json", body);
      expect(response.status).toBe(422);
      expect(field(await response.json(), "errors", "code")).toBe(-9);
    },
  );

  test("come with each HTTP status and each empty data that the settings can say", async () => {
    for (const [errorHttpStatus, status] of [
      ["200", 200],
      ["400", 400],
      ["401", 401],
      ["422", 422],
    ] as const) {
      gateway.configure({ errorHttpStatus });
      expect((await call("payment/request")).status).toBe(status);
    }
    gateway.configure({ errorHttpStatus: "random", emptyData: "random" });
    const replies = await Promise.all(Array.from({ length: 60 }, () => call("payment/request")));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 400, 401, 422]));
    expect(new Set(replies.map(({ body }) => JSON.stringify(field(body, "data"))))).toEqual(new Set(["[]", "{}"]));
  });

  test("refuse unknown and refused merchants, foreign callbacks, and payman where it is not enabled", async () => {
    const table: SettingsPatch["merchants"] = { [merchant]: { callbackHost: "other.example", payman: false } };
    gateway.configure({ merchants: table });
    const asked = { amount: 5000, description: "x", callback_url: "https://shop.example/cb" };
    expect((await call("payment/request", { ...asked, merchant_id: stranger })).code).toBe(-10);
    expect((await call("payment/request", asked)).code).toBe(-14);
    expect((await call("payman/request", agreementFields)).body).toMatchObject({
      errors: { code: -80, message: "Merchant have not access." },
    });
    gateway.configure({ merchants: { [merchant]: { refusedWith: -11 } } });
    expect((await call("payment/request", asked)).code).toBe(-11);
  });

  test("an inquiry about an authority nobody gave away has the odd shape", async () => {
    const reply = await call("payment/inquiry", { authority: `A${"0".repeat(35)}` });
    expect(reply.body).toEqual({ message: expect.any(String), errors: { authority: ["Invalid authority.", "-54"] } });
  });
});

describe("shapes that only third parties have seen", () => {
  test("errors come as a list when the settings say so", async () => {
    gateway.configure({ errorShape: "list" });
    expect((await verify("A123")).body).toMatchObject({ data: [], errors: [{ code: -54, validations: [] }] });
  });

  test.each(["refrence_id", "reference_id", "ref_id", "missing"] as const)(
    "the reference of a checkout is named %s",
    async (checkoutReference) => {
      gateway.configure({ checkoutReference });
      const { data } = await checkout(await authority(), await signature());
      const named = checkoutReference === "missing" ? {} : { [checkoutReference]: firstRefId() };
      expect(data).toEqual({ ...named, amount: 250_000, code: 100, message: "Success" });
    },
  );
});

describe("the lists", () => {
  test("unVerified has the paid and unverified, newest first, its code a string", async () => {
    const first = await paid();
    now += 1000;
    const second = await paid();
    await verify(await paid());
    const reply = await call("payment/unVerified");
    expect(reply.data["code"]).toBe("100");
    expect(reply.data["authorities"]).toEqual([
      {
        authority: second,
        amount: 250_000,
        callback_url: "https://shop.example/cb?payment=7",
        referer: "/",
        date: "2026-12-01 11:30:01",
      },
      {
        authority: first,
        amount: 250_000,
        callback_url: "https://shop.example/cb?payment=7",
        referer: "/",
        date: "2026-12-01 11:30:00",
      },
    ]);
  });

  test("banksList and feeCalculation have the documented shapes", async () => {
    const banks: unknown = await (await get("/pg/v4/payman/banksList.json")).json();
    expect(field(banks, "data", "banks", "0")).toMatchObject({
      slug: "Saman",
      bank_code: "SABCIR",
      max_daily_amount: 100_000_000,
    });
    const fee = await call("payment/feeCalculation", { amount: 250_000 });
    expect(fee.data).toEqual({
      amount: 250_000,
      fee: 2500,
      fee_type: "Merchant",
      suggested_amount: 252_500,
      code: 100,
      message: "Success",
    });
  });

  test("the fee is the tariff's when the authority was asked for, the same in every answer that names it", async () => {
    gateway.configure({ fee: { basisPoints: 50, ceilingRials: 5_000, fixedRials: 300 }, feePaidBy: "Payer" });
    const fees: unknown[] = [];
    for (const amount of [250_000, 250_199, 2_000_000]) {
      const asked = await call("payment/request", { amount, description: "x", callback_url: "https://a.example" });
      const name = String(asked.data["authority"]);
      const calculated = await call("payment/feeCalculation", { amount });
      await press(`/pg/StartPay/${name}`, "pay");
      const { data } = await verify(name, amount);
      expect([asked.data["fee"], calculated.data["fee"]]).toEqual([data["fee"], data["fee"]]);
      expect([asked, calculated, { data }].map((one) => one.data["fee_type"])).toEqual(["Payer", "Payer", "Payer"]);
      fees.push(data["fee"]);
    }
    expect(fees).toEqual([1_550, 1_550, 5_300]);
    const name = await paid();
    gateway.configure({ fee: { basisPoints: 0, ceilingRials: 0, fixedRials: 0 }, feePaidBy: "Merchant" });
    expect((await verify(name)).data).toMatchObject({ fee: 1_550, fee_type: "Payer" });
    expect((await verify(await paid())).data).toMatchObject({ fee: 0, fee_type: "Merchant" });
    expect(gateway.ledger().map(({ feeRials }) => feeRials)).toEqual([0, 0, 0, 0, 0]);
  });

  test("the log of calls counts checkouts by authority and never shows a signature", async () => {
    const name = await authority();
    const signed = await signature();
    gateway.fault({ call: "payman/checkout", fault: { kind: "drop_before" } });
    await expect(checkout(name, signed)).rejects.toThrow("network");
    await checkout(name, signed);
    const log: unknown = await (await get("/calls")).json();
    const kinds = gateway.calls().filter((one) => one.call === "payman/checkout" && one.authority === name);
    expect(kinds.map((one) => one.answeredKind)).toEqual(["drop_before", "100"]);
    expect(JSON.stringify(log)).not.toContain(signed);
  });
});

describe("settings and memory", () => {
  test("a patch with one wrong value changes nothing", async () => {
    const response = await post(
      "/control",
      JSON.stringify({ checkoutEndsAs: "VERIFIED", repeatedCheckout: "perhaps" }),
    );
    expect(response.status).toBe(400);
    expect(gateway.settings.checkoutEndsAs).toBe("PAID");
    await post("/control", JSON.stringify({ checkoutEndsAs: "VERIFIED", codes: { maxAmount: -999 } }));
    expect(gateway.settings).toMatchObject({
      checkoutEndsAs: "VERIFIED",
      codes: { maxAmount: -999, dailyCount: -202 },
    });
  });

  test("the sandbox gives S authorities and has no feeCalculation", async () => {
    gateway.configure({ sandbox: true });
    expect(await authority()).toMatch(/^S/);
    expect((await call("payment/feeCalculation", { amount: 5000 })).status).toBe(404);
  });

  test("a second run goes on from the first one's snapshot: agreements, money, late effects, balances", async () => {
    gateway.configure({ balances: { [agreementFields.mobile]: 1_000_000 } });
    const signed = await signature();
    const name = await authority();
    gateway.fault({ call: "payman/checkout", fault: { kind: "late", ms: minute } });
    await expect(checkout(name, signed)).rejects.toThrow("network");
    gateway = simulator({ restored: JSON.parse(JSON.stringify(gateway.snapshot())), seed: 77 });
    now += minute;
    expect(await inquiry(name)).toBe("PAID");
    expect((await checkout(await authority(), signed)).code).toBe(100);
    expect(gateway.settings.balances[agreementFields.mobile]).toBe(500_000);
    now += 15 * minute;
    expect(gateway.totals().debits).toBe(0);
    expect(gateway.settings.balances[agreementFields.mobile]).toBe(1_000_000);
  });

  test("reset forgets everything, settings too", async () => {
    gateway.configure({ checkoutEndsAs: "VERIFIED" });
    await paid();
    gateway.reset();
    expect([gateway.ledger(), gateway.settings.checkoutEndsAs, gateway.calls()]).toEqual([[], "PAID", []]);
  });
});

test("whatever happens, a payer's balance and the money taken from it add up to what it was", async () => {
  const step = fc.constantFrom(
    "checkout",
    "again",
    "pay",
    "verify",
    "reverse",
    "wait",
    "drop_after",
    "late",
    "decline",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.constantFrom(...variants), async (steps, variant) => {
      now = start;
      gateway = simulator();
      const before = 3_000_000;
      const { mobile } = agreementFields;
      gateway.configure({ ...variant.settings, balances: { [mobile]: before } });
      const signed = await signature({ max_daily_count: "1000", max_monthly_count: "1000" });
      let name = await authority({ metadata: { mobile } });
      for (const one of steps) {
        if (one === "checkout" || one === "pay") name = await authority({ metadata: { mobile } });
        if (one === "checkout" || one === "again") await checkout(name, signed);
        if (one === "pay") await press(`/pg/StartPay/${name}`, "pay");
        if (one === "verify") await verify(name);
        if (one === "reverse") await call("payment/reverse", { authority: name });
        if (one === "wait") now += 7 * minute;
        if (one === "drop_after" || one === "decline") {
          gateway.fault({ call: "payman/checkout", fault: { kind: one } });
          await checkout(name, signed).catch(() => undefined);
        }
        if (one === "late") {
          gateway.fault({ call: "payman/checkout", fault: { kind: "late", ms: 10 * minute } });
          await checkout(name, signed).catch(() => undefined);
        }
        const { debitedRials } = gateway.totals();
        expect(debitedRials + (gateway.settings.balances[mobile] ?? 0)).toBe(before);
        expect(gateway.settings.balances[mobile]).toBeGreaterThanOrEqual(0);
      }
    }),
    { numRuns: 60 },
  );
});
