import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { isCollecting, setCollecting } from "../store/system.ts";

export const setCollectingHandler = asOperator.route(contract.operator.setCollecting, async ({ body }, context) => {
  const { deps, caller } = context;
  await setCollecting(deps, body, `operator:${caller.userId}`);
  return answered(context, 200, { collecting: await isCollecting(deps.db) });
});
