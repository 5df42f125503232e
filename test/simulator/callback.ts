// Sending the payer's browser back to the merchant (zarinpal.md §2.3, §5.4), faithfully or with a fault.

import type { House } from "./calls.ts";
import { messagePage } from "./pages.ts";

type Return = {
  callbackUrl: string;
  isOk: boolean;
  /** Query names in the gateway's own case; those sent by the fault "wrong_case" are the other way round. */
  names: readonly [authority: string, status: string];
  authority: string;
};

/** Where the browser goes, or null when the fault "missing" keeps it here. */
export function returnUrl(house: House, back: Return): string | null {
  const { callback, callbackQuery } = house.settings;
  if (callback === "missing") return null;
  const status = back.isOk || callback === "forged_ok" ? "OK" : "NOK";
  const [authorityName, statusName] = callback === "wrong_case" ? back.names.map(otherCase) : back.names;
  const query = new URLSearchParams({ [authorityName ?? ""]: back.authority, [statusName ?? ""]: status }).toString();
  const url = new URL(back.callbackUrl);
  const kept = callbackQuery === "kept" ? url.search.slice(1) : "";
  url.search = kept === "" ? query : `${kept}&${query}`;
  return url.href;
}

/** A 303 to the merchant, or the page that says the window may be closed. */
export async function sendBack(house: House, back: Return): Promise<Response> {
  const url = returnUrl(house, back);
  if (url === null) return htmlResponse(messagePage("می‌توانید این پنجره را ببندید"));
  if (house.settings.callback === "duplicate") house.visit(url);
  return new Response(null, { status: 303, headers: { location: url } });
}

type Page = ReturnType<typeof messagePage>;

export async function htmlResponse(page: Page, status = 200): Promise<Response> {
  return new Response(String(await page), { status, headers: { "content-type": "text/html; charset=utf-8" } });
}

function otherCase(name: string): string {
  const lower = name.toLowerCase();
  return name === lower ? name.toUpperCase() : lower;
}
