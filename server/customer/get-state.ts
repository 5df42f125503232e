import { contract } from "../../contract/index.ts";
import { asPartner } from "../http/handler.ts";
import { answerState } from "./answer-state.ts";

export const getState = asPartner.route(contract.customers.state, async ({ params }, context) =>
  answerState(context, params),
);
