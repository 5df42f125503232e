// Our books held against the gateway's: the days, the newest first, and one day with what differs.
import type * as z from "zod";
import { TehranDate } from "../../../contract/common/time.ts";
import type { Reconciliation, ReconciliationDifference } from "../../../contract/reconciliation.ts";
import { shortDateText } from "../../text/date.ts";
import type { Texts } from "../../text/texts.ts";
import { Table } from "../account/lists.tsx";
import { accepted } from "../site/api.ts";
import { Facts, Tag } from "../site/parts.tsx";
import { idIn, type OperatorPage, type Visit } from "../site/visit.ts";
import { count } from "../site/words.ts";
import { Code, cursorIn, More, Rows } from "./parts.tsx";
import { moment, rials } from "./words.ts";

const limit = 31;

export const reconciliations: OperatorPage = {
  path: "/operator/reconciliations",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { reconciliations: words, nothing } = texts.operator;
    const { data, page } = accepted(await api.reconciliations.list({ query: { limit, ...cursorIn(visit) } }), 200).body;
    const content = (
      <>
        <p>{words.text}</p>
        <section class="card">
          {data.length === 0 ? <p class="quiet">{nothing}</p> : <Days texts={texts} days={data} />}
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
      </>
    );
    return { title: words.title, content };
  },
};

export const reconciliation: OperatorPage = {
  path: "/operator/reconciliations/:day",
  who: "operator",
  show: async (visit) => {
    const { texts, api, params } = visit;
    const { reconciliations: words } = texts.operator;
    const answer = await api.reconciliations.get({ params: { day: idIn(TehranDate, params["day"]) } });
    const found = accepted(answer, 200).body.data;
    const content = (
      <>
        <section class={found.differenceRials === 0 ? "card" : "card due"}>
          <DayFacts texts={texts} day={found} />
        </section>
        <section class="card">
          <h2>{words.differences}</h2>
          <Differences visit={visit} differences={found.differences} />
        </section>
        <p>
          <a href="/operator/reconciliations">{words.title}</a>
        </p>
      </>
    );
    return { title: dayText(texts, found.day), content };
  },
};

function Days({ texts, days }: { texts: Texts; days: readonly Reconciliation[] }) {
  const { reconciliations: words } = texts.operator;
  return (
    <Table heads={[words.day, words.oursRials, words.differenceRials]}>
      {days.map(({ day, status, oursRials, differenceRials }) => (
        <tr>
          <td>
            <a href={`/operator/reconciliations/${day}`}>{dayText(texts, day)}</a>{" "}
            {status === "running" ? <Tag of="pending">{words.statuses.running}</Tag> : null}
          </td>
          <td class="number">{count(texts, oursRials)}</td>
          <td class="number">
            {differenceRials === 0 ? count(texts, 0) : <strong class="wrong">{count(texts, differenceRials)}</strong>}
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** One day's figures, by both books. */
export function DayFacts({ texts, day }: { texts: Texts; day: Reconciliation }) {
  const { reconciliations: words } = texts.operator;
  const { status, oursCount, oursRials, gatewayCount, gatewayRials, feesRials, differenceRials, finishedAt } = day;
  return (
    <Facts
      facts={[
        [words.status, words.statuses[status]],
        [words.ours, words.payments(count(texts, oursCount), rials(texts, oursRials))],
        [words.gateway, words.payments(count(texts, gatewayCount), rials(texts, gatewayRials))],
        [words.difference, <strong>{rials(texts, differenceRials)}</strong>],
        [words.fees, rials(texts, feesRials)],
        ...(finishedAt === null ? [] : [[words.finished, moment(texts, finishedAt)] as const]),
      ]}
    />
  );
}

interface Differing {
  readonly visit: Visit;
  readonly differences: readonly z.infer<typeof ReconciliationDifference>[];
}

function Differences({ visit, differences }: Differing) {
  const { texts } = visit;
  const { reconciliations: words } = texts.operator;
  if (differences.length === 0) return <p class="quiet">{words.agreed}</p>;
  return (
    <Rows
      visit={visit}
      heads={[words.payment, { figure: words.amount }, words.says, words.found]}
      of={differences}
      row={({ paymentId, amountRials, gatewaySays, foundAt }) => (
        <tr>
          <td>
            <a href={`/operator/payments/${paymentId}`}>
              <Code>{paymentId}</Code>
            </a>
          </td>
          <td class="figure">{rials(texts, amountRials)}</td>
          <td>{words.gatewaySays[gatewaySays]}</td>
          <td class="number quiet">{moment(texts, foundAt)}</td>
        </tr>
      )}
    />
  );
}

/** A day in Tehran, which has it from half past eight of the evening before by UTC: noon is in it either way. */
export function dayText({ language }: Texts, day: TehranDate): string {
  return shortDateText(language, Date.parse(`${day}T12:00:00Z`));
}
