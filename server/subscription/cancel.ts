import { contract } from "../../contract/index.ts";
import { decideCancelSubscription } from "../billing/cancel-subscription.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findSubscription } from "../store/read.ts";
import { transact } from "../store/transact.ts";
import { presentSubscription } from "./present.ts";

export const cancelSubscription = asCustomer.route(contract.subscriptions.cancel, async ({ params }, context) => {
  const { deps, caller } = context;
  const { subscriptionId } = params;
  const stored = await findSubscription(deps.db, caller.customerId, subscriptionId);
  if (!stored) return refusal(context, "not_found");
  const slice = await transact(deps, {
    customerId: caller.customerId,
    actor: `user:${caller.userId}`,
    decide: (current, now) => decideCancelSubscription(current, subscriptionId, now),
  });
  if (isRejection(slice)) return refused(context, slice);
  return answered(context, 200, presentSubscription(slice.state.subscriptions[subscriptionId] ?? stored));
});
