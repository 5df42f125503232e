// Documents by the API: made once, kept sealed, and shown to nobody but their owner and operators.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Price, Product } from "../../contract/product.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

const buyer = {
  kind: "natural",
  name: "سارا احمدی",
  nationalId: "0499370899",
  postalCode: "1193653471",
  address: "تهران، خیابان آزادی، پلاک ۱",
};

async function aPaidInvoice() {
  const world = await aFreshWorld();
  const sara = await aSubscriber(world);
  await sara.call("PUT", "/v1/me/buyer-details", buyer);
  await sara.subscribe(await aPrice(world), await sara.sign());
  const [invoice] = await sara.invoices();
  const [payment] = await sara.payments();
  if (!invoice || !payment) throw new Error("nothing was paid");
  return { world, sara, invoice, payment };
}

async function page(world: World, { token }: Pick<Subscriber, "token">, path: string) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await world.fetch(new Request(`${publicUrl}${path}`, { headers }));
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("the document of an invoice", () => {
  it("says in Persian and in English what was sold, to whom, and what it comes to", async () => {
    const { world, sara, invoice } = await aPaidInvoice();
    const persian = await page(world, sara, `/v1/invoices/${invoice.id}/document`);
    expect(persian.status).toBe(200);
    expect(persian.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(persian.headers.get("content-security-policy")).toMatch(/^default-src 'none';.*font-src 'self'/);
    expect(persian.headers.get("cache-control")).toBe("no-store");
    for (const text of ['dir="rtl"', "سارا احمدی", "۰۴۹۹۳۷۰۸۹۹", "۳٬۲۸۹٬۰۰۰ ریال", "۳۲۸٬۹۰۰ تومان", "۱ آذر ۱۴۰۵"]) {
      expect(persian.text).toContain(text);
    }
    expect(persian.text).toContain("سه میلیون و دویست و هشتاد و نه هزار ریال");
    const english = await page(world, sara, `/v1/invoices/${invoice.id}/document?language=en`);
    for (const text of ['dir="ltr"', "3,289,000 Rials", "328,900 Toman", "22 Nov 2026 (1405/09/01)", invoice.number]) {
      expect(english.text).toContain(text);
    }
    expect(persian.text + english.text).not.toContain("<script");
  });

  it("is made once: the same ever after, whoever the buyer is by then; sealed under its hash", async () => {
    const { world, sara, invoice } = await aPaidInvoice();
    const path = `/v1/invoices/${invoice.id}/document`;
    const [first, twin] = await Promise.all([page(world, sara, path), page(world, sara, path)]);
    await sara.call("PUT", "/v1/me/buyer-details", { ...buyer, name: "کس دیگر" });
    const second = await page(world, sara, path);
    expect([twin.text, second.text]).toEqual([first.text, first.text]);
    const { results } = await env.DB.prepare("SELECT language, edition, hash FROM document WHERE subject_id = ?")
      .bind(invoice.id)
      .all<{ hash: string }>();
    const hash = await world.invocation().sha256(first.text);
    expect(results).toEqual([{ language: "fa", edition: "issued", hash }]);
    const kept = await (await env.DOCUMENTS.get(`documents/${hash}`))?.text();
    expect(kept).toMatch(/^k1\./);
    expect(kept).not.toContain("سارا");
  });

  it("names nobody once the person was erased, when it is made after that", async () => {
    const { world, sara, invoice } = await aPaidInvoice();
    await env.DB.prepare("DELETE FROM person WHERE customer_id = ?").bind(sara.customerId).run();
    const { text } = await page(world, sara, `/v1/invoices/${invoice.id}/document`);
    expect(text).toContain("مصرف‌کنندهٔ نهایی");
    expect(text).not.toContain("احمدی");
  });

  it("of one that was voided says so, in an edition of its own", async () => {
    const world = await aFreshWorld();
    const operator = await anOperator(world);
    const sara = await aSubscriber(world);
    await sara.subscribe(await aPrice(world), await sara.sign());
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    await sara.advance("2026-12-22T20:00:00Z");
    const id = (await sara.invoices())[0]?.id ?? "";
    const path = `/v1/invoices/${id}/document?language=en`;
    expect((await page(world, sara, path)).text).not.toContain("VOID");
    await operator.call("POST", `/v1/operator/invoices/${id}/void`, { reason: "Billed by mistake" });
    expect((await page(world, sara, path)).text).toContain("VOID");
  });
});

it("a product has its name of the document's language, and the tax office's id", async () => {
  const world = await aFreshWorld();
  const operator = await anOperator(world);
  const sara = await aSubscriber(world);
  const details = {
    name: `Words ${crypto.randomUUID()}`,
    description: "",
    roundtableId: null,
    messageQuota: 10,
    grantOn: "period_start",
    features: ["file-upload"],
    translations: {
      fa: { name: "بستهٔ واژه‌ها", description: "هر روز", features: { "file-upload": "بارگذاری فایل" } },
    },
    taxClass: { goodsId: "2330001234567", unit: "1627" },
  };
  const key = () => crypto.randomUUID();
  const product = await operator.call<Product>("POST", "/v1/products", details, key());
  expect(product.body.data).toMatchObject({
    ...details,
    translations: { fa: details.translations.fa, en: null },
  });
  const terms = { interval: "month", calendar: "jalali", taxBehavior: "inclusive", unpaidPolicy: "cancel" };
  const pricePath = `/v1/products/${product.body.data.id}/prices`;
  const price = await operator.call<Price>("POST", pricePath, { amountRials: 990_000, ...terms }, key());
  await sara.subscribe(price.body.data.id, await sara.sign());
  const path = `/v1/invoices/${(await sara.invoices())[0]?.id}/document`;
  const persian = await page(world, sara, path);
  for (const text of ["بستهٔ واژه‌ها", "شناسهٔ کالا و خدمت: ۲۳۳۰۰۰۱۲۳۴۵۶۷", "با مالیات"])
    expect(persian.text).toContain(text);
  expect((await page(world, sara, `${path}?language=en`)).text).toContain(details.name);
  const told = "SELECT type FROM billing_event WHERE stream = 'catalogue' AND data LIKE ? ORDER BY position LIMIT 3";
  const { results } = await env.DB.prepare(told).bind(`%${product.body.data.id}%`).all<{ type: string }>();
  expect(results.map(({ type }) => type)).toEqual([
    "product.created",
    "product.detailed",
    "product.features_described",
  ]);
});

describe("a receipt", () => {
  it("names the invoice, the way it was paid and the bank's reference", async () => {
    const { world, sara, invoice, payment } = await aPaidInvoice();
    const { status, text } = await page(world, sara, `/v1/payments/${payment.id}/receipt?language=en`);
    expect(status).toBe(200);
    for (const part of [invoice.number, payment.refId, "3,289,000 Rials", "Direct debit", "سارا احمدی"]) {
      expect(text).toContain(part);
    }
  });

  it("409 for a payment that brought nothing, 422 for another language", async () => {
    const { world, sara, payment } = await aPaidInvoice();
    world.simulator.configure({ balances: { [sara.mobile]: 0 } });
    await sara.advance("2026-12-22T20:00:00Z");
    const failed = (await sara.payments()).find(({ status }) => status === "failed");
    const refused = await page(world, sara, `/v1/payments/${failed?.id}/receipt`);
    expect([refused.status, JSON.parse(refused.text).code]).toEqual([409, "payment_not_settled"]);
    expect((await page(world, sara, `/v1/payments/${payment.id}/receipt?language=de`)).status).toBe(422);
  });
});

it("an operator sees what its owner sees; somebody else gets the answer of what does not exist", async () => {
  const { world, sara, invoice, payment } = await aPaidInvoice();
  const operator = await anOperator(world);
  const nima = await aSubscriber(world);
  for (const path of [`invoices/${invoice.id}/document`, `payments/${payment.id}/receipt`]) {
    const own = await page(world, sara, `/v1/${path}`);
    expect((await page(world, operator, `/v1/operator/${path}`)).text).toBe(own.text);
    expect((await page(world, nima, `/v1/${path}`)).status).toBe(404);
  }
  const missing = "01kaqzv3m5e0a8r6b1x2n4y7tq";
  expect((await page(world, operator, `/v1/operator/invoices/inv_${missing}/document`)).status).toBe(404);
  expect((await page(world, operator, `/v1/operator/payments/pay_${missing}/receipt`)).status).toBe(404);
});
