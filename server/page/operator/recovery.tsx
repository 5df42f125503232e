// What left and why, and what was nearly lost and came back: as sentences and shares.
import type { Metrics } from "../../../contract/metrics.ts";
import { percentText } from "../../text/amount.ts";
import { Table } from "../account/lists.tsx";
import { Bar } from "../site/parts.tsx";
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

/** Of a revenue that there was not. */
const noShare = "–";

/** Of the revenue and the customers there were at the start. */
export function Churn({ visit, found }: Shown) {
  const { texts } = visit;
  const { metrics: words } = texts.operator;
  const rate = (sum: Sum) =>
    found.recurringAtStart.amountRials === 0
      ? noShare
      : percentText(texts.language, Math.round((10_000 * sum.amountRials) / found.recurringAtStart.amountRials));
  return (
    <section class="card">
      <h2>{words.churn}</h2>
      <p class="quiet">{words.churnText}</p>
      <Table heads={["", words.share, words.customersLost, words.amount]}>
        {(["churnVoluntary", "churnInvoluntary"] as const).map((name) => (
          <tr>
            <td>{words.movement[name]}</td>
            <td class="number">{rate(found.total.movements[name])}</td>
            <td class="number">{count(texts, found.total.movements[name].count)}</td>
            <td class="number">{rials(texts, found.total.movements[name].amountRials)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
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
      <Table heads={["", words.count, words.amount]}>
        {(
          [
            [words.atRisk, atRisk],
            [words.recovered, recovered],
            [words.stillOpen, left],
            [words.givenUp, givenUp],
          ] as const
        ).map(([name, sum]) => (
          <tr>
            <td>{name}</td>
            <td class="number">{count(texts, sum.count)}</td>
            <td class="number">{rials(texts, sum.amountRials)}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
