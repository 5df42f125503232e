import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { answeredPageOf } from "../http/of-customer.ts";
import { listSubscriptions } from "../store/read.ts";
import { presentSubscription } from "./present.ts";

export const listSubscriptionsOfCustomer = asOperator.route(
  contract.subscriptions.listOfCustomer,
  async ({ params, query }, context) => {
    const { customerId } = params;
    const rows = await listSubscriptions(context.deps.db, customerId, query);
    return answeredPageOf(context, rows, { customerId, limit: query.limit, present: presentSubscription });
  },
);
