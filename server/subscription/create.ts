// Subscribing. The request commits what is to happen and asks the queue to do it; the debit itself never runs here,
// where it would die with the client's connection.
import { contract } from "../../contract/index.ts";
import type { CustomerId, SubscriptionId } from "../../contract/common/id.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection, reject } from "../billing/rejection.ts";
import type { Payment, Subscription } from "../billing/state.ts";
import { decideSubscribe } from "../billing/subscribe.ts";
import type { Deps } from "../deps.ts";
import { presentCheckout } from "../http/checkout.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { readUntil } from "../http/read-until.ts";
import { findLatestPayment, findSubscription } from "../store/read.ts";
import { transact } from "../store/transact.ts";
import { presentSubscription } from "./present.ts";

export const createSubscription = asCustomer.route(contract.subscriptions.create, async ({ body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const { customerId, userId } = caller;
  const { priceId, collection, paymentMethodId = null } = body;
  const subscriptionId = idFromSeed("sub", resourceSeed, bucketOf(customerId));
  const slice = await transact(deps, {
    customerId,
    actor: `user:${userId}`,
    priceIds: [priceId],
    decide: (current, now, ids) => {
      if (current.state.subscriptions[subscriptionId]) return [];
      const offer = current.offers[priceId];
      if (!offer) return reject("not_found", `There is no price ${priceId}.`);
      const customer = { id: customerId, userId };
      return decideSubscribe(current, { customer, subscriptionId, offer, collection, paymentMethodId }, now, ids);
    },
  });
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
  const payment = subscription.status === "active" ? null : await findLatestPayment(db, subscription);
  return { subscription, payment };
}

function declineDetail({ id }: Subscription, payment: Payment | null): string {
  const reason = payment?.failureReason ?? payment?.status ?? "declined";
  return `The payment did not succeed (${reason}); ${id} never began and nothing is owed.`;
}
