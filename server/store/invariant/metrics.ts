// The figures of the business against what they are figures of.
import type { Invariant } from "./invariant.ts";

const sumOf = (figures: string) => `SUM(IIF(figure IN (${figures}), amount_rials, 0))`;
const come = "'mrr_new', 'mrr_reactivation', 'mrr_expansion'";
const gone = "'mrr_contraction', 'mrr_churn_voluntary', 'mrr_churn_involuntary'";

/** Of all, of each product, of each partner, and of each product at each partner. */
const ofEach = (sums: string, from: string) =>
  ["'' AS product_id, '' AS partner_id", "product_id, ''", "'', partner_id", "product_id, partner_id"]
    .map(
      (of, index) => `SELECT ${of}, ${sums} FROM ${from} ${["", "GROUP BY 1", "GROUP BY 2", "GROUP BY 1, 2"][index]}`,
    )
    .join(" UNION ALL ");

export const metricsInvariants: readonly Invariant[] = [
  {
    name: "figures_are_of_what_was_counted",
    sentence:
      "An event counted twice, or not at all: sums by day, of all or of a product or partner, are not those of what they were made of.",
    isOfAll: true,
    sql: `WITH days AS (SELECT product_id, partner_id, ${sumOf(come)} - ${sumOf(gone)} AS revenue,
          ${sumOf("'at_risk'")} AS at_risk, ${sumOf("'recovered', 'given_up'")} AS ended
        FROM metric_day GROUP BY product_id, partner_id),
      known AS (SELECT m.product_id, c.partner_id, m.monthly_rials * m.is_counted AS revenue, 0 AS at_risk, 0 AS ended
          FROM metric_subscription m JOIN customer c ON c.id = m.customer_id
        UNION ALL SELECT m.product_id, c.partner_id, 0, m.amount_rials, IIF(m.end = 'open', 0, m.amount_rials)
          FROM metric_invoice m JOIN invoice i ON i.id = m.id JOIN customer c ON c.id = i.customer_id),
      sums AS (${ofEach("SUM(revenue) AS revenue, SUM(at_risk) AS at_risk, SUM(ended) AS ended", "known")})
      SELECT product_id, partner_id, SUM(revenue) AS revenue, SUM(at_risk) AS at_risk, SUM(ended) AS ended FROM (
        SELECT * FROM days UNION ALL SELECT product_id, partner_id, -revenue, -at_risk, -ended FROM sums)
      WHERE revenue IS NOT NULL GROUP BY product_id, partner_id
      HAVING SUM(revenue) <> 0 OR SUM(at_risk) <> 0 OR SUM(ended) <> 0`,
  },
  {
    name: "who_pays_is_counted",
    sentence:
      "Once all of the log is counted, a subscription that runs is in no figure, or one that has ended still is.",
    sql: `SELECT s.id AS subscription_id, s.status, m.is_counted FROM subscription s
      LEFT JOIN metric_subscription m ON m.id = s.id AND m.product_id = s.product_id
      WHERE COALESCE(m.is_counted, 0) <> (s.status IN ('active', 'past_due'))
        AND NOT EXISTS (SELECT 1 FROM main.billing_event e WHERE e.type GLOB 'subscription.*'
          AND e.position > COALESCE((SELECT position FROM reader_cursor WHERE reader = 'metrics'), 0))`,
  },
];
