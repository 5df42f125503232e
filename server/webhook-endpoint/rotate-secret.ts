import { contract } from "../../contract/index.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { newWebhookSecret, secretRecordOf } from "../http/webhook-message.ts";
import { rotateSecret } from "../store/webhook-endpoint.ts";
import { archivedRefusal, endpointAfter, ownEndpoint } from "./own.ts";
import { presentEndpoint } from "./present.ts";

export const rotateSecretHandler = asOperatorOrPartner.route(
  contract.webhookEndpoints.rotateSecret,
  async ({ params, body }, context) => {
    const { deps, caller, resourceSeed } = context;
    const endpoint = await ownEndpoint(context, params.webhookEndpointId);
    if (!endpoint) return refusal(context, "not_found");
    if (endpoint.status === "archived") return archivedRefusal(context, endpoint);
    const record = secretRecordOf(endpoint.id);
    const secret = await deps.sealer.seal(newWebhookSecret(deps.random), record);
    const { overlapHours } = body;
    await rotateSecret(deps, endpoint, { secret, rotation: resourceSeed, overlapHours }, actorOf(caller));
    const rotated = await endpointAfter(context, endpoint.id);
    // What is kept, and not what was made: a request that takes over finds the first one's secret.
    const shown = await deps.sealer.open(rotated.secret, record);
    return answered(context, 200, { ...presentEndpoint(rotated), secret: shown });
  },
);
