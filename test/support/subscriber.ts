// A subscriber, as a test sees one: signed in, with short verbs that go through the real API and the gateway's pages.
import type { Checkout } from "../../contract/checkout.ts";
import type { Subscription } from "../../contract/subscription.ts";
import type { Payment } from "../../contract/payment.ts";
import type { Invoice } from "../../contract/invoice.ts";
import type { PaymentMethod } from "../../contract/payment-method.ts";
import type { BillingEvent } from "../../contract/billing-event.ts";
import type { Quota } from "../../contract/quota.ts";
import type { TestClock } from "../../contract/test-clock.ts";
import { signedInPerson } from "./people.ts";
import { publicUrl, type World } from "./world.ts";

export interface Answer<T = unknown> {
  readonly status: number;
  readonly body: { readonly data: T; readonly code?: string; readonly detail?: string };
}

/** How long somebody takes to pay on a page. */
const payerMs = 30_000;

/** Every subscriber of a file has a number of their own. */
let lastMobile = Math.floor(Math.random() * 9_000_000);

export type Subscriber = Awaited<ReturnType<typeof aSubscriber>>;

/** Somebody new with a proved mobile number. */
export async function aSubscriber(world: World) {
  const mobile = `0912${String(++lastMobile).padStart(7, "0")}`;
  const person = await signedInPerson(world.auth, { mobile });
  const call = caller(world, person.token);
  const data = async <T>(path: string) => (await call<T>("GET", path)).body.data;
  return {
    ...person,
    mobile,
    call,
    request: (method: string, path: string, body?: object, key?: string) =>
      requestOf(person.token, { method, path, body, key }),
    subscription: (id: string) => data<Subscription>(`/v1/subscriptions/${id}`),
    payments: () => data<Payment[]>("/v1/payments?limit=100"),
    invoices: () => data<Invoice[]>("/v1/invoices?limit=100"),
    events: () => data<BillingEvent[]>("/v1/events?limit=100"),
    paymentMethod: (id: string) => data<PaymentMethod>(`/v1/payment-methods/${id}`),
    subscribe: (priceId: string, paymentMethodId?: string, key = crypto.randomUUID()) =>
      call<Subscription>("POST", "/v1/subscriptions", { priceId, ...(paymentMethodId && { paymentMethodId }) }, key),
    /** Subscribes without a payment method, to pay on a page. */
    subscribeByPage: (priceId: string, key = crypto.randomUUID()) =>
      call<{ subscription: Subscription; checkout: Checkout; paymentId: string }>(
        "POST",
        "/v1/subscriptions",
        { priceId, collection: "checkout" },
        key,
      ),
    checkout: (order: { invoiceId: string } | { priceId: string }, key = crypto.randomUUID()) =>
      call<Checkout>("POST", "/v1/checkouts", order, key),
    checkoutNow: (id: string) => data<Checkout>(`/v1/checkouts/${id}`),
    pay: <T = Subscription>(subscriptionId: string, body: object = {}, key = crypto.randomUUID()) =>
      call<T>("POST", `/v1/subscriptions/${subscriptionId}/pay`, body, key),
    /** Half a minute at the gateway's page, and the page we show on the way back. */
    payPage: async (url: string | null, action: "pay" | "decline" | "cancel" | "leave" = "pay") => {
      world.pass(payerMs);
      const page = await visitBank(world, url ?? "", action);
      await world.drain();
      return page;
    },
    /** A mutation with a fresh key. */
    post: <T = Subscription>(path: string, body: object = {}) => call<T>("POST", path, body, crypto.randomUUID()),
    quota: async () => (await data<Quota[]>("/v1/quotas"))[0],
    advance: async (to: string) => {
      const answer = await call<TestClock>("POST", "/v1/test-clock/advance", { to }, crypto.randomUUID());
      await world.drain();
      return answer;
    },
    /** Opens an agreement and signs it at the first bank. */
    sign: async (limits: object = {}) => {
      const opened = await openAgreement(world, call, limits);
      await visitBank(world, opened.signingUrl, "sign");
      return opened.id;
    },
    open: (limits: object = {}) => openAgreement(world, call, limits),
  };
}

/** What a subscriber owns, by the names that the contract's paths give to ids. */
export async function ownedBy(sara: Subscriber, subscription: Subscription): Promise<Readonly<Record<string, string>>> {
  return {
    paymentMethodId: subscription.paymentMethodId ?? "",
    subscriptionId: subscription.id,
    invoiceId: subscription.latestInvoiceId ?? "",
    paymentId: (await sara.payments())[0]?.id ?? "",
    productId: subscription.productId,
    customerId: sara.customerId,
  };
}

/** What paths of operators may name, besides: nothing that is there, but of the right form. */
export const elsewhere = {
  migrationId: "mig_01kaqzv3m5e0a8r6b1x2n4y7tq",
  refundId: "ref_01kaqzv3m5e0a8r6b1x2n4y7tq",
  exceptionId: "pay_01kaqzv3m5e0a8r6b1x2n4y7tq",
  priceId: "price_01kaqzv3m5e0a8r6b1x2n4y7tq",
  couponId: "cpn_01kaqzv3m5e0a8r6b1x2n4y7tq",
  reservationId: "reply-of-nobody",
  webhookEndpointId: "wep_01kaqzv3m5e0a8r6b1x2n4y7tq",
  partnerId: "ptr_01kaqzv3m5e0a8r6b1x2n4y7tq",
  partnerKeyId: "key_01kaqzv3m5e0a8r6b1x2n4y7tq",
  loginToken: "a".repeat(43),
  eventId: "evt_01kaqzv3m5e0a8r6b1x2n4y7tq",
  externalId: "customer-of-nobody",
  day: "2026-11-20",
  month: "1405-08",
  season: "1405-3",
  sessionId: "session-of-nobody",
  exportId: "exp_01kaqzv3m5e0a8r6b1x2n4y7tq",
  exportName: "2026-11-22-001",
  fileName: "ledger-001.csv",
} as const;

export type Call = ReturnType<typeof caller>;

/** One request of somebody with this bearer token; a mutation gets the key that is given. */
export function caller(world: World, token: string | null) {
  return async <T>(method: string, path: string, body?: object, key?: string): Promise<Answer<T>> => {
    const response = await world.fetch(requestOf(token, { method, path, body, key }));
    return { status: response.status, body: await response.json() };
  };
}

interface Wanted {
  readonly method: string;
  readonly path: string;
  readonly body: object | undefined;
  readonly key: string | undefined;
}

export function requestOf(token: string | null, { method, path, body, key }: Wanted): Request {
  return new Request(`${publicUrl}${path}`, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { "content-type": "application/json" }),
      ...(key && { "idempotency-key": key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}

async function openAgreement(world: World, call: Call, limits: object) {
  const body = {
    maxAmountRials: 5_000_000,
    maxDailyCount: 50,
    maxMonthlyCount: 200,
    expiresAt: new Date(world.now() + 365 * 86_400_000).toISOString(),
    ...limits,
  };
  type Opened = { paymentMethod: PaymentMethod; banks: { signingUrl: string }[] };
  const { status, body: answer } = await call<Opened>("POST", "/v1/payment-methods", body, crypto.randomUUID());
  if (status !== 201) throw new Error(`opening answered ${status}: ${JSON.stringify(answer)}`);
  return { id: answer.data.paymentMethod.id, signingUrl: answer.data.banks[0]?.signingUrl ?? "" };
}

/** What the payer does at the bank's page, and the way back to us as far as the gateway sends the browser there. */
export async function visitBank(
  world: World,
  url: string,
  action: "sign" | "refuse" | "pay" | "decline" | "cancel" | "leave",
): Promise<string | null> {
  const form = new Request(url, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `action=${action}`,
    redirect: "manual",
  });
  const location = (await world.simulator.fetch(form)).headers.get("location");
  if (location === null) return null;
  const page = await world.fetch(new Request(location));
  return page.text();
}
