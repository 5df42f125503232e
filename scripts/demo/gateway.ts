// The gateway as a payer sees it, page by page, and as a tester may pull its levers.
import * as z from "zod";
import { expect, Stop } from "./stop.ts";

const maxRedirects = 5;

/** Opens the signing page, presses "sign" and goes wherever the browser is sent. */
export async function signAt(signingUrl: string): Promise<void> {
  const page = await fetch(signingUrl);
  const html = await page.text();
  expect(page.ok && /<form\b/i.test(html), `The signing page answered ${page.status} and shows no form.`);
  await press(signingUrl, "sign");
}

/** Presses a button of a page of the gateway and goes wherever the browser is sent. */
export async function press(page: string, action: string): Promise<void> {
  const body = new URLSearchParams({ action });
  let response = await fetch(page, { method: "POST", body, redirect: "manual" });
  for (let redirects = 0; redirects < maxRedirects; redirects++) {
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) break;
    response = await fetch(new URL(location, response.url || page), { redirect: "manual" });
  }
  expect(response.ok, `The way back from the gateway ended with status ${response.status} at ${response.url}.`);
}

/** Lets the bank decline the next debit; false when this gateway cannot be told to. */
export async function declineNextDebit(simulator: string): Promise<boolean> {
  return pull(simulator, "control/faults", { call: "payman/checkout", times: 1, fault: { kind: "decline" } });
}

/** Lets the next debit take effect and its answer get lost; false when this gateway cannot be told to. */
export async function loseNextAnswer(simulator: string): Promise<boolean> {
  return pull(simulator, "control/faults", { call: "payman/checkout", times: 1, fault: { kind: "drop_after" } });
}

/** A gateway whose old pages can be paid, and that confirms payments by itself whatever it was asked for. */
export async function letOldPagesBePaid(simulator: string): Promise<void> {
  await pull(simulator, "control", {
    endedPage: "usable_again",
    autoVerify: "ignored",
    panelVerification: "automatic",
  });
}

/** The gateway as it was. */
export async function forgetOldPages(simulator: string): Promise<void> {
  await pull(simulator, "control", { endedPage: "ended", autoVerify: "heeded", panelVerification: "manual" });
}

/** Pays the page of an authority, and goes back to the shop. */
export async function payOldPage(simulator: string, authority: string): Promise<void> {
  await press(`${simulator}/pg/StartPay/${authority}`, "pay");
}

/** The payer's browser comes back. */
export async function comeBack(url: string): Promise<void> {
  const response = await fetch(url);
  await response.body?.cancel();
  expect(response.ok, `The way back answered ${response.status}.`);
}

async function pull(simulator: string, lever: string, order: object): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${simulator}/${lever}`, { method: "POST", headers, body: JSON.stringify(order) });
  await response.body?.cancel();
  return response.ok;
}

const LedgerEntry = z.object({ orderId: z.string().nullable(), amountRials: z.int(), state: z.string() });

/** Money that left a payer's account and did not go back, as the gateway has booked it. */
export async function ledgerOf(simulator: string): Promise<readonly z.infer<typeof LedgerEntry>[]> {
  const response = await fetch(`${simulator}/ledger`);
  if (!response.ok) throw new Stop(`The gateway's ledger answered ${response.status}.`);
  const { entries } = z.object({ entries: z.array(LedgerEntry) }).parse(await response.json());
  return entries.filter(({ state }) => state === "held" || state === "captured");
}
