// What a person sees: the documentation, and the way to the bank and back, in a real browser.
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { bodyOf } from "../../scripts/demo/client.ts";
import { contextOf, hasBrowser, launch, watch } from "../support/chromium.ts";
import { agreementToSign } from "./agreement.ts";
import { sharedSystem } from "./shared-system.ts";

let system: Awaited<ReturnType<typeof sharedSystem>>;
let browser: Browser;

async function openPage() {
  const page = await (await contextOf(browser, { size: "desktop", language: "fa" })).newPage();
  return { page, ...watch(page) };
}

describe.skipIf(!hasBrowser)("in Chromium", () => {
  beforeAll(async () => {
    browser = await launch();
    return () => browser.close();
  });

  beforeAll(async () => {
    system = await sharedSystem();
  });

  test("/docs shows every operation, complains of nothing and asks no other host", async () => {
    const { page, troubles, hosts } = await openPage();
    await page.goto(system.at.docs);
    await page.locator(".opblock").first().waitFor();
    await page.waitForLoadState("networkidle");
    const document: unknown = await (await fetch(`${system.at.api}/openapi.json`)).json();
    const Operations = z.record(z.string(), z.record(z.string(), z.unknown()));
    // What we send to a partner stands beside what a partner may ask.
    const { paths, webhooks } = z.object({ paths: Operations, webhooks: Operations }).parse(document);
    const operations = [...Object.entries(paths), ...Object.entries(webhooks)].flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    // The page draws those that are in sight only.
    const shown = new Set<string>();
    for (let scrolls = 0; scrolls < maxScrolls && shown.size < operations.length; scrolls++) {
      for (const operation of await operationsInSight(page)) shown.add(operation);
      await page.mouse.wheel(0, 400);
      await page.waitForTimeout(50);
    }
    expect([...shown].toSorted()).toEqual(operations.toSorted());
    await page.locator(".opblock-summary-control").first().click();
    await page.locator(".opblock-body .responses-wrapper").first().waitFor();
    expect([...hosts]).toEqual([new URL(system.at.api).host]);
    expect(troubles).toEqual([]);
  });

  test("who signs at the bank comes back to a page in Persian, from right to left, that says it is done", async () => {
    const { client, id, signingUrl } = await agreementToSign(system.at);
    const { page, troubles, hosts } = await openPage();
    await page.goto(signingUrl);
    await page.locator("button[value=sign]").click();
    await page.waitForURL(`${system.at.api}/v1/callbacks/payment-methods/${id}**`);
    expect(await page.locator("html").getAttribute("lang")).toBe("fa");
    expect(await page.evaluate("getComputedStyle(document.querySelector('main')).direction")).toBe("rtl");
    expect(await page.locator("h1").textContent()).toBe("پرداخت مستقیم فعال شد");
    expect(troubles).toEqual([]);
    expect([...hosts].toSorted()).toEqual(
      [system.at.api, system.at.simulator].map((url) => new URL(url).host).toSorted(),
    );
    const answer = await client.paymentMethods.get({ params: { paymentMethodId: id } });
    expect(bodyOf("GET /v1/payment-methods/:id", answer, 200).data.status).toBe("active");
  });

  test("an invoice's document has our own font, complains of nothing and asks no other host", async () => {
    const { client, token, id, signingUrl } = await agreementToSign(system.at);
    const { page, troubles, hosts } = await openPage();
    await page.goto(signingUrl);
    await page.locator("button[value=sign]").click();
    await page.waitForURL(`${system.at.api}/v1/callbacks/payment-methods/${id}**`);
    const products = bodyOf("GET /v1/products", await client.products.list({ query: {} }), 200).data;
    const price = products.flatMap(({ prices }) => prices).find(({ amountRials }) => amountRials > 0);
    if (!price) throw new Error("Nothing is for sale");
    await client.subscriptions.create({ body: { priceId: price.id, paymentMethodId: id } });
    const [invoice] = bodyOf("GET /v1/invoices", await client.invoices.list({ query: {} }), 200).data;
    hosts.clear();
    await page.setExtraHTTPHeaders({ authorization: `Bearer ${token}` });
    for (let times = 0; times < 2; times++) {
      const answer = await page.goto(`${system.at.api}/v1/invoices/${invoice?.id}/document`);
      expect(answer?.status()).toBe(200);
      await page.evaluate("document.fonts.ready");
      const faces = "[...document.fonts].filter(({ status }) => status === 'loaded').length";
      expect(await page.evaluate(faces)).toBe(2);
      expect(await page.locator("h1").textContent()).toBe("صورت‌حساب فروش خدمات");
    }
    expect([...hosts]).toEqual([new URL(system.at.api).host]);
    expect(troubles).toEqual([]);
  });
});

const maxScrolls = 200;

/** As the page names them. Example: `GET /v1/me`. */
async function operationsInSight(page: Page): Promise<readonly string[]> {
  const texts = await page.locator(".opblock").evaluateAll((blocks) =>
    blocks.map((block) => {
      const textOf = (selector: string) => block.querySelector(selector)?.textContent ?? "";
      return `${textOf(".opblock-summary-method")} ${textOf(".opblock-summary-path")}`;
    }),
  );
  return texts.map((text) => text.replaceAll("\u200b", ""));
}
