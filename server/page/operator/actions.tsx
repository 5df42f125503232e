// What operators do about customers' things: what each is about, what it asks besides why, and which endpoint it calls.
import type { FC } from "hono/jsx";
import type * as z from "zod";
import {
  CustomerId,
  InvoiceId,
  PaymentId,
  PriceMigrationId,
  ProductId,
  RefundId,
  SubscriptionId,
} from "../../../contract/common/id.ts";
import { When } from "../../../contract/subscription.ts";
import type { Texts } from "../../text/texts.ts";
import { accepted } from "../site/api.ts";
import { Field } from "../site/parts.tsx";
import { idIn, Refused, typed, type Visit } from "../site/visit.ts";
import { Radios, wholeNumberIn } from "./parts.tsx";

interface Order {
  /** The id of what it is about. */
  readonly about: string;
  readonly reason: string;
}

interface ActionKind {
  readonly isAbout: (id: string) => boolean;
  readonly Fields?: FC<{ visit: Visit }>;
  readonly act: (visit: Visit, order: Order) => Promise<unknown>;
  /** It takes something away, or has no way back. */
  readonly isGrave?: boolean;
  /** Where it leads afterwards; else to the customer that the address names. */
  readonly back?: string;
  /** Where what is said afterwards has another name. */
  readonly done?: string;
}

function about<T>(id: z.ZodType<T>) {
  return { isAbout: (text: string) => id.safeParse(text).success };
}

/** By what the texts call it. */
export type ActionName = keyof Texts["operator"]["actions"]["of"];

export const actions: Readonly<Record<ActionName, ActionKind>> = {
  extend: {
    ...about(SubscriptionId),
    Fields: ({ visit }) => <WholeNumber visit={visit} name="days" />,
    act: async (visit, order) => {
      const params = { subscriptionId: idIn(SubscriptionId, order.about) };
      const body = { days: wholeNumberIn(visit, "days"), reason: order.reason };
      return accepted(await visit.api.subscriptions.extend({ params, body }), 200);
    },
  },
  comp: {
    ...about(SubscriptionId),
    Fields: ({ visit }) => <WholeNumber visit={visit} name="periods" hint={visit.texts.operator.actions.periodsHint} />,
    act: async (visit, order) => {
      const params = { subscriptionId: idIn(SubscriptionId, order.about) };
      const body = { periods: wholeNumberIn(visit, "periods"), reason: order.reason };
      return accepted(await visit.api.subscriptions.comp({ params, body }), 200);
    },
  },
  cancelSubscription: {
    ...about(SubscriptionId),
    isGrave: true,
    Fields: WhenFields,
    act: async (visit, order) => {
      const when = When.safeParse(visit.form.get("when")).data;
      if (!when) throw absent("when");
      const params = { subscriptionId: idIn(SubscriptionId, order.about) };
      const body = { when, reason: order.reason };
      return accepted(await visit.api.subscriptions.cancelForCustomer({ params, body }), 200);
    },
  },
  withdrawCancel: {
    ...about(SubscriptionId),
    act: async ({ api }, order) => {
      const params = { subscriptionId: idIn(SubscriptionId, order.about) };
      const body = { reason: order.reason };
      return accepted(await api.subscriptions.withdrawCancelForCustomer({ params, body }), 200);
    },
  },
  credit: {
    ...about(CustomerId),
    Fields: ({ visit }) => <WholeNumber visit={visit} name="amount" hint={visit.texts.operator.customers.creditHint} />,
    act: async (visit, order) => {
      const params = { customerId: idIn(CustomerId, order.about) };
      const body = { amountRials: wholeNumberIn(visit, "amount"), reason: order.reason };
      return accepted(await visit.api.credits.adjust({ params, body }), 200);
    },
  },
  messages: {
    ...about(CustomerId),
    Fields: ({ visit }) => <WholeNumber visit={visit} name="messages" />,
    act: async (visit, order) => {
      const params = { customerId: idIn(CustomerId, order.about) };
      const productId = idIn(ProductId, visit.url.searchParams.get("product"));
      const body = { productId, messages: wholeNumberIn(visit, "messages"), reason: order.reason };
      return accepted(await visit.api.quotas.addMessages({ params, body }), 201);
    },
  },
  note: {
    ...about(InvoiceId),
    Fields: NoteFields,
    act: async (visit, order) => {
      const kind = visit.form.get("kind");
      if (kind !== "correction" && kind !== "goodwill") throw absent("kind");
      const params = { invoiceId: idIn(InvoiceId, order.about) };
      const body = { amountRials: wholeNumberIn(visit, "amount"), kind, reason: order.reason } as const;
      return accepted(await visit.api.credits.issueNote({ params, body }), 201);
    },
  },
  void: {
    ...about(InvoiceId),
    isGrave: true,
    act: async ({ api }, order) => {
      const params = { invoiceId: idIn(InvoiceId, order.about) };
      return accepted(await api.invoices.void({ params, body: { reason: order.reason } }), 200);
    },
  },
  uncollectible: {
    ...about(InvoiceId),
    isGrave: true,
    act: async ({ api }, order) => {
      const params = { invoiceId: idIn(InvoiceId, order.about) };
      return accepted(await api.invoices.markUncollectible({ params, body: { reason: order.reason } }), 200);
    },
  },
  refund: {
    ...about(PaymentId),
    isGrave: true,
    Fields: ({ visit }) => (
      <WholeNumber visit={visit} name="amount" hint={visit.texts.operator.actions.allOfIt} isOptional />
    ),
    act: async (visit, order) => {
      const isPart = (visit.form.get("amount")?.trim() ?? "") !== "";
      const body = {
        paymentId: idIn(PaymentId, order.about),
        ...(isPart && { amountRials: wholeNumberIn(visit, "amount") }),
        reason: order.reason,
      };
      return accepted(await visit.api.refunds.create({ body }), 201, 202);
    },
  },
  ask: {
    ...about(PaymentId),
    act: async ({ api }, order) => {
      const params = { paymentId: idIn(PaymentId, order.about) };
      const body = { decision: "ask_again", reason: order.reason } as const;
      return accepted(await api.exceptions.resolve({ params, body }), 200);
    },
  },
  look: {
    ...about(CustomerId),
    act: async ({ api }, order) => {
      const params = { customerId: idIn(CustomerId, order.about) };
      return accepted(await api.exceptions.resume({ params, body: { reason: order.reason } }), 200);
    },
  },
  confirmMigration: {
    ...about(PriceMigrationId),
    back: "/operator/price-migrations",
    act: async ({ api }, order) => {
      const params = { migrationId: idIn(PriceMigrationId, order.about) };
      return accepted(await api.priceMigrations.confirm({ params, body: { reason: order.reason } }), 200);
    },
  },
  cancelMigration: {
    ...about(PriceMigrationId),
    back: "/operator/price-migrations",
    isGrave: true,
    act: async ({ api }, order) => {
      const params = { migrationId: idIn(PriceMigrationId, order.about) };
      return accepted(await api.priceMigrations.cancel({ params, body: { reason: order.reason } }), 200);
    },
  },
  settle: {
    ...about(RefundId),
    done: "refundPaid",
    back: "/operator/refunds",
    Fields: ({ visit }) => (
      <Field visit={visit} name="reference" label={visit.texts.operator.actions.reference} maxlength={64} />
    ),
    act: async (visit, order) => {
      const params = { refundId: idIn(RefundId, order.about) };
      const body = { reference: typed(visit, "reference"), reason: order.reason };
      return accepted(await visit.api.refunds.settle({ params, body }), 200);
    },
  },
  fail: {
    ...about(RefundId),
    done: "refundFailed",
    back: "/operator/refunds",
    isGrave: true,
    act: async ({ api }, order) => {
      const params = { refundId: idIn(RefundId, order.about) };
      return accepted(await api.refunds.fail({ params, body: { reason: order.reason } }), 200);
    },
  },
};

export function isAction(name: string): name is ActionName {
  return Object.hasOwn(actions, name);
}

interface Numbered {
  readonly visit: Visit;
  readonly name: "days" | "periods" | "amount" | "messages";
  readonly hint?: string;
  readonly isOptional?: boolean;
}

function WholeNumber({ visit, name, ...rest }: Numbered) {
  return <Field visit={visit} name={name} label={visit.texts.operator.actions[name]} maxlength={24} {...rest} />;
}

function NoteFields({ visit }: { visit: Visit }) {
  const { kind, kinds } = visit.texts.operator.actions;
  const { correction, goodwill } = kinds;
  return (
    <>
      <WholeNumber visit={visit} name="amount" />
      <Radios visit={visit} name="kind" label={kind} options={{ correction, goodwill }} />
    </>
  );
}

function WhenFields({ visit }: { visit: Visit }) {
  const { when, whens } = visit.texts.operator.actions;
  return <Radios visit={visit} name="when" label={when} options={whens} />;
}

function absent(field: string): Refused {
  return new Refused({ code: "missing", status: 422, field, requestId: null });
}
