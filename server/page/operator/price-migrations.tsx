// Plans that move a price's subscriptions to another price: all of them, a new one, and one with who moves.
import { PriceId, PriceMigrationId } from "../../../contract/common/id.ts";
import type { PriceMigration, PriceMove } from "../../../contract/price-migration.ts";
import { accepted } from "../site/api.ts";
import { Facts, Field, Form, Tag } from "../site/parts.tsx";
import { idIn, Refused, typed, type OperatorPage, type Visit } from "../site/visit.ts";
import { count, day } from "../site/words.ts";
import { Action } from "./action.tsx";
import { Code, cursorIn, More, Reason, Rows, wholeNumberIn } from "./parts.tsx";
import { moment, rials } from "./words.ts";

const limit = 25;

export const priceMigrations: OperatorPage = {
  path: "/operator/price-migrations",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { migrations: words, customers } = texts.operator;
    const { data, page } = accepted(await api.priceMigrations.list({ query: { limit, ...cursorIn(visit) } }), 200).body;
    const content = (
      <>
        <p>{words.text}</p>
        <section class="card">
          <Rows
            visit={visit}
            heads={[words.since, customers.status, words.from, words.to]}
            of={data}
            row={({ id, status, createdAt, fromPriceId, toPriceId }) => (
              <tr>
                <td class="number">
                  <a href={`/operator/price-migrations/${id}`}>{moment(texts, createdAt)}</a>
                </td>
                <td>
                  <Tag of={status}>{words.status[status]}</Tag>
                </td>
                <td class="whole">
                  <Code>{fromPriceId}</Code>
                </td>
                <td class="whole">
                  <Code>{toPriceId}</Code>
                </td>
              </tr>
            )}
          />
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
        <section class="card">
          <h2>{words.fresh}</h2>
          <Form visit={visit} does="plan" class="fields">
            <Field visit={visit} name="from" label={words.from} hint={words.priceHint} maxlength={40} />
            <Field visit={visit} name="to" label={words.to} maxlength={40} />
            <Field visit={visit} name="noticeDays" label={words.noticeDays} maxlength={3} />
            <Reason visit={visit} />
            <button>{words.plan}</button>
          </Form>
        </section>
      </>
    );
    return { title: words.title, content };
  },
  actions: {
    plan: async (visit) => {
      const body = {
        fromPriceId: priceIn(visit, "from"),
        toPriceId: priceIn(visit, "to"),
        noticeDays: wholeNumberIn(visit, "noticeDays"),
        reason: typed(visit, "reason"),
      };
      const { id } = accepted(await visit.api.priceMigrations.create({ body }), 201).body.data;
      return { goTo: `/operator/price-migrations/${id}?done=created` };
    },
  },
};

function priceIn(visit: Visit, field: string): PriceId {
  const { data } = PriceId.safeParse(typed(visit, field));
  if (!data) throw new Refused({ code: "validation_failed", status: 422, field, requestId: null });
  return data;
}

export const priceMigration: OperatorPage = {
  path: "/operator/price-migrations/:migrationId",
  who: "operator",
  show: async (visit) => {
    const { texts, api } = visit;
    const { migrations: words } = texts.operator;
    const params = { migrationId: idIn(PriceMigrationId, visit.params["migrationId"]) };
    const [plan, moves] = await Promise.all([
      api.priceMigrations.get({ params }),
      api.priceMigrations.listMoves({ params, query: { limit, ...cursorIn(visit) } }),
    ]);
    const { data, page } = accepted(moves, 200).body;
    const content = (
      <>
        <Plan visit={visit} plan={accepted(plan, 200).body.data} />
        <Moves visit={visit} moves={data} />
        <More visit={visit} nextCursor={page.nextCursor} />
        <p>
          <a href="/operator/price-migrations">{texts.operator.back}</a>
        </p>
      </>
    );
    return { title: words.title, content };
  },
};

function Plan({ visit, plan }: { visit: Visit; plan: PriceMigration }) {
  const { texts } = visit;
  const { migrations: words } = texts.operator;
  const { id, status, fromPriceId, toPriceId, noticeDays, createdAt } = plan;
  return (
    <section class="card">
      <p>
        <Tag of={status}>{words.status[status]}</Tag>
      </p>
      <Facts
        facts={[
          [words.from, <Code>{fromPriceId}</Code>],
          [words.to, <Code>{toPriceId}</Code>],
          [words.noticeDays, count(texts, noticeDays)],
          [words.since, moment(texts, createdAt)],
        ]}
      />
      <div class="actions">
        {status === "planned" ? <Action visit={visit} name="confirmMigration" about={id} /> : null}
        {status === "canceled" ? null : <Action visit={visit} name="cancelMigration" about={id} />}
      </div>
    </section>
  );
}

function Moves({ visit, moves }: { visit: Visit; moves: readonly PriceMove[] }) {
  const { texts } = visit;
  const { migrations: words } = texts.operator;
  return (
    <section class="card">
      <h2>{words.moves}</h2>
      <Rows
        visit={visit}
        heads={[words.subscription, words.movesAt, { figure: words.more }]}
        of={moves}
        row={({ id, customerId, movesAt, moreRials }) => (
          <tr>
            <td class="whole">
              <a href={`/operator/customers/${customerId}`}>
                <Code>{id}</Code>
              </a>
            </td>
            <td class="number">{movesAt === null ? null : words.movesOn(day(texts, movesAt))}</td>
            <td class="figure">{rials(texts, moreRials)}</td>
          </tr>
        )}
      />
    </section>
  );
}
