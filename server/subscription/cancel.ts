import { contract } from "../../contract/index.ts";
import { decideCancelSubscription } from "../billing/cancel-subscription.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { decideOwn } from "./own.ts";
import { presentSubscription } from "./present.ts";

export const cancelSubscription = asCustomer.route(contract.subscriptions.cancel, async ({ params, body }, context) => {
  const { subscriptionId } = params;
  const subscription = await decideOwn(context, subscriptionId, (slice, now, ids) =>
    decideCancelSubscription(slice, { subscriptionId, when: "period_end", feedback: null, ...body }, now, ids),
  );
  return isRejection(subscription)
    ? refused(context, subscription)
    : answered(context, 200, presentSubscription(subscription));
});
