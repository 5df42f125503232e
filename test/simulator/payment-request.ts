// payment/request and payment/feeCalculation: asking for an authority (zarinpal.md §2.1, §2.8).

import { type Answer, type Found, refusal, refused, success } from "./envelope.ts";
import {
  type Body,
  FieldReader,
  isForeignCallback,
  isRecord,
  merchantOf,
  mobilePattern,
  uuidPattern,
} from "./fields.ts";
import { newAuthority } from "./identifiers.ts";
import type { Session } from "./records.ts";
import type { Settings } from "./settings.ts";
import { type Desk, maxSessions } from "./state.ts";

const maxAmountRials = 1_000_000_000;

/** A new authority each time: there is no idempotency key (§7). Takes no money. */
export function request(desk: Desk, body: Body): Answer {
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const amountRials = amountOf(reader, body, desk.settings.minAmountRials);
  const description = reader.text("description", /^[\s\S]{1,500}$/);
  const callbackUrl = reader.url("callback_url");
  const metadata = metadataOf(reader, body["metadata"]);
  const merchant = merchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant.refused;
  if (amountRials > maxAmountRials) return refusal(desk, -41);
  const wages = wagesOf(desk, body["wages"], amountRials);
  if ("refused" in wages) return wages.refused;
  if (isForeignCallback(desk, merchant.found, callbackUrl)) return refusal(desk, -14);
  if (desk.state.sessions.size >= maxSessions) return refusal(desk, -13);
  const session = open(desk, { merchantId, amountRials, description, callbackUrl, wages: wages.found, ...metadata });
  const { authority, feeRials: fee, feePaidBy } = session;
  return success({ data: { authority, fee, fee_type: feePaidBy, code: 100, message: "Success" }, errors: [] });
}

/** What the merchant would pay; absent from the sandbox (§4). */
export function feeCalculation(desk: Desk, body: Body): Answer {
  if (desk.settings.sandbox) return { code: 404, status: 404, body: { message: "Not Found" } };
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const amount = amountOf(reader, body, 1000);
  const merchant = merchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant.refused;
  const fee = feeOf(desk.settings, amount);
  const suggested = amount + fee;
  return success({
    data: {
      amount,
      fee,
      fee_type: desk.settings.feePaidBy,
      suggested_amount: suggested,
      code: 100,
      message: "Success",
    },
    errors: [],
  });
}

/** The fee in Rials, rounded down. With 100 basis points, a ceiling of 160,000 and 500 fixed: 250,000 → 3,000. */
function feeOf({ fee }: Settings, amountRials: number): number {
  return Math.min(fee.ceilingRials, Math.floor((amountRials * fee.basisPoints) / 10_000)) + fee.fixedRials;
}

type Asked = Pick<
  Session,
  "merchantId" | "amountRials" | "description" | "callbackUrl" | "mobile" | "orderId" | "autoVerify" | "wages"
>;

function open(desk: Desk, asked: Asked): Session {
  const session: Session = {
    ...asked,
    authority: newAuthority(desk),
    feeRials: feeOf(desk.settings, asked.amountRials),
    feePaidBy: desk.settings.feePaidBy,
    status: "NEW",
    endedBy: null,
    declineCode: null,
    createdAt: desk.now,
    paidAt: null,
    refId: null,
    entryIndexes: [],
  };
  desk.state.sessions.set(session.authority, session);
  return session;
}

function amountOf(reader: FieldReader, body: Body, minRials: number): number {
  const amount = reader.wholeNumber("amount");
  const currency = body["currency"] ?? "IRR";
  if (currency !== "IRR" && currency !== "IRT") reader.fault("currency", "must be IRR or IRT.");
  const rials = currency === "IRT" ? amount * 10 : amount;
  if (rials < minRials) reader.fault("amount", `must be at least ${minRials}.`);
  return rials;
}

function metadataOf(reader: FieldReader, metadata: unknown): Pick<Session, "mobile" | "orderId" | "autoVerify"> {
  const none = { mobile: null, orderId: null, autoVerify: null };
  if (metadata === undefined || metadata === null || (Array.isArray(metadata) && metadata.length === 0)) return none;
  if (!isRecord(metadata)) {
    reader.fault("metadata", "must be an object.");
    return none;
  }
  const fields = new FieldReader(metadata);
  const mobile = fields.optionalText("mobile", mobilePattern);
  const orderId = fields.optionalText("order_id", /^.{1,255}$/);
  const autoVerify = metadata["auto_verify"] ?? null;
  if (typeof autoVerify !== "boolean" && autoVerify !== null) fields.fault("auto_verify", "must be true or false.");
  reader.validations.push(...fields.validations);
  return { mobile, orderId, autoVerify: typeof autoVerify === "boolean" ? autoVerify : null };
}

function wagesOf(desk: Desk, wages: unknown, amountRials: number): Found<Session["wages"]> {
  if (wages === undefined || wages === null) return { found: null };
  if (!Array.isArray(wages) || !wages.every(isWage)) return refused(desk, -9, [{ wages: "The wages is invalid." }]);
  if (wages.length > 5) return refused(desk, -35);
  const amounts = wages.map((wage) => Number(wage["amount"]));
  if (amounts.some((amount) => !(amount >= 10_000))) return refused(desk, -36);
  if (amounts.reduce((sum, amount) => sum + amount, 0) > amountRials) return refused(desk, -32);
  return { found: wages };
}

function isWage(value: unknown): value is Body {
  return isRecord(value) && typeof value["iban"] === "string" && /^IR[0-9]{24}$/.test(value["iban"]);
}
