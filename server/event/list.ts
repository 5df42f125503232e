import { contract } from "../../contract/index.ts";
import { answeredPageBy, asCustomerOrPartner } from "../http/handler.ts";
import { presentEvent } from "../http/present-event.ts";
import { listEventsOfPartner, listEventsOfStream } from "../store/events.ts";

export const listEvents = asCustomerOrPartner.route(contract.events.list, async ({ query }, context) => {
  const { deps, caller, requestId } = context;
  const { limit, customerId, types } = query;
  const filter = { limit, types, after: Number(query.cursor ?? 0) };
  if (caller.kind === "partner") {
    const { events, nextCursor } = await listEventsOfPartner(deps.db, caller.partnerId, { ...filter, customerId });
    const page = { nextCursor: nextCursor === null ? null : String(nextCursor) };
    return { status: 200, body: { data: events.map(presentEvent), meta: { requestId }, page } };
  }
  const isAnothers = customerId !== undefined && customerId !== caller.customerId;
  const rows = isAnothers ? [] : await listEventsOfStream(deps.db, caller.customerId, filter);
  return answeredPageBy(context, rows, {
    limit,
    present: presentEvent,
    cursorOf: ({ position }) => String(position),
  });
});
