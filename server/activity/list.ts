import { contract } from "../../contract/index.ts";
import { answeredPageBy, asCustomer } from "../http/handler.ts";
import { listActivity } from "../store/activity.ts";
import { activityTypes } from "../text/activity.ts";
import { filterOf, presentActivity } from "./present.ts";

export const listActivityHandler = asCustomer.route(contract.activities.list, async ({ query }, context) => {
  const { deps, caller } = context;
  const filter = filterOf(query);
  const types = activityTypes.filter((type) => filter.types?.includes(type) ?? true);
  const events = await listActivity(deps.db, caller.customerId, { ...filter, types });
  return answeredPageBy(context, events, {
    limit: query.limit,
    present: presentActivity,
    cursorOf: ({ position }) => String(position),
  });
});
