// What operators read of any customer, and how they find one by what a person, a bank or a partner says of them.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Exception } from "../../contract/exception.ts";
import type { Booking } from "../../contract/finance.ts";
import type { Found } from "../../contract/search.ts";
import type { TracedPayment } from "../../contract/payment.ts";
import type { WebhookEvent } from "../../contract/webhook.ts";
import type { CustomerRecord } from "../../contract/customer.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aStage, done, type Stage } from "../support/granted.ts";
import { aSubscriber, elsewhere, type Subscriber } from "../support/subscriber.ts";

const buyer = {
  kind: "natural",
  name: "علی‌رضا  کاظمی",
  nationalId: "0499370899",
  postalCode: "1193653471",
  address: "تهران، آزادی ۱",
};

let stage: Stage;
let sara: Subscriber;
let nima: Subscriber;
let paymentId: string;
let refundId: string;

beforeAll(async () => {
  stage = await aStage(await aFreshWorld({ startsAt: "2026-11-19T08:00:00Z" }));
  ({ sara } = stage);
  paymentId = stage.ids["paymentId"] ?? "";
  nima = await aSubscriber(stage.world);
  await nima.call("PUT", "/v1/me/buyer-details", buyer, crypto.randomUUID());
  refundId = (await stage.operator.refund(paymentId, { amountRials: 10_000 })).body.data.id;
});

async function found(query: string): Promise<readonly Found[]> {
  const { status, body } = await stage.operator.call<Found[]>("POST", "/v1/operator/search", { query });
  expect(status).toBe(200);
  return body.data;
}

const hits = async (query: string) => (await found(query)).map(({ by, about }) => [by, about]);

/** One page of somebody's, as operators read it. */
async function page<T>(path: string, of = sara): Promise<readonly T[]> {
  const { status, body } = await stage.operator.call<T[]>("GET", `/v1/operator/customers/${of.customerId}/${path}`);
  expect(status).toBe(200);
  return body.data;
}

describe("a customer is found", () => {
  it("by a mobile number in any form, once, whether they proved it or paid with it", async () => {
    const persian = sara.mobile.replace(/\d/g, (digit) => "۰۱۲۳۴۵۶۷۸۹"[Number(digit)] ?? "");
    for (const query of [sara.mobile, `+98 ${sara.mobile.slice(1)}`, persian]) {
      expect(await hits(query), query).toEqual([["mobile", sara.customerId]]);
    }
    await env.DB.prepare("UPDATE user SET phone_number = NULL WHERE customer_id = ?").bind(sara.customerId).run();
    expect(await hits(sara.mobile)).toEqual([["mobile", sara.customerId]]);
    await env.DB.prepare("UPDATE user SET phone_number = ? WHERE customer_id = ?")
      .bind(sara.mobile, sara.customerId)
      .run();
  });

  it("by the proved number alone, when no payer has it", async () => {
    expect(await hits(nima.mobile)).toEqual([["mobile", nima.customerId]]);
  });

  it.each(["علی‌رضا  کاظمی", "علی رضا کاظمی", " علي رضا كاظمي ", "عَلی‌رضا کاظمی"])(
    "by the name of a buyer, however it is typed: %s",
    async (query) => {
      expect(await hits(query)).toEqual([["name", nima.customerId]]);
    },
  );

  it("not by a part of a name, nor by anything that is nobody's", async () => {
    for (const query of ["علی", "کاظمی", "09129999999", "nobody@example.com", elsewhere.refundId, "S-1405-999999"]) {
      expect(await hits(query), query).toEqual([]);
    }
  });

  it("by an e-mail address, an authority, and the bank's reference of a payment or a pay-out", async () => {
    const [payment] = await sara.payments();
    const row = await env.DB.prepare(
      "SELECT email, authority FROM user, payment WHERE user.customer_id = ? AND payment.id = ?",
    )
      .bind(sara.customerId, paymentId)
      .first<{ email: string; authority: string }>();
    expect(await hits(row?.email.toUpperCase() ?? "")).toEqual([["email", sara.customerId]]);
    expect(await hits(row?.authority ?? "")).toEqual([["authority", paymentId]]);
    expect(await hits(payment?.refId ?? "")).toEqual([["reference", paymentId]]);
    const { body } = await stage.operator.refund(paymentId, { amountRials: 10_000 });
    await stage.operator.settle(body.data.id, "14050901-112233");
    expect(await hits("۱۴۰۵۰۹۰۱-۱۱۲۲۳۳")).toEqual([["reference", body.data.id]]);
  });

  it("by any id of ours, an invoice's number, and a partner's own id", async () => {
    const [invoice] = await sara.invoices();
    const named = ["customerId", "subscriptionId", "invoiceId", "paymentId", "paymentMethodId"] as const;
    for (const id of [...named.map((name) => stage.ids[name] ?? ""), refundId]) {
      expect(await found(id), id).toMatchObject([{ by: "id", about: id, customerId: sara.customerId }]);
    }
    expect(await found(paymentId.replace("pay_", "rdf_"))).toMatchObject([{ by: "id", about: paymentId }]);
    const [event] = await sara.events();
    expect(await found(event?.id ?? "")).toMatchObject([{ by: "id", about: event?.id, customerId: sara.customerId }]);
    expect(await hits(invoice?.number?.toLowerCase() ?? "")).toEqual([["invoice_number", invoice?.id]]);
    const { id } = await done<{ id: string }>(stage.roundtable, "/v1/customers", { externalId: "rt-user-42" });
    expect(await found("rt-user-42")).toMatchObject([
      { by: "external_id", about: id, customerId: id, partnerId: stage.roundtable.id, externalId: "rt-user-42" },
    ]);
  });

  it("never again once the person is erased", async () => {
    const kian = await aSubscriber(stage.world);
    await kian.call("PUT", "/v1/me/buyer-details", { ...buyer, name: "Kian Erased" }, crypto.randomUUID());
    expect(await hits("kian erased")).toEqual([["name", kian.customerId]]);
    expect((await kian.call("DELETE", "/v1/me", undefined, crypto.randomUUID())).status).toBe(200);
    expect(await hits("kian erased")).toEqual([]);
    expect(await hits(kian.mobile)).toEqual([]);
    expect(await found(kian.customerId)).toMatchObject([{ by: "id" }]);
  });

  it("by nothing that stands in clear in the digests", async () => {
    const { results } = await env.DB.prepare("SELECT digest FROM person_digest").all<{ digest: string }>();
    expect(results.length).toBeGreaterThan(1);
    for (const { digest } of results) expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("of any customer operators read", () => {
  it("what the customer's own lists say: subscriptions, invoices, payments, payment methods, credit notes", async () => {
    await done(stage.operator, `/v1/operator/invoices/${stage.ids["invoiceId"]}/credit-notes`, {
      amountRials: 1_000,
      kind: "goodwill",
      reason: "The test says so",
    });
    for (const list of ["subscriptions", "invoices", "payments", "payment-methods", "credit-notes"]) {
      const { body } = await sara.call<object[]>("GET", `/v1/${list}`);
      expect(body.data.length, list).toBeGreaterThan(0);
      expect(await page(list), list).toEqual(body.data);
      expect(await page(list, nima), list).toEqual([]);
    }
  });

  it("the record: whose it is, its credit and its messages, and no person", async () => {
    const read = async (of: Subscriber) =>
      (await stage.operator.call<CustomerRecord>("GET", `/v1/operator/customers/${of.customerId}`)).body.data;
    const record = await read(sara);
    expect(record).toMatchObject({ id: sara.customerId, externalId: null, signsIn: true, erasedAt: null });
    expect(record.creditRials).toBe(1_000);
    expect(record.quotas).toMatchObject([{ productId: stage.productId, granted: 2_000 }]);
    expect(JSON.stringify(await read(nima))).not.toMatch(/کاظمی|0912/);
  });

  it("the ledger, event by event, each adding up to nothing, page by page", async () => {
    const bookings = await page<Booking>("bookings?limit=100");
    expect(bookings.map(({ type }) => type)).toContain("payment.succeeded");
    for (const { entries } of bookings) {
      expect(entries.reduce((sum, { amountRials }) => sum + amountRials, 0)).toBe(0);
      expect(entries.length).toBeGreaterThan(1);
    }
    const seen: Booking[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const after: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const path = `/v1/operator/customers/${sara.customerId}/bookings?limit=1${after}`;
      const { body } = await stage.operator.call<Booking[]>("GET", path);
      seen.push(...body.data);
      ({ nextCursor: cursor } = (body as unknown as { page: { nextCursor: string | null } }).page);
    }
    expect(seen).toEqual(bookings);
  });

  it("the raw webhook events about it", async () => {
    const events = await page<WebhookEvent>("webhook-events");
    expect(events).toMatchObject([{ source: "return", subjectId: stage.ids["paymentMethodId"], nok: false }]);
    expect(JSON.parse(events[0]?.body ?? "")).toHaveProperty("status");
  });

  it("a payment with what the gateway said about it", async () => {
    const { body } = await stage.operator.call<TracedPayment>("GET", `/v1/operator/payments/${paymentId}`);
    const [payment] = await sara.payments();
    expect(body.data).toMatchObject({ payment, customerId: sara.customerId, authority: expect.any(String) });
    expect(body.data.evidence).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ evidence: expect.objectContaining({ call: "payment/verify" }) }),
      ]),
    );
  });

  it("one exception, by its id and kind, as the queue has it", async () => {
    const path = `/v1/operator/exceptions/${refundId}`;
    const [waiting] = await stage.operator.queueOf(sara.customerId);
    expect(waiting?.id).toBe(refundId);
    expect((await stage.operator.call<Exception>("GET", path)).body.data).toEqual(waiting);
    expect((await stage.operator.call<Exception>("GET", `${path}?kind=refund_waiting`)).body.data).toEqual(waiting);
    expect((await stage.operator.call("GET", `${path}?kind=payment_review`)).status).toBe(404);
    expect((await stage.operator.call("GET", `${path}?kind=nothing`)).status).toBe(422);
  });

  it.each([
    "",
    "/subscriptions",
    "/invoices",
    "/payments",
    "/payment-methods",
    "/credit-notes",
    "/bookings",
    "/webhook-events",
    "/activity",
  ])("nothing under %s of nobody: 404", async (path) => {
    const nobody = sara.customerId.replace(/.....$/, "00000");
    expect((await stage.operator.call("GET", `/v1/operator/customers/${nobody}${path}`)).status).toBe(404);
  });
});

it("price migrations are listed, newest first", async () => {
  const { operator, productId, priceId } = stage;
  const ids: string[] = [];
  for (let count = 0; count < 2; count++) {
    const { id: toPriceId } = await done<{ id: string }>(operator, `/v1/products/${productId}/prices`, {
      amountRials: 3_290_000 + count,
      interval: "month",
      calendar: "jalali",
      taxBehavior: "exclusive",
      unpaidPolicy: "cancel",
    });
    stage.world.pass(1_000);
    const plan = { fromPriceId: priceId, toPriceId, noticeDays: 30, reason: "The test says so" };
    ids.unshift((await done<{ id: string }>(operator, "/v1/operator/price-migrations", plan)).id);
  }
  const list = async (query: string) =>
    (await operator.call<{ id: string }[]>("GET", `/v1/operator/price-migrations?${query}`)).body.data;
  expect((await list("limit=2")).map(({ id }) => id)).toEqual(ids);
  expect(await list(`limit=1&cursor=${ids[0]}`)).toMatchObject([{ id: ids[1], status: "planned" }]);
});
