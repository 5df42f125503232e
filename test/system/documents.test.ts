// Invoices and receipts as a browser shows them: the font is our own, nothing else is asked for, and no text leaves its
// box. With PICTURES=1 the pictures of docs/pictures are taken anew.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/local/settings.ts";
import { invoicePage } from "../../server/page/invoice.tsx";
import { receiptPage } from "../../server/page/receipt.tsx";
import { textsIn } from "../../server/text/languages.ts";
import { hasBrowser, launch } from "../support/chromium.ts";
import { anInvoiceSheet, aReceiptSheet, widestInvoice, widestReceipt } from "../support/sheets.ts";

const origin = "https://documents.test";
const fonts = join(root, "node_modules/@fontsource-variable/vazirmatn/files");
const pictures = join(root, "docs/pictures");

const fa = textsIn("fa");
const en = textsIn("en");
const anonymous = { buyer: null };
const documents: readonly (readonly [name: string, html: string])[] = [
  ["invoice-fa", invoicePage(fa, anInvoiceSheet("fa"))],
  ["invoice-en", invoicePage(en, anInvoiceSheet("en"))],
  ["receipt-fa", receiptPage(fa, aReceiptSheet("fa"))],
  ["receipt-en", receiptPage(en, aReceiptSheet("en"))],
  ["void-fa", invoicePage(fa, anInvoiceSheet("fa", { isVoid: true }))],
  ["void-en", invoicePage(en, anInvoiceSheet("en", { isVoid: true, ...anonymous }))],
  ["widest-invoice-fa", invoicePage(fa, widestInvoice)],
  ["widest-invoice-en", invoicePage(en, widestInvoice)],
  ["widest-receipt-fa", receiptPage(fa, widestReceipt)],
  ["widest-receipt-en", receiptPage(en, widestReceipt)],
];

/** Runs in the page: each piece of text that is wider or higher than the cell, box or sheet that it stands in. */
const textsOutside = `(() => {
  const boxes = "td, th, dd, dt, .box, header > *, footer > *, section, main";
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const outside = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.textContent.trim() === "" || node.parentElement.closest(".void")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = node.parentElement.closest(boxes).getBoundingClientRect();
    const sheet = document.querySelector("main").getBoundingClientRect();
    for (const rect of range.getClientRects()) {
      const isIn = (of) => rect.left >= of.left - 1 && rect.right <= of.right + 1 && rect.bottom <= of.bottom + 3;
      if (!isIn(box) || !isIn(sheet)) outside.push(node.textContent.slice(0, 40));
    }
  }
  return outside;
})()`;

interface Shown {
  readonly page: Page;
  readonly asked: readonly string[];
}

let browser: Browser;

async function shown(html: string): Promise<Shown> {
  const page = await browser.newPage({ viewport: { width: 860, height: 1_180 } });
  const asked: string[] = [];
  await page.route("**/*", async (route) => {
    const { pathname, origin: from } = new URL(route.request().url());
    if (from !== origin) return route.abort();
    if (pathname === "/") return route.fulfill({ contentType: "text/html; charset=utf-8", body: html });
    asked.push(pathname);
    await route.fulfill({
      contentType: "font/woff2",
      body: readFileSync(join(fonts, pathname.split("/").at(-1) ?? "")),
    });
  });
  await page.goto(`${origin}/`);
  await page.evaluate("document.fonts.ready");
  return { page, asked };
}

test("hold no script and name no other host", () => {
  for (const [name, html] of documents) {
    expect(html, name).not.toMatch(/<script|javascript:|\son\w+=|https?:\/\//i);
  }
});

describe.skipIf(!hasBrowser)("in Chromium", () => {
  beforeAll(async () => {
    browser = await launch();
    return () => browser.close();
  });

  test.each(documents)("%s: our own font, and no text leaves its box, on screen and on paper", async (name, html) => {
    const { page, asked } = await shown(html);
    expect(asked).toContain("/fonts/vazirmatn-latin-wght-normal.woff2");
    if (name.endsWith("-fa")) expect(asked).toContain("/fonts/vazirmatn-arabic-wght-normal.woff2");
    expect(await page.evaluate("document.fonts.check('12px Vazirmatn')")).toBe(true);
    expect(await page.locator("html").getAttribute("dir")).toBe(name.endsWith("-fa") ? "rtl" : "ltr");
    expect(await page.evaluate(textsOutside)).toEqual([]);
    const picture = await page.locator("main").screenshot();
    if (process.env["PICTURES"] && /^(invoice|receipt)-/.test(name)) {
      mkdirSync(pictures, { recursive: true });
      writeFileSync(join(pictures, `${name}.png`), picture);
    }
    await page.emulateMedia({ media: "print" });
    // The width of the paper within its margins.
    await page.setViewportSize({ width: 695, height: 1_016 });
    expect(await page.evaluate(textsOutside)).toEqual([]);
    await page.close();
  });
});
