// A request's own event: the first one that it commits is named by the request's seed. Whoever takes over a request that
// died finds it there, and does not decide a second time.
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { BillingEventId } from "../../contract/common/id.ts";
import type { Ids } from "../billing/ids.ts";
import { billingEvent } from "./schema.ts";

/** Whether the event has been committed. */
export async function isInLog(db: D1Database, id: BillingEventId): Promise<boolean> {
  const rows = await drizzle(db).select({ id: billingEvent.id }).from(billingEvent).where(eq(billingEvent.id, id));
  return rows.length > 0;
}

/** Names the events of one commit: the first one by the request that makes it, when one does. */
export function eventIds(ids: Ids, first: BillingEventId | null | undefined): () => BillingEventId {
  let named = first ?? null;
  return () => {
    const id = named ?? ids.next("evt");
    named = null;
    return id;
  };
}
