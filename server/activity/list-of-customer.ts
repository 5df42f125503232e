import { contract } from "../../contract/index.ts";
import { answeredPageBy, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { isKnownCustomer, listActivity } from "../store/activity.ts";
import { filterOf, presentActivity } from "./present.ts";

export const listActivityOfCustomer = asOperator.route(
  contract.activities.listOfCustomer,
  async ({ params, query }, context) => {
    const { deps } = context;
    const { customerId } = params;
    const events = await listActivity(deps.db, customerId, filterOf(query));
    if (events.length === 0 && !(await isKnownCustomer(deps.db, customerId))) return refusal(context, "not_found");
    return answeredPageBy(context, events, {
      limit: query.limit,
      present: presentActivity,
      cursorOf: ({ position }) => String(position),
    });
  },
);
