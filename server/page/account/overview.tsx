// "My subscription": its state in a sentence, what comes next, what is used, what is owed; and the direct debit with the
// button that ends it.
import type { Child } from "hono/jsx";
import type { Invoice } from "../../../contract/invoice.ts";
import type { Payment } from "../../../contract/payment.ts";
import type { PaymentMethod } from "../../../contract/payment-method.ts";
import type { Product } from "../../../contract/product.ts";
import type { Subscription } from "../../../contract/subscription.ts";
import { accepted } from "../site/api.ts";
import type { OwnPage, OwnVisit } from "../site/visit.ts";
import { nameOf, toman } from "../site/words.ts";
import { AgreementCard } from "./agreement-card.tsx";
import { cancelAgreement, confirmAgreement } from "./agreement-actions.ts";
import {
  askedFor,
  invoicesOf,
  isActive,
  isLive,
  methodsOf,
  owedFor,
  paymentsOf,
  productOf,
  quotasOf,
  subscriptionsOf,
  upcomingOf,
} from "./held.ts";
import { ActivityList, InvoiceTable, PaymentTable } from "./lists.tsx";
import { stateOf, SubscriptionCard } from "./subscription-card.tsx";
import { resume, withdrawCancel, withdrawChange } from "./subscription-actions.ts";

const shown = 4;

export const overview: OwnPage = {
  path: "/account",
  who: "subscriber",
  show: async (visit) => {
    const { texts } = visit;
    const [subscriptions, methods, quotas, invoices, credit, payments, activities] = await Promise.all([
      subscriptionsOf(visit),
      methodsOf(visit),
      quotasOf(visit),
      invoicesOf(visit),
      visit.api.credits.get(),
      paymentsOf(visit),
      visit.api.activities.list({ query: { limit: shown } }),
    ]);
    const live = subscriptions.filter(isLive);
    const happened = accepted(activities, 200).body.data;
    const around = { methods, invoices, payments };
    const cards = await Promise.all(live.map((subscription) => heldWith(visit, subscription, around)));
    const { balanceRials } = accepted(credit, 200).body.data;
    const [last] = subscriptions.filter((subscription) => !isLive(subscription));
    const ended = last ? { subscription: last, product: await productOf(visit, last.productId) } : null;
    const words = texts.site.account;
    const content = (
      <>
        {cards.map((card) => (
          <SubscriptionCard
            visit={visit}
            {...card}
            quota={quotas.find(({ productId }) => productId === card.subscription.productId) ?? null}
          />
        ))}
        {live.length === 0 ? <Nothing visit={visit} ended={ended} /> : null}
        {balanceRials === 0 ? null : (
          <p class="card row">
            <span>{balanceRials > 0 ? words.credit : words.carried}</span>
            <strong>{toman(texts, Math.abs(balanceRials))}</strong>
          </p>
        )}
        <Agreements visit={visit} methods={methods} paid={live.find(({ status }) => status !== "incomplete") ?? null} />
        {invoices.length === 0 ? null : (
          <List title={words.invoices} all="/account/invoices" visit={visit}>
            <InvoiceTable visit={visit} invoices={invoices.slice(0, shown)} />
          </List>
        )}
        {payments.length === 0 ? null : (
          <List title={words.payments} all="/account/payments" visit={visit}>
            <PaymentTable visit={visit} payments={payments.slice(0, shown)} />
          </List>
        )}
        {happened.length === 0 ? null : (
          <List title={words.activity} all="/account/activity" visit={visit}>
            <ActivityList visit={visit} activities={happened} />
          </List>
        )}
      </>
    );
    return { title: words.title, content };
  },
  actions: { cancelAgreement, confirmAgreement, withdrawCancel, withdrawChange, resume },
};

interface Around {
  readonly methods: readonly PaymentMethod[];
  readonly invoices: readonly Invoice[];
  readonly payments: readonly Payment[];
}

async function heldWith(visit: OwnVisit, subscription: Subscription, { methods, invoices, payments }: Around) {
  const { productId, scheduledChange, paymentMethodId } = subscription;
  const [product, upcoming, next] = await Promise.all([
    productOf(visit, productId),
    upcomingOf(visit, subscription),
    scheduledChange ? productOf(visit, scheduledChange.productId) : null,
  ]);
  const method = methods.find(({ id, status }) => id === paymentMethodId && status === "active") ?? null;
  const owed = owedFor(subscription, invoices);
  const asked = askedFor(owed, payments);
  return { subscription, product, upcoming, next, method, owed, asked };
}

interface Ended {
  readonly subscription: Subscription;
  readonly product: Product;
}

function Nothing({ visit, ended }: { visit: OwnVisit; ended: Ended | null }) {
  const { account } = visit.texts.site;
  return (
    <section class="card">
      {ended ? (
        <h2>
          <bdi>{nameOf(visit.texts, ended.product)}</bdi>
        </h2>
      ) : null}
      <p class="state">{ended ? stateOf(visit.texts, ended.subscription) : account.none}</p>
      <div class="actions">
        <a class="button" href="/products">
          {account.noneButton}
        </a>
      </div>
    </section>
  );
}

/** Those that are signed, and those that wait to be: a cancelled one is of interest on its own page alone. */
interface Debits {
  readonly visit: OwnVisit;
  readonly methods: readonly PaymentMethod[];
  /** What one could pay. */
  readonly paid: Subscription | null;
}

function Agreements({ visit, methods, paid }: Debits) {
  const mattering = methods.filter((method) => isActive(method) || method.status === "pending_signature");
  if (mattering.length > 0) {
    return (
      <>
        {mattering.map((method) => (
          <AgreementCard visit={visit} method={method} paid={paid} />
        ))}
      </>
    );
  }
  if (!paid) return null;
  const { account, subscribe } = visit.texts.site;
  return (
    <section class="card">
      <h2>{account.debit}</h2>
      <p>{account.noDebit}</p>
      <div class="actions">
        <a class="button second" href={`/account/sign/${paid.id}`}>
          {subscribe.signButton}
        </a>
      </div>
    </section>
  );
}

interface ListParts {
  readonly visit: OwnVisit;
  readonly title: string;
  /** Where the whole of it is. */
  readonly all: string;
  readonly children: Child;
}

function List({ visit, title, all, children }: ListParts) {
  return (
    <section class="card">
      <div class="row">
        <h2>{title}</h2>
        <a href={all} class="quiet">
          {visit.texts.site.account.all}
        </a>
      </div>
      {children}
    </section>
  );
}
