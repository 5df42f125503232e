// Reading the fields of a request as the gateway would: each wrong field becomes one validation of a -9.

import { type Found, type Validation, refused } from "./envelope.ts";
import type { Merchant } from "./settings.ts";
import type { Session } from "./records.ts";
import type { Desk } from "./state.ts";

export type Body = Record<string, unknown>;

export const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
export const mobilePattern = /^09[0-9]{9}$/;

const defaultMerchant: Merchant = { refusedWith: null, callbackHost: null, serverIpSet: true, payman: true };

/** Reads fields of one body and gathers what is wrong with them. */
export class FieldReader {
  readonly validations: Validation[] = [];
  private readonly body: Body;

  constructor(body: Body) {
    this.body = body;
  }

  /** A required string that fits; the empty string stands in for one that does not. */
  text(field: string, fits: RegExp): string {
    const value = this.body[field];
    if (typeof value === "string" && fits.test(value)) return value;
    this.fault(field, value === undefined || value === "" ? "is required." : "is invalid.");
    return "";
  }

  optionalText(field: string, fits: RegExp): string | null {
    const value = this.body[field];
    return value === undefined || value === null ? null : this.text(field, fits);
  }

  /** An absolute http(s) URL to which a browser can be sent. */
  url(field: string): string {
    const value = this.text(field, /^https?:\/\/\S{1,2000}$/);
    if (value === "" || URL.canParse(value)) return value;
    this.fault(field, "is not a URL.");
    return "";
  }

  /** A whole number; a string of digits is one too, since official samples quote it (§2.1). */
  wholeNumber(field: string): number {
    const value = this.body[field];
    const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= 0) return number;
    this.fault(field, value === undefined ? "is required." : "must be an integer.");
    return 0;
  }

  fault(field: string, text: string): void {
    this.validations.push({ [field]: `The ${field.replaceAll("_", " ")} ${text}` });
  }
}

/** -9 for wrong fields, then -10 for an unknown merchant, then the merchant's own refusal (§8.6). */
export function merchantOf(desk: Desk, reader: FieldReader, merchantId: string): Found<Merchant> {
  if (reader.validations.length > 0) return refused(desk, -9, reader.validations);
  const { merchants, sandbox } = desk.settings;
  const knowsAll = sandbox || Object.keys(merchants).length === 0;
  const merchant = Object.hasOwn(merchants, merchantId)
    ? merchants[merchantId]
    : knowsAll
      ? defaultMerchant
      : undefined;
  if (merchant === undefined) return refused(desk, -10);
  if (merchant.refusedWith !== null) return refused(desk, merchant.refusedWith);
  return { found: merchant };
}

/** The merchant of a payman call: -80 when direct debit is not enabled for it (§5.8). */
export function paymanMerchantOf(desk: Desk, reader: FieldReader, merchantId: string): Found<Merchant> {
  const merchant = merchantOf(desk, reader, merchantId);
  return "found" in merchant && !merchant.found.payman ? refused(desk, -80) : merchant;
}

/** The merchant's own authority: -54 by shape, -55 when unknown, -53 when another's. */
export function sessionOf(desk: Desk, merchantId: string, authority: string): Found<Session> {
  if (!/^[AS][0-9a-zA-Z]{35}$/.test(authority)) return refused(desk, -54);
  const session = desk.state.sessions.get(authority);
  if (session === undefined) return refused(desk, -55);
  endByAge(desk, session);
  return session.merchantId === merchantId ? { found: session } : refused(desk, -53);
}

/** Ends an unpaid authority that outlived the configured life; how long that truly is, nobody says (§2.2). */
export function endByAge(desk: Desk, session: Session): void {
  const { authorityLifeMs } = desk.settings;
  const isUnpaid = session.status === "NEW" || session.status === "IN_BANK";
  if (authorityLifeMs === null || !isUnpaid || desk.now - session.createdAt < authorityLifeMs) return;
  Object.assign(session, { status: "FAILED", endedBy: "age" });
}

/** -14 when the merchant registered another domain; never in the sandbox (§4). */
export function isForeignCallback(desk: Desk, merchant: Merchant, callbackUrl: string): boolean {
  if (merchant.callbackHost === null || desk.settings.sandbox) return false;
  return new URL(callbackUrl).hostname !== merchant.callbackHost;
}

export function isRecord(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
