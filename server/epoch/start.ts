import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { epochState, startEpoch } from "../store/epoch.ts";
import { presentEpoch } from "./present.ts";

export const startEpochHandler = asOperator.route(contract.epochs.start, async ({ body }, context) => {
  const { deps, caller, resourceSeed: requestSeed } = context;
  await startEpoch(deps, body.reason, { actor: `operator:${caller.userId}`, requestSeed });
  return answered(context, 201, presentEpoch(await epochState(deps.db)));
});
