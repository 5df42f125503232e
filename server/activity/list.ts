import { contract } from "../../contract/index.ts";
import { asCustomer } from "../http/handler.ts";
import { listActivity } from "../store/activity.ts";
import { activityTypes } from "../text/activity.ts";
import { filterOf, presentActivities } from "./present.ts";

export const listActivityHandler = asCustomer.route(contract.activities.list, async ({ query }, context) => {
  const { deps, caller } = context;
  const filter = filterOf(query);
  const types = activityTypes.filter((type) => filter.types?.includes(type) ?? true);
  return presentActivities(context, query.limit, await listActivity(deps.db, caller.customerId, { ...filter, types }));
});
