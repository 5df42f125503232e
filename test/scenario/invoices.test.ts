// Invoices by the API: made out to a buyer whose details nobody else sees, and closed without money by an operator.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { BuyerDetails } from "../../contract/buyer.ts";
import type { Invoice } from "../../contract/invoice.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator, broken } from "../support/operator.ts";
import { aSubscriber } from "../support/subscriber.ts";

const sarasOwn = {
  kind: "natural",
  name: "سارا احمدی",
  nationalId: "۰۴۹۹۳۷۰۸۹۹",
  postalCode: "1193653471",
  address: "تهران، خیابان آزادی، پلاک ۱",
};
const company = {
  kind: "legal",
  name: "شرکت آزمون",
  legalId: "12345678906",
  economicCode: "411111111111",
  postalCode: "1193653471",
  address: "تهران، خیابان انقلاب، پلاک ۲",
};

async function everyTable(): Promise<string> {
  const tables = ["billing_event", "customer", "person", "invoice", "idempotency_key"];
  const rows = await env.DB.batch(tables.map((name) => env.DB.prepare(`SELECT * FROM ${name}`)));
  return JSON.stringify(rows.map(({ results }) => results));
}

describe("buyer details", () => {
  it("are shown to their owner with the id's middle hidden, and stand nowhere in clear", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    expect((await sara.call("GET", "/v1/me/buyer-details")).body.data).toBeNull();
    const { status, body } = await sara.call<BuyerDetails>("PUT", "/v1/me/buyer-details", sarasOwn);
    expect(status).toBe(200);
    expect(body.data).toEqual({
      kind: "natural",
      name: "سارا احمدی",
      identifier: "049*****99",
      economicCode: null,
      postalCode: "1193653471",
      address: sarasOwn.address,
    });
    expect((await sara.call<BuyerDetails>("GET", "/v1/me/buyer-details")).body.data).toEqual(body.data);
    const stored = await everyTable();
    for (const text of ["سارا احمدی", "0499370899", "1193653471", "آزادی"]) expect(stored).not.toContain(text);
    expect(JSON.stringify(world.log)).not.toContain("احمدی");
  });

  it("are frozen into the invoices made while they hold; one before them has none", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const methodId = await sara.sign();
    await sara.subscribe(await aPrice(world), methodId);
    await sara.call("PUT", "/v1/me/buyer-details", sarasOwn);
    await sara.subscribe(await aPrice(world), methodId);
    await sara.call("PUT", "/v1/me/buyer-details", company);
    await sara.subscribe(await aPrice(world), methodId);
    const codes = (await sara.invoices()).map(({ taxReport: { type, buyerType } }) => [type, buyerType]);
    expect(codes).toEqual([
      [1, 2],
      [1, 1],
      [2, null],
    ]);
    const { results } = await env.DB.prepare(
      "SELECT COUNT(DISTINCT buyer_id) AS buyers FROM invoice WHERE customer_id = ? AND buyer_id IN (SELECT id FROM person)",
    )
      .bind(sara.customerId)
      .all();
    expect(results).toEqual([{ buyers: 2 }]);
  });

  it.each([
    [{ ...sarasOwn, nationalId: undefined }, "/body/nationalId"],
    [{ ...sarasOwn, legalId: "12345678906" }, "/body/legalId"],
    [{ ...company, legalId: undefined }, "/body/legalId"],
    [{ ...company, legalId: "12345678907" }, "/body/legalId"],
  ])("of the wrong kind are pointed at: %#", async (body, pointer) => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const answer = await sara.call("PUT", "/v1/me/buyer-details", body);
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });
});

/** Subscribed on 1 Azar; the renewal of 1 Dey was declined once. */
async function aPastDue() {
  const world = await aFreshWorld();
  const operator = await anOperator(world);
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(await aPrice(world), await sara.sign());
  world.simulator.configure({ balances: { [sara.mobile]: 0 } });
  await sara.advance("2026-12-22T20:00:00Z");
  const [invoice] = await sara.invoices();
  const close = (as: "void" | "mark-uncollectible", id = invoice?.id ?? "") =>
    operator.call<Invoice>("POST", `/v1/operator/invoices/${id}/${as}`, { reason: "Billed by mistake" });
  return { world, operator, sara, id: body.data.id, invoice, close };
}

describe("an operator closes an open invoice", () => {
  it("as void: it keeps its number, nothing is owed, the subscription runs, and it is never collected", async () => {
    const { world, operator, sara, id, invoice, close } = await aPastDue();
    expect((await sara.subscription(id)).status).toBe("past_due");
    const { status, body } = await close("void");
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ id: invoice?.id, number: invoice?.number, status: "void", nextAttemptAt: null });
    expect((await sara.subscription(id)).status).toBe("active");
    expect((await close("void")).status).toBe(200);
    const voided = (await sara.events()).filter(({ type }) => type === "invoice.voided");
    expect(voided).toMatchObject([{ actor: operator.actor }]);
    expect(JSON.stringify(voided)).not.toContain("by mistake");
    await sara.advance("2027-01-18T20:00:00Z");
    expect(world.simulator.calls().filter(({ call }) => call === "payman/checkout")).toHaveLength(2);
    expect(await broken(sara)).toEqual([]);
  });

  it("as uncollectible: the price's policy ends the subscription", async () => {
    const { sara, id, close } = await aPastDue();
    expect((await close("mark-uncollectible")).body.data).toMatchObject({ status: "uncollectible" });
    expect(await sara.subscription(id)).toMatchObject({ status: "canceled", cancelReason: "unpaid" });
    expect(await broken(sara)).toEqual([]);
  });

  it("404 for one that does not exist, 409 for one that is paid, 409 while its payment is under way", async () => {
    const { world, sara, close } = await aPastDue();
    expect((await close("void", "inv_01kaqzv3m5e0a8r6b1x2n4y7tq")).status).toBe(404);
    const paid = (await sara.invoices()).find(({ status }) => status === "paid");
    expect((await close("void", paid?.id)).body.code).toBe("invoice_not_open");
    const nima = await aSubscriber(world);
    const { body } = await nima.checkout({ priceId: await aPrice(world, { interval: null }) });
    expect((await close("mark-uncollectible", body.data.invoiceId)).body.code).toBe("payment_in_progress");
  });
});
