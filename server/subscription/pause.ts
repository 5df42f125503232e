import { contract } from "../../contract/index.ts";
import { billingOf } from "../billing/clock.ts";
import { decidePause } from "../billing/pause.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { decideOwn } from "./own.ts";
import { presentSubscription } from "./present.ts";

export const pauseSubscription = asCustomer.route(contract.subscriptions.pause, async ({ params, body }, context) => {
  const { subscriptionId } = params;
  const subscription = await decideOwn(context, subscriptionId, (slice, now) => {
    const resumesAt = body.resumesAt === null ? null : billingOf(body.resumesAt);
    return decidePause(slice, { subscriptionId, when: body.when, resumesAt }, now);
  });
  return isRejection(subscription)
    ? refused(context, subscription)
    : answered(context, 200, presentSubscription(subscription));
});
