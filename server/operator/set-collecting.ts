import { contract } from "../../contract/index.ts";
import { copyToOthers } from "../http/copy-to-others.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { isCollectingAnywhere, setCollecting } from "../store/system.ts";

export const setCollectingHandler = asOperator.route(contract.operator.setCollecting, async ({ body }, context) => {
  const { deps, caller } = context;
  const refusal = await setCollecting(deps, body, `operator:${caller.userId}`);
  if (refusal) return refused(context, refusal);
  await copyToOthers(deps);
  return answered(context, 200, { collecting: await isCollectingAnywhere(deps) });
});
