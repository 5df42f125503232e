import { contract } from "../../contract/index.ts";
import { instant } from "../billing/clock.ts";
import { asOperator } from "../http/handler.ts";
import { answeredPageOf } from "../http/of-customer.ts";
import { listWebhookEvents } from "../store/webhook-event.ts";

export const listWebhookEventsOfCustomer = asOperator.route(
  contract.webhooks.listOfCustomer,
  async ({ params, query }, context) => {
    const { customerId } = params;
    const events = await listWebhookEvents(context.deps.db, customerId, query);
    return answeredPageOf(context, events, {
      customerId,
      limit: query.limit,
      present: ({ id, source, subjectId, nok, body, receivedAt }) => ({
        id,
        source,
        subjectId,
        nok,
        body,
        receivedAt: instant(receivedAt),
      }),
    });
  },
);
