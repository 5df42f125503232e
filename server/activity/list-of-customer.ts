import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { isKnownCustomer, listActivity } from "../store/activity.ts";
import { filterOf, presentActivities } from "./present.ts";

export const listActivityOfCustomer = asOperator.route(
  contract.activities.listOfCustomer,
  async ({ params, query }, context) => {
    const { db } = context.deps;
    const { customerId } = params;
    const found = await listActivity(db, customerId, filterOf(query));
    if (found.events.length === 0 && !(await isKnownCustomer(db, customerId))) return refusal(context, "not_found");
    return presentActivities(context, query.limit, found);
  },
);
