import { contract } from "../../contract/index.ts";
import { decideComp } from "../billing/gift.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { decideAnyones } from "./own.ts";
import { presentSubscription } from "./present.ts";

export const compSubscription = asOperator.route(contract.subscriptions.comp, async ({ params, body }, context) => {
  const { subscriptionId } = params;
  const subscription = await decideAnyones(context, subscriptionId, (slice) =>
    decideComp(slice, { subscriptionId, ...body }),
  );
  return isRejection(subscription)
    ? refused(context, subscription)
    : answered(context, 200, presentSubscription(subscription));
});
