import { contract } from "../../contract/index.ts";
import { endpointMessage } from "../http/endpoint-message.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { fanOut } from "../store/webhook-delivery.ts";
import { testEndpoint } from "../store/webhook-endpoint.ts";
import { archivedRefusal, ownEndpoint } from "./own.ts";
import { presentEndpoint } from "./present.ts";

export const testEndpointHandler = asOperatorOrPartner.route(
  contract.webhookEndpoints.test,
  async ({ params }, context) => {
    const { deps, caller, resourceSeed: requestSeed } = context;
    const endpoint = await ownEndpoint(context, params.webhookEndpointId);
    if (!endpoint) return refusal(context, "not_found");
    if (endpoint.status === "archived") return archivedRefusal(context, endpoint);
    await testEndpoint(deps, endpoint, { actor: actorOf(caller), requestSeed });
    // Somebody waits for it: not only with the next cron, unless much else comes first.
    await fanOut(deps.db, deps.wall());
    await deps.deliveries.send(endpointMessage(deps, endpoint.id));
    return answered(context, 202, presentEndpoint(endpoint));
  },
);
