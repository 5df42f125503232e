import { contract } from "../../contract/index.ts";
import { endpointMessage } from "../http/endpoint-message.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { enableEndpoint } from "../store/webhook-endpoint.ts";
import { archivedRefusal, endpointAfter, ownEndpoint } from "./own.ts";
import { presentEndpoint } from "./present.ts";

export const enableEndpointHandler = asOperatorOrPartner.route(
  contract.webhookEndpoints.enable,
  async ({ params }, context) => {
    const { deps, caller } = context;
    const endpoint = await ownEndpoint(context, params.webhookEndpointId);
    if (!endpoint) return refusal(context, "not_found");
    if (endpoint.status === "archived") return archivedRefusal(context, endpoint);
    await enableEndpoint(deps, endpoint, actorOf(caller));
    await deps.deliveries.send(endpointMessage(deps, endpoint.id));
    return answered(context, 200, presentEndpoint(await endpointAfter(context, endpoint.id)));
  },
);
