import { contract } from "../../contract/index.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { isCollecting, setCollecting } from "../store/system.ts";

export const setCollectingHandler = asOperator.route(contract.operator.setCollecting, async ({ body }, context) => {
  const { deps, caller } = context;
  const refusal = await setCollecting(deps, body, `operator:${caller.userId}`);
  if (refusal) return refused(context, refusal);
  return answered(context, 200, { collecting: await isCollecting(deps.db) });
});
