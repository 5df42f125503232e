import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { epochState } from "../store/epoch.ts";
import { endLostAgreements } from "../store/lost-agreements.ts";
import { recallSome } from "../store/recall.ts";
import { presentEpoch } from "./present.ts";

export const recallHandler = asOperator.route(contract.epochs.recall, async ({ body }, context) => {
  const { deps, caller } = context;
  const actor = `operator:${caller.userId}` as const;
  const isWhole = await recallSome(deps, { actor, reason: body.reason });
  // Told once more while an agreement is left: whoever repeats until it is not recalling any more has ended them all.
  const isDone = isWhole && (await endLostAgreements(deps, actor));
  const state = await epochState(deps.db);
  return answered(context, 200, presentEpoch({ ...state, recalling: !isDone }));
});
