// Partners: all of them and a new one.
import { accepted } from "../site/api.ts";
import { Field, Form } from "../site/parts.tsx";
import { typed, type OperatorPage } from "../site/visit.ts";
import { cursorIn, More, Rows } from "./parts.tsx";
import { moment } from "./words.ts";

const limit = 25;

export const partners: OperatorPage = {
  path: "/operator/partners",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { partners: words, catalogue } = texts.operator;
    const { data, page } = accepted(await api.partners.list({ query: { limit, ...cursorIn(visit) } }), 200).body;
    const content = (
      <>
        <section class="card">
          <Rows
            visit={visit}
            heads={[words.name, words.since]}
            of={data}
            row={({ id, name, createdAt }) => (
              <tr>
                <td>
                  <a href={`/operator/partners/${id}`}>
                    <bdi>{name}</bdi>
                  </a>
                </td>
                <td class="number quiet">{moment(texts, createdAt)}</td>
              </tr>
            )}
          />
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
        <section class="card">
          <h2>{words.fresh}</h2>
          <Form visit={visit} does="create">
            <Field visit={visit} name="name" label={words.name} maxlength={80} dir="auto" />
            <button>{catalogue.create}</button>
          </Form>
        </section>
      </>
    );
    return { title: words.title, content };
  },
  actions: {
    create: async (visit) => {
      const answer = await visit.api.partners.create({ body: { name: typed(visit, "name") } });
      return { goTo: `/operator/partners/${accepted(answer, 201).body.data.id}?done=created` };
    },
  },
};
