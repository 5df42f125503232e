// The ZarinPal client against literal requests and replies of the wire facts (§2.10, §5), and against everything a
// network can do to them. The fetch is injected: nothing leaves this process.
import { describe, expect, test } from "vitest";

import { Rials } from "../../contract/common/money.ts";
import { createZarinpalClient, startPayUrl, type ZarinpalConfig } from "../../server/zarinpal/client.ts";
import type { Gateway } from "../../server/zarinpal/gateway.ts";

const merchantId = "1c2f6a0e-5d3b-4f9a-8e7d-0123456789ab";
const authority = "A00000000000000000000000000000abCd12";
const mobile = "09120000017";
const nationalId = "0012345679";
const signature = `eyJpdiI6${"Zx9/".repeat(102)}`;

const config: ZarinpalConfig = {
  merchantId,
  paymentBaseUrl: "https://payment.test",
  paymanBaseUrl: "https://payman.test/",
  signingBaseUrl: "https://signing.test",
};

const refunds = { graphqlUrl: "https://next.test/api/v4/graphql/", accessToken: "t0k3n", terminalId: "238" };

const paymentRequest = {
  amountRials: Rials.parse(250_000),
  description: "Invoice 17",
  callbackUrl: "https://shop.example/cb?payment=pay_17",
  orderId: "pay_17",
};
const agreementRequest = {
  mobile,
  nationalId,
  expiresAtMs: Date.UTC(2027, 2, 20, 20, 29, 59),
  maxDailyCount: 1,
  maxMonthlyCount: 31,
  maxAmountRials: Rials.parse(5_000_000),
  callbackUrl: "https://shop.example/signed",
};

const callsByName = {
  "payment/request": (gateway: Gateway) => gateway.requestPayment(paymentRequest),
  "payment/verify": (gateway: Gateway) => gateway.verifyPayment({ authority, amountRials: Rials.parse(250_000) }),
  "payment/inquiry": (gateway: Gateway) => gateway.inquire({ authority }),
  "payment/unVerified": (gateway: Gateway) => gateway.listUnverified(),
  "payment/reverse": (gateway: Gateway) => gateway.reversePayment({ authority }),
  "payman/request": (gateway: Gateway) => gateway.requestAgreement(agreementRequest),
  "payman/banksList": (gateway: Gateway) => gateway.listBanks({ paymanAuthority: "payman_ab12" }),
  "payman/verify": (gateway: Gateway) => gateway.verifyAgreement({ paymanAuthority: "payman_ab12" }),
  "payman/checkout": (gateway: Gateway) => gateway.debit({ authority, signature }),
  "payman/cancelContract": (gateway: Gateway) => gateway.cancelAgreement({ signature }),
} as const;

type CallName = keyof typeof callsByName;
const everyCall: [CallName, (typeof callsByName)[CallName]][] = [];
for (const name of Object.keys(callsByName).filter(isCallName)) everyCall.push([name, callsByName[name]]);

/** What each call must put on the wire, field by field (§2, §5). */
const bodies: Record<CallName, unknown> = {
  "payment/request": {
    merchant_id: merchantId,
    amount: 250_000,
    currency: "IRR",
    description: "Invoice 17",
    callback_url: "https://shop.example/cb?payment=pay_17",
    metadata: { order_id: "pay_17", auto_verify: false },
  },
  "payment/verify": { merchant_id: merchantId, amount: 250_000, authority },
  "payment/inquiry": { merchant_id: merchantId, authority },
  "payment/unVerified": { merchant_id: merchantId },
  "payment/reverse": { merchant_id: merchantId, authority },
  "payman/request": {
    merchant_id: merchantId,
    mobile,
    ssn: nationalId,
    expire_at: "2027-03-20 23:59:59",
    max_daily_count: "1",
    max_monthly_count: "31",
    max_amount: "5000000",
    callback_url: "https://shop.example/signed",
  },
  "payman/banksList": null,
  "payman/verify": { merchant_id: merchantId, payman_authority: "payman_ab12" },
  "payman/checkout": { merchant_id: merchantId, authority, signature },
  "payman/cancelContract": { merchant_id: merchantId, signature },
};

/** The documents' replies, and what the port makes of them. */
const replies: [CallName, string, unknown][] = [
  [
    "payment/request",
    `{"data":{"authority":"${authority}","fee":2500,"fee_type":"Merchant","code":100,"message":"Success"},"errors":[]}`,
    { authority },
  ],
  [
    "payment/verify",
    `{"data":{"wages":null,"code":100,"message":"Paid","card_hash":"0866A6EA","card_pan":"603799******1234",
      "ref_id":40123456,"fee_type":"Merchant","fee":2500,"shaparak_fee":1200,"order_id":"pay_17"},"errors":[]}`,
    { refId: "40123456", repeated: false, cardPanMasked: "603799******1234", merchantFeeRials: 2_500 },
  ],
  [
    "payment/verify",
    '{"data":{"code":101,"message":"Verified","ref_id":40123456,"fee_type":"Payer","fee":2500},"errors":[]}',
    { refId: "40123456", repeated: true, cardPanMasked: null, merchantFeeRials: 0 },
  ],
  ["payment/inquiry", '{"data":{"status":"PAID","code":100,"message":"Success"},"errors":[]}', { status: "PAID" }],
  [
    "payment/unVerified",
    `{"data":{"code":"100","message":"Success","authorities":[{"authority":"${authority}","amount":250000,
      "callback_url":"https://shop.example/cb","referer":"/","date":"2026-01-02 13:45:10"}]}}`,
    { payments: [{ authority, amountRials: 250_000 }] },
  ],
  ["payment/unVerified", '{"data":{"code":100,"message":"Success","authorities":[]}}', { payments: [] }],
  ["payment/reverse", '{"data":{"code":100,"message":"Reversed"},"errors":[]}', {}],
  [
    "payman/request",
    '{"data":{"payman_authority":"payman_ab12","code":100,"message":"Success"},"errors":[]}',
    { paymanAuthority: "payman_ab12" },
  ],
  [
    "payman/banksList",
    `{"data":{"banks":[{"name":"سامان","slug":"Saman","bank_code":"SABCIR","max_daily_amount":100000000,
      "max_daily_count":25},{"name":"سینا","slug":"Sina","bank_code":"SINAIR","max_daily_amount":"100000000",
      "max_daily_count":null}],"code":100,"message":"Success"},"errors":[]}`,
    {
      banks: [
        {
          name: "سامان",
          slug: "Saman",
          bankCode: "SABCIR",
          maxDailyAmountRials: 100_000_000,
          maxDailyCount: 25,
          signingUrl: "https://signing.test/pg/StartPayman/payman_ab12/SABCIR",
        },
        {
          name: "سینا",
          slug: "Sina",
          bankCode: "SINAIR",
          maxDailyAmountRials: 100_000_000,
          maxDailyCount: null,
          signingUrl: "https://signing.test/pg/StartPayman/payman_ab12/SINAIR",
        },
      ],
    },
  ],
  ["payman/verify", `{"data":{"signature":"${signature}","code":100,"message":"Success"},"errors":[]}`, { signature }],
  [
    "payman/checkout",
    '{"data":{"refrence_id":40123457,"amount":250000,"code":100,"message":"Success"},"errors":[]}',
    { referenceId: "40123457" },
  ],
  ["payman/checkout", '{"data":{"ref_id":"40123457","code":100},"errors":[]}', { referenceId: "40123457" }],
  ["payman/checkout", '{"data":{"reference_id":40123457,"code":100},"errors":[]}', { referenceId: "40123457" }],
  ["payman/checkout", '{"data":{"code":100,"message":"Success"},"errors":[]}', { referenceId: null }],
  ["payman/cancelContract", '{"data":{"code":100,"message":"Success"},"errors":[]}', {}],
];

describe("a request", () => {
  test.each(everyCall)("of %s goes out once, with exactly the documented fields", async (name, perform) => {
    const { gateway, sent } = answering('{"data":{"code":100},"errors":[]}');
    await perform(gateway);
    expect(sent).toHaveLength(1);
    const [request] = sent;
    const host = name.startsWith("payman/") ? "https://payman.test" : "https://payment.test";
    expect(request?.url).toBe(`${host}/pg/v4/${name}.json`);
    expect(request?.redirect).toBe("manual");
    expect(request?.headers.get("accept")).toBe("application/json");
    const body = bodies[name];
    expect(request?.method).toBe(body === null ? "GET" : "POST");
    expect(request?.headers.get("content-type")).toBe(body === null ? null : "application/json");
    const text = await request?.text();
    expect(text === "" || text === undefined ? null : JSON.parse(text)).toEqual(body);
  });

  test("for an agreement without a national id sends no ssn", async () => {
    const { gateway, sent } = answering("{}");
    await gateway.requestAgreement({ ...agreementRequest, nationalId: null });
    expect(await sent[0]?.json()).not.toHaveProperty("ssn");
  });

  test.each([
    [Date.UTC(2026, 11, 31, 20, 30, 0), "2027-01-01 00:00:00"],
    [Date.UTC(2027, 0, 5, 4, 5, 6, 999), "2027-01-05 07:35:06"],
  ])("for an agreement that ends at %i says so in Tehran's time: %s", async (expiresAtMs, expected) => {
    const { gateway, sent } = answering("{}");
    await gateway.requestAgreement({ ...agreementRequest, expiresAtMs });
    expect(await sent[0]?.json()).toMatchObject({ expire_at: expected });
  });
});

describe("a reply", () => {
  test.each(replies)("to %s settles as the documents write it (%#)", async (name, body, value) => {
    const outcome = await callsByName[name](answering(body).gateway);
    expect(outcome).toMatchObject({ kind: "settled", value, evidence: { call: name, httpStatus: 200 } });
  });

  test.each([200, 400, 401, 404, 422, 429])("is read whatever its status is: %i", async (status) => {
    const body = '{"data":[],"errors":{"code":-51,"message":"Session is not valid","validations":[]}}';
    const { gateway } = answering(body, { status });
    expect(await callsByName["payment/verify"](gateway)).toEqual({
      kind: "declined",
      code: -51,
      evidence: { call: "payment/verify", httpStatus: status, code: -51, message: "Session is not valid" },
    });
  });

  test("to an inquiry of an unknown authority is declined with -54, odd as its shape is", async () => {
    const { gateway } = answering('{"message":"Invalid","errors":{"authority":["Invalid authority.","-54"]}}');
    expect(await gateway.inquire({ authority })).toMatchObject({ kind: "declined", code: -54 });
  });

  test.each([-12, -38, -52])("of %i is unknown: the gateway asks to be asked later", async (code) => {
    const { gateway } = answering(`{"data":{},"errors":{"code":${code},"message":"later"}}`, { status: 400 });
    const evidence = { httpStatus: 400, code, message: "later" };
    expect(await gateway.debit({ authority, signature })).toMatchObject({
      kind: "unknown",
      reason: "backoff",
      evidence,
    });
  });

  test.each([-9, -50, -53, -54, -55, -62, -74, -80, -999])("of %i is a refusal", async (code) => {
    const { gateway } = answering(`{"data":[],"errors":{"code":${code},"message":"no"}}`);
    expect(await gateway.debit({ authority, signature })).toMatchObject({ kind: "declined", code });
  });

  const odd: [CallName, string, string][] = [
    ["payment/inquiry", "a status nobody documented", '{"data":{"status":"EXPIRED","code":100},"errors":[]}'],
    ["payment/inquiry", "no status", '{"data":{"code":100},"errors":[]}'],
    ["payment/request", "no authority", '{"data":{"code":100},"errors":[]}'],
    ["payment/request", "an authority of another shape", '{"data":{"code":100,"authority":"0001"},"errors":[]}'],
    ["payment/request", "code 101", `{"data":{"code":101,"authority":"${authority}"},"errors":[]}`],
    ["payman/checkout", "code 101", '{"data":{"code":101,"refrence_id":1},"errors":[]}'],
    ["payman/request", "a token that is a path", '{"data":{"code":100,"payman_authority":"../x"},"errors":[]}'],
    ["payman/verify", "no signature", '{"data":{"code":100},"errors":[]}'],
    [
      "payman/banksList",
      "a bank code that is a path",
      `{"data":{"code":100,"banks":[{"name":"x","slug":"x",
      "bank_code":"a/b","max_daily_amount":1,"max_daily_count":1}]},"errors":[]}`,
    ],
    ["payment/unVerified", "no list", '{"data":{"code":"100"}}'],
    ["payment/reverse", "nothing", "{}"],
    ["payman/checkout", "both a yes and a no", '{"data":{"code":100},"errors":{"code":-51,"message":"no"}}'],
  ];
  test.each(odd)("to %s with %s is unknown, not a refusal", async (name, _oddity, body) => {
    expect(await callsByName[name](answering(body).gateway)).toMatchObject({ kind: "unknown", reason: "unreadable" });
  });
});

describe("every call", () => {
  const refused = '{"data":[],"errors":{"code":-51,"message":"no"}}';
  const faults: [string, string, () => Promise<Response>, number | null][] = [
    ["a 500 with HTML", "server_error", answer("<html>", { status: 500 }), 500],
    ["a 502 without a body", "server_error", answer(null, { status: 502 }), 502],
    ["a 503 with a parsable refusal", "server_error", answer(refused, { status: 503 }), 503],
    ["a 500 cut off", "server_error", answer(cutOff(), { status: 500 }), 500],
    ["HTML", "unreadable", answer("<!doctype html><p>Attention Required</p>", { status: 403 }), 403],
    ["an empty body", "unreadable", answer(""), 200],
    ["no body", "unreadable", answer(null, { status: 204 }), 204],
    ["a truncated body", "unreadable", answer('{"data":{"code":100,"authority":"A000'), 200],
    ["JSON that is no reply", "unreadable", answer('["ok"]'), 200],
    ["a redirect", "unreadable", answer(null, { status: 302, headers: { location: "https://elsewhere.test" } }), 302],
    ["a redirect with a refusal", "unreadable", answer(refused, { status: 307 }), 307],
    ["a body too large", "too_large", answer(`{"data":[],"errors":[]}${" ".repeat(65_536)}`), 200],
    ["a body without end", "too_large", answer(endless()), 200],
    ["a connection cut in the body", "network", answer(cutOff()), 200],
    ["no connection", "network", () => Promise.reject(new TypeError("fetch failed")), null],
    ["a fetch that throws what is no error", "network", () => Promise.reject("lost"), null],
  ];
  for (const [fault, reason, respond, httpStatus] of faults) {
    test.each(everyCall)(`meeting ${fault} is unknown (${reason}), after one request: %s`, async (name, perform) => {
      const { gateway, sent } = meeting(respond);
      const outcome = await perform(gateway);
      expect(outcome).toMatchObject({ kind: "unknown", reason, evidence: { call: name, httpStatus } });
      expect(sent).toHaveLength(1);
    });
  }

  test.each(everyCall)("gives up in time and aborts its request: %s", async (name, perform) => {
    const { gateway, sent } = meeting(untilAborted, { timeoutMs: 5 });
    const evidence = { call: name, httpStatus: null, code: null, message: null };
    expect(await perform(gateway)).toEqual({ kind: "unknown", reason: "timeout", evidence });
    expect(sent[0]?.signal.aborted).toBe(true);
  });

  test("gives up in time on a transport that heeds no signal", async () => {
    const { gateway } = meeting(() => new Promise(() => undefined), { timeoutMs: 5 });
    expect(await gateway.debit({ authority, signature })).toMatchObject({ kind: "unknown", reason: "timeout" });
  });

  test("gives up in time on a body that stalls, and says which status had come", async () => {
    const { gateway } = meeting(answer(stalling()), { timeoutMs: 20 });
    const evidence = { httpStatus: 200 };
    expect(await gateway.debit({ authority, signature })).toMatchObject({ reason: "timeout", evidence });
  });

  test("calls fetch as a function of nobody, as workerd demands", async () => {
    const receivers: unknown[] = [];
    const fetch = function (this: unknown): Promise<Response> {
      receivers.push(this);
      return answer("{}")();
    };
    await createZarinpalClient(config, { fetch }).listUnverified();
    expect(receivers).toEqual([undefined]);
  });

  test("reads a body in pieces, a character split between two of them included", async () => {
    const bytes = new TextEncoder().encode('{"data":[],"errors":{"code":-9,"message":"مبلغ"}}');
    const { gateway } = meeting(answer(streamOf(Array.from(bytes, (byte) => Uint8Array.of(byte)))));
    expect(await gateway.listUnverified()).toMatchObject({ kind: "declined", evidence: { message: "مبلغ" } });
  });

  test("keeps the code and message of a 5xx as evidence", async () => {
    const { gateway } = answering('{"data":[],"errors":{"code":-52,"message":"unexpected"}}', { status: 500 });
    const evidence = { httpStatus: 500, code: -52, message: "unexpected" };
    expect(await gateway.listUnverified()).toMatchObject({ reason: "server_error", evidence });
  });
});

describe("evidence", () => {
  const planted = [signature, mobile, mobile.slice(1), nationalId, merchantId];
  const message = `rejected ${planted.join(" , ")} end`;
  const bodiesWithSecrets = [
    JSON.stringify({ data: [], errors: { code: -9, message, validations: [{ mobile: message }] } }),
    JSON.stringify({ message, errors: { mobile: [message, "-9"] } }),
    JSON.stringify({ data: { code: 100, message, authority, signature }, errors: [] }),
    JSON.stringify({ data: { code: 100, message, signature }, errors: { code: -9, message } }),
    JSON.stringify({ data: { code: 777, message } }),
  ];
  for (const body of bodiesWithSecrets) {
    for (const status of [200, 500]) {
      test.each(everyCall)(
        `of ${status} ${body.slice(0, 24)} never holds a secret or a person: %s`,
        async (_name, perform) => {
          const { evidence } = await perform(answering(body, { status }).gateway);
          for (const secret of planted) expect(JSON.stringify(evidence)).not.toContain(secret);
          expect(evidence.message).toContain("rejected");
        },
      );
    }
  }

  test("never holds a short signature that has just been received", async () => {
    const body = '{"data":{"code":100,"message":"signed as s3cr3t-sig","signature":"s3cr3t-sig"},"errors":[]}';
    const outcome = await callsByName["payman/verify"](answering(body).gateway);
    expect(outcome.evidence.message).toBe("signed as [hidden]");
  });

  test("cuts a message at 200 characters", async () => {
    const { gateway } = answering(JSON.stringify({ data: [], errors: { code: -9, message: "no ".repeat(100) } }));
    expect((await gateway.listUnverified()).evidence.message).toHaveLength(200);
  });
});

describe("the configuration", () => {
  test("gives the page on which a payer pays", () => {
    expect(startPayUrl(config, authority)).toBe(`https://payment.test/pg/StartPay/${authority}`);
  });

  test("takes a local gateway", () => {
    const base = "http://127.0.0.1:8899";
    const local = { merchantId, paymentBaseUrl: base, paymanBaseUrl: base, signingBaseUrl: base };
    expect(startPayUrl(local, authority)).toBe(`${base}/pg/StartPay/${authority}`);
    expect(() => createZarinpalClient(local, { fetch: answer("{}") })).not.toThrow();
  });

  test("takes access to refunds", () => {
    expect(() => createZarinpalClient({ ...config, refunds }, { fetch: answer("{}") })).not.toThrow();
  });

  test.each<Partial<ZarinpalConfig>>([
    { merchantId: "not-a-merchant" },
    { paymentBaseUrl: "payment.zarinpal.com" },
    { paymanBaseUrl: "ftp://api.zarinpal.com" },
    { signingBaseUrl: "https://user:password@www.zarinpal.com" },
    { paymentBaseUrl: "https://payment.zarinpal.com?x=1" },
    { refunds: { ...refunds, graphqlUrl: "https://user:password@next.zarinpal.com/" } },
    { refunds: { ...refunds, graphqlUrl: "next.zarinpal.com" } },
    { refunds: { ...refunds, accessToken: "two words" } },
    { refunds: { ...refunds, accessToken: "" } },
    { refunds: { ...refunds, terminalId: "23 8" } },
    { timeoutMs: 0 },
    { maxBodyBytes: 0.5 },
  ])("is refused at once when it cannot work: %j", (wrong) => {
    expect(() => createZarinpalClient({ ...config, ...wrong }, { fetch: answer("{}") })).toThrow();
  });
});

function isCallName(name: string): name is CallName {
  return Object.hasOwn(callsByName, name);
}

/** A client whose every request meets `respond`; `sent` keeps the requests, their bodies unread. */
function meeting(respond: (request: Request) => Promise<Response>, overrides: Partial<ZarinpalConfig> = {}) {
  const sent: Request[] = [];
  const fetch = (request: Request): Promise<Response> => {
    sent.push(request);
    return respond(request);
  };
  return { gateway: createZarinpalClient({ ...config, ...overrides }, { fetch }), sent };
}

function answering(body: string, init: ResponseInit = {}) {
  return meeting(answer(body, init));
}

function answer(body: string | null | (() => ReadableStream<Uint8Array>), init: ResponseInit = {}) {
  return () => Promise.resolve(new Response(typeof body === "function" ? body() : body, init));
}

function untilAborted(request: Request): Promise<Response> {
  return new Promise((_resolve, reject) => {
    request.signal.addEventListener("abort", () => reject(request.signal.reason));
  });
}

function streamOf(chunks: readonly Uint8Array[]): () => ReadableStream<Uint8Array> {
  return () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
}

function cutOff(): () => ReadableStream<Uint8Array> {
  return () => {
    let isStarted = false;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isStarted) return controller.error(new TypeError("terminated"));
        isStarted = true;
        controller.enqueue(new TextEncoder().encode('{"data":'));
      },
    });
  };
}

function endless(): () => ReadableStream<Uint8Array> {
  return () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(4_096).fill(32));
      },
    });
}

function stalling(): () => ReadableStream<Uint8Array> {
  return () =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"data":'));
      },
    });
}
