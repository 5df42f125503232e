// What happened, as the contract shows it.
import type { Activity, ActivityBy, ActivityFilters } from "../../contract/activity.ts";
import { instant, instantOrNull, wallOf } from "../billing/clock.ts";
import { answeredPageBy } from "../http/handler.ts";
import { bodyOf, type StoredEvent } from "../store/chain.ts";
import type { ActivityFilter, FoundActivity } from "../store/activity.ts";
import { activityText } from "../text/activity.ts";

const kinds: Readonly<Record<string, ActivityBy>> = { user: "customer", partner: "partner", operator: "operator" };

/** One page of it, and up to when it has been archived. */
export function presentActivities(
  context: { readonly requestId: string },
  limit: number,
  { events, archivedUntil }: FoundActivity,
) {
  const cursorOf = ({ position }: StoredEvent) => String(position);
  const { status, body } = answeredPageBy(context, events, { limit, present: presentActivity, cursorOf });
  return { status, body: { ...body, archivedUntil: instantOrNull(archivedUntil) } };
}

function presentActivity(event: StoredEvent): Activity {
  const body = bodyOf(event);
  const by = kinds[event.actor.split(":", 1)[0] ?? ""] ?? "system";
  return { eventId: event.id, type: body.type, at: instant(event.at), by, text: activityText(body) };
}

/** What was asked for, as the store takes it. */
export function filterOf({ limit, cursor, types, by, since, until }: ActivityFilters): ActivityFilter {
  return {
    limit,
    types,
    by,
    before: cursor === undefined ? null : Number(cursor),
    since: since === undefined ? null : wallOf(since),
    until: until === undefined ? null : wallOf(until),
  };
}
