// What happens to payments.
import type { BillingEventData } from "../../../contract/billing-event.ts";
import { billingOf, wallOf } from "../clock.ts";
import type { CustomerState, Payment } from "../state.ts";
import { wallOrNull, withNew, withPayment, type EventAbout, type Occurrence } from "./entities.ts";

export function evolvePayment(
  state: CustomerState,
  event: EventAbout<"payment">,
  { customerId, at }: Occurrence,
): CustomerState {
  switch (event.type) {
    case "payment.created":
      return withNew(state, "payments", {
        id: event.data.paymentId,
        customerId,
        invoiceId: event.data.invoiceId,
        paymentMethodId: event.data.paymentMethodId,
        kind: event.data.kind,
        status: "created",
        amountRials: event.data.amountRials,
        authority: null,
        sendBefore: null,
        settlesAfter: null,
        answered: false,
        tries: 0,
        askCount: 0,
        askedAt: null,
        nextAskAt: at,
        failedHeardAt: null,
        notPaidHeardAt: null,
        refId: null,
        failureReason: null,
        createdAt: billingOf(event.data.createdAt),
        begunAt: at,
        settledAt: null,
      } satisfies Payment);
    case "payment.deferred":
      return withPayment(state, event.data, { tries: event.data.tries, nextAskAt: wallOf(event.data.nextAskAt) });
    case "payment.submitted":
      return withPayment(state, event.data, {
        status: "submitted",
        authority: event.data.authority,
        sendBefore: wallOf(event.data.sendBefore),
        settlesAfter: wallOf(event.data.settlesAfter),
        nextAskAt: wallOf(event.data.settlesAfter),
      });
    case "payment.unknown":
      return withPayment(state, event.data, {
        status: "unknown",
        answered: event.data.answered,
        ...heardFrom(event.data),
      });
    case "payment.asked":
      return withPayment(state, event.data, heardFrom(event.data));
    case "payment.succeeded":
      return withPayment(state, event.data, {
        status: "succeeded",
        refId: event.data.refId,
        nextAskAt: null,
        settledAt: wallOf(event.data.settledAt),
      });
    case "payment.failed":
      return withPayment(state, event.data, {
        status: "failed",
        failureReason: event.data.reason,
        nextAskAt: null,
        settledAt: wallOf(event.data.settledAt),
      });
    case "payment.lapsed":
      return withPayment(state, event.data, {
        status: "lapsed",
        failureReason: "lapsed",
        nextAskAt: null,
        settledAt: wallOf(event.data.settledAt),
      });
    case "payment.needs_review":
      return withPayment(state, event.data, {
        status: "needs_review",
        failureReason: event.data.reason,
        nextAskAt: null,
      });
    default:
      return event satisfies never;
  }
}

function heardFrom(data: BillingEventData<"payment.asked">): Partial<Payment> {
  return {
    askCount: data.askCount,
    askedAt: wallOf(data.askedAt),
    nextAskAt: wallOf(data.nextAskAt),
    failedHeardAt: wallOrNull(data.failedHeardAt),
    notPaidHeardAt: wallOrNull(data.notPaidHeardAt),
  };
}
