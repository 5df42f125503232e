// What each event means: `evolve(state, event)` is the only way state changes, for the rules, the store and any audit
// alike. Pure and exhaustive: an event that no branch knows does not compile.
import type { EventBody } from "../../contract/billing-event.ts";
import type { PaymentId } from "../../contract/common/id.ts";
import { askApartMs } from "./ask.ts";
import { after, billingOf, type WallMs } from "./clock.ts";
import { held, isAbout, withCustomer, withPayment, type Occurrence } from "./evolve/entities.ts";
import { evolveCredit } from "./evolve/credit.ts";
import { evolveInvoice } from "./evolve/invoice.ts";
import { evolvePaymentMethod } from "./evolve/payment-method.ts";
import { evolvePayment } from "./evolve/payment.ts";
import { evolveQuota } from "./evolve/quota.ts";
import { evolveRefund } from "./evolve/refund.ts";
import { evolveSubscription } from "./evolve/subscription.ts";
import { signedRials } from "./money.ts";
import type { CustomerState } from "./state.ts";

/** The state after one event. Throws on an event about something that the bounded state does not hold. */
export function evolve(state: CustomerState, event: EventBody, occurrence: Occurrence): CustomerState {
  if (isAbout(event, "payment_method")) return evolvePaymentMethod(state, event, occurrence);
  if (isAbout(event, "payment")) return evolvePayment(state, event, occurrence);
  if (isAbout(event, "refund")) return evolveRefund(state, event, occurrence);
  if (isAbout(event, "invoice")) return evolveInvoice(state, event, occurrence);
  if (isAbout(event, "credit") || isAbout(event, "credit_note") || isAbout(event, "revenue")) {
    return evolveCredit(state, event, occurrence);
  }
  if (isAbout(event, "quota")) return evolveQuota(state, event, occurrence);
  if (isAbout(event, "subscription")) return evolveSubscription(state, event, occurrence);
  // Of a partner, and so of no customer.
  if (isAbout(event, "webhook_endpoint") || isAbout(event, "partner") || isAbout(event, "partner_key")) return state;
  const { customerId, at } = occurrence;
  switch (event.type) {
    case "product.created":
    case "product.detailed":
    case "product.features_described":
    case "price.created":
    case "product.archived":
    case "price.archived":
    case "price_migration.planned":
    case "price_migration.confirmed":
    case "price_migration.canceled":
    case "coupon.created":
    case "coupon.archived":
    case "collecting.changed":
    case "epoch.started":
    case "epoch.recalled":
    case "epoch.settled":
    case "log.archived":
    case "exception.acknowledged":
    case "customer.notifications_chosen":
    case "reconciliation.completed":
    case "payout.imported":
    case "month.closed":
    case "key_rotation.begun":
    case "key_rotation.completed":
    case "operator.second_factor_enrolled":
    case "operator.second_factor_disabled":
    case "operator.second_factor_reset":
    case "operator.backup_code_used":
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
          creditRials: signedRials(0),
          externalId: event.data.externalId,
          buyerId: null,
          buyerKind: null,
          erasedAt: null,
        },
      };
    case "customer.erased":
      return withCustomer(state, { userId: null, buyerId: null, buyerKind: null, erasedAt: at });
    case "customer.signed_in":
      return withCustomer(state, { userId: event.data.userId });
    case "customer.buyer_changed":
      return withCustomer(state, { buyerId: event.data.buyerId, buyerKind: event.data.kind });
    case "customer.resumed":
      return event.data.about === null ? state : askedNow(state, event.data.about, at);
    case "test_clock.target_set":
      return withCustomer(state, {
        clockNowAt: billingOf(event.data.nowAt),
        clockTargetAt: billingOf(event.data.targetAt),
      });
    case "test_clock.advanced":
      return withCustomer(state, { clockNowAt: billingOf(event.data.nowAt) });
    default:
      return event satisfies never;
  }
}

/** The gateway is to be asked about a payment at once, though never twice within the time inquiries are apart. */
function askedNow(state: CustomerState, paymentId: PaymentId, at: WallMs): CustomerState {
  const { askedAt } = held(state.payments[paymentId], paymentId);
  const nextAskAt = askedAt === null ? at : (Math.max(at, after(askedAt, askApartMs)) as WallMs);
  return withPayment(state, { paymentId }, { nextAskAt });
}

/** The state after several events of one commit. */
export function evolveAll(state: CustomerState, events: readonly EventBody[], occurrence: Occurrence): CustomerState {
  return events.reduce((before, event) => evolve(before, event, occurrence), state);
}
