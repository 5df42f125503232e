import { contract } from "../../contract/index.ts";
import { endpointMessage } from "../http/endpoint-message.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { countReplay, findDelivery, placeOf } from "../store/webhook-delivery.ts";
import { replayTo } from "../store/webhook-endpoint.ts";
import { archivedRefusal, ownEndpoint } from "./own.ts";
import { presentDelivery } from "./present.ts";

export const replayEvent = asOperatorOrPartner.route(
  contract.webhookEndpoints.replayOne,
  async ({ params }, context) => {
    const { deps, caller, resourceSeed: requestSeed } = context;
    const endpoint = await ownEndpoint(context, params.webhookEndpointId);
    if (!endpoint) return refusal(context, "not_found");
    if (endpoint.status === "archived") return archivedRefusal(context, endpoint);
    const position = await placeOf(deps.db, endpoint.id, params.eventId);
    if (position === "archived") return refusal(context, "events_archived", `${params.eventId} has been archived.`);
    const span = { from: (position ?? 0) - 1, to: position ?? 0 };
    // Nothing of another partner's, nor what this endpoint does not ask for.
    if (position === null || (await countReplay(deps.db, endpoint.id, span)) === 0)
      return refusal(context, "not_found");
    await replayTo(deps, endpoint, span, { actor: actorOf(caller), requestSeed });
    await deps.deliveries.send(endpointMessage(deps, endpoint.id));
    const delivery = await findDelivery(deps.db, endpoint.id, params.eventId);
    if (!delivery) throw new Error(`${params.eventId} was replayed but its delivery cannot be read`);
    return answered(context, 200, presentDelivery(delivery));
  },
);
