// Finding a customer by whatever is known of them. One that fits is shown at once, several are listed.
import type { Found } from "../../../contract/search.ts";
import { accepted } from "../site/api.ts";
import { Field, Form } from "../site/parts.tsx";
import { typed, type OperatorPage, type Outcome, type View, type Visit } from "../site/visit.ts";
import { Code, Rows } from "./parts.tsx";
import { moment } from "./words.ts";

export const customers: OperatorPage = {
  path: "/operator/customers",
  who: "operator",
  show: async (visit) => view(visit, null),
  actions: { find },
};

/** What is looked for may be a person's, so that it stands in no address. */
async function find(visit: Visit): Promise<Outcome> {
  const answer = await visit.api.search.find({ body: { query: typed(visit, "query") } });
  const found = accepted(answer, 200).body.data;
  const [first, ...others] = new Set(found.map(({ customerId }) => customerId));
  return first !== undefined && others.length === 0 ? { goTo: `/operator/customers/${first}` } : view(visit, found);
}

function view(visit: Visit, found: readonly Found[] | null): View {
  const { customers: words } = visit.texts.operator;
  const content = (
    <>
      <Form visit={visit} does="find" class="card inline">
        <Field visit={visit} name="query" label={words.query} hint={words.queryHint} maxlength={200} dir="auto" />
        <button>{words.button}</button>
      </Form>
      {found === null ? null : <FoundList visit={visit} found={found} />}
    </>
  );
  return { title: words.find, content };
}

function FoundList({ visit, found }: { visit: Visit; found: readonly Found[] }) {
  const { texts } = visit;
  const { customers: words } = texts.operator;
  return (
    <section class="card" role="status">
      <h2>{words.found}</h2>
      {found.length === 0 ? (
        <p>{words.nobody}</p>
      ) : (
        <Rows
          visit={visit}
          heads={[words.title, words.externalId, words.foundBy, words.since]}
          of={found}
          row={({ customerId, by, about, externalId, createdAt }) => (
            <tr>
              <td>
                <a href={`/operator/customers/${customerId}`}>
                  <Code>{customerId}</Code>
                </a>
              </td>
              <td>{externalId === null ? null : <Code>{externalId}</Code>}</td>
              <td>
                {words.fits[by]} {about === customerId ? null : <Code>{about}</Code>}
              </td>
              <td class="number quiet">{moment(texts, createdAt)}</td>
            </tr>
          )}
        />
      )}
    </section>
  );
}
