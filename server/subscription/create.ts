// Subscribing. The request commits what is to happen and asks the queue to do it; the debit itself never runs here,
// where it would die with the client's connection.
import { contract } from "../../contract/index.ts";
import type { CustomerId, SubscriptionId } from "../../contract/common/id.ts";
import type { Now } from "../billing/clock.ts";
import { isRejection } from "../billing/rejection.ts";
import type { Payment, Slice, Subscription } from "../billing/state.ts";
import { decideSubscribe } from "../billing/subscribe.ts";
import type { Deps } from "../deps.ts";
import { presentCheckout } from "../http/checkout.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { quotedMoment } from "../http/quote.ts";
import { readUntil } from "../http/read-until.ts";
import { findLatestPayment, findSubscription } from "../store/read.ts";
import { rehearse, transact } from "../store/transact.ts";
import { presentSubscription } from "./present.ts";
import { claimsFor, couponOf, orderOf, pricesOf, sameness } from "./wish.ts";

export const createSubscription = asCustomer.route(contract.subscriptions.create, async ({ body }, context) => {
  const { deps, caller } = context;
  const { customerId, userId } = caller;
  const { collection, paymentMethodId = null } = body;
  const quoted = await quotedMoment(deps, sameness(customerId, body), body.quoteId);
  if (isRejection(quoted)) return refused(context, quoted);
  const coupon = await couponOf(deps, body.couponCode);
  if (coupon && isRejection(coupon)) return refused(context, coupon);
  const order = orderOf(context, body, coupon);
  const { subscriptionId } = order;
  const decision = {
    customerId,
    priceIds: pricesOf(body),
    decide: (current: Slice, now: Now) => {
      if (current.state.subscriptions[subscriptionId]) return [];
      const pricedAt = quoted.at ?? now.billing;
      return decideSubscribe(current, { ...order, collection, paymentMethodId, pricedAt }, now);
    },
  };
  const claiming = { wish: body, coupon, rehearse: () => rehearse(deps, decision) };
  const facts = await claimsFor(deps, { customerId, userId, subscriptionId }, claiming);
  if (isRejection(facts)) return refused(context, facts);
  const slice = await transact(deps, { ...decision, actor: `user:${userId}`, facts });
  if (isRejection(slice)) return refused(context, slice);

  const isBegun = slice.state.subscriptions[subscriptionId]?.status === "incomplete";
  if (isBegun) await deps.due.send({ customerId });
  const { subscription, payment } = await readUntil(deps, () => read(deps, customerId, subscriptionId), isAnswered);
  if (subscription.status === "incomplete_expired") {
    return refusal(context, "payment_declined", declineDetail(subscription, payment));
  }
  if (subscription.status !== "incomplete" || !payment) {
    return answered(context, 201, presentSubscription(subscription));
  }
  return answered(context, 202, {
    subscription: presentSubscription(subscription),
    paymentId: payment.id,
    pollUrl: `/v1/subscriptions/${subscriptionId}`,
    checkout: payment.kind === "checkout" ? presentCheckout(deps, payment) : null,
    status: "processing" as const,
  });
});

interface Progress {
  readonly subscription: Subscription;
  readonly payment: Payment | null;
}

/** A debit has come to its end, or the page on which the payer can pay is there. */
function isAnswered({ subscription, payment }: Progress): boolean {
  return subscription.status !== "incomplete" || (payment?.kind === "checkout" && payment.status !== "created");
}

async function read({ db }: Deps, customerId: CustomerId, id: SubscriptionId): Promise<Progress> {
  const subscription = await findSubscription(db, customerId, id);
  if (!subscription) throw new Error(`${id} was created but cannot be read`);
  const isRunning = subscription.status === "active" || subscription.status === "trialing";
  return { subscription, payment: isRunning ? null : await findLatestPayment(db, subscription.latestInvoiceId) };
}

function declineDetail({ id }: Subscription, payment: Payment | null): string {
  const reason = payment?.failureReason ?? payment?.status ?? "declined";
  return `The payment did not succeed (${reason}); ${id} never began and nothing is owed.`;
}
