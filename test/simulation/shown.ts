// What people see without asking the API: their own page, the operator's dashboard, and the messages that the chat counts
// for them. Read from the tables, since drawing a page costs more than a wish is worth.
import type { Quote } from "../../contract/subscription.ts";
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

/** Messages that somebody has left of a product. */
export interface Left {
  readonly productId: string;
  readonly rest: number;
}

/** What is left to a customer, by product. */
export function leftOf({ database, scheduler }: World, customerId: string): readonly Left[] {
  const rows = database
    .prepare(
      `SELECT product_id, granted - used - reserved - overrun AS rest FROM quota_balance
       WHERE customer_id = ? AND valid_until > ? AND granted > used + reserved + overrun ORDER BY product_id`,
    )
    .all(customerId, scheduler.now);
  return rows.map((row) => ({ productId: String(row["product_id"]), rest: Number(row["rest"]) }));
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
