// Somebody at a screen, in a real browser: what they press and follow, and what must hold of every page they see: nothing
// inaccessible, nothing wider than the screen, nothing heavy, no other host, no complaint.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { expect } from "vitest";
import * as z from "zod";
import { newPerson } from "../../scripts/demo/person.ts";
import type { Addresses } from "../../scripts/local/running.ts";
import { root } from "../../scripts/local/settings.ts";
import { textsIn } from "../../server/text/languages.ts";

const executablePath = "/usr/bin/chromium";
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1_200, height: 850 } } as const;
const maxCompressedBytes = 60 * 1024;
const pictures = join(root, "docs/pictures");

/** Whether this machine has the browser. */
export const hasBrowser = existsSync(executablePath);

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args });
}

/** Somebody at a screen, reading one language. */
export interface Reader {
  readonly size: keyof typeof sizes;
  readonly language: "fa" | "en";
  readonly scheme?: "light" | "dark";
}

export type Visitor = Awaited<ReturnType<typeof aVisitor>>;

/** Where somebody goes, and with which session, when not with none. */
interface Way {
  readonly browser: Browser;
  readonly at: Pick<Addresses, "api" | "simulator">;
  readonly session?: Session;
}

type Session = Awaited<ReturnType<BrowserContext["storageState"]>>;

export async function aVisitor({ browser, at, session }: Way, reader: Reader) {
  const { size, language, scheme: colorScheme = "light" } = reader;
  const locale = language === "fa" ? "fa-IR" : "en-US";
  const storageState = session && { storageState: session };
  const context = await browser.newContext({ locale, viewport: sizes[size], colorScheme, ...storageState });
  const page = await context.newPage();
  const troubles: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) troubles.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "data:") hosts.add(host);
  });
  const texts = textsIn(language);
  const go = (path: string) => page.goto(`${at.api}${path}`);
  const press = async (name: string) => {
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).click()]);
  };
  const follow = async (name: string) => {
    await Promise.all([
      page.waitForEvent("load"),
      page.getByRole("main").getByRole("link", { name, exact: true }).click(),
    ]);
  };
  const seen = (name?: string) => lookAt(page, { ...reader, name });
  const own = [at.api, at.simulator].map((url) => new URL(url).host);
  return {
    page,
    texts,
    words: texts.site,
    go,
    press,
    follow,
    seen,
    person: newPerson(),
    title: () => page.locator("h1").textContent(),
    session: () => context.storageState(),
    /** The browser complained of nothing, but for what was meant to happen, and went to nobody else's server. */
    nothingWasWrong: (meant?: RegExp) => {
      expect(troubles.filter((trouble) => !meant?.test(trouble))).toEqual([]);
      expect([...hosts].filter((host) => !own.includes(host))).toEqual([]);
    },
  };
}

const Found = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

const shownInReadme: readonly string[] = [
  "plans-fa-phone",
  "direct-debit-fa-phone",
  "my-subscription-fa-phone",
  "exception-fa-phone",
  "my-subscription-en-desktop",
  "asking-en-phone",
];

/** A page that waits for the bank renews itself: there is nothing on it to fill in or to lose, and no script to do it. */
const exceptions = { rules: { "meta-refresh": { enabled: false } } };

/** What must hold of every page; its picture when pictures are wanted. */
async function lookAt(page: Page, { size, language, name }: Reader & { readonly name?: string | undefined }) {
  const at = new URL(page.url()).pathname;
  const html = await page.content();
  expect(gzipSync(html).length, at).toBeLessThan(maxCompressedBytes);
  expect(await page.locator("html").getAttribute("dir"), at).toBe(language === "fa" ? "rtl" : "ltr");
  expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${at} fits the screen`).toBe(true);
  await page.evaluate(axe.source);
  const { violations } = Found.parse(await page.evaluate(`axe.run(document, ${JSON.stringify(exceptions)})`));
  expect(violations.map(({ id, nodes }) => [at, id, nodes.map((node) => node.html)])).toEqual([]);
  const file = `${name}-${language}-${size}`;
  if (!process.env["PICTURES"] || !shownInReadme.includes(file)) return;
  await page.evaluate("document.fonts.ready");
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${file}.png`), fullPage: true });
}
