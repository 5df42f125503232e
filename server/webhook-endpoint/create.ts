import { contract } from "../../contract/index.ts";
import { housePartnerId } from "../billing/customer.ts";
import { idFromSeed } from "../billing/ids.ts";
import { answered, asOperatorOrPartner } from "../http/handler.ts";
import { actorOf } from "../http/owner.ts";
import { refusal } from "../http/problem.ts";
import { newWebhookSecret, secretRecordOf } from "../http/webhook-message.ts";
import { partnerBucket } from "../store/people.ts";
import { createEndpoint } from "../store/webhook-endpoint.ts";
import { endpointAfter, refusalOfUrl } from "./own.ts";
import { presentEndpoint } from "./present.ts";

export const createEndpointHandler = asOperatorOrPartner.route(
  contract.webhookEndpoints.create,
  async ({ body }, context) => {
    const { deps, caller, resourceSeed } = context;
    const { url, eventTypes } = body;
    const refused = refusalOfUrl(context, url);
    if (refused) return refused;
    const ownId = caller.kind === "partner" ? caller.partnerId : undefined;
    const partnerId = body.partnerId ?? ownId ?? housePartnerId;
    if (ownId !== undefined && partnerId !== ownId) return refusal(context, "not_found");
    const id = idFromSeed("wep", resourceSeed, partnerBucket);
    const secret = await deps.sealer.seal(newWebhookSecret(deps.random), secretRecordOf(id));
    const row = { id, partnerId, url, eventTypes, secret, rotation: resourceSeed };
    const result = await createEndpoint(deps, row, actorOf(caller));
    if (result === "no_partner") return refusal(context, "not_found");
    if (result === "limit_reached") return refusal(context, "webhook_endpoint_limit_reached");
    const endpoint = await endpointAfter(context, id);
    // What is kept, and not what was made: a request that takes over finds the first one's secret.
    const shown = await deps.sealer.open(endpoint.secret, secretRecordOf(id));
    return answered(context, 201, { ...presentEndpoint(endpoint), secret: shown });
  },
);
