// One customer: who it is to us, what it has and owes, what happened, and what can be done about each.
import type { Child } from "hono/jsx";
import type * as z from "zod";
import { CustomerId, type ProductId } from "../../../contract/common/id.ts";
import type { CustomerRecord } from "../../../contract/customer.ts";
import type { ChainCheck } from "../../../contract/operator.ts";
import type { PaymentMethod } from "../../../contract/payment-method.ts";
import type { Subscription } from "../../../contract/subscription.ts";
import type { Texts } from "../../text/texts.ts";
import { accepted } from "../site/api.ts";
import { Facts, Tag } from "../site/parts.tsx";
import { idIn, type OperatorPage, type Visit } from "../site/visit.ts";
import { count, day, lastDay, nameOf } from "../site/words.ts";
import { Action } from "./action.tsx";
import { InvoiceRows, PaymentRows } from "./customer-lists.tsx";
import { activityOf, Code, cursorIn, More, Timeline } from "./parts.tsx";
import { moment, rials } from "./words.ts";

const eventsShown = 25;
/** Of each list; the rest stands on a page of its own. */
const limit = 5;
const most = 100;

export const customer: OperatorPage = {
  path: "/operator/customers/:customerId",
  who: "operator",
  show: async (visit) => {
    const { texts, params, api } = visit;
    const { customers: words } = texts.operator;
    const customerId = idIn(CustomerId, params["customerId"]);
    const of = { params: { customerId } };
    const [record, subscriptions, methods, invoices, payments, events] = await Promise.all([
      api.customers.record(of),
      api.subscriptions.listOfCustomer({ ...of, query: { limit: most } }),
      api.paymentMethods.listOfCustomer({ ...of, query: { limit: most } }),
      api.invoices.listOfCustomer({ ...of, query: { limit } }),
      api.payments.listOfCustomer({ ...of, query: { limit } }),
      activityOf(visit, customerId, { limit: eventsShown, ...cursorIn(visit) }),
    ]);
    const known = accepted(record, 200).body.data;
    const held = accepted(subscriptions, 200).body.data;
    const names = await namesOf(visit, [...held, ...known.quotas]);
    const content = (
      <>
        <div class="columns">
          <Record visit={visit} record={known} names={names} />
          <Subscriptions visit={visit} subscriptions={held} names={names} />
          <Methods visit={visit} methods={accepted(methods, 200).body.data} />
          <Part title={words.invoices} more={`/operator/customers/${customerId}/invoices`} texts={texts}>
            <InvoiceRows visit={visit} customerId={customerId} invoices={accepted(invoices, 200).body.data} />
          </Part>
          <Part title={words.payments} more={`/operator/customers/${customerId}/payments`} texts={texts}>
            <PaymentRows visit={visit} payments={accepted(payments, 200).body.data} />
          </Part>
          <Trail visit={visit} check={await checkHere(visit, customerId)} />
        </div>
        <section class="card">
          <h2>{words.timeline}</h2>
          <Timeline visit={visit} activities={events.data} />
          {events.page.nextCursor === null && events.archivedUntil !== null ? (
            <p class="quiet">{texts.site.account.archived(day(texts, events.archivedUntil))}</p>
          ) : null}
        </section>
        <More visit={visit} nextCursor={events.page.nextCursor} />
      </>
    );
    return { title: words.title, content };
  },
};

type Names = ReadonlyMap<ProductId, string>;

/** What the products are called, also those that are no longer for sale. */
async function namesOf(visit: Visit, things: readonly { readonly productId: ProductId }[]): Promise<Names> {
  const ids = [...new Set(things.map(({ productId }) => productId))];
  const named = ids.map(async (productId) => {
    const product = accepted(await visit.api.products.get({ params: { productId } }), 200).body.data;
    return [productId, nameOf(visit.texts, product)] as const;
  });
  return new Map(await Promise.all(named));
}

interface PartOf {
  readonly texts: Texts;
  readonly title: string;
  /** Where all of it is. */
  readonly more: string;
  readonly children: Child;
}

function Part({ texts, title, more, children }: PartOf) {
  return (
    <section class="card">
      <div class="row">
        <h2>{title}</h2>
        <a href={more} class="quiet">
          {texts.operator.customers.more}
        </a>
      </div>
      {children}
    </section>
  );
}

interface Recorded {
  readonly visit: Visit;
  readonly record: CustomerRecord;
  readonly names: Names;
}

function Record({ visit, record, names }: Recorded) {
  const { texts } = visit;
  const { customers: words } = texts.operator;
  const { id, partnerId, externalId, createdAt, erasedAt, signsIn, creditRials, quotas } = record;
  return (
    <section class={erasedAt === null ? "card" : "card due"}>
      <Facts
        facts={[
          [words.id, <Code>{id}</Code>],
          [words.partner, <PartnerLink id={partnerId} />],
          ...(externalId === null ? [] : [[words.externalId, <Code>{externalId}</Code>] as const]),
          [words.since, moment(texts, createdAt)],
          [words.signsIn, signsIn ? words.canSignIn : words.cannotSignIn],
          ...(erasedAt === null ? [] : [[words.erased, moment(texts, erasedAt)] as const]),
          [words.credit, rials(texts, creditRials)],
          ...quotas.map(
            ({ productId, remaining, granted }) =>
              [
                names.get(productId) ?? words.messages,
                words.messagesLeft(count(texts, remaining), count(texts, granted)),
              ] as const,
          ),
        ]}
      />
      <div class="actions">
        <a href={`/operator/customers/${id}/bookings`}>{words.bookings}</a>
        <a href={`/operator/customers/${id}/hints`}>{words.hints}</a>
        <a href={`/operator/customers/${id}/credit-notes`}>{words.notes}</a>
      </div>
      <div class="actions">
        <Action visit={visit} name="credit" about={id} of={id} />
        <Action visit={visit} name="look" about={id} of={id} />
      </div>
    </section>
  );
}

function PartnerLink({ id }: { id: string }) {
  return (
    <a href={`/operator/partners/${id}`}>
      <Code>{id}</Code>
    </a>
  );
}

interface Subscribed {
  readonly visit: Visit;
  readonly subscriptions: readonly Subscription[];
  readonly names: Names;
}

function Subscriptions({ visit, subscriptions, names }: Subscribed) {
  const { texts } = visit;
  const { customers: words, nothing } = texts.operator;
  return (
    <section class="card">
      <h2>{words.subscriptions}</h2>
      {subscriptions.length === 0 ? <p class="quiet">{nothing}</p> : null}
      <ul class="plain">
        {subscriptions.map((subscription) => (
          <li>
            <p class="row">
              <strong>
                <bdi>{names.get(subscription.productId)}</bdi>
              </strong>
              <Tag of={subscription.status}>{words.subscriptionStatus[subscription.status]}</Tag>
            </p>
            <p>{whenOf(texts, subscription)}</p>
            <p>
              <Code>{subscription.id}</Code>
            </p>
            {isOver(subscription) ? null : <OfSubscription visit={visit} subscription={subscription} />}
          </li>
        ))}
      </ul>
    </section>
  );
}

function isOver({ status }: Subscription): boolean {
  return status === "canceled" || status === "incomplete_expired";
}

function whenOf(texts: Texts, { currentPeriod, cancelAtPeriodEnd, freePeriods }: Subscription): string {
  const { customers: words } = texts.operator;
  return [
    words.period(day(texts, currentPeriod.startsAt), lastDay(texts, currentPeriod.endsAt)),
    ...(cancelAtPeriodEnd ? [words.endsThen] : []),
    ...(freePeriods > 0 ? [words.freePeriods(count(texts, freePeriods))] : []),
  ].join(" · ");
}

function OfSubscription({ visit, subscription }: { visit: Visit; subscription: Subscription }) {
  const { id, productId, status, cancelAtPeriodEnd } = subscription;
  const customerId = visit.params["customerId"] ?? "";
  return (
    <div class="actions">
      <Action visit={visit} name="extend" about={id} of={customerId} />
      <Action visit={visit} name="comp" about={id} of={customerId} />
      <Action visit={visit} name="messages" about={customerId} of={customerId} product={productId} />
      {cancelAtPeriodEnd ? <Action visit={visit} name="withdrawCancel" about={id} of={customerId} /> : null}
      {status === "incomplete" ? null : <Action visit={visit} name="cancelSubscription" about={id} of={customerId} />}
    </div>
  );
}

function Methods({ visit, methods }: { visit: Visit; methods: readonly PaymentMethod[] }) {
  const { texts } = visit;
  const { customers: words, nothing } = texts.operator;
  return (
    <section class="card">
      <h2>{words.methods}</h2>
      {methods.length === 0 ? <p class="quiet">{nothing}</p> : null}
      <ul class="plain">
        {methods.map(({ id, status, maxAmountRials, createdAt, expiresAt }) => (
          <li>
            <p class="row">
              <span>{words.ceiling(rials(texts, maxAmountRials))}</span>
              <Tag of={status}>{words.methodStatus[status]}</Tag>
            </p>
            <p class="row">
              <Code>{id}</Code>
              <span class="quiet">{words.period(day(texts, createdAt), lastDay(texts, expiresAt))}</span>
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

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
