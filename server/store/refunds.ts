// Refunds as operators read them: of everybody, newest first. Ids are time-ordered, so that the last id of a page is the
// cursor of the next.
import { and, desc, eq, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { PaymentId, RefundId } from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import type { RefundStatus } from "../../contract/refund.ts";
import type { Refund } from "../billing/state.ts";
import { readRefunds } from "./rows.ts";
import { refund } from "./schema.ts";

interface Wanted extends Pick<PageQuery, "limit" | "cursor"> {
  readonly paymentId?: PaymentId | undefined;
  readonly status?: RefundStatus | undefined;
}

export async function findRefund(db: D1Database, id: RefundId): Promise<Refund | null> {
  return readRefunds(await drizzle(db).select().from(refund).where(eq(refund.id, id)))[0] ?? null;
}

/** One more than `limit`, so that the caller sees whether there is another page. */
export async function listRefunds(
  db: D1Database,
  { limit, cursor, paymentId, status }: Wanted,
): Promise<readonly Refund[]> {
  const isWanted = and(
    cursor === undefined ? undefined : lt(refund.id, cursor as RefundId),
    paymentId && eq(refund.paymentId, paymentId),
    status && eq(refund.status, status),
  );
  const query = drizzle(db).select().from(refund).where(isWanted);
  return readRefunds(await query.orderBy(desc(refund.id)).limit(limit + 1));
}
