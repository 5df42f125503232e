// payment/verify, inquiry, unVerified and reverse: what became of an authority (zarinpal.md §2.4–2.7).

import { type Answer, type Found, oddRefusal, refusal, success } from "./envelope.ts";
import { type Body, FieldReader, merchantOf, sessionOf, uuidPattern } from "./fields.ts";
import { captureMoney, ownEntryOf, reverseMoney } from "./ledger.ts";
import type { Session } from "./records.ts";
import type { Settings } from "./settings.ts";
import type { Desk } from "./state.ts";
import { textOf } from "./tehran.ts";

const reverseWindowMs = 30 * 60_000;

/** 100 the first time, 101 ever after; refusals in the order of §8.6: body, merchant, authority, owner, state, amount. */
export function verify(desk: Desk, body: Body): Answer {
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const authority = reader.text("authority", /./);
  const amount = reader.wholeNumber("amount");
  const merchant = merchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant.refused;
  const own = sessionOf(desk, merchantId, authority);
  if ("refused" in own) return own.refused;
  const session = own.found;
  if (session.status !== "PAID" && session.status !== "VERIFIED") return refusal(desk, -51);
  if (isContradicted(desk, session)) return refusal(desk, -51);
  if (session.amountRials !== amount) return refusal(desk, -50);
  const isFirst = session.status === "PAID";
  if (isFirst) captureMoney(desk, session);
  return verified(desk, session, isFirst);
}

/** The state by name. An untouched authority is answered as the settings say; NEW is never a word on the wire. */
export function inquiry(desk: Desk, body: Body): Answer {
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const authority = reader.text("authority", /./);
  const merchant = merchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant.refused;
  const own = sessionOf(desk, merchantId, authority);
  if ("refused" in own) return own.refused.code === -53 ? own.refused : oddRefusal(desk);
  const status = isContradicted(desk, own.found) ? "PAID" : shownStatus(desk.settings, own.found);
  if (status === "-54") return oddRefusal(desk);
  return success({ data: { status, code: 100, message: "Success" }, errors: [] });
}

/** The merchant's newest 100 payments that are PAID and wait for a verify. `code` is a string here (§2.6). */
export function unVerified(desk: Desk, body: Body): Answer {
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const merchant = merchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant.refused;
  const authorities = [...desk.state.held]
    .flatMap((authority) => desk.state.sessions.get(authority) ?? [])
    .filter((session) => session.merchantId === merchantId)
    .toSorted((one, other) => (other.paidAt ?? 0) - (one.paidAt ?? 0))
    .slice(0, 100)
    .map((session) => ({
      authority: session.authority,
      amount: session.amountRials,
      callback_url: session.callbackUrl,
      referer: "/",
      date: textOf(session.paidAt ?? session.createdAt),
    }));
  return success({ data: { code: "100", message: "Success", authorities } });
}

/** Gives the whole amount back within 30 minutes: else -63; -61 when not paid or already reversed, -62 without an IP. */
export function reverse(desk: Desk, body: Body): Answer {
  const found = reversible(desk, body);
  if ("refused" in found) return found.refused;
  reverseMoney(desk, found.found);
  return success({ data: { code: 100, message: "Reversed" }, errors: [] });
}

function reversible(desk: Desk, body: Body): Found<Session> {
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const authority = reader.text("authority", /./);
  const merchant = merchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant;
  if (!merchant.found.serverIpSet) return { refused: refusal(desk, -62) };
  const own = sessionOf(desk, merchantId, authority);
  if ("refused" in own) return own;
  const { status, paidAt } = own.found;
  if ((status !== "PAID" && status !== "VERIFIED") || paidAt === null) return { refused: refusal(desk, -61) };
  // Whether a payment that was refunded in part can still be reversed, nobody says; here it cannot.
  if ((ownEntryOf(desk, own.found)?.refunds.length ?? 0) > 0) return { refused: refusal(desk, -61) };
  return desk.now - paidAt > reverseWindowMs ? { refused: refusal(desk, -63) } : own;
}

function verified(desk: Desk, session: Session, isFirst: boolean): Answer {
  const code = isFirst ? 100 : 101;
  const card = desk.settings.sandbox ? "999999******9999" : "603799******1234";
  const data = {
    wages: session.wages,
    code,
    message: isFirst ? "Paid" : "Verified",
    card_hash: "0866A6EAEA5CB085E4CF6EF19296BF19647552DD5F96F1E530DB3AE61837EFE7",
    card_pan: card,
    ref_id: session.refId,
    fee_type: session.feePaidBy,
    fee: session.feeRials,
    shaparak_fee: 1200,
    order_id: session.orderId,
  };
  return success({ data, errors: [] }, code);
}

/** A gateway that contradicts itself, for as long as was ordered. */
function isContradicted(desk: Desk, session: Session): boolean {
  return desk.now < (desk.state.contradicted.get(session.authority) ?? 0);
}

function shownStatus(settings: Settings, session: Session): Exclude<Session["status"], "NEW"> | "-54" {
  if (session.status === "NEW") return settings.inquiryOfUntouched;
  if (session.status === "FAILED" && session.endedBy === "decline") return settings.inquiryAfterDecline;
  if (session.status === "FAILED" && session.endedBy === "cancel") return settings.inquiryAfterCancel;
  return session.status;
}
