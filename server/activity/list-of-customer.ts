import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { answeredPageOfBy } from "../http/of-customer.ts";
import { listActivity } from "../store/activity.ts";
import { filterOf, presentActivity } from "./present.ts";

export const listActivityOfCustomer = asOperator.route(
  contract.activities.listOfCustomer,
  async ({ params, query }, context) => {
    const { customerId } = params;
    const events = await listActivity(context.deps.db, customerId, filterOf(query));
    return answeredPageOfBy(context, events, {
      customerId,
      limit: query.limit,
      present: presentActivity,
      cursorOf: ({ position }) => String(position),
    });
  },
);
