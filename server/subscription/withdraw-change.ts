import { contract } from "../../contract/index.ts";
import { decideWithdrawChange } from "../billing/change.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { decideOwn } from "./own.ts";
import { presentSubscription } from "./present.ts";

export const withdrawChange = asCustomer.route(contract.subscriptions.withdrawChange, async ({ params }, context) => {
  const { subscriptionId } = params;
  const subscription = await decideOwn(context, subscriptionId, (slice) => decideWithdrawChange(slice, subscriptionId));
  return isRejection(subscription)
    ? refused(context, subscription)
    : answered(context, 200, presentSubscription(subscription));
});
