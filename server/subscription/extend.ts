import { contract } from "../../contract/index.ts";
import { decideExtend } from "../billing/gift.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { decideAnyones } from "./own.ts";
import { presentSubscription } from "./present.ts";

export const extendSubscription = asOperator.route(contract.subscriptions.extend, async ({ params, body }, context) => {
  const { subscriptionId } = params;
  const subscription = await decideAnyones(context, subscriptionId, (slice) =>
    decideExtend(slice, { subscriptionId, ...body }),
  );
  return isRejection(subscription)
    ? refused(context, subscription)
    : answered(context, 200, presentSubscription(subscription));
});
