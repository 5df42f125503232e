// Figures of the business as the contract shows them.
import type { Rials } from "../../contract/common/money.ts";
import type { Metrics } from "../../contract/metrics.ts";
import type { Figure } from "../billing/figures.ts";
import { bankOf } from "../billing/bank.ts";
import { rials, sumRials } from "../billing/money.ts";
import type { MetricDays, Sum } from "../store/metric-days.ts";
import type { Span } from "./spans.ts";

type Shown = Pick<
  Metrics,
  "recurringAtStart" | "total" | "spans" | "hours" | "banks" | "now" | "products" | "partners"
>;
type Total = Metrics["total"];
type Counted = Sum & { readonly figure: Figure };

/** By spans that tile the days. */
export function presentMetrics(found: MetricDays, spans: readonly Span[]): Shown {
  const { days, before, parts, products, partners, due, unknown } = found;
  const recurringAtStart = recurring({ count: 0, amountRials: rials(0) }, figuresIn(before).movements);
  const bySpan = Map.groupBy(days, ({ day }) => spans.find(({ endsOn }) => day <= endsOn));
  let last = recurringAtStart;
  return {
    recurringAtStart,
    total: figuresIn(days),
    spans: spans.map((span) => {
      const figures = figuresIn(bySpan.get(span) ?? []);
      last = recurring(last, figures.movements);
      return { ...span, ...figures, recurringAtEnd: last };
    }),
    hours: Array.from({ length: 24 }, (_, hour) => {
      const ofHour = parts.filter(({ part }) => part === String(hour).padStart(2, "0"));
      return { hour, collected: sumOf(ofHour, "collected_in_hour"), failed: sumOf(ofHour, "failed_in_hour") };
    }),
    banks: banksIn(parts),
    now: { due, unknown },
    products: [...products],
    partners: [...partners],
  };
}

function figuresIn(counted: readonly Counted[]): Total {
  const of = (figure: Figure) => sumOf(counted, figure);
  return {
    collected: of("collected"),
    failed: of("failed"),
    unknown: of("unknown"),
    reversed: of("reversed"),
    refunded: of("refunded"),
    movements: {
      new: of("mrr_new"),
      reactivation: of("mrr_reactivation"),
      expansion: of("mrr_expansion"),
      contraction: of("mrr_contraction"),
      churnVoluntary: of("mrr_churn_voluntary"),
      churnInvoluntary: of("mrr_churn_involuntary"),
    },
    atRisk: of("at_risk"),
    recovered: of("recovered"),
    givenUp: of("given_up"),
  };
}

function sumOf(counted: readonly Counted[], figure: Figure): Sum {
  const own = counted.filter((each) => each.figure === figure);
  return {
    count: own.reduce((sum, { count }) => sum + count, 0),
    amountRials: sumRials(own.map((each) => each.amountRials)),
  };
}

/** Customers come and go; who expands or contracts stays one. */
function recurring(before: Sum, moved: Total["movements"]): Sum {
  const { expansion, contraction } = moved;
  const come = [moved.new, moved.reactivation];
  const gone = [moved.churnVoluntary, moved.churnInvoluntary];
  return {
    count: before.count + countOf(come) - countOf(gone),
    amountRials: rials(before.amountRials + rialsOf([...come, expansion]) - rialsOf([...gone, contraction])),
  };
}

function countOf(sums: readonly Sum[]): number {
  return sums.reduce((sum, { count }) => sum + count, 0);
}

function rialsOf(sums: readonly Sum[]): Rials {
  return sumRials(sums.map(({ amountRials }) => amountRials));
}

function banksIn(parts: MetricDays["parts"]): Metrics["banks"] {
  return parts
    .filter(({ figure }) => figure === "collected_at_bank")
    .map(({ part, count, amountRials }) => ({ bank: bankOf(part), collected: { count, amountRials } }))
    .toSorted((a, b) => b.collected.amountRials - a.collected.amountRials);
}
