import { contract } from "../../contract/index.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { ownEndpoint } from "./own.ts";
import { presentEndpoint } from "./present.ts";

export const getEndpoint = asOperatorOrPartner.route(contract.webhookEndpoints.get, async ({ params }, context) => {
  const endpoint = await ownEndpoint(context, params.webhookEndpointId);
  return endpoint ? answered(context, 200, presentEndpoint(endpoint)) : refusal(context, "not_found");
});
