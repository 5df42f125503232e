// The queue of what only a person can decide, of all kinds or of one.
import { ExceptionKind, type Exception } from "../../../contract/exception.ts";
import { accepted } from "../site/api.ts";
import type { OperatorPage, Visit } from "../site/visit.ts";
import { Code, cursorIn, More, Rows } from "./parts.tsx";
import { moment, rials } from "./words.ts";

const limit = 25;

export const exceptions: OperatorPage = {
  path: "/operator/exceptions",
  who: "operator",
  show: async (visit) => {
    const { texts, api, url } = visit;
    const { exceptions: words } = texts.operator;
    const kind = ExceptionKind.safeParse(url.searchParams.get("kind")).data;
    const answer = await api.exceptions.list({ query: { limit, ...cursorIn(visit), ...(kind && { kind }) } });
    const { data, page } = accepted(answer, 200).body;
    const content = (
      <>
        <p>{words.text}</p>
        <nav class="picks" aria-label={words.kind}>
          <Choice visit={visit} kind={null} chosen={kind === undefined} />
          {ExceptionKind.options.map((each) => (
            <Choice visit={visit} kind={each} chosen={each === kind} />
          ))}
        </nav>
        <section class="card">
          <Queue visit={visit} waiting={data} />
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
      </>
    );
    return { title: words.title, content };
  },
};

function Choice({ visit, kind, chosen }: { visit: Visit; kind: ExceptionKind | null; chosen: boolean }) {
  const { exceptions: words } = visit.texts.operator;
  return (
    <a
      class="pick"
      href={kind === null ? "/operator/exceptions" : `/operator/exceptions?kind=${kind}`}
      aria-current={chosen ? "true" : undefined}
    >
      {kind === null ? words.all : words.kinds[kind].title}
    </a>
  );
}

function Queue({ visit, waiting }: { visit: Visit; waiting: readonly Exception[] }) {
  const { texts } = visit;
  const { exceptions: words } = texts.operator;
  if (waiting.length === 0) return <p class="quiet">{words.none}</p>;
  return (
    <Rows
      visit={visit}
      heads={[words.kind, { figure: words.amount }, words.reason, words.since]}
      of={waiting}
      row={({ id, kind, reason, amountRials, since }) => (
        <tr>
          <td>
            <a href={`/operator/exceptions/${id}?kind=${kind}`}>{words.kinds[kind].title}</a>
          </td>
          <td class="figure">{amountRials === null ? null : rials(texts, amountRials)}</td>
          <td>{reason === null ? null : <Code>{reason}</Code>}</td>
          <td class="number quiet">{moment(texts, since)}</td>
        </tr>
      )}
    />
  );
}
