// Where each page is looked at: at its own address, and wherever else it is another page to whoever sees it. A page that is
// not named here is looked at all the same.
import type { Page } from "../../server/page/site/visit.ts";
import type { LivedIn } from "./lived-in.ts";

/** Whose browser it is: somebody's with a token, one with these cookies, or nobody's. */
type Who = { readonly token: string } | string | null;

export interface Place {
  readonly who: Who;
  readonly address: string;
  /** What was sent from there, when what is looked at is the answer to a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly status?: number;
}

/** Those that only lead on. */
export const leadingOn: readonly string[] = ["/", "/sign-out", "/preferences"];

/** The page as those see it for whom it is. */
export function usualPlace({ path, who }: Page, lived: LivedIn): Place {
  const { sara, operator } = lived;
  const usual = { anyone: null, subscriber: sara, operator }[who];
  return instead(lived)[path] ?? { who: usual, address: filled(path, idsOf(lived)) };
}

/** Where it is another page: to somebody else, in another state, or once a form was sent. */
export function otherPlaces({ path }: Page, lived: LivedIn): readonly Place[] {
  return more(lived)[path] ?? [];
}

function idsOf({ sara, ids }: LivedIn): Readonly<Record<string, string>> {
  const { subscriptionId, paymentMethodId } = sara;
  return { ...ids, subscriptionId, paymentMethodId, action: "refund", about: ids.paymentId };
}

function filled(path: string, ids: Readonly<Record<string, string>>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`Nothing is known by the name ${name}, in ${path}`);
    return id;
  });
}

/** Where a page is nothing to look at for those whom it is for. */
function instead(lived: LivedIn): Readonly<Record<string, Place>> {
  return {
    "/operator/second-factor": { who: lived.recruit.cookies, address: "/operator/second-factor" },
    "/subscribe/:priceId": { who: lived.stranger, address: `/subscribe/${lived.ids.priceId}` },
    "/reset-password": { who: null, address: "/reset-password?token=of-a-mail" },
  };
}

function more(lived: LivedIn): Readonly<Record<string, readonly Place[]>> {
  const { sara, mina, paused, gone, paying, signing, trying, stranger, operator, recruit, ids } = lived;
  const { priceId, yearlyId, starterId, storageId, exceptionId, customerId, partnerId, webhookEndpointId } = ids;
  const as = (who: Who) => (address: string) => ({ who, address });
  const sent = (address: string, form: Readonly<Record<string, string>>, status = 422, who: Who = operator) => ({
    who,
    address,
    status,
    form: { once: crypto.randomUUID(), ...form },
  });
  const change = `/account/change/${sara.subscriptionId}`;
  const action = (name: string, about: string) => ({ who: operator, address: `/operator/actions/${name}/${about}` });
  return {
    "/products": [sara, stranger].map((who) => ({ who, address: "/products" })),
    "/sign-in": [sent("/sign-in", { do: "in", email: "nobody@example.com", password: "of nobody" }, 401, null)],
    "/sign-in/code": [sent("/sign-in/code", { do: "send", mobile: "09120000000" }, 200, null)],
    "/forgot-password": [sent("/forgot-password", { do: "send", email: "nobody@example.com" }, 200, null)],
    "/subscribe/:priceId": [
      ...[`/subscribe/${starterId}`, `/subscribe/${yearlyId}?coupon=WELCOME`].map(as(stranger)),
      as(stranger)(`/subscribe/${starterId}?coupon=NOTHING`),
      sent(`/subscribe/${starterId}`, { do: "sign", nationalId: "1111111111" }, 422, stranger),
    ],
    "/account": [mina, paused, gone, paying, trying, stranger].map((who) => ({ who, address: "/account" })),
    "/account/payment-methods/:paymentMethodId": [
      `/account/payment-methods/${ids.pendingMethodId}?needs=990000`,
      `/account/payment-methods/${ids.pendingMethodId}?back=1`,
    ].map(as(signing)),
    "/account/pay/:subscriptionId": [as(mina)(`/account/pay/${mina.subscriptionId}`)],
    "/account/payments/:paymentId": [as(paying)(`/account/payments/${ids.openPaymentId}`)],
    "/account/payments": [as(stranger)("/account/payments")],
    "/account/change/:subscriptionId": [
      `${change}?to=${starterId}`,
      `${change}?to=${priceId}&quantity=3&on-${storageId}=1`,
    ].map(as(sara)),
    "/account/buyer": [
      as(stranger)("/account/buyer"),
      sent("/account/buyer", { do: "save", kind: "legal", name: "Roshan", legalId: "1" }, 422, stranger),
    ],
    "/account/erase": [sent("/account/erase", { do: "erase" }, 422, stranger)],
    "/operator/metrics": [as(operator)("/operator/metrics?by=month&productId=&partnerId=")],
    "/operator/exceptions": [as(operator)("/operator/exceptions?kind=customer_stuck")],
    "/operator/exceptions/:exceptionId": [
      as(operator)(`/operator/exceptions/${ids.refundId}`),
      as(operator)(`/operator/exceptions/${exceptionId}?of=${customerId}&done=ask_again`),
      sent(`/operator/exceptions/${exceptionId}`, { do: "decide" }),
    ],
    "/operator/customers": [
      sent("/operator/customers", { do: "find", query: "Sara" }, 200),
      sent("/operator/customers", { do: "find", query: " " }),
    ],
    "/operator/customers/:customerId": [mina, gone].map((who) => ({
      who: operator,
      address: `/operator/customers/${who.customerId}?check=trail`,
    })),
    // Raw events are kept for a month.
    "/operator/customers/:customerId/hints": [as(operator)(`/operator/customers/${trying.customerId}/hints`)],
    "/operator/actions/:action/:about": [
      action("extend", sara.subscriptionId),
      action("note", ids.invoiceId),
      action("cancelSubscription", sara.subscriptionId),
      action("settle", ids.refundId),
      sent(`/operator/actions/credit/${customerId}`, { do: "act", amount: "x" }),
      sent(`/operator/actions/note/${ids.invoiceId}`, { do: "act", amount: "1", reason: "Goodwill" }),
    ],
    "/operator/products": [
      sent("/operator/products", { do: "create", name: "Pro", messageQuota: "x" }),
      sent("/operator/products", { do: "create", name: "Half", messageQuota: "1", grantOn: "payment", goodsId: "1" }),
    ],
    "/operator/coupons": [
      sent("/operator/coupons", { do: "create", code: "X" }),
      sent("/operator/coupons", { do: "create", code: "SPRING", duration: "once", lastDay: "Nowruz" }),
    ],
    "/operator/epoch": [sent("/operator/epoch", { do: "step", reason: "The runbook says so" })],
    "/operator/partners/:partnerId": [
      sent(`/operator/partners/${partnerId}`, { do: "key" }),
      sent(`/operator/partners/${partnerId}`, { do: "returnUrls", returnUrls: "no address" }),
      sent(`/operator/partners/${partnerId}`, { do: "key", scopes: "events:read" }, 200),
    ],
    "/operator/webhook-endpoints/:webhookEndpointId": [
      sent(`/operator/webhook-endpoints/${webhookEndpointId}`, { do: "change", url: "no address" }),
    ],
    "/operator/factor": [sent("/operator/factor", { do: "give", password: "wrong", code: "" })],
    "/operator/second-factor": [
      sent("/operator/second-factor", { do: "enrol", password: recruit.password }, 200, recruit.cookies),
    ],
  };
}

/** What is no page of the site, and is shown to people all the same. */
export function elsewhere({ ids, sara, loginToken, operator }: LivedIn): readonly Place[] {
  return [
    { who: null, address: "/problems" },
    { who: null, address: "/problems/payment_declined" },
    { who: null, address: `/v1/login-links/${loginToken}` },
    { who: null, address: `/v1/pay/${ids.owedInvoiceId}` },
    { who: sara, address: `/account/payments/${ids.openPaymentId}`, status: 404 },
    { who: sara, address: "/operator/partners", status: 404 },
    { who: operator, address: "/account", status: 403 },
  ];
}
