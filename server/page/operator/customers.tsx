// Finding a customer by its id, and one customer: its credit, its audit trail, and what happened.
import type * as z from "zod";
import { CustomerId } from "../../../contract/common/id.ts";
import type { ChainCheck } from "../../../contract/operator.ts";
import type { Texts } from "../../text/texts.ts";
import { accepted } from "../site/api.ts";
import { Field, Form } from "../site/parts.tsx";
import { idIn, Refused, typed, type OperatorPage, type Visit } from "../site/visit.ts";
import { count } from "../site/words.ts";
import { giveCredit } from "./credit.ts";
import { activityOf, Amount, Code, cursorIn, More, Reason, Timeline } from "./parts.tsx";

const limit = 25;

export const customers: OperatorPage = {
  path: "/operator/customers",
  who: "operator",
  show: async (visit) => {
    const { customers: words } = visit.texts.operator;
    const content = (
      <Form visit={visit} does="find" class="card">
        <Field visit={visit} name="customer" label={words.id} hint={words.idHint} maxlength={30} />
        <button>{words.button}</button>
      </Form>
    );
    return { title: words.find, content };
  },
  actions: {
    find: async (visit) => {
      const { data } = CustomerId.safeParse(typed(visit, "customer"));
      if (!data) throw new Refused({ code: "validation_failed", status: 422, field: "customer", requestId: null });
      return { goTo: `/operator/customers/${data}` };
    },
  },
};

export const customer: OperatorPage = {
  path: "/operator/customers/:customerId",
  who: "operator",
  show: async (visit) => {
    const { texts, params } = visit;
    const { customers: words } = texts.operator;
    const customerId = idIn(CustomerId, params["customerId"]);
    const { data, page } = await activityOf(visit, customerId, { limit, ...cursorIn(visit) });
    const content = (
      <>
        <p>
          <Code>{customerId}</Code>
        </p>
        <section class="card">
          <h2>{words.timeline}</h2>
          <Timeline visit={visit} activities={data} />
        </section>
        <More visit={visit} nextCursor={page.nextCursor} />
        <Trail visit={visit} check={await checkHere(visit, customerId)} />
        <section class="card">
          <h2>{words.credit}</h2>
          <Form visit={visit} does="credit">
            <Amount visit={visit} />
            <Reason visit={visit} />
            <button>{words.creditButton}</button>
          </Form>
        </section>
      </>
    );
    return { title: words.title, content };
  },
  actions: { credit: giveCredit },
};

type Check = z.infer<typeof ChainCheck>;

/** Every event of the customer is read for it, so it is asked for by a link; null when nobody did. */
async function checkHere({ api, url }: Visit, customerId: CustomerId): Promise<Check | null> {
  if (!url.searchParams.has("check")) return null;
  return accepted(await api.operator.checkChain({ params: { customerId } }), 200).body.data;
}

function Trail({ visit, check }: { visit: Visit; check: Check | null }) {
  const { texts, url } = visit;
  const { customers: words } = texts.operator;
  return (
    <section class={check && !check.verified ? "card due" : "card"}>
      <h2>{words.trail}</h2>
      {check === null ? <a href={`${url.pathname}?check=trail`}>{words.check}</a> : <p>{trailText(texts, check)}</p>}
    </section>
  );
}

function trailText(texts: Texts, { events, brokenAtSeq }: Check): string {
  const { verified, tampered } = texts.operator.customers;
  return brokenAtSeq === null ? verified(count(texts, events)) : tampered(count(texts, brokenAtSeq));
}
