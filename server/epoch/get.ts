import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { epochState } from "../store/epoch.ts";
import { isAnyAgreementLost } from "../store/lost-agreements.ts";
import { presentEpoch } from "./present.ts";

export const getEpochHandler = asOperator.route(contract.epochs.get, async (_, context) => {
  const { db } = context.deps;
  const [state, isAnyLost] = await Promise.all([epochState(db), isAnyAgreementLost(db)]);
  return answered(context, 200, presentEpoch({ ...state, recalling: state.recalling || isAnyLost }));
});
