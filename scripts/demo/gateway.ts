// The gateway as a payer sees it, page by page, and as a tester may pull its levers.
import * as z from "zod";
import { expect, Stop } from "./stop.ts";

const maxRedirects = 5;

/** Opens the signing page, presses "sign" and goes wherever the browser is sent. */
export async function signAt(signingUrl: string): Promise<void> {
  const page = await fetch(signingUrl);
  const html = await page.text();
  expect(page.ok && /<form\b/i.test(html), `The signing page answered ${page.status} and shows no form.`);
  const body = new URLSearchParams({ action: "sign" });
  let response = await fetch(signingUrl, { method: "POST", body, redirect: "manual" });
  for (let redirects = 0; redirects < maxRedirects; redirects++) {
    await response.body?.cancel();
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) break;
    response = await fetch(new URL(location, response.url || signingUrl), { redirect: "manual" });
  }
  expect(response.ok, `The way back from the bank ended with status ${response.status} at ${response.url}.`);
}

/** Lets the bank decline the next debit; false when this gateway cannot be told to. */
export async function declineNextDebit(simulator: string): Promise<boolean> {
  const order = { call: "payman/checkout", times: 1, fault: { kind: "decline" } };
  const headers = { "content-type": "application/json" };
  const response = await fetch(`${simulator}/control/faults`, {
    method: "POST",
    headers,
    body: JSON.stringify(order),
  });
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
