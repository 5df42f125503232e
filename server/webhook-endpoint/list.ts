import { contract } from "../../contract/index.ts";
import { answeredPage, asOperatorOrPartner } from "../http/handler.ts";
import { partnerOf } from "../http/owner.ts";
import { listEndpoints } from "../store/webhook-endpoint.ts";
import { presentEndpoint } from "./present.ts";

export const listEndpointsHandler = asOperatorOrPartner.route(
  contract.webhookEndpoints.list,
  async ({ query }, context) => {
    const endpoints = await listEndpoints(context.deps.db, partnerOf(context.caller), query);
    return answeredPage(context, endpoints, { limit: query.limit, present: presentEndpoint });
  },
);
