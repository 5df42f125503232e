import { contract } from "../../contract/index.ts";
import { decideCancelSubscription } from "../billing/cancel-subscription.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { decideAnyones } from "./own.ts";
import { presentSubscription } from "./present.ts";

const route = contract.subscriptions.cancelForCustomer;

export const cancelForCustomer = asOperator.route(route, async ({ params, body: { when, reason } }, context) => {
  const { subscriptionId } = params;
  const subscription = await decideAnyones(context, subscriptionId, (slice, now, ids) =>
    decideCancelSubscription(slice, { subscriptionId, when, feedback: null, evidence: { reason } }, now, ids),
  );
  return isRejection(subscription)
    ? refused(context, subscription)
    : answered(context, 200, presentSubscription(subscription));
});
