// The payment page: what pay, decline, cancel and leave do to an authority (zarinpal.md §2.2, §2.4).

import { type House, deskOf } from "./calls.ts";
import { htmlResponse, sendBack } from "./callback.ts";
import { endByAge } from "./fields.ts";
import { canPay, captureMoney, markPaid, takeMoney } from "./ledger.ts";
import { endedPage, messagePage, payPage } from "./pages.ts";
import type { Session } from "./records.ts";
import { type Desk, maxSessions } from "./state.ts";

/** Opening the page touches the authority: from now on it is IN_BANK. */
export async function showPayment(house: House, authority: string): Promise<Response> {
  const desk = deskOf(house);
  const session = sessionAt(desk, authority);
  if (session === undefined) return htmlResponse(messagePage("این پرداخت پیدا نشد"), 404);
  if (!isPayable(desk, session)) return htmlResponse(endedPage("این پرداخت پایان یافته است"));
  if (session.status === "NEW") session.status = "IN_BANK";
  house.changed();
  return htmlResponse(payPage(session));
}

export async function decidePayment(house: House, authority: string, action: string): Promise<Response> {
  const desk = deskOf(house);
  const session = sessionAt(desk, authority);
  if (session === undefined) return htmlResponse(messagePage("این پرداخت پیدا نشد"), 404);
  if (!["pay", "decline", "cancel", "leave", "back"].includes(action))
    return htmlResponse(messagePage("درخواست نامعتبر"), 400);
  if (isPayable(desk, session)) decide(desk, session, action);
  house.changed();
  if (action === "leave") return htmlResponse(messagePage("می‌توانید این پنجره را ببندید"));
  const isOk = session.status === "PAID" || session.status === "VERIFIED";
  return sendBack(house, { callbackUrl: session.callbackUrl, isOk, names: ["Authority", "Status"], authority });
}

function decide(desk: Desk, session: Session, action: string): void {
  if (action === "pay" && canPay(desk, session.mobile, session.amountRials)) return pay(desk, session);
  if (action === "cancel") Object.assign(session, { status: "FAILED", endedBy: "cancel" });
  else if (action === "pay" || action === "decline") Object.assign(session, { status: "FAILED", endedBy: "decline" });
  else if (session.status === "NEW") session.status = "IN_BANK";
}

function pay(desk: Desk, session: Session): void {
  markPaid(desk, session, takeMoney(desk, session, "payment", session.mobile));
  if (isVerifiedAtOnce(desk, session)) captureMoney(desk, session);
}

function isVerifiedAtOnce(desk: Desk, session: Session): boolean {
  if (desk.settings.autoVerify === "ignored") return true;
  return session.autoVerify ?? desk.settings.panelVerification === "automatic";
}

function isPayable(desk: Desk, session: Session): boolean {
  if (desk.state.ledger.length >= 2 * maxSessions) return false;
  if (session.status === "NEW" || session.status === "IN_BANK") return true;
  const wasEndedByPayer = session.endedBy === "cancel" || session.endedBy === "decline";
  return session.status === "FAILED" && wasEndedByPayer && desk.settings.endedPage === "usable_again";
}

function sessionAt(desk: Desk, authority: string): Session | undefined {
  const session = desk.state.sessions.get(authority);
  if (session !== undefined) endByAge(desk, session);
  return session;
}
