import { contract } from "../../contract/index.ts";
import { pageOfEach } from "../http/each-database.ts";
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
    return pageOfEach(context, query, async ({ db }, page) => {
      const deliveries = await listDeliveries(db, endpoint.id, page);
      return answeredPageBy(context, deliveries, {
        limit: page.limit,
        present: presentDelivery,
        cursorOf: ({ position }) => String(position),
      });
    });
  },
);
