import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { findSubscription } from "../store/read.ts";
import { presentSubscription } from "./present.ts";

export const getSubscription = asCustomer.route(contract.subscriptions.get, async ({ params }, context) => {
  const subscription = await findSubscription(context.deps.db, context.caller.customerId, params.subscriptionId);
  return subscription ? answered(context, 200, presentSubscription(subscription)) : refusal(context, "not_found");
});
