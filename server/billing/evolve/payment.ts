// What happens to payments.
import type { BillingEventData } from "../../../contract/billing-event.ts";
import { billingOf, wallOf, type WallMs } from "../clock.ts";
import { zeroRials } from "../money.ts";
import type { CustomerState, Payment } from "../state.ts";
import { firstWatchAskAt, watchUntil } from "../watch.ts";
import { held, wallOrNull, withNew, withPayment, type EventAbout, type Occurrence } from "./entities.ts";

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
        closesAt: null,
        sendBefore: null,
        settlesAfter: null,
        answered: false,
        onDemand: event.data.onDemand,
        tries: 0,
        askCount: 0,
        askedAt: null,
        nextAskAt: at,
        toldAt: null,
        watchUntil: null,
        failedHeardAt: null,
        notPaidHeardAt: null,
        refundedRials: zeroRials,
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
    case "payment.opened":
      return withPayment(state, event.data, {
        status: "open",
        authority: event.data.authority,
        closesAt: wallOf(event.data.closesAt),
        nextAskAt: wallOf(event.data.nextAskAt),
      });
    case "payment.verifying":
      return withPayment(state, event.data, {
        status: "verifying",
        sendBefore: wallOf(event.data.sendBefore),
        settlesAfter: wallOf(event.data.settlesAfter),
        nextAskAt: wallOf(event.data.settlesAfter),
        failedHeardAt: null,
        watchUntil: null,
        failureReason: null,
        settledAt: null,
      });
    case "payment.closed":
      return withPayment(state, event.data, {
        status: "closed",
        closesAt: null,
        ...left(state, event.data, wallOf(event.data.closedAt)),
      });
    case "payment.watched":
      return withPayment(state, event.data, watched(event.data));
    case "payment.surplus":
      return withPayment(state, event.data, {
        status: "surplus",
        failureReason: null,
        failedHeardAt: null,
        notPaidHeardAt: null,
        settledAt: null,
        ...watched(event.data),
      });
    case "payment.returned":
      return withPayment(state, event.data, {
        status: "reversed",
        nextAskAt: null,
        settledAt: wallOf(event.data.returnedAt),
      });
    case "payment.credited":
      return withPayment(state, event.data, {
        refId: event.data.refId,
        nextAskAt: null,
        askedAt: wallOf(event.data.settledAt),
        settledAt: wallOf(event.data.settledAt),
      });
    case "payment.reversed":
      return withPayment(state, event.data, {
        status: "reversed",
        nextAskAt: null,
        settledAt: wallOf(event.data.reversedAt),
      });
    case "payment.review_ended":
      return withPayment(state, event.data, {
        status: "verifying",
        failureReason: null,
        nextAskAt: wallOf(event.data.nextAskAt),
        failedHeardAt: null,
        notPaidHeardAt: null,
      });
    case "payment.unknown":
      return withPayment(state, event.data, {
        status: "unknown",
        answered: event.data.answered,
        ...heardFrom(event.data),
      });
    case "payment.asked":
      return withPayment(state, event.data, {
        ...heardFrom(event.data),
        ...(event.data.told && { toldAt: wallOf(event.data.askedAt) }),
      });
    case "payment.succeeded":
      return withPayment(state, event.data, {
        status: "succeeded",
        refId: event.data.refId,
        closesAt: null,
        nextAskAt: null,
        askedAt: wallOf(event.data.settledAt),
        settledAt: wallOf(event.data.settledAt),
      });
    case "payment.failed":
      return withPayment(state, event.data, {
        status: "failed",
        failureReason: event.data.reason,
        settledAt: wallOf(event.data.settledAt),
        ...left(state, event.data, wallOf(event.data.settledAt)),
      });
    case "payment.lapsed":
      return withPayment(state, event.data, {
        status: "lapsed",
        failureReason: "lapsed",
        settledAt: wallOf(event.data.settledAt),
        ...left(state, event.data, wallOf(event.data.settledAt)),
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

/** A payment that leaves the live states is watched for money that comes late, if it has an authority at all. */
function left(state: CustomerState, { paymentId }: { paymentId: Payment["id"] }, at: WallMs): Partial<Payment> {
  const { authority, status } = held(state.payments[paymentId], paymentId);
  const heard = { toldAt: null, failedHeardAt: null, notPaidHeardAt: null };
  if (authority === null) return { ...heard, nextAskAt: null, watchUntil: null };
  const wasHeard = status !== "open";
  return { ...heard, nextAskAt: wasHeard ? firstWatchAskAt(at) : at, watchUntil: watchUntil(at) };
}

function watched(data: BillingEventData<"payment.watched">): Partial<Payment> {
  return { watchUntil: wallOf(data.watchUntil), nextAskAt: wallOf(data.nextAskAt), toldAt: null };
}

function heardFrom(data: Omit<BillingEventData<"payment.asked">, "told">): Partial<Payment> {
  return {
    askCount: data.askCount,
    askedAt: wallOf(data.askedAt),
    nextAskAt: wallOrNull(data.nextAskAt),
    failedHeardAt: wallOrNull(data.failedHeardAt),
    notPaidHeardAt: wallOrNull(data.notPaidHeardAt),
  };
}
