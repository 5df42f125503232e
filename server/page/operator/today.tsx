// "Today": what is wrong, what waits for a decision, and whether the books agree; each leads to its page.
import { ExceptionKind, type Exception } from "../../../contract/exception.ts";
import type { AlertName, Health } from "../../../contract/health.ts";
import type { Reconciliation } from "../../../contract/reconciliation.ts";
import { alertInPersian } from "../../text/alerts.ts";
import type { Texts } from "../../text/texts.ts";
import { accepted } from "../site/api.ts";
import { Facts, Tag } from "../site/parts.tsx";
import type { OperatorPage, Visit } from "../site/visit.ts";
import { count } from "../site/words.ts";
import { TodayFigures } from "./metrics.tsx";
import { DayFacts, dayText } from "./reconciliations.tsx";
import { moment } from "./words.ts";

/** As many exceptions as a list gives at once: counted by kind among these. */
const limit = 100;

export const today: OperatorPage = {
  path: "/operator",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const [figures, condition, queue, days] = await Promise.all([
      api.metrics.get({ query: {} }),
      api.health.get(),
      api.exceptions.list({ query: { limit } }),
      api.reconciliations.list({ query: { limit: 1 } }),
    ]);
    const health = accepted(condition, 200).body.data;
    const { data: waiting, page } = accepted(queue, 200).body;
    const [lastDay] = accepted(days, 200).body.data;
    const content = (
      <>
        <Alerts visit={visit} alerts={health.alerts} />
        <TodayFigures visit={visit} found={accepted(figures, 200).body.data} />
        <div class="columns">
          <Waiting visit={visit} waiting={waiting} open={health.openExceptions} isAll={page.nextCursor === null} />
          <System visit={visit} health={health} />
          <LastDay visit={visit} day={lastDay ?? null} />
        </div>
      </>
    );
    return { title: texts.operator.nav.today, content };
  },
};

/** Where more is known of it; null where no page has more. */
const wayOf: Readonly<Record<AlertName, string | null>> = {
  customers_wait: null,
  customers_stuck: "/operator/exceptions?kind=customer_stuck",
  reader_behind: null,
  deliveries_wait: "/operator/webhook-endpoints",
  collecting_stopped: "/operator/collecting",
  breaker_open: "/operator/collecting",
  reconciliation_late: "/operator/reconciliations",
  exceptions_wait: "/operator/exceptions",
};

function Alerts({ visit, alerts }: { visit: Visit; alerts: Health["alerts"] }) {
  const { today: words } = visit.texts.operator;
  if (alerts.length === 0) return <p class="note">{words.well}</p>;
  return (
    <section class="card due">
      <h2>{words.alerts}</h2>
      <ul class="plain">
        {alerts.map(({ name, severity, detail }) => (
          <li>
            <p class="row">
              {wayOf[name] === null ? words.alert[name] : <a href={wayOf[name]}>{words.alert[name]}</a>}
              <Tag of={severity}>{words.severity[severity]}</Tag>
            </p>
            <Detail texts={visit.texts} detail={detail} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** With its figures; what nobody has put into Persian stands as the interface says it. */
function Detail({ texts, detail }: { texts: Texts; detail: string }) {
  const persian = texts.language === "fa" ? alertInPersian(detail) : null;
  if (persian !== null) return <p class="quiet">{persian}</p>;
  return (
    <p class="quiet" dir="ltr" lang="en">
      {detail}
    </p>
  );
}

interface Known {
  readonly visit: Visit;
  readonly health: Health;
}

interface Queue {
  readonly visit: Visit;
  readonly waiting: readonly Exception[];
  /** How many there are in all. */
  readonly open: number;
  readonly isAll: boolean;
}

function Waiting({ visit, waiting, open, isAll }: Queue) {
  const { texts } = visit;
  const { today: words, exceptions } = texts.operator;
  const kinds = ExceptionKind.options
    .map((kind) => ({ kind, number: waiting.filter((each) => each.kind === kind).length }))
    .filter(({ number }) => number > 0);
  return (
    <section class="card">
      <div class="row">
        <h2>
          {words.waiting}: {count(texts, open)}
        </h2>
        <a href="/operator/exceptions" class="quiet">
          {words.all}
        </a>
      </div>
      <ul class="plain">
        {kinds.map(({ kind, number }) => (
          <li class="row">
            <a href={`/operator/exceptions?kind=${kind}`}>{exceptions.kinds[kind].title}</a>
            <span>
              {count(texts, number)} {isAll ? null : <span class="quiet">{words.newest(count(texts, limit))}</span>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function LastDay({ visit, day }: { visit: Visit; day: Reconciliation | null }) {
  const { texts } = visit;
  const { today: words, see } = texts.operator;
  return (
    <section class={day === null || day.differenceRials === 0 ? "card" : "card due"}>
      <div class="row">
        <h2>{day === null ? words.reconciled : `${words.reconciled}: ${dayText(texts, day.day)}`}</h2>
        {day === null ? null : <a href={`/operator/reconciliations/${day.day}`}>{see}</a>}
      </div>
      {day === null ? <p class="quiet">{words.never}</p> : <DayFacts texts={texts} day={day} />}
    </section>
  );
}

function System({ visit, health }: Known) {
  const { texts } = visit;
  const { today: words, collecting, nav } = texts.operator;
  const { waitingSince, stuck } = health.customers;
  return (
    <section class="card">
      <h2>{words.system}</h2>
      <Facts
        class="sum"
        facts={[
          [nav.collecting, <a href="/operator/collecting">{health.collecting ? collecting.isOn : collecting.isOff}</a>],
          [words.due, waitingSince === null ? words.none : moment(texts, waitingSince)],
          [words.stuck, count(texts, stuck)],
          [words.disabled, count(texts, health.deliveries.disabledEndpoints)],
        ]}
      />
      <p>
        <a href="/operator/invariants">{nav.invariants}</a>
      </p>
    </section>
  );
}
