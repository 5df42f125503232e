import { contract } from "../../contract/index.ts";
import { isRejection } from "../billing/rejection.ts";
import { decideAutoTopUp } from "../billing/top-up.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { decideOwn } from "./own.ts";
import { presentSubscription } from "./present.ts";

export const setAutoTopUp = asCustomer.route(contract.subscriptions.setAutoTopUp, async ({ params, body }, context) => {
  const { subscriptionId } = params;
  const { autoTopUp } = body;
  const priceIds = autoTopUp === null ? [] : [autoTopUp.priceId];
  const subscription = await decideOwn(
    context,
    subscriptionId,
    (slice) => decideAutoTopUp(slice, { subscriptionId, autoTopUp }),
    priceIds,
  );
  if (isRejection(subscription)) return refused(context, subscription);
  await context.deps.due.send({ customerId: context.caller.customerId });
  return answered(context, 200, presentSubscription(subscription));
});
