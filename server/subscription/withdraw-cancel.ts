import { contract } from "../../contract/index.ts";
import { decideWithdrawCancel } from "../billing/cancel-subscription.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { decideOwn } from "./own.ts";
import { presentSubscription } from "./present.ts";

export const withdrawCancel = asCustomer.route(contract.subscriptions.withdrawCancel, async ({ params }, context) => {
  const { subscriptionId } = params;
  const subscription = await decideOwn(context, subscriptionId, (slice) => decideWithdrawCancel(slice, subscriptionId));
  return isRejection(subscription)
    ? refused(context, subscription)
    : answered(context, 200, presentSubscription(subscription));
});
