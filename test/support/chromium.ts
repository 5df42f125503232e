// Chromium, and what must hold of every page that it shows: nothing inaccessible, nothing wider than the screen, nothing
// heavy, no other host, no complaint.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";
import * as z from "zod";
import { root } from "../../scripts/local/settings.ts";

const executablePath = "/usr/bin/chromium";
const args = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1_200, height: 850 } } as const;
const maxCompressedBytes = 60 * 1024;
const pictures = join(root, "docs/pictures");

/** Whoever clones this project is promised that Node and npm are enough, and a browser is neither; CI installs it. */
export const hasBrowser = existsSync(executablePath);
if (!hasBrowser) console.warn("Skipped: pages in a browser. They want Chromium: apt-get install chromium");

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args });
}

/** Somebody at a screen, reading one language. */
export interface Reader {
  readonly size: keyof typeof sizes;
  readonly language: "fa" | "en";
  readonly scheme?: "light" | "dark";
}

/** A screen of this reader's. */
export function contextOf(browser: Browser, reader: Reader): Promise<BrowserContext> {
  const { size, language, scheme: colorScheme = "light" } = reader;
  const locale = language === "fa" ? "fa-IR" : "en-US";
  return browser.newContext({ locale, viewport: sizes[size], colorScheme });
}

/** What the browser complains of from now on, and every host that it asks. */
export function watch(page: Page) {
  const troubles: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) troubles.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("requestfailed", (request) => {
    // Whoever goes on to the next page gives up what was still on its way.
    const why = request.failure()?.errorText ?? "failed";
    if (why !== "net::ERR_ABORTED") troubles.push(`${request.url()}: ${why}`);
  });
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "data:" && protocol !== "blob:") hosts.add(host);
  });
  return { troubles, hosts };
}

const Found = z.object({
  html: z.string(),
  direction: z.string().nullable(),
  fits: z.boolean(),
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.string()) })),
});

const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** A page that waits for the bank renews itself: there is nothing on it to fill in or to lose, and no script to do it. */
const asked = { rules: { "meta-refresh": { enabled: false } }, resultTypes: ["violations"] };

/** Runs in the page, in one go: there and back costs as much as the looking. */
const looking = `(async () => {
  const html = document.documentElement.outerHTML;
  const direction = document.documentElement.getAttribute("dir");
  const fits = document.documentElement.scrollWidth <= innerWidth;
  ${axe};
  const { violations } = await axe.run(document, ${JSON.stringify(asked)});
  const found = violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.html) }));
  return { html, direction, fits, violations: found };
})()`;

const shownInReadme: readonly string[] = [
  "plans-fa-phone",
  "direct-debit-fa-phone",
  "my-subscription-fa-phone",
  "exception-fa-phone",
  "my-subscription-en-desktop",
  "asking-en-phone",
];

/** What must hold of every page; its picture when pictures are wanted. */
export async function lookAt(page: Page, { size, language }: Reader, name?: string): Promise<void> {
  const at = new URL(page.url()).pathname;
  const { html, direction, fits, violations } = Found.parse(await page.evaluate(looking));
  expect(gzipSync(html).length, at).toBeLessThan(maxCompressedBytes);
  expect(direction, at).toBe(language === "fa" ? "rtl" : "ltr");
  expect(fits, `${at} fits the screen`).toBe(true);
  expect(violations.map(({ id, nodes }) => [at, id, nodes])).toEqual([]);
  const file = `${name}-${language}-${size}`;
  if (!process.env["PICTURES"] || !shownInReadme.includes(file)) return;
  await page.evaluate("document.fonts.ready");
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${file}.png`), fullPage: true });
}
