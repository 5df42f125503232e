import { contract } from "../../contract/index.ts";
import { answered, asCustomer } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { loadCustomer } from "../store/load.ts";
import { presentTestClock } from "./present.ts";

export const getTestClock = asCustomer.route(contract.testClock.get, async (_, context) => {
  const { deps, caller } = context;
  if (deps.config.environment === "production") return refusal(context, "not_found");
  const wall = deps.wall();
  const { slice } = await loadCustomer(deps.db, caller.customerId, wall);
  return answered(context, 200, presentTestClock(slice.state, wall));
});
