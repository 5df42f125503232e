// Subscribing. The request commits what is to happen and asks the queue to do it; the debit itself never runs here,
// where it would die with the client's connection.
import { contract } from "../../contract/index.ts";
import type { CustomerId, SubscriptionId } from "../../contract/common/id.ts";
import { after, secondMs } from "../billing/clock.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection, reject } from "../billing/rejection.ts";
import type { Payment, Subscription } from "../billing/state.ts";
import { decideSubscribe } from "../billing/subscribe.ts";
import type { Deps } from "../deps.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findLatestPayment, findSubscription } from "../store/read.ts";
import { transact } from "../store/transact.ts";
import { presentSubscription } from "./present.ts";

/** How long a request waits for the bank by reading, and how often it reads. */
const waitMs = 8 * secondMs;
const readEveryMs = 200;

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

  const { subscription, payment } = await settled(deps, customerId, subscriptionId);
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
    status: "processing" as const,
  });
});

interface Progress {
  readonly subscription: Subscription;
  readonly payment: Payment | null;
}

/** Asks the queue to do the debit, then reads until the subscription is no longer incomplete, 8 seconds at most. */
async function settled(deps: Deps, customerId: CustomerId, id: SubscriptionId): Promise<Progress> {
  const until = after(deps.wall(), waitMs);
  let progress = await read(deps, customerId, id);
  if (progress.subscription.status === "incomplete") await deps.due.send({ customerId });
  while (progress.subscription.status === "incomplete" && deps.wall() < until) {
    await deps.sleep(readEveryMs);
    progress = await read(deps, customerId, id);
  }
  return progress;
}

async function read({ db }: Deps, customerId: CustomerId, id: SubscriptionId): Promise<Progress> {
  const subscription = await findSubscription(db, customerId, id);
  if (!subscription) throw new Error(`${id} was created but cannot be read`);
  const payment = subscription.status === "active" ? null : await findLatestPayment(db, subscription);
  return { subscription, payment };
}

function declineDetail({ id }: Subscription, payment: Payment | null): string {
  return `The payment did not succeed (${payment?.failureReason ?? "declined"}); ${id} never began and nothing is owed.`;
}
