import { contract } from "../../contract/index.ts";
import { answeredPageBy, asOperatorOrPartner } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { listDeliveries } from "../store/webhook-delivery.ts";
import { ownEndpoint } from "./own.ts";
import { presentDelivery } from "./present.ts";

export const listDeliveriesHandler = asOperatorOrPartner.route(
  contract.webhookEndpoints.deliveries,
  async ({ params, query }, context) => {
    const endpoint = await ownEndpoint(context, params.webhookEndpointId);
    if (!endpoint) return refusal(context, "not_found");
    const deliveries = await listDeliveries(context.deps.db, endpoint.id, query);
    return answeredPageBy(context, deliveries, {
      limit: query.limit,
      present: presentDelivery,
      cursorOf: ({ position }) => String(position),
    });
  },
);
