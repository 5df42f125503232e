// How the business does: today, then the last thirty days or twelve months as charts.
import { PartnerId, ProductId } from "../../../contract/common/id.ts";
import type { Metrics, MetricsBy } from "../../../contract/metrics.ts";
import { spanText } from "../../text/date.ts";
import type { Texts } from "../../text/texts.ts";
import { Table } from "../account/lists.tsx";
import { accepted } from "../site/api.ts";
import { Bar, Hidden } from "../site/parts.tsx";
import type { OperatorPage, Visit } from "../site/visit.ts";
import { count, nameOf } from "../site/words.ts";
import { Chart, type Column } from "./chart.tsx";
import { Choice } from "./parts.tsx";
import { Churn, Recovery, type Shown, type Sum } from "./recovery.tsx";
import { moment, rials } from "./words.ts";

type Span = Metrics["spans"][number];

export const metrics: OperatorPage = {
  path: "/operator/metrics",
  who: "operator",
  show: async (visit) => {
    const { texts, api, url } = visit;
    const { metrics: words } = texts.operator;
    const months = texts.language === "fa" ? "jalali_month" : "gregorian_month";
    const by: MetricsBy = url.searchParams.get("by") === "month" ? months : "day";
    const productId = ProductId.safeParse(url.searchParams.get("productId")).data;
    const partnerId = PartnerId.safeParse(url.searchParams.get("partnerId")).data;
    const query = { by, ...(productId && { productId }), ...(partnerId && { partnerId }) };
    const found = accepted(await api.metrics.get({ query }), 200).body.data;
    const content = (
      <>
        <p class="row">
          <span class="picks">
            <Way visit={visit} by="day" isHere={by === "day"} name={words.byDay} />
            <Way visit={visit} by="month" isHere={by !== "day"} name={words.byMonth} />
          </span>
          <span class="quiet">{words.asOf(moment(texts, found.asOf))}</span>
        </p>
        <Narrowed visit={visit} found={found} />
        {found.isWhole ? null : <p class="trouble">{words.notWhole}</p>}
        <Totals visit={visit} found={found} />
        <div class="pair">
          <Money visit={visit} found={found} />
          <Hours visit={visit} found={found} />
          <Revenue visit={visit} found={found} />
        </div>
        <div class="columns">
          <Churn visit={visit} found={found} />
          <Banks visit={visit} found={found} />
          <Recovery visit={visit} found={found} />
        </div>
      </>
    );
    return { title: words.title, content };
  },
};

/** The same figures of other spans. */
function Way({ visit, by, isHere, name }: { visit: Visit; by: string; isHere: boolean; name: string }) {
  const query = new URLSearchParams(visit.url.search);
  query.set("by", by);
  return (
    <a class="pick" href={`${visit.url.pathname}?${query}`} aria-current={isHere ? "true" : undefined}>
      {name}
    </a>
  );
}

/** Of which product and which partner: a form that asks for this page again, by its address. */
function Narrowed({ visit, found }: Shown) {
  const { texts, url } = visit;
  const { metrics: words } = texts.operator;
  const products = found.products.map((product) => [product.id, nameOf(texts, product)] as const);
  const partners = found.partners.map(({ id, name }) => [id, name] as const);
  const of = (all: string, names: readonly (readonly [string, string])[]) => ({
    "": all,
    ...Object.fromEntries(names),
  });
  return (
    <form method="get" class="inline narrow">
      <Hidden fields={{ by: url.searchParams.get("by") ?? "day" }} />
      <Choice
        visit={visit}
        name="productId"
        label={words.product}
        options={of(words.allProducts, products)}
        chosen={found.productId}
      />
      <Choice
        visit={visit}
        name="partnerId"
        label={words.partner}
        options={of(words.allPartners, partners)}
        chosen={found.partnerId}
      />
      <button class="second">{words.narrow}</button>
    </form>
  );
}

/** What came and did not come today, and what waits: for the console's first page. */
export function TodayFigures({ visit, found }: Shown) {
  const { texts } = visit;
  const { metrics: words } = texts.operator;
  const today = found.spans.at(-1);
  const sums: readonly (readonly [string, Sum | undefined])[] = [
    [words.collected, today?.collected],
    [words.failed, today?.failed],
    [words.unknownNow, found.now.unknown],
    [words.due, found.now.due],
  ];
  return <Tiles texts={texts} sums={sums} />;
}

function Tiles({ texts, sums }: { texts: Texts; sums: readonly (readonly [string, Sum | undefined])[] }) {
  const { metrics: words } = texts.operator;
  return (
    <div class="tiles">
      {sums.map(([name, sum]) => (
        <div class="card">
          <span class="quiet">{name}</span>
          <strong class="amount">{rials(texts, sum?.amountRials ?? 0)}</strong>
          <span class="quiet">{words.payments(count(texts, sum?.count ?? 0))}</span>
        </div>
      ))}
    </div>
  );
}

/** Of all spans together. */
function Totals({ visit: { texts }, found }: Shown) {
  const { metrics: words } = texts.operator;
  const { collected, failed, unknown, reversed, refunded } = found.total;
  const sums = [
    [words.collected, collected],
    [words.failed, failed],
    [words.unknown, unknown],
    [words.reversed, reversed],
    [words.refunded, refunded],
  ] as const;
  return <Tiles texts={texts} sums={sums} />;
}

function Money({ visit, found }: Shown) {
  const { texts } = visit;
  const { metrics: words } = texts.operator;
  return (
    <Chart
      visit={visit}
      id="money"
      title={words.collecting}
      description={words.collectingText}
      of={words.span}
      series={[
        { name: words.collected, tone: "good" },
        { name: words.failed, tone: "bad", isDown: true },
      ]}
      columns={columnsOf(texts, found, (span) => [span.collected.amountRials, span.failed.amountRials])}
      text={(value) => rials(texts, value)}
    />
  );
}

function Revenue({ visit, found }: Shown) {
  const { texts } = visit;
  const { metrics: words } = texts.operator;
  const now = found.spans.at(-1)?.recurringAtEnd ?? found.recurringAtStart;
  const text = (value: number) => rials(texts, value);
  return (
    <>
      <Chart
        visit={visit}
        id="recurring"
        title={words.recurring}
        description={words.recurringText}
        of={words.span}
        series={[{ name: words.recurring, tone: "good" }]}
        columns={columnsOf(texts, found, (span) => [span.recurringAtEnd.amountRials])}
        text={text}
      >
        <p class="amount">
          {text(now.amountRials)} <small>{words.customers(count(texts, now.count))}</small>
        </p>
      </Chart>
      <Chart
        visit={visit}
        id="movements"
        title={words.movements}
        description={words.movementsText}
        of={words.span}
        series={[
          { name: words.movement.new, tone: "good" },
          { name: words.movement.reactivation, tone: "calm" },
          { name: words.movement.expansion, tone: "soft" },
          { name: words.movement.contraction, tone: "dim", isDown: true },
          { name: words.movement.churnVoluntary, tone: "warn", isDown: true },
          { name: words.movement.churnInvoluntary, tone: "bad", isDown: true },
        ]}
        columns={columnsOf(texts, found, ({ movements }) => [
          movements.new.amountRials,
          movements.reactivation.amountRials,
          movements.expansion.amountRials,
          movements.contraction.amountRials,
          movements.churnVoluntary.amountRials,
          movements.churnInvoluntary.amountRials,
        ])}
        text={text}
      />
    </>
  );
}

function Hours({ visit, found }: Shown) {
  const { texts } = visit;
  const { metrics: words } = texts.operator;
  return (
    <Chart
      visit={visit}
      id="hours"
      title={words.byHour}
      description={words.byHourText}
      of={words.hour}
      series={[
        { name: words.collected, tone: "good" },
        { name: words.failed, tone: "bad", isDown: true },
      ]}
      columns={found.hours.map(({ hour, collected, failed }) => ({
        label: words.oclock(count(texts, hour)),
        values: [collected.count, failed.count],
      }))}
      text={(value) => words.payments(count(texts, value))}
    />
  );
}

function Banks({ visit, found }: Shown) {
  const { texts } = visit;
  const { metrics: words } = texts.operator;
  const all = found.banks.reduce((sum, { collected }) => sum + collected.amountRials, 0);
  return (
    <section class="card">
      <h2>{words.byBank}</h2>
      <p class="quiet">{words.byBankText}</p>
      {found.banks.length === 0 ? (
        <p class="quiet">{texts.operator.nothing}</p>
      ) : (
        <Table heads={[words.bank, words.share, words.count, words.amount]}>
          {found.banks.map(({ bank, collected }) => (
            <tr>
              <td>{bank === null ? words.unknownBank : texts.site.banks[bank]}</td>
              <td class="share">
                <Bar used={collected.amountRials} of={all} label={words.share} mayBeFull />
              </td>
              <td class="number">{count(texts, collected.count)}</td>
              <td class="number">{rials(texts, collected.amountRials)}</td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

function columnsOf(texts: Texts, { by, spans }: Metrics, values: (span: Span) => readonly number[]): readonly Column[] {
  return spans.map((span) => ({
    label: spanText(texts.language, span.startsOn, by === "day" ? "day" : "month"),
    values: values(span),
  }));
}
