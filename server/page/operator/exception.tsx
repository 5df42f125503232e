// One exception: what is known of it, what was said about it, and the decision. Once it is decided, the page says whether
// it has left the queue and what has happened to the customer since.
import type { Activity } from "../../../contract/activity.ts";
import { CustomerId } from "../../../contract/common/id.ts";
import { ExceptionId, ExceptionKind, type Exception } from "../../../contract/exception.ts";
import { accepted } from "../site/api.ts";
import { Facts, Field, Form, Hidden } from "../site/parts.tsx";
import { idIn, missing, type OperatorPage, type Visit } from "../site/visit.ts";
import { decide } from "./decide.ts";
import { activityOf, Amount, Code, Evidence, Radios, Reason, Timeline } from "./parts.tsx";
import { moment, rials } from "./words.ts";

const eventsShown = 10;

export const exception: OperatorPage = {
  path: "/operator/exceptions/:exceptionId",
  who: "operator",
  show: async (visit) => {
    const { texts, params, url } = visit;
    const { exceptions: words } = texts.operator;
    const found = await waitingHere(visit, idIn(ExceptionId, params["exceptionId"]));
    const customerId = found?.customerId ?? CustomerId.safeParse(url.searchParams.get("of")).data;
    if (!found && !customerId) throw missing();
    const { data } = customerId ? await activityOf(visit, customerId, { limit: eventsShown }) : { data: [] };
    const isDecided = url.searchParams.has("done");
    const content = (
      <>
        {found ? (
          <div class="columns">
            <Known visit={visit} exception={found} isDecided={isDecided} />
            <Decide visit={visit} exception={found} />
          </div>
        ) : (
          <p class="state">{words.gone}</p>
        )}
        <Since visit={visit} activities={data} />
        <p>
          <a href="/operator/exceptions">{words.back}</a>
        </p>
      </>
    );
    return { title: found ? words.kinds[found.kind].title : words.title, content };
  },
  actions: { decide },
};

/** What waits under an id; null when nothing does. */
async function waitingHere({ api, url }: Visit, exceptionId: string): Promise<Exception | null> {
  // A customer's id alone may mean two of them.
  const kind = ExceptionKind.safeParse(url.searchParams.get("kind")).data;
  const answer = await api.exceptions.get({ params: { exceptionId }, query: kind ? { kind } : {} });
  return answer.status === 404 ? null : accepted(answer, 200).body.data;
}

interface Waiting {
  readonly visit: Visit;
  readonly exception: Exception;
}

function Known({ visit, exception: waiting, isDecided }: Waiting & { readonly isDecided: boolean }) {
  const { texts } = visit;
  const { exceptions: words } = texts.operator;
  const { id, kind, customerId, reason, amountRials, since, evidence } = waiting;
  return (
    <>
      <section class="card due">
        {isDecided ? <p class="state">{words.still}</p> : null}
        <p>{words.kinds[kind].text}</p>
        <Facts
          facts={[
            [words.id, <Code>{id}</Code>],
            ...(customerId === null ? [] : [[words.customer, <CustomerLink id={customerId} />] as const]),
            ...(reason === null ? [] : [[words.reason, <Code>{reason}</Code>] as const]),
            ...(amountRials === null ? [] : [[words.amount, rials(texts, amountRials)] as const]),
            [words.since, moment(texts, since)],
          ]}
        />
      </section>
      <Evidence visit={visit} evidence={evidence} />
    </>
  );
}

function CustomerLink({ id }: { id: CustomerId }) {
  return (
    <a href={`/operator/customers/${id}`}>
      <Code>{id}</Code>
    </a>
  );
}

function Since({ visit, activities }: { visit: Visit; activities: readonly Activity[] }) {
  return (
    <section class="card">
      <h2>{visit.texts.operator.exceptions.after}</h2>
      <Timeline visit={visit} activities={activities} />
    </section>
  );
}

function Decide({ visit, exception: { customerId, decisions } }: Waiting) {
  const { exceptions: words } = visit.texts.operator;
  const options = Object.fromEntries(decisions.map((each) => [each, words.decisions[each]]));
  return (
    <section class="card">
      <Form visit={visit} does="decide">
        <Hidden fields={{ of: customerId ?? "" }} />
        <Radios visit={visit} name="decision" label={words.decide} options={options} />
        {decisions.includes("settle") ? (
          <Field
            visit={visit}
            name="reference"
            label={words.reference}
            hint={words.referenceHint}
            maxlength={64}
            isOptional
          />
        ) : null}
        {decisions.includes("credit") ? <Amount visit={visit} /> : null}
        <Reason visit={visit} />
        <button>{words.button}</button>
      </Form>
    </section>
  );
}
