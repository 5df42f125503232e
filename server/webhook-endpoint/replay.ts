import { contract } from "../../contract/index.ts";
import { endpointMessage } from "../http/endpoint-message.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { nextPosition } from "../store/reader.ts";
import { countReplay, positionsOfLog } from "../store/webhook-delivery.ts";
import { replayTo } from "../store/webhook-endpoint.ts";
import { archivedRefusal, ownEndpoint } from "./own.ts";

/** What one call looks at: as much as one statement does in good time. */
const maxPositions = 10_000;

export const replayEvents = asOperatorOrPartner.route(
  contract.webhookEndpoints.replay,
  async ({ params, body }, context) => {
    const { deps, caller, resourceSeed: requestSeed } = context;
    const endpoint = await ownEndpoint(context, params.webhookEndpointId);
    if (!endpoint) return refusal(context, "not_found");
    if (endpoint.status === "archived") return archivedRefusal(context, endpoint);
    const { afterPosition: from } = body;
    const { last, archived } = await positionsOfLog(deps.db);
    if (from < archived)
      return refusal(
        context,
        "events_archived",
        `Events up to position ${archived} have been archived; begin after it.`,
      );
    const end = Math.min(body.untilPosition ?? last, last);
    // From the next event on, which is far away where an epoch begins.
    const before = (await nextPosition(deps.db, from)) - 1;
    const span = { from, to: Math.max(from, Math.min(end, before + maxPositions)) };
    const replayed = await countReplay(deps.db, endpoint.id, span);
    if (replayed > 0) await replayTo(deps, endpoint, span, { actor: actorOf(caller), requestSeed });
    await deps.deliveries.send(endpointMessage(deps, endpoint.id));
    return answered(context, 200, { replayed, nextAfterPosition: span.to < end ? span.to : null });
  },
);
