// A partner's events out of several databases: each has a log of its own, and the cursor a position in each, in their order.
import type { PartnerId } from "../../contract/common/id.ts";
import type { Deps } from "../deps.ts";
import type { StoredEvent } from "../store/chain.ts";
import { inEachDatabase } from "../store/databases.ts";
import { listEventsOfPartner, type Archived, type EventFilter } from "../store/events.ts";

interface Asked extends Pick<EventFilter, "limit" | "types"> {
  /** Example: `1042.17.0`; what is not named is read from the oldest that is there. */
  readonly cursor?: string | undefined;
}

/** Events after the cursor, of one database after the other until the page is full; `nextCursor` is null when all are read. */
export async function listEventsOfAll(
  deps: Deps,
  partnerId: PartnerId,
  { cursor = "", ...filter }: Asked,
): Promise<{ readonly events: readonly StoredEvent[]; readonly nextCursor: string | null } | Archived> {
  const positions = cursor.split(".");
  const events: StoredEvent[] = [];
  let hasMore = false;
  for (const [at, { db }] of inEachDatabase(deps).entries()) {
    const limit = filter.limit - events.length;
    if (limit === 0) {
      hasMore = true;
      break;
    }
    const after = positions[at] ? Number.parseInt(positions[at], 10) : null;
    const found = await listEventsOfPartner(db, partnerId, { ...filter, limit, after });
    if ("archivedUntil" in found) return found;
    events.push(...found.events);
    hasMore ||= found.nextCursor !== null;
    positions[at] = String(found.nextCursor ?? found.events.at(-1)?.position ?? after ?? "");
  }
  return { events, nextCursor: hasMore ? positions.join(".") : null };
}
