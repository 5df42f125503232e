// payman/checkout: the debit (zarinpal.md §5.6). Whether it ends PAID or VERIFIED, and what a second one does, nobody
// outside knows, so both are settings.

import { type Answer, type Found, refusal, refused, success } from "./envelope.ts";
import { type Body, FieldReader, paymanMerchantOf, sessionOf, uuidPattern } from "./fields.ts";
import { canPay, captureMoney, markPaid, takeMoney } from "./ledger.ts";
import { unusable } from "./payman-contract.ts";
import type { Contract, Session } from "./records.ts";
import { type Desk, maxSessions } from "./state.ts";
import { dayOf, monthOf } from "./tehran.ts";

const debitsKeptMs = 62 * 86_400_000;

type Debit = { session: Session; contract: Contract };

/** Debits the agreement's account by the authority's amount. A decline ends the authority; a malformed call does not. */
export function checkout(desk: Desk, body: Body): Answer {
  const asked = debitOf(desk, body);
  if ("refused" in asked) return asked.refused;
  const { session } = asked.found;
  const isFresh = session.status === "NEW" || session.status === "IN_BANK";
  if (!isFresh && desk.settings.repeatedCheckout !== "debits_again") return repeated(desk, session);
  const code = forbidden(desk, asked.found);
  if (code !== null) return decline(desk, session, code);
  return debit(desk, asked.found);
}

/** Ends the authority without money having moved, unless it is already paid. */
export function decline(desk: Desk, session: Session, code: number): Answer {
  if (session.status !== "PAID" && session.status !== "VERIFIED")
    Object.assign(session, { status: "FAILED", endedBy: "decline", declineCode: code });
  return refusal(desk, code);
}

function debitOf(desk: Desk, body: Body): Found<Debit> {
  const reader = new FieldReader(body);
  const merchantId = reader.text("merchant_id", uuidPattern);
  const authority = reader.text("authority", /./);
  const signature = reader.text("signature", /./);
  const merchant = paymanMerchantOf(desk, reader, merchantId);
  if ("refused" in merchant) return merchant;
  const session = sessionOf(desk, merchantId, authority);
  if ("refused" in session) return session;
  const contract = desk.state.contractsBySignature.get(signature);
  if (contract === undefined) return refused(desk, desk.settings.codes.unknownSignature);
  if (contract.merchantId !== merchantId) return refused(desk, -53);
  return { found: { session: session.found, contract } };
}

function repeated(desk: Desk, session: Session): Answer {
  const isPaid = session.status === "PAID" || session.status === "VERIFIED";
  if (desk.settings.repeatedCheckout === "same" && isPaid) return debited(desk, session, session.refId);
  const isSame = desk.settings.repeatedCheckout === "same" && session.declineCode !== null;
  return refusal(
    desk,
    isSame && session.declineCode !== null ? session.declineCode : desk.settings.codes.repeatedCheckout,
  );
}

function debit(desk: Desk, { session, contract }: Debit): Answer {
  const entry = takeMoney(desk, session, "debit", contract.mobile);
  contract.debits = contract.debits.filter(({ at }) => desk.now - at < debitsKeptMs);
  contract.debits.push({ at: desk.now, amountRials: session.amountRials });
  // A second debit of a captured authority is captured too: the session never falls back from VERIFIED to PAID.
  const isCaptured = session.status === "VERIFIED";
  if (!isCaptured && session.status !== "PAID") markPaid(desk, session, entry);
  if (isCaptured || desk.settings.checkoutEndsAs === "VERIFIED") captureMoney(desk, session);
  return debited(desk, session, entry.refId);
}

function debited(desk: Desk, session: Session, refId: number | null): Answer {
  const name = desk.settings.checkoutReference;
  const reference = name === "missing" ? {} : { [name]: refId };
  return success({ data: { ...reference, amount: session.amountRials, code: 100, message: "Success" }, errors: [] });
}

/** The code of the first limit the debit would break, or null. Counters are Tehran's days and months. */
function forbidden(desk: Desk, { session, contract }: Debit): number | null {
  const { codes, declineCode } = desk.settings;
  const ended = unusable(desk, contract);
  if (ended !== null) return ended;
  if (session.amountRials > contract.maxAmountRials) return codes.maxAmount;
  const today = contract.debits.filter(({ at }) => dayOf(at) === dayOf(desk.now));
  if (today.length >= contract.maxDailyCount) return codes.dailyCount;
  const boundary = desk.settings.monthBoundary;
  const thisMonth = contract.debits.filter(({ at }) => monthOf(at, boundary) === monthOf(desk.now, boundary));
  if (thisMonth.length >= contract.maxMonthlyCount) return codes.monthlyCount;
  const capped = overBankCap(desk, contract, session.amountRials);
  if (capped !== null) return capped;
  if (!canPay(desk, contract.mobile, session.amountRials)) return declineCode;
  return desk.state.ledger.length >= 2 * maxSessions ? -13 : null;
}

function overBankCap(desk: Desk, contract: Contract, amountRials: number): number | null {
  const bank = desk.settings.banks.find(({ bank_code }) => bank_code === contract.bankCode);
  if (bank === undefined) return null;
  const today = contract.debits.filter(({ at }) => dayOf(at) === dayOf(desk.now));
  const spentRials = today.reduce((sum, one) => sum + one.amountRials, 0);
  if (spentRials + amountRials > bank.max_daily_amount) return desk.settings.codes.bankDailyAmount;
  const isFull = bank.max_daily_count !== null && today.length >= bank.max_daily_count;
  return isFull ? desk.settings.codes.bankDailyCount : null;
}
