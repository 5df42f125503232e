// Paying what is overdue, because the customer wants to, now.
import { contract } from "../../contract/index.ts";
import type { PaymentMethodId, SubscriptionId } from "../../contract/common/id.ts";
import type { Collection } from "../../contract/subscription.ts";
import { cannotCarry } from "../billing/carry.ts";
import { isOpening, livePaymentOf } from "../billing/checkout.ts";
import type { Now } from "../billing/clock.ts";
import { dueOn } from "../billing/credit.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { decidePay, owedFor } from "../billing/pay.ts";
import { isRejection, reject } from "../billing/rejection.ts";
import { isUnderWay, type Payment, type Slice } from "../billing/state.ts";
import { onceAnswered, presentCheckout, presentProcessing } from "../http/checkout.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findSubscription } from "../store/read.ts";
import { transact } from "../store/transact.ts";
import { presentSubscription } from "./present.ts";

export const paySubscription = asCustomer.route(contract.subscriptions.pay, async ({ params, body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const { customerId, userId } = caller;
  const { subscriptionId } = params;
  const subscription = await findSubscription(deps.db, customerId, subscriptionId);
  if (!subscription) return refusal(context, "not_found");
  const paymentId = idFromSeed("pay", resourceSeed, bucketOf(customerId));
  const slice = await transact(deps, {
    customerId,
    actor: `user:${userId}`,
    decide: (current, now) => {
      if (current.state.payments[paymentId]) return [];
      const paymentMethodId = methodFor(current, { ...body, subscriptionId }, now);
      if (paymentMethodId === undefined) {
        return reject("payment_method_required", `${subscriptionId} has no payment method; name one.`);
      }
      return decidePay(current, { subscriptionId, paymentId, paymentMethodId }, now);
    },
  });
  if (isRejection(slice)) return refused(context, slice);

  const payment = await onceAnswered(deps, slice.state.payments[paymentId] ?? pageOf(slice, subscriptionId));
  if (payment.kind === "checkout" && payment.status !== "created") {
    return answered(context, 201, presentCheckout(deps, payment));
  }
  if (isUnderWay(payment) || payment.status === "needs_review") {
    return answered(context, 202, presentProcessing(payment));
  }
  if (payment.status !== "succeeded") return refusal(context, "payment_declined", declineDetail(payment));
  const paid = await findSubscription(deps.db, customerId, subscriptionId);
  return answered(context, 200, presentSubscription(paid ?? subscription));
});

interface Wish {
  readonly subscriptionId: SubscriptionId;
  readonly paymentMethodId?: PaymentMethodId | undefined;
  readonly collection?: Collection | undefined;
}

/** The payment method to debit; null for a page, undefined when a debit is wanted and there is nothing to debit. */
function methodFor(slice: Slice, wish: Wish, now: Now): PaymentMethodId | null | undefined {
  const { subscriptionId, paymentMethodId, collection } = wish;
  if (collection === "checkout") return null;
  if (paymentMethodId !== undefined) return paymentMethodId;
  const own = slice.state.subscriptions[subscriptionId]?.paymentMethodId ?? null;
  if (collection === "direct_debit") return own ?? undefined;
  return own !== null && isDebitable(slice, subscriptionId, own, now) ? own : null;
}

/** Whether a debit can go now. A page that is open already is where to pay. */
function isDebitable(slice: Slice, subscriptionId: SubscriptionId, methodId: PaymentMethodId, now: Now): boolean {
  const invoice = owedFor(slice, subscriptionId);
  const method = slice.state.paymentMethods[methodId];
  if (!slice.collecting || !invoice || !method) return false;
  const live = livePaymentOf(slice, invoice.id);
  return !(live && isOpening(live)) && cannotCarry(slice.state, method, dueOn(invoice), now) === null;
}

/** The page that was open already. */
function pageOf(slice: Slice, subscriptionId: SubscriptionId): Payment {
  const invoice = owedFor(slice, subscriptionId);
  const payment = invoice && livePaymentOf(slice, invoice.id);
  if (!payment) throw new Error(`A payment of ${subscriptionId} was begun and is not there`);
  return payment;
}

function declineDetail({ id, failureReason, status }: Payment): string {
  return `${id} did not succeed (${failureReason ?? status}); the invoice is still owed.`;
}
