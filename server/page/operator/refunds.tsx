// Everybody's refunds, of one status when asked; who waits to be paid out by hand is paid here.
import { RefundStatus, type Refund } from "../../../contract/refund.ts";
import { accepted } from "../site/api.ts";
import { Tag } from "../site/parts.tsx";
import type { OperatorPage, Visit } from "../site/visit.ts";
import { Action } from "./action.tsx";
import { Code, cursorIn, More, Rows } from "./parts.tsx";
import { moment, rials } from "./words.ts";

const limit = 25;

export const refunds: OperatorPage = {
  path: "/operator/refunds",
  who: "operator",
  show: async (visit) => {
    const { texts, api, url } = visit;
    const { refunds: words, customers } = texts.operator;
    const status = RefundStatus.safeParse(url.searchParams.get("status")).data;
    const answer = await api.refunds.list({ query: { limit, ...cursorIn(visit), ...(status && { status }) } });
    const { data, page } = accepted(answer, 200).body;
    const content = (
      <>
        <p>{words.text}</p>
        <nav class="picks" aria-label={words.title}>
          <Chosen visit={visit} status={null} isChosen={status === undefined} />
          {RefundStatus.options.map((each) => (
            <Chosen visit={visit} status={each} isChosen={each === status} />
          ))}
        </nav>
        <section class="card">
          <Rows
            visit={visit}
            heads={[customers.amount, customers.status, words.way, customers.date, ""]}
            of={data}
            row={(refund) => <One visit={visit} refund={refund} />}
          />
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
      </>
    );
    return { title: words.title, content };
  },
};

function Chosen({ visit, status, isChosen }: { visit: Visit; status: RefundStatus | null; isChosen: boolean }) {
  const { refunds: words } = visit.texts.operator;
  return (
    <a
      class="pick"
      href={status === null ? "/operator/refunds" : `/operator/refunds?status=${status}`}
      aria-current={isChosen ? "true" : undefined}
    >
      {status === null ? words.every : words.status[status]}
    </a>
  );
}

function One({ visit, refund }: { visit: Visit; refund: Refund }) {
  const { texts } = visit;
  const { refunds: words } = texts.operator;
  const { id, status, method, paymentId, amountRials, reference, createdAt } = refund;
  const waits = status === "needs_review" || (status === "pending" && method === "manual");
  return (
    <tr>
      <td class="number">
        <a href={`/operator/payments/${paymentId}`}>{rials(texts, amountRials)}</a>
      </td>
      <td>
        <Tag of={status}>{words.status[status]}</Tag>
      </td>
      <td>
        {words.method[method]} {reference === null ? null : <Code>{reference}</Code>}
      </td>
      <td class="number quiet">{moment(texts, createdAt)}</td>
      <td class="whole">
        {waits ? (
          <span class="picks">
            <Action visit={visit} name="settle" about={id} />
            <Action visit={visit} name="fail" about={id} />
          </span>
        ) : null}
      </td>
    </tr>
  );
}
