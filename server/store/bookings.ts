// What was booked for a customer: the entries of the ledger, together as the events made them.
import * as z from "zod";
import { BillingEventId, InvoiceId, PaymentId, type CustomerId } from "../../contract/common/id.ts";
import { SignedRials } from "../../contract/common/money.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { LedgerAccount } from "../../contract/finance.ts";
import { wallMs } from "../billing/clock.ts";

const Entry = z.object({
  account: LedgerAccount,
  amountRials: SignedRials,
  invoiceId: InvoiceId.nullable(),
  paymentId: PaymentId.nullable(),
});

const Row = z.object({
  id: BillingEventId,
  type: z.string(),
  at: z.int().transform(wallMs),
  entries: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.array(Entry)),
});

/** The bookings of one event. */
export type StoredBooking = z.infer<typeof Row>;

/** A customer's bookings, newest first, one past the limit. Reads that customer's entries alone. */
export async function listBookings(
  db: D1Database,
  customerId: CustomerId,
  { limit, cursor }: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly StoredBooking[]> {
  const { results } = await db
    .prepare(
      `SELECT l.event_id AS id, MIN(l.event_type) AS type, MIN(l.at) AS at,
          json_group_array(json_object('account', l.account, 'amountRials', l.amount_rials, 'invoiceId', l.invoice_id,
            'paymentId', l.payment_id) ORDER BY l.line) AS entries
        FROM ledger_entry l WHERE l.customer_id = ?1 AND (?2 IS NULL OR l.event_id < ?2)
        GROUP BY l.event_id ORDER BY l.event_id DESC LIMIT CAST(?3 AS INTEGER)`,
    )
    .bind(customerId, cursor ?? null, limit + 1)
    .all();
  return z.array(Row).parse(results);
}
