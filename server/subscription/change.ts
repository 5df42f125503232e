// Changing a subscription. What is to be paid first is committed as an invoice and its payment; the queue debits it.
import { contract } from "../../contract/index.ts";
import type { CustomerId, SubscriptionId } from "../../contract/common/id.ts";
import { decideQuotedChange } from "../billing/change.ts";
import { bucketOf, idFromSeed } from "../billing/ids.ts";
import { isRejection } from "../billing/rejection.ts";
import { onceAnswered, presentCheckout } from "../http/checkout.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { quotedMoment } from "../http/quote.ts";
import { findPayment, findSubscription } from "../store/read.ts";
import { transact } from "../store/transact.ts";
import { presentSubscription } from "./present.ts";
import { changedPrices, changeSameness, wantedChange } from "./wish.ts";

export const changeSubscription = asCustomer.route(contract.subscriptions.change, async ({ params, body }, context) => {
  const { deps, caller, resourceSeed } = context;
  const { customerId, userId } = caller;
  const { subscriptionId } = params;
  const stored = await findSubscription(deps.db, customerId, subscriptionId);
  if (!stored) return refusal(context, "not_found");
  const quoted = await quotedMoment(deps, changeSameness(subscriptionId, body), body.quoteId);
  if (isRejection(quoted)) return refused(context, quoted);
  const bucket = bucketOf(customerId);
  const invoiceId = idFromSeed("inv", resourceSeed, bucket);
  const paymentId = idFromSeed("pay", resourceSeed, bucket);
  const slice = await transact(deps, {
    customerId,
    actor: `user:${userId}`,
    priceIds: changedPrices(body),
    decide: (current, now) => {
      if (current.state.invoices[invoiceId] || current.state.payments[paymentId]) return [];
      const wanted = wantedChange(body);
      return decideQuotedChange(
        current,
        { subscriptionId, invoiceId, paymentId, wanted, pricedAt: quoted.at ?? now.billing },
        now,
      );
    },
  });
  if (isRejection(slice)) return refused(context, slice);

  const begun = slice.state.payments[paymentId] ?? (await findPayment(deps.db, customerId, paymentId));
  const payment = begun && (await onceAnswered(deps, begun));
  const subscription = await read(deps.db, customerId, subscriptionId);
  if (!payment || payment.status === "succeeded") return answered(context, 200, subscription);
  if (subscription.pendingChange?.invoiceId !== invoiceId) {
    const reason = payment.failureReason ?? payment.status;
    return refusal(context, "payment_declined", `${payment.id} did not succeed (${reason}); nothing has changed.`);
  }
  return answered(context, 202, {
    subscription,
    paymentId,
    pollUrl: `/v1/subscriptions/${subscriptionId}`,
    checkout: payment.kind === "checkout" ? presentCheckout(deps, payment) : null,
    status: "processing" as const,
  });
});

async function read(db: D1Database, customerId: CustomerId, id: SubscriptionId) {
  const subscription = await findSubscription(db, customerId, id);
  if (!subscription) throw new Error(`${id} was changed but cannot be read`);
  return presentSubscription(subscription);
}
