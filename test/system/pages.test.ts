// Our own pages as a subscriber meets them, in a real browser, with the simulator's bank in the middle: from signing up to
// ending everything; a signature that is refused; a debit whose answer is lost and found. Each page is looked at on the way:
// nothing inaccessible, nothing wider than the screen, nothing heavy, no other host, no complaint.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import { chromium, type Browser, type Page } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { newPerson, textIn } from "../../scripts/demo/person.ts";
import { root } from "../../scripts/local/settings.ts";
import { textsIn } from "../../server/text/languages.ts";
import { endForGood, startSystem, type RunningSystem } from "./running-system.ts";

const executablePath = "/usr/bin/chromium";
const hasBrowser = existsSync(executablePath);
const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1_200, height: 850 } } as const;
const maxCompressedBytes = 60 * 1024;
const pictures = join(root, "docs/pictures");

let system: RunningSystem;
let browser: Browser;

/** Somebody at a screen, reading one language. */
interface Reader {
  readonly size: keyof typeof sizes;
  readonly language: "fa" | "en";
}

type Visitor = Awaited<ReturnType<typeof aVisitor>>;

async function aVisitor({ size, language }: Reader, colorScheme: "light" | "dark" = "light") {
  const locale = language === "fa" ? "fa-IR" : "en-US";
  const context = await browser.newContext({ locale, viewport: sizes[size], colorScheme });
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
  const { site } = textsIn(language);
  const go = (path: string) => page.goto(`${system.at.api}${path}`);
  const press = async (name: string) => {
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name, exact: true }).click()]);
  };
  const follow = async (name: string) => {
    await Promise.all([
      page.waitForEvent("load"),
      page.getByRole("main").getByRole("link", { name, exact: true }).click(),
    ]);
  };
  const seen = (name?: string) => lookAt(page, { size, language, name });
  return { page, troubles, hosts, words: site, go, press, follow, seen, person: newPerson() };
}

const Found = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

const shownInReadme = [
  "plans-fa-phone",
  "direct-debit-fa-phone",
  "my-subscription-fa-phone",
  "subscribe-en-desktop",
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

function nothingWasWrong({ troubles, hosts }: Visitor): void {
  expect(troubles).toEqual([]);
  const own = [system.at.api, system.at.simulator].map((url) => new URL(url).host);
  expect([...hosts].filter((host) => !own.includes(host))).toEqual([]);
}

/** Makes an account and signs in, through the mail. */
async function signUp({ page, words, go, press, seen, person }: Visitor): Promise<void> {
  await go("/sign-up");
  await seen();
  await page.getByLabel(words.signIn.email).fill(person.email);
  await page.getByLabel(words.signIn.password).fill(person.password);
  await press(words.signUp.button);
  await seen();
  await page.goto(await textIn(system.at.mailbox, person.email, /^https?:\/\/\S+$/m));
  await seen();
  await page.getByLabel(words.signIn.email).fill(person.email);
  await page.getByLabel(words.signIn.password).fill(person.password);
  await press(words.signIn.button);
}

/** From the plans to the quote of one. */
async function choose({ page, words, go, seen }: Visitor, plan: string): Promise<void> {
  await go("/products");
  await seen("plans");
  const card = page.locator("section.card", { hasText: plan }).first();
  await Promise.all([
    page.waitForEvent("load"),
    card.getByRole("link", { name: words.products.choose, exact: true }).click(),
  ]);
}

async function proveMobile({ page, words, press, follow, seen, person }: Visitor): Promise<void> {
  await follow(words.subscribe.prove);
  await seen();
  await page.getByLabel(words.mobile.mobile).fill(person.mobile);
  await press(words.mobile.send);
  await seen();
  await page.getByLabel(words.mobile.code).fill(await codeFor(person.mobile));
  await press(words.mobile.verify);
}

function codeFor(mobile: string): Promise<string> {
  return textIn(system.at.mailbox, mobile, /^\d{6}$/m);
}

/** Opens the agreement, and does at the bank what its button says. */
async function atTheBank({ page, words, press, seen }: Visitor, action: "sign" | "refuse"): Promise<void> {
  await press(words.subscribe.signButton);
  await seen("direct-debit");
  await Promise.all([page.waitForEvent("load"), page.locator('main a[href*="/StartPayman/"]').first().click()]);
  await page.locator(`button[value=${action}]`).click();
  await page.waitForURL(`${system.at.api}/v1/callbacks/payment-methods/**`);
  await seen();
}

const titleOf = ({ page }: Visitor) => page.locator("h1").textContent();
const heading = ({ page }: Visitor, name: string) =>
  page.getByRole("heading", { name, exact: true }).waitFor({ timeout: 100_000 });
const stateOf = ({ page }: Visitor) => page.locator(".state").first().textContent();

/** The next debit takes effect and nobody hears of it; nor does the first who asks what became of it. */
async function loseAnswers(simulator: string): Promise<void> {
  for (const order of [
    { call: "payman/checkout", fault: { kind: "drop_after" } },
    { call: "payment/inquiry", fault: { kind: "drop_before" } },
  ]) {
    const response = await fetch(`${simulator}/control/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(order),
    });
    expect(response.ok).toBe(true);
  }
}

describe.skipIf(!hasBrowser)("in Chromium", { timeout: 180_000 }, () => {
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args });
    return () => browser.close();
  });

  beforeAll(async () => {
    system = await startSystem();
    return () => endForGood(system);
  });

  const readers: readonly (readonly [Reader["size"], Reader["language"], "light" | "dark"])[] = [
    ["phone", "fa", "light"],
    ["desktop", "en", "dark"],
  ];

  // Side by side; the last one spoils what the bank says, and goes alone.
  test.concurrent.each(readers)(
    "on a %s in %s, %s: from signing up to ending it all",
    async (size, language, scheme) => {
      const visitor = await aVisitor({ size, language }, scheme);
      const { page, words, go, press, follow, seen } = visitor;
      await signUp(visitor);
      await seen();
      await choose(visitor, "Pro");
      await seen();
      await proveMobile(visitor);
      await seen();
      await atTheBank(visitor, "sign");
      await follow(words.agreement.onward);
      await seen();
      await follow(words.agreement.onward);
      await seen("subscribe");
      await press(words.subscribe.debitButton);
      expect(await page.getByRole("status").textContent()).toBe(words.done.subscribed);
      await seen("my-subscription");

      await follow(words.account.change);
      await seen();
      await page.getByLabel("Starter").check();
      await press(words.change.preview);
      await seen("change");
      await press(words.change.confirm);
      await seen();
      await press(words.account.undoChange);
      expect(await page.getByRole("status").textContent()).toBe(words.done.changeWithdrawn);

      await follow(words.account.pause);
      await seen();
      await press(words.pause.button);
      await seen();
      await press(words.account.undoPause);
      expect(await page.getByRole("status").textContent()).toBe(words.done.resumed);

      for (const list of ["invoices", "payments", "activity", "settings"]) {
        await go(`/account/${list}`);
        await seen(list === "settings" ? list : undefined);
      }
      await press(words.settings.save);
      expect(await page.getByRole("status").textContent()).toBe(words.done.saved);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: words.settings.download }).click(),
      ]);
      expect(download.suggestedFilename()).toBe("sarresid.json");

      await go("/account");
      await follow(words.account.cancel);
      await seen();
      await press(words.cancel.button);
      expect(await page.getByRole("status").textContent()).toBe(words.done.canceling);
      await seen();
      await press(words.agreement.cancelButton);
      expect(await page.getByRole("status").textContent()).toBe(words.done.agreementCancelled);
      await seen();
      await press(words.nav.signOut);
      await go("/account");
      expect(await titleOf(visitor)).toBe(words.signIn.title);

      await follow(words.byCode.title);
      await seen();
      await page.getByLabel(words.mobile.mobile).fill(visitor.person.mobile);
      await press(words.mobile.send);
      await seen();
      await page.getByLabel(words.mobile.code).fill(await codeFor(visitor.person.mobile));
      await press(words.byCode.verify);
      expect(await titleOf(visitor)).toBe(words.account.title);
      nothingWasWrong(visitor);
    },
  );

  test.concurrent("on a desktop in fa: a refused signature is said to be one, and the same price is paid by card", async () => {
    const visitor = await aVisitor({ size: "desktop", language: "fa" });
    const { page, words, press, follow, seen } = visitor;
    await signUp(visitor);
    await choose(visitor, "Starter");
    await proveMobile(visitor);
    await atTheBank(visitor, "refuse");
    expect(await titleOf(visitor)).toBe(textsIn("fa").paymentMethodReturn.failed.title);
    await follow(words.agreement.onward);
    expect(await stateOf(visitor)).toBe(words.agreement.failed);
    await seen();
    await follow(words.agreement.onward);
    await press(words.subscribe.checkoutButton);
    await page.locator("button[value=pay]").click();
    await page.waitForURL(`${system.at.api}/v1/callbacks/payments/**`);
    // The bank may need longer than the page waits; then the page asks again by itself.
    await heading(visitor, textsIn("fa").paymentReturn.paid.title);
    await seen();
    await follow(words.agreement.onward);
    expect(await titleOf(visitor)).toBe(words.payment.paid.title);
    await seen("paid");
    nothingWasWrong(visitor);
  });

  test("on a phone in en: a debit whose answer is lost is asked about, and the page finds out by itself", async () => {
    const visitor = await aVisitor({ size: "phone", language: "en" }, "dark");
    const { words, press, follow, seen } = visitor;
    await signUp(visitor);
    await choose(visitor, "Starter");
    await proveMobile(visitor);
    await atTheBank(visitor, "sign");
    await follow(words.agreement.onward);
    await follow(words.agreement.onward);
    await loseAnswers(system.at.simulator);
    await press(words.subscribe.debitButton);
    expect(await titleOf(visitor)).toBe(words.payment.asking.title);
    await seen("asking");
    await heading(visitor, words.payment.paid.title);
    await follow(words.payment.back);
    expect(await stateOf(visitor)).toContain("Your subscription is active.");
    nothingWasWrong(visitor);
  });
});
