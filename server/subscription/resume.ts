import { contract } from "../../contract/index.ts";
import { decideResume } from "../billing/pause.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { decideOwn } from "./own.ts";
import { presentSubscription } from "./present.ts";

export const resumeSubscription = asCustomer.route(contract.subscriptions.resume, async ({ params }, context) => {
  const { subscriptionId } = params;
  const subscription = await decideOwn(context, subscriptionId, (slice, now, ids) =>
    decideResume(slice, subscriptionId, now, ids),
  );
  return isRejection(subscription)
    ? refused(context, subscription)
    : answered(context, 200, presentSubscription(subscription));
});
