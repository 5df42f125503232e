// Our own pages as people meet them, in a real browser, with the simulator's bank in the middle: a subscriber from signing
// up to ending everything; a signature that is refused; a debit whose answer is lost and found; an operator who decides. All
// side by side on one system: the faults that one of them needs strike that payer alone. Pages that no way leads over are
// looked at in `test/pages/`.
import type { Browser } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { bodyOf, until } from "../../scripts/demo/client.ts";
import { signAt } from "../../scripts/demo/gateway.ts";
import { textIn } from "../../scripts/demo/person.ts";
import { withCode } from "../../scripts/local/totp.ts";
import { hasBrowser, launch, type Reader } from "../support/chromium.ts";
import { agreementToSign } from "./agreement.ts";
import { sharedSystem } from "./shared-system.ts";
import { aVisitor, type Visitor } from "./visitor.ts";

let system: Awaited<ReturnType<typeof sharedSystem>>;
let browser: Browser;

const visit = (reader: Reader) => aVisitor({ browser, at: system.at }, reader);

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

const heading = ({ page }: Visitor, name: string) =>
  page.getByRole("heading", { name, exact: true }).waitFor({ timeout: 100_000 });
const stateOf = ({ page }: Visitor) => page.locator(".state").first().textContent();

/** What happens to this payer's next calls of the gateway, and to nobody else's. */
async function strike(mobile: string, ...orders: readonly object[]): Promise<void> {
  for (const order of orders) {
    const response = await fetch(`${system.at.simulator}/control/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ mobile, ...order }),
    });
    expect(response.ok).toBe(true);
  }
}

/** Somebody's first debit, of which the gateway says that another amount was paid: it waits for an operator. */
async function aContradiction() {
  const { client, person, id: paymentMethodId, signingUrl } = await agreementToSign(system.at);
  await signAt(signingUrl);
  await strike(person.mobile, { call: "payment/verify", fault: { kind: "decline", code: -50 } });
  const products = bodyOf("GET /v1/products", await client.products.list({ query: {} }), 200).data;
  const price = products.find(({ name }) => name === "Starter")?.prices.find(({ interval }) => interval === "month");
  if (!price) throw new Error("There is no Starter to subscribe to");
  await client.subscriptions.create({ body: { priceId: price.id, paymentMethodId } });
  const waiting = async () => {
    const { data } = bodyOf("GET /v1/payments", await client.payments.list({ query: {} }), 200);
    return data.find(({ status }) => status === "needs_review") ?? null;
  };
  const { id } = await until(waiting, 60_000, "The payment waits for nobody.");
  return { client, paymentId: id };
}

/** Signs in as the system's operator: first without a code, which is then asked for. */
async function enterConsole({ page, texts, words, press, seen }: Visitor): Promise<void> {
  const { email, password, totpSecret } = system.at.operator;
  await page.getByLabel(words.signIn.email).fill(email);
  await page.getByLabel(words.signIn.password).fill(password);
  await press(words.signIn.button);
  await seen();
  const entered = await withCode(totpSecret, async (code) => {
    await page.getByLabel(words.signIn.password).fill(password);
    await page.getByLabel(words.signIn.code).fill(code);
    await press(words.signIn.button);
    return (await page.locator("h1").textContent()) === texts.operator.nav.today ? true : null;
  });
  expect(entered).toBe(true);
}

describe.skipIf(!hasBrowser)("in Chromium", { timeout: 180_000 }, () => {
  beforeAll(async () => {
    browser = await launch();
    return () => browser.close();
  });

  beforeAll(async () => {
    system = await sharedSystem();
  });

  const readers: readonly Reader[] = [
    { size: "phone", language: "fa", scheme: "light" },
    { size: "desktop", language: "en", scheme: "dark" },
  ];

  test.concurrent.each(readers)(
    "on a $size in $language, $scheme: from signing up to ending it all",
    async (reader) => {
      const visitor = await visit(reader);
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

      await go("/account/settings");
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
      expect(await visitor.title()).toBe(words.signIn.title);

      await follow(words.byCode.title);
      await seen();
      await page.getByLabel(words.mobile.mobile).fill(visitor.person.mobile);
      await press(words.mobile.send);
      await seen();
      await page.getByLabel(words.mobile.code).fill(await codeFor(visitor.person.mobile));
      await press(words.byCode.verify);
      expect(await visitor.title()).toBe(words.account.title);
      visitor.nothingWasWrong();
    },
  );

  test.concurrent("on a desktop in fa: a refused signature is said to be one, and the same price is paid by card", async () => {
    const visitor = await visit({ size: "desktop", language: "fa" });
    const { page, words, press, follow, seen } = visitor;
    await signUp(visitor);
    await choose(visitor, "Starter");
    await proveMobile(visitor);
    await atTheBank(visitor, "refuse");
    expect(await visitor.title()).toBe(visitor.texts.paymentMethodReturn.failed.title);
    await follow(words.agreement.onward);
    expect(await stateOf(visitor)).toBe(words.agreement.failed);
    await seen();
    await follow(words.agreement.onward);
    await press(words.subscribe.checkoutButton);
    await page.locator("button[value=pay]").click();
    await page.waitForURL(`${system.at.api}/v1/callbacks/payments/**`);
    // The bank may need longer than the page waits; then the page asks again by itself.
    await heading(visitor, visitor.texts.paymentReturn.paid.title);
    await seen();
    await follow(words.agreement.onward);
    expect(await visitor.title()).toBe(words.payment.paid.title);
    await seen("paid");
    visitor.nothingWasWrong();
  });

  test.concurrent("on a phone in en: a debit whose answer is lost is asked about, and the page finds out by itself", async () => {
    const visitor = await visit({ size: "phone", language: "en", scheme: "dark" });
    const { words, press, follow, seen } = visitor;
    await signUp(visitor);
    await choose(visitor, "Starter");
    await proveMobile(visitor);
    await atTheBank(visitor, "sign");
    await follow(words.agreement.onward);
    await follow(words.agreement.onward);
    // The debit takes effect and nobody hears of it; nor does the first who asks what became of it.
    await strike(
      visitor.person.mobile,
      { call: "payman/checkout", fault: { kind: "drop_after" } },
      { call: "payment/inquiry", fault: { kind: "drop_before" } },
    );
    await press(words.subscribe.debitButton);
    expect(await visitor.title()).toBe(words.payment.asking.title);
    await seen("asking");
    await heading(visitor, words.payment.paid.title);
    await follow(words.payment.back);
    expect(await stateOf(visitor)).toContain("Your subscription is active.");
    visitor.nothingWasWrong();
  });

  const operators: readonly Reader[] = [
    { size: "phone", language: "fa", scheme: "dark" },
    { size: "desktop", language: "en", scheme: "light" },
  ];

  test.concurrent.each(operators)(
    "an operator on a $size in $language, $scheme: signs in with a code and decides about a payment",
    async (reader) => {
      const [{ client, paymentId }, visitor] = await Promise.all([aContradiction(), visit(reader)]);
      const { page, texts, words, go, press, seen } = visitor;
      const { operator } = texts;
      await go("/operator");
      await enterConsole(visitor);
      expect(await visitor.title()).toBe(operator.nav.today);
      await seen();

      await go("/operator/exceptions?kind=payment_review");
      await seen();
      const waiting = page.locator(`main a[href*="${paymentId}"]`).first();
      await Promise.all([page.waitForEvent("load"), waiting.click()]);
      expect(await visitor.title()).toBe(operator.exceptions.kinds.payment_review.title);
      await seen("exception");
      await page.getByLabel(operator.exceptions.decisions.settle, { exact: true }).check();
      await page.getByLabel(operator.exceptions.reference, { exact: true }).fill(`bank-${paymentId.slice(-8)}`);
      await page.getByLabel(operator.why, { exact: true }).fill("The bank confirms it by telephone");
      await press(operator.exceptions.button);
      expect(await page.getByRole("status").textContent()).toBe(operator.done.settle);
      expect(await stateOf(visitor)).toBe(operator.exceptions.gone);
      await seen();

      const { body } = await client.subscriptions.list({ query: {} });
      expect(body).toMatchObject({ data: [{ status: "active" }] });
      await press(words.nav.signOut);
      await go("/operator");
      expect(await visitor.title()).toBe(words.signIn.title);
      visitor.nothingWasWrong(/status of 401/);
    },
  );
});
