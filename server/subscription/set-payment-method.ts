import { contract } from "../../contract/index.ts";
import { decideSetPaymentMethod } from "../billing/set-payment-method.ts";
import { isRejection } from "../billing/rejection.ts";
import { answered, asCustomer, refused } from "../http/handler.ts";
import { decideOwn } from "./own.ts";
import { presentSubscription } from "./present.ts";

export const setPaymentMethod = asCustomer.route(
  contract.subscriptions.setPaymentMethod,
  async ({ params, body }, context) => {
    const { subscriptionId } = params;
    const subscription = await decideOwn(context, subscriptionId, (slice, now) =>
      decideSetPaymentMethod(slice, { subscriptionId, ...body }, now),
    );
    return isRejection(subscription)
      ? refused(context, subscription)
      : answered(context, 200, presentSubscription(subscription));
  },
);
