// Payment methods as the contract shows them: never the signature, the agreement or the person.
import type { PaymentMethod as Shown, PaymentMethodNeeds, SigningBank } from "../../contract/payment-method.ts";
import type * as z from "zod";
import { isUnconfirmed } from "../billing/carry.ts";
import { instant, instantOrNull } from "../billing/clock.ts";
import { rials } from "../billing/money.ts";
import type { PaymentMethod } from "../billing/state.ts";
import type { Bank } from "../zarinpal/gateway.ts";

export function presentPaymentMethod(method: PaymentMethod): Shown {
  const { id, status, maxAmountRials, maxDailyCount, maxMonthlyCount, cancellation } = method;
  return {
    id,
    status,
    maxAmountRials,
    maxDailyCount,
    maxMonthlyCount,
    expiresAt: instant(method.expiresAt),
    needs: needsOf(method),
    replacesId: method.replacesId,
    cancellation,
    createdAt: instant(method.createdAt),
    activatedAt: instantOrNull(method.activatedAt),
    cancelledAt: instantOrNull(method.cancelledAt),
  };
}

/** A new signature answers both questions, so it is asked for first. */
function needsOf(method: PaymentMethod): PaymentMethodNeeds {
  if (method.status === "active" && method.expiryTold) return "renewal";
  return isUnconfirmed(method) ? "confirmation" : "nothing";
}

export function presentBank(bank: Bank): z.infer<typeof SigningBank> {
  const { name, bankCode, maxDailyAmountRials, maxDailyCount, signingUrl } = bank;
  return { name, bankCode, maxDailyAmountRials: rials(maxDailyAmountRials), maxDailyCount, signingUrl };
}
