import { contract } from "../../contract/index.ts";
import { asPartner } from "../http/handler.ts";
import { answerReserved } from "./answer-reserved.ts";

export const reserveMessagesHandler = asPartner.route(contract.quotas.reserve, async ({ body }, context) =>
  answerReserved(context, { ...body, partnerId: context.caller.partnerId }),
);
