// What happens to payment methods.
import { wallOf } from "../clock.ts";
import type { CustomerState, PaymentMethod } from "../state.ts";
import { wallOrNull, withNew, withPaymentMethod, type EventAbout, type Occurrence } from "./entities.ts";

export function evolvePaymentMethod(
  state: CustomerState,
  event: EventAbout<"payment_method">,
  { customerId, at }: Occurrence,
): CustomerState {
  switch (event.type) {
    case "payment_method.created":
      return withNew(state, "paymentMethods", {
        id: event.data.paymentMethodId,
        customerId,
        status: "pending_signature",
        personId: event.data.personId,
        maxAmountRials: event.data.maxAmountRials,
        maxDailyCount: event.data.maxDailyCount,
        maxMonthlyCount: event.data.maxMonthlyCount,
        expiresAt: wallOf(event.data.expiresAt),
        createdAt: at,
        signBefore: wallOf(event.data.signBefore),
        agreementId: null,
        signatureId: null,
        askedAt: null,
        nextAskAt: null,
        activatedAt: null,
        cancelledAt: null,
        cancellation: null,
        cancelTries: 0,
        nextCancelAt: null,
        replacesId: event.data.replacesId,
        unexplainedDeclines: 0,
        expiryTold: false,
      } satisfies PaymentMethod);
    case "payment_method.expiring":
      return withPaymentMethod(state, event.data, { expiryTold: true });
    case "payment_method.declined":
      return withPaymentMethod(state, event.data, { unexplainedDeclines: event.data.unexplainedDeclines });
    case "payment_method.confirmed":
      return withPaymentMethod(state, event.data, { unexplainedDeclines: 0 });
    case "payment_method.signing_opened":
      return withPaymentMethod(state, event.data, {
        agreementId: event.data.agreementId,
        nextAskAt: wallOf(event.data.nextAskAt),
      });
    case "payment_method.asked":
      return withPaymentMethod(state, event.data, {
        askedAt: wallOf(event.data.askedAt),
        nextAskAt: wallOrNull(event.data.nextAskAt),
      });
    case "payment_method.activated":
      return withPaymentMethod(state, event.data, {
        status: "active",
        signatureId: event.data.signatureId,
        askedAt: at,
        nextAskAt: null,
        activatedAt: wallOf(event.data.activatedAt),
      });
    case "payment_method.verification_failed":
      return withPaymentMethod(state, event.data, {
        status: "verification_failed",
        askedAt: wallOf(event.data.askedAt),
        nextAskAt: wallOrNull(event.data.nextAskAt),
      });
    case "payment_method.expired":
      return withPaymentMethod(state, event.data, { status: "expired", nextAskAt: null });
    case "payment_method.cancelled":
      return withPaymentMethod(state, event.data, {
        status: "cancelled_by_user",
        nextAskAt: wallOrNull(event.data.nextAskAt),
        cancelledAt: wallOf(event.data.cancelledAt),
        cancellation: event.data.nextCancelAt === null ? null : "requested",
        nextCancelAt: wallOrNull(event.data.nextCancelAt),
      });
    case "payment_method.signature_found":
      return withPaymentMethod(state, event.data, {
        signatureId: event.data.signatureId,
        askedAt: at,
        nextAskAt: null,
        cancellation: "requested",
        nextCancelAt: wallOf(event.data.nextCancelAt),
      });
    case "payment_method.cancellation_asked":
      return withPaymentMethod(state, event.data, {
        cancelTries: event.data.cancelTries,
        nextCancelAt: wallOf(event.data.nextCancelAt),
      });
    case "payment_method.cancellation_ended":
      return withPaymentMethod(state, event.data, { cancellation: event.data.cancellation, nextCancelAt: null });
    default:
      return event satisfies never;
  }
}
