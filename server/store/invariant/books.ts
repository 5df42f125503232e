// The books: every movement balances, says what its event says, and adds up to what invoices and payments are.
// Each reads the customers' part of `ledger_entry` or `billing_event`; the last reads `invoice_number` whole.
import { isWhole, textOf, type Invariant } from "./invariant.ts";

/** Rials of some events by their invoice, from the log. */
const rialsOf = (condition: string) =>
  `SELECT ${textOf("data", "invoiceId")} AS invoice_id, SUM(json_extract(data, '$.amountRials')) AS rials, COUNT(*) AS times
    FROM billing_event WHERE ${condition} GROUP BY 1`;

const reopened =
  `SELECT ${textOf("data", "invoiceId")} AS invoice_id, COUNT(*) AS times FROM billing_event ` +
  "WHERE type = 'invoice.reopened' GROUP BY 1";

/** What the bank took back and is owed again: all of it, unless some reversals reopened nothing. */
const reopenedRials =
  "CASE WHEN COALESCE(o.times, 0) = COALESCE(r.times, 0) THEN COALESCE(r.rials, 0) " +
  "ELSE COALESCE(o.times, 0) * (i.total_rials - i.credit_applied_rials) END";

/** What bank and operators did to an invoice is read from the log: of one that was archived in part, nothing is. */
const isInvoiceWhole = isWhole("i.customer_id", "invoice.finalized", "invoiceId", "i.id");

export const booksInvariants: readonly Invariant[] = [
  {
    name: "every_event_balances",
    sentence: "An entry was left out, doubled or miscounted: what one event debits is not what it credits.",
    sql: `SELECT event_id, SUM(amount_rials) AS off_by_rials FROM ledger_entry
      GROUP BY event_id HAVING SUM(amount_rials) <> 0`,
  },
  {
    name: "every_movement_is_booked",
    sentence: "Money moved in the log and not in the books, or with another amount.",
    sql: `SELECT id AS event_id, type, said_rials, booked_rials FROM (
        SELECT e.id, e.type,
          CASE WHEN e.type IN ('invoice.finalized', 'invoice.reinstated') THEN json_extract(e.data, '$.totalRials')
            WHEN e.type IN ('invoice.voided', 'invoice.marked_uncollectible') THEN -json_extract(e.data, '$.totalRials')
            WHEN e.type IN ('payment.succeeded', 'payment.credited', 'credit.applied', 'refund.created')
              THEN -json_extract(e.data, '$.amountRials')
            ELSE json_extract(e.data, '$.amountRials') END AS said_rials,
          COALESCE((SELECT SUM(l.amount_rials) FROM main.ledger_entry l WHERE l.event_id = e.id
            AND l.account = CASE WHEN e.type LIKE 'refund.%' THEN 'refunds_payable' ELSE 'receivable' END), 0)
            AS booked_rials
        FROM billing_event e
        WHERE e.type IN ('invoice.finalized', 'invoice.reinstated', 'invoice.voided', 'invoice.marked_uncollectible',
          'payment.succeeded', 'payment.credited', 'payment.reversed', 'credit.granted', 'credit.applied', 'refund.created',
          'refund.failed', 'refund.succeeded'))
      WHERE said_rials <> booked_rials`,
  },
  {
    name: "receivable_is_what_is_owed",
    sentence:
      "An invoice was paid twice, closed without money, or kept open though it was paid: its receivable is not its " +
      "total less the credit that paid for it while it is open and zero afterwards, plus what a bank took back without reopening it.",
    sql: `SELECT i.id AS invoice_id, i.status, i.total_rials, COALESCE(b.receivable_rials, 0) AS receivable_rials
      FROM invoice i
      LEFT JOIN (SELECT invoice_id, SUM(amount_rials) AS receivable_rials FROM ledger_entry
        WHERE account = 'receivable' GROUP BY invoice_id) b ON b.invoice_id = i.id
      LEFT JOIN (${rialsOf("type = 'payment.reversed'")}) r ON r.invoice_id = i.id
      LEFT JOIN (${reopened}) o ON o.invoice_id = i.id
      WHERE COALESCE(b.receivable_rials, 0) <> CASE i.status WHEN 'open' THEN i.total_rials - i.credit_applied_rials ELSE 0 END
        + COALESCE(r.rials, 0) - ${reopenedRials} AND ${isInvoiceWhole}`,
  },
  {
    name: "paid_by_exactly_one_payment",
    sentence:
      "Money was kept twice for one invoice, or an invoice is called paid and neither a payment nor credit settled it.",
    sql: `SELECT i.id AS invoice_id, i.status, i.total_rials, p.rials AS taken_rials, c.rials AS credited_rials,
        o.times AS reopened
      FROM invoice i
      LEFT JOIN (${rialsOf("type = 'payment.succeeded'")}) p ON p.invoice_id = i.id
      LEFT JOIN (${rialsOf("type = 'credit.granted' AND json_extract(data, '$.reason') = 'late_payment'")}) c
        ON c.invoice_id = i.id
      LEFT JOIN (${reopened}) o ON o.invoice_id = i.id
      LEFT JOIN (${rialsOf("type = 'payment.reversed'")}) r ON r.invoice_id = i.id
      WHERE (COALESCE(p.times, 0) - COALESCE(c.times, 0) - COALESCE(o.times, 0)
          <> (i.status = 'paid' AND i.total_rials <> i.credit_applied_rials)
        OR COALESCE(p.rials, 0) - COALESCE(c.rials, 0) - (${reopenedRials})
          <> CASE i.status WHEN 'paid' THEN i.total_rials - i.credit_applied_rials ELSE 0 END) AND ${isInvoiceWhole}`,
  },
  {
    name: "clearing_is_what_the_gateway_holds",
    sentence:
      "The books say that the gateway holds other money of a payment than it took: taken, less its fee, what the bank " +
      "took back and what the gateway gave back.",
    sql: `SELECT p.id AS payment_id, p.status, COALESCE(b.held_rials, 0) AS held_rials, b.fee_rials
      FROM payment p
      LEFT JOIN (SELECT l.payment_id, SUM(CASE l.account WHEN 'gateway_clearing' THEN l.amount_rials ELSE 0 END) AS held_rials,
          SUM(CASE l.account WHEN 'gateway_fee' THEN l.amount_rials ELSE 0 END) AS fee_rials,
          SUM(CASE WHEN l.event_type = 'payment.reversed' AND l.account = 'gateway_clearing'
            THEN COALESCE((SELECT json_extract(e.data, '$.amountRials') FROM main.billing_event e WHERE e.id = l.event_id),
              -l.amount_rials) ELSE 0 END) AS reversed_rials
        FROM ledger_entry l
        WHERE l.payment_id IS NOT NULL AND l.event_type <> 'payout.imported' GROUP BY l.payment_id) b ON b.payment_id = p.id
      LEFT JOIN (SELECT payment_id, SUM(amount_rials) AS back_rials FROM refund
        WHERE status = 'succeeded' AND method <> 'manual' GROUP BY payment_id) r ON r.payment_id = p.id
      WHERE COALESCE(b.held_rials, 0) + COALESCE(b.fee_rials, 0) <>
        CASE WHEN p.status IN ('succeeded', 'refunded') OR (p.status = 'surplus' AND p.settled_at IS NOT NULL)
          OR b.reversed_rials > 0 THEN p.amount_rials ELSE 0 END
        - COALESCE(b.reversed_rials, 0) - COALESCE(r.back_rials, 0)`,
  },
  {
    name: "income_and_vat_are_what_was_invoiced",
    sentence:
      "A refund or a void took back another share of net and VAT than the invoice has: the tax report is wrong.",
    sql: `SELECT i.id AS invoice_id, i.status, b.net_rials, b.vat_rials
      FROM invoice i
      LEFT JOIN (SELECT invoice_id,
          SUM(CASE WHEN account IN ('deferred_revenue', 'revenue') THEN amount_rials ELSE 0 END) AS net_rials,
          SUM(CASE account WHEN 'vat_payable' THEN amount_rials ELSE 0 END) AS vat_rials
        FROM ledger_entry GROUP BY invoice_id) b ON b.invoice_id = i.id
      WHERE COALESCE(b.net_rials, 0) <>
          i.returned_net_rials - CASE WHEN i.status IN ('open', 'paid') THEN i.subtotal_rials ELSE 0 END
        OR COALESCE(b.vat_rials, 0) <>
          i.returned_rials - i.returned_net_rials - CASE WHEN i.status IN ('open', 'paid') THEN i.vat_rials ELSE 0 END`,
  },
  {
    name: "revenue_is_what_was_kept",
    sentence: "Revenue was recognised twice, too early, or of what was given back: the books show another income.",
    sql: `SELECT i.id AS invoice_id, i.status, i.recognized_at, COALESCE(b.rials, 0) AS revenue_rials FROM invoice i
      LEFT JOIN (SELECT invoice_id, -SUM(amount_rials) AS rials FROM ledger_entry
        WHERE account = 'revenue' GROUP BY invoice_id) b ON b.invoice_id = i.id
      WHERE COALESCE(b.rials, 0) <>
        CASE WHEN i.recognized_at IS NULL THEN 0 ELSE i.subtotal_rials - i.returned_net_rials END`,
  },
  {
    name: "entries_have_their_event",
    sentence: "The books have an entry of which neither the log nor, as far as it goes, its archive can tell why.",
    sql: `SELECT l.event_id, l.line, l.event_type FROM ledger_entry l LEFT JOIN main.billing_event e ON e.id = l.event_id
      WHERE e.type IS NOT l.event_type
        AND (e.id IS NOT NULL OR l.at > COALESCE(CASE WHEN l.customer_id IS NULL THEN (SELECT MAX(at) FROM main.archived_stream)
          ELSE (SELECT at FROM main.archived_stream WHERE stream = l.customer_id) END, 0))`,
  },
  {
    name: "invoice_numbers_have_no_gap",
    sentence: "Two finalisations took one number, or one was lost: the tax authority asks where the invoice is.",
    isOfAll: true,
    sql: `SELECT series, COUNT(*) AS numbers, MAX(number) AS last, NULL AS invoice_id FROM invoice_number
        GROUP BY series HAVING COUNT(*) <> MAX(number) OR MIN(number) <> 1
      UNION ALL SELECT NULL, NULL, NULL, i.id FROM invoice i
        WHERE NOT EXISTS (SELECT 1 FROM invoice_number n WHERE n.invoice_id = i.id)`,
  },
];
