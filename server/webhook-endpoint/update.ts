import { contract } from "../../contract/index.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { updateEndpoint } from "../store/webhook-endpoint.ts";
import { archivedRefusal, endpointAfter, ownEndpoint, refusalOfUrl } from "./own.ts";
import { presentEndpoint } from "./present.ts";

export const updateEndpointHandler = asOperatorOrPartner.route(
  contract.webhookEndpoints.update,
  async ({ params, body }, context) => {
    const refused = refusalOfUrl(context, body.url);
    if (refused) return refused;
    const endpoint = await ownEndpoint(context, params.webhookEndpointId);
    if (!endpoint) return refusal(context, "not_found");
    if (endpoint.status === "archived") return archivedRefusal(context, endpoint);
    const { url = endpoint.url, eventTypes = endpoint.eventTypes } = body;
    await updateEndpoint(context.deps, endpoint, { url, eventTypes }, actorOf(context.caller));
    return answered(context, 200, presentEndpoint(await endpointAfter(context, endpoint.id)));
  },
);
