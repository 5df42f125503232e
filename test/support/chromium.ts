// Chromium, and what must hold of every page that it shows: nothing inaccessible, nothing wider than the screen, no way on
// cut off, no word of another language, nothing heavy, no other host, no complaint.
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

const Fitting = z.object({ fits: z.boolean(), cut: z.array(z.string()) });

const Found = Fitting.extend({
  html: z.string(),
  hollow: z.array(z.string()),
  direction: z.string().nullable(),
  foreign: z.array(z.string()),
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.string()) })),
});

const axe = readFileSync(join(root, "node_modules/axe-core/axe.min.js"), "utf8");

/** A page that waits for the bank renews itself: there is nothing on it to fill in or to lose, and no script to do it. */
const asked = { rules: { "meta-refresh": { enabled: false } }, resultTypes: ["violations"] };

/** Whether the page is as wide as its screen, and what stands beyond the edge of a table that scrolls, but for charts'. */
const fitting = `(() => {
  const fits = document.documentElement.scrollWidth <= innerWidth;
  const beyond = (each) => {
    const [inner, outer] = [each.getBoundingClientRect(), each.closest(".scroll").getBoundingClientRect()];
    return inner.width > 0 && (inner.left < outer.left - 1 || inner.right > outer.right + 1);
  };
  const cut = [...document.querySelectorAll(".scroll :is(a, button, th, td):not(.chart *)")].filter(beyond).map((each) => each.textContent);
  return { fits, cut };
})()`;

/** Runs in the page, in one go: there and back costs as much as the looking. */
const looking = `(async () => {
  const html = document.documentElement.outerHTML;
  const direction = document.documentElement.getAttribute("dir");
  const { fits, cut } = ${fitting};
  const isPersian = (text) => /[\\u0600-\\u06ff]/.test(text);
  const isForeign = document.documentElement.lang === "fa"
    ? (text) => /[0-9]/.test(text) || (/[A-Za-z]/.test(text) && !isPersian(text))
    : isPersian;
  // Marked as such, or a name: titles and what one chooses from may be names.
  const meant = "bdi, [dir=ltr], [lang]:not(html), h1, option, style";
  const foreign = [];
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const { data, parentElement } = words.currentNode;
    if (isForeign(data) && !parentElement.closest(meant)) foreign.push(data.trim());
  }
  // A place for something with nothing in it: it still takes its room.
  const places = ".actions, .card, .grid > *, dl, ul, tbody";
  const hollow = [...document.querySelectorAll(places)].filter((each) => !each.firstElementChild && !each.textContent.trim());
  ${axe};
  const { violations } = await axe.run(document, ${JSON.stringify(asked)});
  const found = violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.html) }));
  return { html, direction, fits, cut, foreign, hollow: hollow.map((each) => each.outerHTML), violations: found };
})()`;

const shownInReadme: readonly string[] = [
  "figures-fa-desktop",
  "direct-debit-fa-phone",
  "my-subscription-fa-phone",
  "exception-fa-phone",
  "my-subscription-en-desktop",
  "asking-en-phone",
];

/** The same page where there is less room. */
export async function lookNarrow(page: Page): Promise<void> {
  const wide = page.viewportSize();
  await page.setViewportSize(sizes.phone);
  expectFitting(new URL(page.url()).pathname, Fitting.parse(await page.evaluate(fitting)));
  if (wide) await page.setViewportSize(wide);
}

/** Whether each word of what was refused has the colour of trouble. */
const refusals = `(() => {
  const probe = document.body.appendChild(document.createElement("span"));
  probe.style.color = "var(--bad)";
  const { color } = getComputedStyle(probe);
  probe.remove();
  const isSeen = (each) => each.checkVisibility() && getComputedStyle(each).color === color;
  return [...document.querySelectorAll("[role=alert]")].map(isSeen);
})()`;

/** What was refused is said on the page, and stands out. */
export async function lookRefused(page: Page): Promise<void> {
  const said = z.array(z.boolean()).parse(await page.evaluate(refusals));
  expect(said, `${new URL(page.url()).pathname} says what was refused`).toEqual([true]);
}

function expectFitting(at: string, { fits, cut }: z.infer<typeof Fitting>): void {
  expect(fits, `${at} fits the screen`).toBe(true);
  expect(cut, `${at} cuts nothing off`).toEqual([]);
}

/** What must hold of every page; its picture when pictures are wanted. */
export async function lookAt(page: Page, { size, language }: Reader, name?: string): Promise<void> {
  const at = new URL(page.url()).pathname;
  const { html, direction, fits, cut, foreign, hollow, violations } = Found.parse(await page.evaluate(looking));
  expect(gzipSync(html).length, at).toBeLessThan(maxCompressedBytes);
  expect(direction, at).toBe(language === "fa" ? "rtl" : "ltr");
  expectFitting(at, { fits, cut });
  expect(foreign, `${at} is in one language`).toEqual([]);
  expect(hollow, `${at} leaves no empty room`).toEqual([]);
  expect(violations.map(({ id, nodes }) => [at, id, nodes])).toEqual([]);
  const file = `${name}-${language}-${size}`;
  if (!process.env["PICTURES"] || !shownInReadme.includes(file)) return;
  await page.evaluate("document.fonts.ready");
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${file}.png`), fullPage: true });
}
