import { contract } from "../../contract/index.ts";
import { answeredPageBy, asCustomerOrPartner } from "../http/handler.ts";
import { presentEvent } from "../http/present-event.ts";
import { refusal } from "../http/problem.ts";
import type { StoredEvent } from "../store/chain.ts";
import { listEventsOfPartner, listEventsOfStream } from "../store/events.ts";
import { listEventsOfAll } from "./of-all.ts";

export const listEvents = asCustomerOrPartner.route(contract.events.list, async ({ query }, context) => {
  const { deps, caller, requestId } = context;
  const { limit, customerId, types } = query;
  const filter = { limit, types, after: query.cursor === undefined ? null : Number.parseInt(query.cursor, 10) };
  const gone = (position: number) =>
    refusal(context, "events_archived", `Events up to position ${position} have been archived; begin after it.`);
  if (caller.kind === "partner" && deps.databases && customerId === undefined) {
    const found = await listEventsOfAll(deps, caller.partnerId, query);
    if ("archivedUntil" in found) return gone(found.archivedUntil);
    const { events, nextCursor } = found;
    return { status: 200, body: { data: events.map(presentEvent), meta: { requestId }, page: { nextCursor } } };
  }
  if (caller.kind === "partner") {
    const found = await listEventsOfPartner(deps.db, caller.partnerId, { ...filter, customerId });
    if ("archivedUntil" in found) return gone(found.archivedUntil);
    const page = { nextCursor: found.nextCursor === null ? null : String(found.nextCursor) };
    return { status: 200, body: { data: found.events.map(presentEvent), meta: { requestId }, page } };
  }
  const page = { limit, present: presentEvent, cursorOf: ({ position }: StoredEvent) => String(position) };
  if (customerId !== undefined && customerId !== caller.customerId) return answeredPageBy(context, [], page);
  const { events, archived } = await listEventsOfStream(deps.db, caller.customerId, filter);
  if (archived && filter.after !== null && filter.after < archived.position) return gone(archived.position);
  return answeredPageBy(context, events, page);
});
