import { contract } from "../../contract/index.ts";
import { answeredPage, asCustomer } from "../http/handler.ts";
import { listSubscriptions } from "../store/read.ts";
import { presentSubscription } from "./present.ts";

export const listSubscriptionsHandler = asCustomer.route(contract.subscriptions.list, async ({ query }, context) => {
  const subscriptions = await listSubscriptions(context.deps.db, context.caller.customerId, query);
  return answeredPage(context, subscriptions, { limit: query.limit, present: presentSubscription });
});
