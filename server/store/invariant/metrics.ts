// The figures of the business against what they are figures of.
import type { Invariant } from "./invariant.ts";

const sumOf = (figures: string) =>
  `(SELECT COALESCE(SUM(amount_rials), 0) FROM metric_day WHERE figure IN (${figures}))`;
const come = "'mrr_new', 'mrr_reactivation', 'mrr_expansion'";
const gone = "'mrr_contraction', 'mrr_churn_voluntary', 'mrr_churn_involuntary'";

export const metricsInvariants: readonly Invariant[] = [
  {
    name: "figures_are_of_what_was_counted",
    sentence: "An event counted twice, or not at all: sums by day are not those of what they were made of.",
    isOfAll: true,
    sql: `SELECT * FROM (
        SELECT 'revenue' AS what, ${sumOf(come)} - ${sumOf(gone)} AS by_day,
          (SELECT COALESCE(SUM(monthly_rials), 0) FROM metric_subscription WHERE is_counted = 1) AS of_all
        UNION ALL SELECT 'at_risk', ${sumOf("'at_risk'")},
          (SELECT COALESCE(SUM(amount_rials), 0) FROM metric_invoice)
        UNION ALL SELECT 'ended', ${sumOf("'recovered', 'given_up'")},
          (SELECT COALESCE(SUM(amount_rials), 0) FROM metric_invoice WHERE end <> 'open'))
      WHERE by_day <> of_all`,
  },
  {
    name: "who_pays_is_counted",
    sentence:
      "Once all of the log is counted, a subscription that runs is in no figure, or one that has ended still is.",
    sql: `SELECT s.id AS subscription_id, s.status, m.is_counted FROM subscription s
      LEFT JOIN metric_subscription m ON m.id = s.id
      WHERE COALESCE(m.is_counted, 0) <> (s.status IN ('active', 'past_due'))
        AND NOT EXISTS (SELECT 1 FROM main.billing_event e WHERE e.type GLOB 'subscription.*'
          AND e.position > COALESCE((SELECT position FROM reader_cursor WHERE reader = 'metrics'), 0))`,
  },
];
