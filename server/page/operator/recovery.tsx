// What left and why, and what was nearly lost and came back: as sentences and shares.
import type { Metrics } from "../../../contract/metrics.ts";
import { percentText } from "../../text/amount.ts";
import type { Texts } from "../../text/texts.ts";
import { Bar, Facts } from "../site/parts.tsx";
import type { Visit } from "../site/visit.ts";
import { count } from "../site/words.ts";
import { rials } from "./words.ts";

export interface Shown {
  readonly visit: Visit;
  readonly found: Metrics;
}

/** So many, and so much. */
export interface Sum {
  readonly count: number;
  readonly amountRials: number;
}

/** Of the revenue and the customers there were at the start. */
export function Churn({ visit, found }: Shown) {
  const { texts } = visit;
  const { metrics: words } = texts.operator;
  const { churnVoluntary, churnInvoluntary } = found.total.movements;
  const rate = (sum: Sum) =>
    found.recurringAtStart.amountRials === 0
      ? words.noRate
      : percentText(texts.language, Math.round((10_000 * sum.amountRials) / found.recurringAtStart.amountRials));
  return (
    <section class="card">
      <h2>{words.churn}</h2>
      <p class="quiet">{words.churnText}</p>
      <Facts
        facts={[
          [words.movement.churnVoluntary, `${rate(churnVoluntary)} · ${lost(texts, churnVoluntary)}`],
          [words.movement.churnInvoluntary, `${rate(churnInvoluntary)} · ${lost(texts, churnInvoluntary)}`],
        ]}
      />
    </section>
  );
}

function lost(texts: Texts, { count: number, amountRials }: Sum): string {
  const { metrics: words } = texts.operator;
  return `${words.customers(count(texts, number))} · ${rials(texts, amountRials)}`;
}

export function Recovery({ visit, found }: Shown) {
  const { texts } = visit;
  const { metrics: words } = texts.operator;
  const { atRisk, recovered, givenUp } = found.total;
  const left = {
    count: atRisk.count - recovered.count - givenUp.count,
    amountRials: atRisk.amountRials - recovered.amountRials - givenUp.amountRials,
  };
  const share = atRisk.amountRials === 0 ? 0 : recovered.amountRials / atRisk.amountRials;
  return (
    <section class="card">
      <h2>{words.recovery}</h2>
      <p class="quiet">{words.recoveryText}</p>
      {atRisk.count === 0 ? null : (
        <p>
          <Bar
            used={recovered.amountRials}
            of={atRisk.amountRials}
            mayBeFull
            label={words.recoveredShare(percentText(texts.language, Math.round(10_000 * share)))}
          />
        </p>
      )}
      <Facts
        facts={[
          [words.atRisk, owed(texts, atRisk)],
          [words.recovered, owed(texts, recovered)],
          [words.stillOpen, owed(texts, left)],
          [words.givenUp, owed(texts, givenUp)],
        ]}
      />
    </section>
  );
}

/** Of invoices. */
function owed(texts: Texts, { count: number, amountRials }: Sum): string {
  return `${texts.operator.metrics.payments(count(texts, number))} · ${rials(texts, amountRials)}`;
}
