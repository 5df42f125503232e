// Whatever is sent to any endpoint: a problem with a stable code and, for a field, where it stands. Never a fault, and
// nothing half done.
import { env } from "cloudflare:workers";
import type { AppRoute } from "@ts-rest/core";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { policyOf } from "../../contract/common/policy.ts";
import { problems, type Problem } from "../../contract/common/problem.ts";
import { contract } from "../../contract/index.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { routesOf } from "../contract/routes.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { signedInPerson } from "../support/people.ts";
import { aSubscriber, caller, elsewhere, ownedBy } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

let world: World;
let tokens: Readonly<Record<string, string | null>>;
let owned: Readonly<Record<string, string>>;

beforeAll(async () => {
  world = await aFreshWorld();
  const sara = await aSubscriber(world);
  const paymentMethodId = await sara.sign();
  const { body } = await sara.subscribe(await aPrice(world), paymentMethodId);
  const operator = await signedInPerson(world.auth, { role: "operator" });
  const { key } = await createPartnerKey(world.invocation(), {
    partnerId: housePartnerId,
    scopes: ["customers:read", "customers:write", "login-links:write", "quota:write"],
    expiresAt: null,
  });
  const endpoint = await caller(world, operator.token)<{ id: string }>(
    "POST",
    "/v1/webhook-endpoints",
    { url: "https://hooks.example/" },
    crypto.randomUUID(),
  );
  tokens = { public: null, customer: sara.token, operator: operator.token, partner: key };
  owned = { ...elsewhere, ...(await ownedBy(sara, body.data)), webhookEndpointId: endpoint.body.data.id };
});

const routes = routesOf(contract).map(({ route }) => ({ name: `${route.method} ${route.path}`, route }));
const withIds = routes.filter(({ route }) => route.path.includes(":"));
const lists = routes.filter(({ route }) => route.query instanceof z.ZodObject && "limit" in route.query.shape);
const posts = routes.filter(({ route }) => route.method !== "GET");

interface Sent {
  readonly route: AppRoute;
  readonly path?: string;
  readonly body?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

const addressOf = (route: AppRoute) => route.path.replace(/:(\w+)/g, (_, name: string) => owned[name] ?? "");

async function send({ route, path, body = null, headers = {} }: Sent) {
  const address = path ?? addressOf(route);
  const token = tokens[policyOf(route).who.split(":")[0] ?? ""] ?? null;
  const response = await world.fetch(
    new Request(`${publicUrl}${address}`, {
      method: route.method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== null && { "content-type": "application/json" }),
        ...(route.method !== "GET" && { "idempotency-key": crypto.randomUUID() }),
        ...headers,
      },
      ...(body !== null && { body }),
    }),
  );
  const text = await response.text();
  return { status: response.status, type: response.headers.get("content-type") ?? "", text };
}

type Answer = Awaited<ReturnType<typeof send>>;

/** The problem in an answer, which must be one of the table's, whole, and no fault. */
function problemIn({ status, type, text }: Answer): Problem {
  expect(type).toContain("application/problem+json");
  const problem: Problem = JSON.parse(text);
  expect(Object.keys(problems)).toContain(problem.code);
  expect(problem.status).toBe(status);
  expect(status).toBeLessThan(500);
  expect(problem.type).toContain(`/problems/${problem.code}`);
  expect(text).not.toMatch(/SQLITE|at \w+ \(|\.ts:\d/);
  return problem;
}

/** How much there is of everything, so that nothing half done goes unseen. */
async function counts(): Promise<string> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
  ).all<{ name: string }>();
  const rows = await env.DB.batch(results.map(({ name }) => env.DB.prepare(`SELECT COUNT(*) AS n FROM "${name}"`)));
  return JSON.stringify(results.map(({ name }, index) => [name, rows[index]?.results[0]]));
}

const badIds = [
  "x",
  "null",
  "sub_",
  "cus_01kaqzv3m5e0a8r6b1x2n4y7t",
  "prod_81kaqzv3m5e0a8r6b1x2n4y7tq",
  "PM_01KAQZV3M5E0A8R6B1X2N4Y7TQ",
  "inv_01kaqzv3m5e0a8r6b1x2n4y7tq%00",
  "..%2F..%2Fetc%2Fpasswd",
  "%27%20OR%201%3D1%20--",
  "%F0%9F%92%A9",
  "%E0%A4%A",
  "%",
  "a".repeat(3_000),
];

/** Ids that partners choose are free in their form. */
function couldBeOne({ path, pathParams }: AppRoute, id: string): boolean {
  const parameters = Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, name]) => [name, id]));
  return pathParams instanceof z.ZodType && pathParams.safeParse(parameters).success;
}

describe("an id that is none", () => {
  it.each(withIds)("in $name names nothing: 404, nothing written", async ({ route }) => {
    const before = await counts();
    for (const id of badIds.filter((bad) => !couldBeOne(route, bad))) {
      const answer = await send({
        route,
        path: route.path.replace(/:\w+/g, id),
        body: route.method === "GET" ? null : "{}",
      });
      expect(problemIn(answer).code, id).toMatch(/^(not_found|malformed_request)$/);
    }
    expect(await counts()).toBe(before);
  });
});

const badPages: readonly [query: string, pointer: string][] = [
  ["limit=0", "/query/limit"],
  ["limit=-1", "/query/limit"],
  ["limit=101", "/query/limit"],
  ["limit=1.5", "/query/limit"],
  ["limit=ten", "/query/limit"],
  ["limit=1e999", "/query/limit"],
  ["limit=1&limit=2", "/query/limit"],
  ["cursor=", "/query/cursor"],
  [`cursor=${"c".repeat(201)}`, "/query/cursor"],
  ["cursor=a&cursor=b", "/query/cursor"],
];

describe("a page that cannot be", () => {
  it.each(lists)("422 with a pointer at $name", async ({ route }) => {
    for (const [query, pointer] of badPages) {
      const problem = problemIn(await send({ route, path: `${addressOf(route)}?${query}` }));
      expect(problem.code, query).toBe("validation_failed");
      expect(
        problem.errors?.map((error) => error.pointer),
        query,
      ).toContain(pointer);
    }
  });

  it.each(lists)("of $name at an odd cursor is an empty page or a 422, and no fault", async ({ route }) => {
    for (const cursor of ["~", "%00", "99999999999999999999", "-1", "' OR 1=1 --", "💩", "zzz_zzz"]) {
      const answer = await send({ route, path: `${addressOf(route)}?cursor=${encodeURIComponent(cursor)}` });
      // A list of what does not exist is none.
      if (answer.status === 404) expect(route.path).toContain(":");
      else if (answer.status !== 200) expect(problemIn(answer).errors?.[0]?.pointer).toBe("/query/cursor");
    }
  });
});

const deep = `${'{"a":'.repeat(200)}1${"}".repeat(200)}`;

const badBodies: readonly [what: string, sent: Omit<Sent, "route">, codes: readonly string[]][] = [
  ["broken JSON", { body: '{"a":' }, ["malformed_json"]],
  ["a lone surrogate", { body: '{"a":"\\ud800"}' }, ["malformed_json"]],
  ["a NUL", { body: '{"a":"\\u0000"}' }, ["malformed_json"]],
  ["JSON without end", { body: deep }, ["malformed_json"]],
  ["a list", { body: "[]" }, ["validation_failed"]],
  ["a number", { body: "7" }, ["validation_failed"]],
  ["null", { body: "null" }, ["validation_failed"]],
  [
    "another type",
    { body: "a=1", headers: { "content-type": "application/x-www-form-urlencoded" } },
    ["unsupported_media_type"],
  ],
  ["text", { body: "{}", headers: { "content-type": "text/plain" } }, ["unsupported_media_type"]],
  ["too much", { body: JSON.stringify({ a: "x".repeat(70_000) }) }, ["payload_too_large"]],
];

describe("a body that is none", () => {
  it.each(posts)("at $name: 400, 413, 415 or 422, nothing written", async ({ route }) => {
    const before = await counts();
    for (const [what, sent, codes] of badBodies) {
      expect(codes, what).toContain(problemIn(await send({ route, ...sent })).code);
    }
    expect(await counts()).toBe(before);
  });
});

const strict = posts.filter(({ route }) => policyOf(route).who !== "public");

describe("a field that nobody declared", () => {
  it.each(strict)("is pointed at by $name", async ({ route }) => {
    const before = await counts();
    const problem = problemIn(await send({ route, body: '{"surprise":1,"__proto__":{"x":1}}' }));
    expect(problem.code).toBe("validation_failed");
    expect(problem.errors?.map(({ pointer }) => pointer)).toContain("/body/surprise");
    expect(await counts()).toBe(before);
  });
});

const inDays = (days: number) => new Date(Date.parse("2026-11-22T08:00:00Z") + days * 86_400_000).toISOString();

const method = { maxAmountRials: 5_000_000, maxDailyCount: 2, maxMonthlyCount: 10, expiresAt: inDays(365) };
const product = { name: "Pro", description: "", roundtableId: null, messageQuota: 10, grantOn: "period_start" };
const price = {
  amountRials: 10_000,
  interval: "month",
  calendar: "jalali",
  taxBehavior: "exclusive",
  unpaidPolicy: "cancel",
};
const anId = "01kaqzv3m5e0a8r6b1x2n4y7tq";
const reason = "a test";
const badReasons = ["", "  ", "ab", "x".repeat(501), null];

const topUp = {
  priceId: `price_${anId}`,
  belowMessages: 10,
  toMessages: 20,
  maxPerDayRials: 1_000_000,
  maxPerPeriodRials: 1_000_000,
};

const badWishes = {
  quantity: [0, -1, 1_001, 1.5, "2", null],
  addOns: [
    null,
    {},
    [{}],
    [{ priceId: "x" }],
    [{ priceId: `price_${anId}`, quantity: 0 }],
    [1],
    Array.from({ length: 3 }, () => ({ priceId: `price_${anId}` })),
  ],
};

const reservation = { id: "reply-1", customerId: `cus_${anId}`, productId: `prod_${anId}`, messages: 5 };
const badReservations = {
  id: ["", ".", "..", "-a", "a b", "a/b", "a%2Fb", "پاسخ", "x".repeat(81), null, 7],
  customerId: ["", `sub_${anId}`, null],
  productId: ["", `price_${anId}`, null],
  messages: [0, -1, 1.5, "5", 100_001, null],
};

const badEndpoints = {
  url: [
    "",
    "x",
    "ftp://hooks.example/",
    "javascript:alert(1)",
    "https://user:word@hooks.example/",
    "https://hooks.example/#part",
    "http://hooks.example/",
    "https://127.0.0.1/",
    `https://hooks.example/${"x".repeat(500)}`,
    7,
    null,
  ],
  eventTypes: [
    [],
    ["payment.lost"],
    "payment.succeeded",
    [null],
    Array.from({ length: 31 }, () => "payment.succeeded"),
  ],
};

const badReturnUrls = [
  null,
  "https://roundtable.example/",
  ["x"],
  ["javascript:alert(1)"],
  ["http://roundtable.example/"],
  ["https://user:word@roundtable.example/"],
  ["https://roundtable.example/?next=1"],
  ["https://roundtable.example/#part"],
  [`https://roundtable.example/${"x".repeat(300)}`],
  Array.from({ length: 6 }, (_, at) => `https://roundtable.example/${at}`),
];

/** A body that would do but for one field, and that field. */
const badFields: readonly [path: string, good: object, bad: Readonly<Record<string, readonly unknown[]>>][] = [
  [
    "POST /v1/payment-methods",
    method,
    {
      maxAmountRials: [-1, 1.5, "5000000", null, 1e300, Number.MAX_SAFE_INTEGER],
      maxDailyCount: [0, -1, 101, "2", true],
      maxMonthlyCount: [0, 1_001, []],
      expiresAt: [
        "",
        "tomorrow",
        "2027-11-22",
        "2027-13-01T00:00:00Z",
        "2027-11-22T12:30:00+03:30",
        1,
        inDays(30),
        inDays(2_000),
      ],
      replacesId: ["", null, `price_${anId}`, "pm_", ["pm"]],
      nationalId: ["", "123", "0499370898", "1111111111", "۰۴۹۹۳۷۰۸۹x", 499370899, "0".repeat(100)],
    },
  ],
  [
    "POST /v1/subscriptions",
    { priceId: `price_${anId}` },
    {
      priceId: ["", "x", `sub_${anId}`, null, 7, { $ne: 1 }],
      paymentMethodId: ["", null, `price_${anId}`, ["pm"]],
      ...badWishes,
      couponCode: ["", "ab", "۱۲۳۴", "A B", "x".repeat(41), null],
      anchorDay: [0, 32, 1.5, "1", null],
      trial: ["yes", 0, null],
      quoteId: [7, null, "x".repeat(1_001)],
    },
  ],
  [
    "POST /v1/operator/key-rotation/advance",
    {},
    { cursor: ["", "person", "person:", "person:-1", "person:1.5", "user:1", "person:1'", null, 7] },
  ],
  [
    "POST /v1/customers",
    { externalId: "rt-7" },
    { externalId: ["", ".", "..", "a b", "a/b", "sara@example.com", "کاربر", "x".repeat(81), null, 7] },
  ],
  [
    "POST /v1/operator/customers/:customerId/quota-grants",
    { productId: `prod_${anId}`, messages: 500, reason },
    {
      productId: ["", `price_${anId}`, null],
      messages: [0, -1, 1.5, "5", 1_000_000_001, null],
      priority: [-1, 101, "5", null],
      expiresAt: ["", "soon", 7],
      reason: badReasons,
    },
  ],
  ["POST /v1/operator/search", { query: "0912" }, { query: ["", " ", "a", "x".repeat(201), null, 7, ["0912"]] }],
  ["POST /v1/subscriptions/preview", { priceId: `price_${anId}` }, badWishes],
  ["POST /v1/subscriptions/:subscriptionId/change", {}, { priceId: ["", null, `sub_${anId}`], ...badWishes }],
  ["POST /v1/subscriptions/:subscriptionId/change/preview", {}, badWishes],
  [
    "PUT /v1/subscriptions/:subscriptionId/payment-method",
    { paymentMethodId: `pm_${anId}` },
    { paymentMethodId: ["", 7, `price_${anId}`] },
  ],
  [
    "PUT /v1/subscriptions/:subscriptionId/auto-top-up",
    { autoTopUp: null },
    { autoTopUp: [7, {}, { ...topUp, priceId: `sub_${anId}` }, { ...topUp, toMessages: 9 }, { ...topUp, more: 1 }] },
  ],
  ["POST /v1/subscriptions/:subscriptionId/cancel", {}, { when: ["later", null, 1], feedback: ["because", 7] }],
  [
    "POST /v1/subscriptions/:subscriptionId/pause",
    {},
    { when: ["later", null], resumesAt: ["", "soon", 7, "2027-11-22T12:30:00+03:30"] },
  ],
  [
    "POST /v1/operator/subscriptions/:subscriptionId/extend",
    { days: 1, reason },
    { days: [0, 366, 1.5, "1", null], reason: badReasons },
  ],
  [
    "POST /v1/operator/subscriptions/:subscriptionId/comp",
    { periods: 1, reason },
    { periods: [-1, 25, "1", null], reason: badReasons },
  ],
  [
    "POST /v1/operator/subscriptions/:subscriptionId/cancel",
    { reason },
    { when: ["later", null, 1], reason: badReasons },
  ],
  ["POST /v1/operator/subscriptions/:subscriptionId/cancel/withdraw", { reason }, { reason: badReasons }],
  [
    "POST /v1/coupons",
    { code: "SUMMER", percentBasisPoints: 1_000 },
    {
      code: ["", "ab", "A B", "۱۲۳۴", null, 7],
      percentBasisPoints: [0, 10_001, 1.5, "10"],
      duration: ["always", null],
      maxRedemptions: [0, -1, 1_000_001],
      productId: ["", `price_${anId}`],
      expiresAt: ["", "soon", 7],
    },
  ],
  [
    "POST /v1/operator/customers/:customerId/credit",
    { amountRials: 1, reason },
    { amountRials: [0, 1.5, "1", null, 1e300], reason: badReasons },
  ],
  [
    "POST /v1/operator/invoices/:invoiceId/credit-notes",
    { amountRials: 1, kind: "goodwill", reason },
    { amountRials: [0, -1, 1.5, "1", null], kind: ["cancellation", "", null], reason: badReasons },
  ],
  ["POST /v1/operator/invoices/:invoiceId/void", { reason }, { reason: badReasons }],
  ["POST /v1/operator/invoices/:invoiceId/mark-uncollectible", { reason }, { reason: badReasons }],
  [
    "PUT /v1/me/buyer-details",
    {
      kind: "natural",
      name: "سارا احمدی",
      nationalId: "0499370899",
      postalCode: "1193653471",
      address: "تهران، آزادی ۱",
    },
    {
      kind: ["person", null, 1],
      name: ["", "س", "x".repeat(121), "a\u0007b", null],
      nationalId: ["", "0499370898", "1111111111", 499370899],
      economicCode: ["", "12", "4".repeat(13), 411111111111],
      postalCode: ["", "119365347", "0193653471", "1111111111", null],
      address: ["", "تهر", "x".repeat(301), null],
    },
  ],
  [
    "POST /v1/operator/price-migrations",
    { fromPriceId: `price_${anId}`, toPriceId: `price_${anId}`, noticeDays: 30, reason },
    {
      fromPriceId: ["", `prod_${anId}`, null],
      toPriceId: ["", `prod_${anId}`, null],
      noticeDays: [-1, 366, 1.5, "30", null],
      reason: badReasons,
    },
  ],
  [
    "PUT /v1/me/notification-preferences",
    { preferences: [] },
    {
      preferences: [
        null,
        {},
        [{}],
        [{ kind: "rain" }],
        [{ kind: "quota_alert", sms: "yes" }],
        [{ kind: "quota_alert", fax: true }],
        [{ kind: "price_change", sms: false }],
        Array.from({ length: 9 }, () => ({ kind: "quota_alert" })),
      ],
    },
  ],
  ["POST /v1/operator/price-migrations/:migrationId/confirm", { reason }, { reason: badReasons }],
  ["POST /v1/operator/price-migrations/:migrationId/cancel", { reason }, { reason: badReasons }],
  ["POST /v1/test-clock/advance", { to: inDays(1) }, { to: ["", "soon", null, 0, "9999999-01-01T00:00:00Z"] }],
  ["POST /v1/operator/epochs", { reason }, { reason: badReasons }],
  ["POST /v1/operator/epochs/recall", { reason }, { reason: badReasons }],
  ["POST /v1/operator/epochs/settle", { reason }, { reason: badReasons }],
  [
    "PUT /v1/operator/collecting",
    { collecting: true, reason: "a test" },
    { collecting: ["true", 1, null], reason: ["", "  ", "ab", "x".repeat(501), null] },
  ],
  [
    "POST /v1/products",
    product,
    {
      name: ["", "   ", "x".repeat(81), null, 1],
      description: ["x".repeat(501), null],
      roundtableId: ["", "x".repeat(81), 7],
      messageQuota: [-1, 0.5, "10", 1_000_000_001],
      grantOn: ["", "never", null],
      whenUsedUp: ["", "go on", null],
      translations: [
        null,
        { fa: { name: "", description: "" } },
        { de: null },
        "fa",
        // A feature that the product does not have.
        { fa: { name: "x", description: "", features: { "gold-plated": "طلاکاری" } } },
      ],
      taxClass: [{}, { goodsId: "123", unit: "1627" }, { goodsId: "2330001234567", unit: "kg" }, "2330001234567"],
      features: [null, "search", [""], ["Search"], ["a", "a"], [7], Array.from({ length: 21 }, (_, at) => `f${at}`)],
    },
  ],
  [
    "POST /v1/products/:productId/prices",
    price,
    {
      amountRials: [-1, 1, 9_999, 900_000_001, 10_000.5, "10000", null],
      interval: ["day", ""],
      topUpMessages: [0, 1.5, "1"],
      topUpDays: [0, 3_651, "1"],
      rolloverMessages: [-1, 1.5, "1", null],
      overageRials: [0, 1.5, "1", 100_001],
      overageMessages: [0, 1.5, "1", 100_001],
      calendar: ["lunar", null],
      taxBehavior: ["none"],
      unpaidPolicy: ["forgive"],
    },
  ],
  ["POST /v1/quota/reservations", reservation, { ...badReservations, ttlSeconds: [59, 86_401, 60.5, "600", null] }],
  ["POST /v1/quota/consume", reservation, badReservations],
  ["POST /v1/quota/reservations/:reservationId/commit", {}, { messages: [-1, 1.5, "4", null, 1_000_001] }],
  [
    "POST /v1/checkouts",
    { invoiceId: `inv_${anId}` },
    { invoiceId: ["", "x", `sub_${anId}`, null, 7], priceId: ["", `inv_${anId}`, null] },
  ],
  [
    "POST /v1/refunds",
    { paymentId: `pay_${anId}`, reason },
    {
      paymentId: ["", `inv_${anId}`, null],
      amountRials: [0, -1, 1.5, "1000", null],
      method: ["cash", null],
      reason: badReasons,
    },
  ],
  [
    "POST /v1/refunds/:refundId/settle",
    { reference: "14050901-112233", reason },
    { reference: ["", "ab", "x".repeat(65), null, 7], reason: badReasons },
  ],
  ["POST /v1/refunds/:refundId/fail", { reason }, { reason: badReasons }],
  [
    "POST /v1/operator/payments/:paymentId/resolve",
    { decision: "fail", reason },
    { decision: ["maybe", "settle ", null], reference: ["", "ab", 7], reason: badReasons },
  ],
  ["POST /v1/operator/customers/:customerId/resume", { reason }, { reason: badReasons }],
  ["POST /v1/operator/exceptions/:exceptionId/acknowledge", { reason }, { reason: badReasons }],
  [
    "POST /v1/partners",
    { name: "Roundtable" },
    { name: ["", " ", "x", "x".repeat(81), null, 7], returnUrls: badReturnUrls },
  ],
  ["PUT /v1/partners/:partnerId/return-urls", { returnUrls: [] }, { returnUrls: badReturnUrls }],
  [
    "POST /v1/partner-keys",
    { scopes: ["events:read"] },
    {
      scopes: [[], ["everything"], ["events:read", "events:read"], "events:read", null],
      expiresAt: ["", "soon", 7],
      partnerId: ["", `cus_${anId}`],
    },
  ],
  [
    "POST /v1/login-links",
    { customerId: `cus_${anId}`, returnUrl: "https://roundtable.example/" },
    {
      customerId: ["", `sub_${anId}`, null],
      returnUrl: [
        "",
        "x",
        "//roundtable.example/",
        "javascript:alert(1)",
        "https://user:word@roundtable.example/",
        "https://roundtable.example/#part",
        "https://elsewhere.example/",
        null,
      ],
      ttlSeconds: [59, 901, 60.5, "300", null],
    },
  ],
  ["POST /v1/partner-keys/:partnerKeyId/rotate", {}, { overlapHours: [-1, 169, 1.5, "24", null] }],
  [
    "POST /v1/webhook-endpoints",
    { url: "https://hooks.example/" },
    { ...badEndpoints, partnerId: ["", `cus_${anId}`] },
  ],
  ["PATCH /v1/webhook-endpoints/:webhookEndpointId", {}, badEndpoints],
  ["POST /v1/webhook-endpoints/:webhookEndpointId/rotate-secret", {}, { overlapHours: [-1, 169, 1.5, "24", null] }],
  [
    "POST /v1/webhook-endpoints/:webhookEndpointId/replay",
    { afterPosition: 0 },
    { afterPosition: [-1, 1.5, "0", null, 1e300], untilPosition: [-1, 1.5, "0", null] },
  ],
  [
    "POST /v1/payouts",
    { csv: "ref_id,authority,amount_rials,fee_rials,type,settled_at\n", reason },
    { csv: ["", null, 7], reason: badReasons },
  ],
  [
    "POST /v1/imports",
    { reason, records: [{ kind: "product", id: "pro", ...product }] },
    {
      reason: badReasons,
      partnerId: ["", "ptr_", `cus_${anId}`, null],
      dryRun: ["yes", 0, null],
      records: [
        null,
        {},
        [],
        [{}],
        [{ kind: "person", id: "x" }],
        [{ kind: "customer", id: "sara@example.com" }],
        [{ kind: "customer", id: "x", subscriptions: [{}] }],
        [{ kind: "customer", id: "x", paymentMethods: [{ id: "pm", signature: "short" }] }],
        Array.from({ length: 21 }, (_, n) => ({ kind: "customer", id: `x-${n}` })),
      ],
    },
  ],
  [
    "POST /v1/finance/exports",
    { from: "2026-11-01", to: "2026-11-02" },
    { from: ["", "1405-08-01x", null, 7, "2025-01-01"], to: ["", "2026-02-30", null, "2026-10-01", "2026-11-30"] },
  ],
  ["POST /v1/finance/months/:month/close", { reason }, { reason: badReasons }],
];

describe("a field that is wrong", () => {
  it.each(badFields)("in %s is pointed at, and nothing is written", async (name, good, bad) => {
    const route = routes.find((entry) => entry.name === name)?.route;
    if (!route) throw new Error(`${name} is gone`);
    const before = await counts();
    for (const [field, values] of Object.entries(bad)) {
      for (const value of values) {
        const answer = await send({ route, body: JSON.stringify({ ...good, [field]: value }) });
        const problem = problemIn(answer);
        const where = `${field} = ${JSON.stringify(value)}`;
        expect(problem.code, where).toBe("validation_failed");
        expect(
          problem.errors?.map(({ pointer }) => pointer.slice(0, `/body/${field}`.length)),
          where,
        ).toEqual(expect.arrayContaining([`/body/${field}`]));
      }
    }
    for (const field of Object.keys(good)) {
      const { [field]: _, ...rest } = good as Record<string, unknown>;
      const problem = problemIn(await send({ route, body: JSON.stringify(rest) }));
      expect(
        problem.errors?.map(({ pointer }) => pointer),
        field,
      ).toContain(`/body/${field}`);
    }
    expect(await counts()).toBe(before);
  });
});

const keyed = posts.filter(({ route }) => policyOf(route).idempotency !== "none");

describe("an Idempotency-Key", () => {
  it.each(keyed)("that cannot be one is a 400 at $name, and nothing is written", async ({ route }) => {
    const before = await counts();
    for (const key of ["", " ", "a b", "x".repeat(256), '""']) {
      const problem = problemIn(await send({ route, body: validBodyOf(route), headers: { "idempotency-key": key } }));
      expect(problem.code, key).toMatch(/^idempotency_key_(invalid|missing)$/);
    }
    expect(await counts()).toBe(before);
  });

  it("of another request is a 422", async () => {
    const route = contract.testClock.advance;
    const headers = { "idempotency-key": crypto.randomUUID() };
    const first = await send({ route, body: JSON.stringify({ to: inDays(1) }), headers });
    expect(first.status).toBe(202);
    const problem = problemIn(await send({ route, body: JSON.stringify({ to: inDays(2) }), headers }));
    expect(problem.code).toBe("idempotency_key_reused");
  });
});

function validBodyOf(route: AppRoute): string {
  const [, good = {}] = badFields.find(([name]) => name === `${route.method} ${route.path}`) ?? [];
  return JSON.stringify(good);
}

it("nothing of all this was a fault", () => {
  expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
});
