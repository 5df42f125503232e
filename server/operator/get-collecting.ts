import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { isCollectingAnywhere } from "../store/system.ts";

export const getCollecting = asOperator.route(contract.operator.getCollecting, async (_, context) =>
  answered(context, 200, { collecting: await isCollectingAnywhere(context.deps) }),
);
