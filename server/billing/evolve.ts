// What each event means: `evolve(state, event)` is the only way state changes, for the rules, the store and any audit
// alike. Pure and exhaustive. An event about an entity that the bounded state does not hold is a fault.
import type { BillingEventData, EventBody } from "../../contract/billing-event.ts";
import type { CustomerId } from "../../contract/common/id.ts";
import { billingOf, wallOf, type WallMs } from "./clock.ts";
import type { Customer, CustomerState, Invoice, Payment, PaymentMethod, Subscription } from "./state.ts";

/** Whose event it is and when it was written; both stand in the log beside the body. */
export interface Occurrence {
  readonly customerId: CustomerId;
  readonly at: WallMs;
}

/** The state after one event. */
export function evolve(state: CustomerState, event: EventBody, occurrence: Occurrence): CustomerState {
  const { customerId, at } = occurrence;
  switch (event.type) {
    case "product.created":
    case "price.created":
    case "collecting.changed":
      return state;
    case "customer.created":
      return {
        ...state,
        customer: {
          id: customerId,
          partnerId: event.data.partnerId,
          userId: event.data.userId,
          createdAt: at,
          clockNowAt: null,
          clockTargetAt: null,
        },
      };
    case "test_clock.target_set":
      return withCustomer(state, {
        clockNowAt: billingOf(event.data.nowAt),
        clockTargetAt: billingOf(event.data.targetAt),
      });
    case "test_clock.advanced":
      return withCustomer(state, { clockNowAt: billingOf(event.data.nowAt) });

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
      } satisfies PaymentMethod);
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

    case "subscription.created":
      return withNew(state, "subscriptions", {
        id: event.data.subscriptionId,
        customerId,
        productId: event.data.productId,
        priceId: event.data.priceId,
        paymentMethodId: event.data.paymentMethodId,
        status: "incomplete",
        anchorDay: event.data.anchorDay,
        startsOn: billingOf(event.data.startsAt),
        periodIndex: event.data.periodIndex,
        periodStartsAt: billingOf(event.data.startsAt),
        periodEndsAt: billingOf(event.data.endsAt),
        latestInvoiceId: null,
        cancelAtPeriodEnd: false,
        cancelReason: null,
        createdAt: billingOf(event.data.createdAt),
        endedAt: null,
      } satisfies Subscription);
    case "subscription.activated":
    case "subscription.recovered":
      return withSubscription(state, event.data, { status: "active" });
    case "subscription.incomplete_expired":
      return withSubscription(state, event.data, {
        status: "incomplete_expired",
        endedAt: billingOf(event.data.endedAt),
      });
    case "subscription.renewed":
      return withSubscription(state, event.data, {
        periodIndex: event.data.periodIndex,
        periodStartsAt: billingOf(event.data.startsAt),
        periodEndsAt: billingOf(event.data.endsAt),
      });
    case "subscription.past_due":
      return withSubscription(state, event.data, { status: "past_due" });
    case "subscription.paused":
      return withSubscription(state, event.data, { status: "paused" });
    case "subscription.cancel_scheduled":
      return withSubscription(state, event.data, { cancelAtPeriodEnd: true, cancelReason: event.data.reason });
    case "subscription.canceled":
      return withSubscription(state, event.data, {
        status: "canceled",
        cancelReason: event.data.reason,
        endedAt: billingOf(event.data.endedAt),
      });

    case "invoice.finalized": {
      const { invoiceId, subscriptionId } = event.data;
      const opened = withNew(state, "invoices", {
        id: invoiceId,
        customerId,
        subscriptionId,
        periodIndex: event.data.periodIndex,
        reason: event.data.reason,
        status: "open",
        lines: event.data.lines,
        subtotalRials: event.data.subtotalRials,
        vatRials: event.data.vatRials,
        totalRials: event.data.totalRials,
        dueAt: billingOf(event.data.dueAt),
        attemptCount: 0,
        nextAttemptAt: billingOrNull(event.data.nextAttemptAt),
        finalizedAt: billingOf(event.data.finalizedAt),
        paidAt: null,
      } satisfies Invoice);
      return withSubscription(opened, { subscriptionId }, { latestInvoiceId: invoiceId });
    }
    case "invoice.attempt_failed":
      return withInvoice(state, event.data, {
        attemptCount: event.data.attemptCount,
        nextAttemptAt: billingOrNull(event.data.nextAttemptAt),
      });
    case "invoice.paid":
      return withInvoice(state, event.data, {
        status: "paid",
        paidAt: billingOf(event.data.paidAt),
        nextAttemptAt: null,
      });
    case "invoice.voided":
      return withInvoice(state, event.data, { status: "void", nextAttemptAt: null });
    case "invoice.marked_uncollectible":
      return withInvoice(state, event.data, { status: "uncollectible", nextAttemptAt: null });

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

    case "quota.granted":
      return {
        ...state,
        quotas: {
          ...state.quotas,
          [event.data.productId]: {
            customerId,
            productId: event.data.productId,
            subscriptionId: event.data.subscriptionId,
            periodIndex: event.data.periodIndex,
            granted: event.data.messages,
            validUntil: billingOf(event.data.validUntil),
          },
        },
      };
    default:
      return event satisfies never;
  }
}

/** The state after several events of one commit. */
export function evolveAll(state: CustomerState, events: readonly EventBody[], occurrence: Occurrence): CustomerState {
  return events.reduce((before, event) => evolve(before, event, occurrence), state);
}

type EntityKind = "paymentMethods" | "subscriptions" | "invoices" | "payments";

function withNew<K extends EntityKind>(
  state: CustomerState,
  kind: K,
  entity: NonNullable<CustomerState[K][keyof CustomerState[K]]> & { readonly id: string },
): CustomerState {
  if (entity.id in state[kind]) throw new Error(`${entity.id} exists already`);
  return { ...state, [kind]: { ...state[kind], [entity.id]: entity } };
}

function withCustomer(state: CustomerState, change: Partial<Customer>): CustomerState {
  return { ...state, customer: { ...held(state.customer, "The customer"), ...change } };
}

function withPaymentMethod(
  state: CustomerState,
  { paymentMethodId: id }: { paymentMethodId: PaymentMethod["id"] },
  change: Partial<PaymentMethod>,
): CustomerState {
  const entity = { ...held(state.paymentMethods[id], id), ...change };
  return { ...state, paymentMethods: { ...state.paymentMethods, [id]: entity } };
}

function withSubscription(
  state: CustomerState,
  { subscriptionId: id }: { subscriptionId: Subscription["id"] },
  change: Partial<Subscription>,
): CustomerState {
  const entity = { ...held(state.subscriptions[id], id), ...change };
  return { ...state, subscriptions: { ...state.subscriptions, [id]: entity } };
}

function withInvoice(
  state: CustomerState,
  { invoiceId: id }: { invoiceId: Invoice["id"] },
  change: Partial<Invoice>,
): CustomerState {
  const entity = { ...held(state.invoices[id], id), ...change };
  return { ...state, invoices: { ...state.invoices, [id]: entity } };
}

function withPayment(
  state: CustomerState,
  { paymentId: id }: { paymentId: Payment["id"] },
  change: Partial<Payment>,
): CustomerState {
  const entity = { ...held(state.payments[id], id), ...change };
  return { ...state, payments: { ...state.payments, [id]: entity } };
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

function held<T>(entity: T | null | undefined, name: string): T {
  if (entity === null || entity === undefined) throw new Error(`${name} is not in the state that was loaded`);
  return entity;
}

function wallOrNull(text: string | null): WallMs | null {
  return text === null ? null : wallOf(text);
}

function billingOrNull(text: string | null) {
  return text === null ? null : billingOf(text);
}
