// Answers as ZarinPal puts them (zarinpal.md §1, §2.10): the two envelopes, the odd one of inquiry, and the HTTP status.

import type { Desk } from "./state.ts";

/** One answer before any fault is laid over it. `code` is what the log of calls shows. */
export type Answer = { code: number; status: number; body: unknown };
export type Validation = { [field: string]: string };
/** Something looked up, or the refusal to send instead. */
export type Found<T> = { found: T } | { refused: Answer };

const messages: { readonly [code: string]: string } = {
  "-9": "The input params invalid, validation error.",
  "-10": "Terminal is not valid, please check merchant_id or ip address.",
  "-11": "Terminal is not active, please contact our support team.",
  "-12": "To many attempts, please try again later.",
  "-13": "Terminal limit reached.",
  "-14": "The callback URL domain does not match the registered terminal domain.",
  "-32": "Wages is not valid, Total wages(floating) has been overload max amount.",
  "-35": "Wages is not valid, Total count of wages has been overload max.",
  "-36": "Minimum amount for wages(floating) should be 10,000 Rials.",
  "-41": "Maximum amount should be 100,000,000 tomans.",
  "-50": "Session is not valid, amounts values is not the same.",
  "-51": "Session is not valid, session is not active paid try.",
  "-53": "Session is not this merchant_id session.",
  "-54": "Invalid authority.",
  "-55": "Manual payment request not found.",
  "-60": "Session can not be reversed with bank.",
  "-61": "Session is not in success status.",
  "-62": "Terminal ip limit must be active.",
  "-63": "Maximum time for reverse this session is expired.",
  "-74": "Merchant id is not valid.",
  "-80": "Merchant have not access.",
};

export function success(body: unknown, code: 100 | 101 = 100): Answer {
  return { code, status: 200, body };
}

/** A business error: `data` empty, `errors` an object. Codes without a known text get a placeholder. */
export function refusal(desk: Desk, code: number, validations: readonly Validation[] = []): Answer {
  const message = messages[String(code)] ?? "The operation was refused.";
  const error = { code, message, validations };
  const errors = desk.settings.errorShape === "list" ? [error] : error;
  return { code, status: httpStatusOf(desk, code), body: { data: emptyData(desk), errors } };
}

export function refused(desk: Desk, code: number, validations: readonly Validation[] = []): { refused: Answer } {
  return { refused: refusal(desk, code, validations) };
}

/** Inquiry about an authority it does not know: no `data`, and the code is a string inside a list (§1). */
export function oddRefusal(desk: Desk): Answer {
  const body = { message: "The given data was invalid.", errors: { authority: ["Invalid authority.", "-54"] } };
  return { code: -54, status: httpStatusOf(desk, -54), body };
}

/** The HTTP status of a refusal, as the settings say. */
export function httpStatusOf(desk: Desk, code: number): number {
  const setting = desk.settings.errorHttpStatus;
  if (setting === "documented") return code === -9 ? 422 : code <= -50 && code >= -55 ? 401 : 400;
  if (setting === "random") return [200, 400, 401, 422][Math.floor(desk.random() * 4)] ?? 400;
  return Number(setting);
}

export function emptyData(desk: Desk): [] | Record<string, never> {
  const setting = desk.settings.emptyData;
  const isList = setting === "random" ? desk.random() < 0.5 : setting === "[]";
  return isList ? [] : {};
}
