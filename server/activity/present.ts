// What happened, as the contract shows it.
import type { Activity, ActivityBy, ActivityFilters } from "../../contract/activity.ts";
import { instant, wallOf } from "../billing/clock.ts";
import { bodyOf, type StoredEvent } from "../store/chain.ts";
import type { ActivityFilter } from "../store/activity.ts";
import { activityText } from "../text/activity.ts";

const kinds: Readonly<Record<string, ActivityBy>> = { user: "customer", partner: "partner", operator: "operator" };

export function presentActivity(event: StoredEvent): Activity {
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
