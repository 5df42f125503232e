import { contract } from "../../contract/index.ts";
import { decideWithdrawCancel } from "../billing/cancel-subscription.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { decideAnyones } from "./own.ts";
import { presentSubscription } from "./present.ts";

const route = contract.subscriptions.withdrawCancelForCustomer;

export const withdrawCancelForCustomer = asOperator.route(route, async ({ params, body: { reason } }, context) => {
  const { subscriptionId } = params;
  const subscription = await decideAnyones(context, subscriptionId, (slice) =>
    decideWithdrawCancel(slice, subscriptionId, { reason }),
  );
  return isRejection(subscription)
    ? refused(context, subscription)
    : answered(context, 200, presentSubscription(subscription));
});
