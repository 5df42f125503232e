import { contract } from "../../contract/index.ts";
import { asPartner } from "../http/handler.ts";
import { answerState } from "./answer-state.ts";

export const getStateByExternalId = asPartner.route(contract.customers.stateByExternalId, async ({ params }, context) =>
  answerState(context, params),
);
