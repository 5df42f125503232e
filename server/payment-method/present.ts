// Payment methods as the contract shows them: never the signature, the agreement or the person.
import type { PaymentMethod as Shown, SigningBank } from "../../contract/payment-method.ts";
import type * as z from "zod";
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
    cancellation,
    createdAt: instant(method.createdAt),
    activatedAt: instantOrNull(method.activatedAt),
    cancelledAt: instantOrNull(method.cancelledAt),
  };
}

export function presentBank(bank: Bank): z.infer<typeof SigningBank> {
  const { name, bankCode, maxDailyAmountRials, maxDailyCount, signingUrl } = bank;
  return { name, bankCode, maxDailyAmountRials: rials(maxDailyAmountRials), maxDailyCount, signingUrl };
}
