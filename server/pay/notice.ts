// Why there is nothing to pay by a link, in the words of the page.
import { isOpening } from "../billing/checkout.ts";
import { isLive } from "../billing/state.ts";
import type { Payable } from "../store/payable.ts";
import type { Notice, Texts } from "../text/texts.ts";

/** Null when the invoice can be paid. */
export function noticeOf({ payPage }: Texts, { status, payments }: Payable): Notice | null {
  if (status === "paid") return payPage.paid;
  if (status !== "open") return payPage.notOwed;
  const live = payments.find(isLive);
  const isFree = !live || live.status === "created" || isOpening(live);
  return isFree ? null : payPage.busy;
}
