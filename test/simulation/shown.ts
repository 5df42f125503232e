// What people see without asking the API: their own page, the operator's dashboard, and the messages that the chat counts
// for them. Read from the tables, since drawing a page costs more than a wish is worth.
import type { Quote } from "../../contract/subscription.ts";
import type { Person } from "./people.ts";
import type { World } from "./world.ts";

export interface Running {
  readonly id: string;
  readonly priceId: string;
  readonly isResting: boolean;
}

/** The customer's subscriptions that have not ended, newest first. */
export function runningOf({ database }: World, customerId: string): readonly Running[] {
  const rows = database
    .prepare(
      `SELECT id, price_id, status, pause_at_period_end FROM subscription
       WHERE customer_id = ? AND ended_at IS NULL ORDER BY id DESC`,
    )
    .all(customerId);
  return rows.map((row) => ({
    id: String(row["id"]),
    priceId: String(row["price_id"]),
    isResting: row["status"] === "paused" || row["pause_at_period_end"] === 1,
  }));
}

/** The customer's newest paid invoice over more than nothing. */
export function newestPaidInvoice({ database }: World, customerId: string) {
  const row = database
    .prepare(
      `SELECT id, total_rials FROM invoice
       WHERE customer_id = ? AND status = 'paid' AND total_rials > 0 ORDER BY id DESC LIMIT 1`,
    )
    .get(customerId);
  return row && { id: String(row["id"]), totalRials: Number(row["total_rials"]) };
}

/** Stands for the chat and its partner's key: a share of what is left is used, as a reservation that is committed. */
export function usedMore({ database, scheduler, tell }: World, { name, customerId }: Person, share: number): void {
  const { changes } = database
    .prepare(
      `INSERT INTO quota_reservation (partner_id, id, customer_id, product_id, subscription_id, period_index, messages,
         status, used_messages, overrun_messages, expires_at, created_at, settled_at)
       SELECT c.partner_id, q.customer_id || ' ' || q.product_id || ' ' || q.version, q.customer_id, q.product_id, q.subscription_id,
         q.period_index, MAX(1, CAST((q.granted - q.used - q.reserved) * ?1 AS INTEGER)), 'committed',
         MAX(1, CAST((q.granted - q.used - q.reserved) * ?1 AS INTEGER)), 0, ?3, ?3, ?3
       FROM quota_balance q JOIN customer c ON c.id = q.customer_id
       WHERE q.customer_id = ?2 AND q.valid_until > ?3 AND q.granted > q.used + q.reserved`,
    )
    .run(share, customerId, scheduler.now);
  tell(name, `uses ${share * 100} % of the messages left of ${Number(changes)} products`);
}

/** What is wrong when the first invoice of a subscription is not the one that was quoted. */
export function quotedButNot({ database }: World, subscriptionId: string, quote: Quote): readonly string[] {
  const row = database
    .prepare("SELECT total_rials FROM invoice WHERE subscription_id = ? ORDER BY id LIMIT 1")
    .get(subscriptionId);
  const isHonoured = !row || quote.quoteId === null || row["total_rials"] === quote.totalRials;
  return isHonoured
    ? []
    : [`${subscriptionId} was quoted ${quote.totalRials} Rials and costs ${String(row["total_rials"])}`];
}
