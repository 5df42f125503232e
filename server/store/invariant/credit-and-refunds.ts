// Money that is the customer's again: credit, and what is given back. These read `customer`, `refund`, and the ledger
// by its index of accounts, of some customers at a time.
import { isWhole, textOf, type Invariant } from "./invariant.ts";

export const creditInvariants: readonly Invariant[] = [
  {
    name: "credit_is_what_was_granted",
    sentence: "A customer can spend credit that nobody granted, or has lost some.",
    sql: `SELECT c.id AS customer_id, c.credit_rials, COALESCE(-b.booked_rials, 0) AS booked_rials FROM customer c
      LEFT JOIN (SELECT customer_id, SUM(amount_rials) AS booked_rials FROM ledger_entry
        WHERE account = 'customer_credit' GROUP BY customer_id) b ON b.customer_id = c.id
      WHERE c.credit_rials <> COALESCE(-b.booked_rials, 0)`,
  },
  {
    name: "credit_applied_is_what_the_log_says",
    sentence: "An invoice is owed less, or more, than its total without credit having been used for it.",
    sql: `SELECT i.id AS invoice_id, i.credit_applied_rials, COALESCE(a.rials, 0) AS applied_rials FROM invoice i
      LEFT JOIN (SELECT ${textOf("data", "invoiceId")} AS invoice_id, SUM(json_extract(data, '$.amountRials')) AS rials
        FROM billing_event WHERE type = 'credit.applied' GROUP BY 1) a ON a.invoice_id = i.id
      WHERE i.credit_applied_rials <> COALESCE(a.rials, 0)
        AND ${isWhole("i.customer_id", "invoice.finalized", "invoiceId", "i.id")}`,
  },
  {
    name: "returned_is_refunds_and_credit_notes",
    sentence: "An invoice could be given back once more, or not at all: what was given back of it was miscounted.",
    sql: `SELECT i.id AS invoice_id, i.returned_rials, i.returned_net_rials, i.credit_notes_rials FROM invoice i
      LEFT JOIN (SELECT invoice_id, SUM(amount_rials) AS rials, SUM(net_rials) AS net_rials FROM refund
        WHERE source = 'invoice' AND status <> 'failed' GROUP BY invoice_id) r ON r.invoice_id = i.id
      LEFT JOIN (SELECT invoice_id, SUM(total_rials) AS rials, SUM(net_rials) AS net_rials FROM credit_note
        GROUP BY invoice_id) n ON n.invoice_id = i.id
      WHERE i.returned_rials <> COALESCE(r.rials, 0) + COALESCE(n.rials, 0)
        OR i.returned_net_rials <> COALESCE(r.net_rials, 0) + COALESCE(n.net_rials, 0)
        OR i.credit_notes_rials <> COALESCE(n.rials, 0)`,
  },
  {
    name: "refunds_are_within_the_payment",
    sentence: "More was given back than was paid, as when two refunds at once do not see each other.",
    sql: `SELECT p.id AS payment_id, p.amount_rials, p.refunded_rials, COALESCE(r.ordered_rials, 0) AS ordered_rials
      FROM payment p LEFT JOIN (SELECT payment_id, SUM(amount_rials) AS ordered_rials FROM refund
        WHERE status <> 'failed' GROUP BY payment_id) r ON r.payment_id = p.id
      WHERE p.refunded_rials <> COALESCE(r.ordered_rials, 0) OR COALESCE(r.ordered_rials, 0) > p.amount_rials`,
  },
  {
    name: "refunds_are_of_money_that_came",
    sentence: "Money is given back that never came.",
    sql: `SELECT r.id AS refund_id, p.id AS payment_id, p.status FROM refund r JOIN payment p ON p.id = r.payment_id
      WHERE r.status <> 'failed' AND NOT (p.status IN ('succeeded', 'refunded', 'reversed')
        OR (p.status = 'surplus' AND p.settled_at IS NOT NULL))`,
  },
  {
    name: "refunds_payable_is_what_waits",
    sentence: "The books owe a customer another sum than the refunds that are under way.",
    sql: `SELECT customer_id, SUM(booked_rials) AS booked_rials, SUM(waits_rials) AS waits_rials FROM (
        SELECT customer_id, -amount_rials AS booked_rials, 0 AS waits_rials FROM ledger_entry
          WHERE account = 'refunds_payable'
        UNION ALL SELECT customer_id, 0, amount_rials FROM refund
          WHERE status IN ('pending', 'submitted', 'needs_review'))
      GROUP BY customer_id HAVING SUM(booked_rials) <> SUM(waits_rials)`,
  },
  {
    name: "all_of_it_is_all_of_its_vat",
    sentence: "The parts do not add up: all of an invoice is given back, and not all of its VAT.",
    sql: `SELECT id AS invoice_id, returned_rials, returned_net_rials FROM invoice
      WHERE returned_rials - returned_net_rials > vat_rials
        OR (returned_rials = total_rials AND returned_net_rials <> subtotal_rials)`,
  },
];
