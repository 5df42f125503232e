import { contract } from "../../contract/index.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { archiveEndpoint } from "../store/webhook-endpoint.ts";
import { endpointAfter, ownEndpoint } from "./own.ts";
import { presentEndpoint } from "./present.ts";

export const archiveEndpointHandler = asOperatorOrPartner.route(
  contract.webhookEndpoints.archive,
  async ({ params }, context) => {
    const endpoint = await ownEndpoint(context, params.webhookEndpointId);
    if (!endpoint) return refusal(context, "not_found");
    await archiveEndpoint(context.deps, endpoint, actorOf(context.caller));
    return answered(context, 200, presentEndpoint(await endpointAfter(context, endpoint.id)));
  },
);
