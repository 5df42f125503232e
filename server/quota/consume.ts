import { contract } from "../../contract/index.ts";
import { asPartner } from "../http/handler.ts";
import { answerReserved } from "./answer-reserved.ts";

export const consumeMessagesHandler = asPartner.route(contract.quotas.consume, async ({ body }, context) =>
  answerReserved(context, { ...body, partnerId: context.caller.partnerId, ttlSeconds: null }),
);
