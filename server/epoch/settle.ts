import { contract } from "../../contract/index.ts";
import { answered, asOperator, refused } from "../http/handler.ts";
import { epochState, settleEpoch } from "../store/epoch.ts";
import { presentEpoch } from "./present.ts";

export const settleEpochHandler = asOperator.route(contract.epochs.settle, async ({ body }, context) => {
  const { deps, caller } = context;
  const refusal = await settleEpoch(deps, body.reason, `operator:${caller.userId}`);
  if (refusal) return refused(context, refusal);
  return answered(context, 200, presentEpoch(await epochState(deps.db)));
});
