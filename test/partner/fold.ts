// A customer's state as a partner makes it of webhooks alone: written from docs/events.md, and it never asks the API. It
// must not know anything of the server but the types that the contract publishes.
import type { CustomerState } from "../../contract/customer.ts";
import type { WebhookPayload } from "../../contract/event.ts";

/** What came of a delivery. `gap`: the event before it is missing, so it is kept until that one comes. */
export type Received = "folded" | "known" | "gap";

interface Stream {
  lastId: string | null;
  lastSeq: number;
  lastPosition: number;
  /** What came too early, by the event that must come before it. */
  readonly waiting: Map<string, WebhookPayload>;
}

type Status = CustomerState["subscriptions"][number]["status"];

interface Terms {
  readonly productId: string;
  readonly priceId: string;
  readonly quantity: number;
  readonly addOns: readonly { readonly priceId: string }[];
}

interface Subscription {
  terms: Terms;
  status: Status;
  period: { readonly index: number; readonly startsAt: string; readonly endsAt: string };
  endsWithPeriod: boolean;
  pausesWithPeriod: boolean;
}

interface Use {
  readonly used: number;
  readonly reserved: number;
  readonly overrun: number;
}

interface Balance {
  own: number;
  subscriptionId: string;
  periodIndex: number;
  validUntil: string;
  use: Use;
}

interface Grant {
  productId: string;
  counted: number;
  expired: boolean;
  readonly source: string;
  readonly priority: number;
  readonly messages: number;
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

interface Invoice {
  readonly totalRials: number;
  readonly dueAt: string;
  paidByCredit: number;
  isOpen: boolean;
}

interface Customer {
  externalId: string | null;
  /** Of a test customer. */
  clockNowAt: string | null;
  readonly subscriptions: Map<string, Subscription>;
  readonly balances: Map<string, Balance>;
  readonly grants: Map<string, Grant>;
  readonly invoices: Map<string, Invoice>;
}

const ended: readonly Status[] = ["canceled", "incomplete_expired"];
const nothing: Use = { used: 0, reserved: 0, overrun: 0 };

/** Everything a partner knows of its customers. */
export class Fold {
  readonly #streams = new Map<string, Stream>();
  readonly #customers = new Map<string, Customer>();
  readonly #features = new Map<string, readonly string[]>();
  readonly #prices = new Map<string, { readonly productId: string; readonly graceAccess: string }>();

  /** Takes one delivery, however often and in whatever order they come. */
  receive(event: WebhookPayload): Received {
    const stream = this.#streamOf(event.stream);
    if (event.seq <= stream.lastSeq) return "known";
    if (event.previousEventId !== stream.lastId) {
      if (event.previousEventId !== null) stream.waiting.set(event.previousEventId, event);
      return "gap";
    }
    for (let next: WebhookPayload | undefined = event; next; next = stream.waiting.get(next.id)) {
      this.#fold(next);
      if (stream.lastId !== null) stream.waiting.delete(stream.lastId);
      Object.assign(stream, { lastId: next.id, lastSeq: next.seq, lastPosition: next.position });
    }
    return "folded";
  }

  /** From which position on a replay brings what is missing; null when nothing is. */
  replayAfter(): number | null {
    const gaps = [...this.#streams.values()].filter(({ waiting }) => waiting.size > 0);
    return gaps.length === 0 ? null : Math.min(...gaps.map(({ lastPosition }) => lastPosition));
  }

  /** The customers that it has heard of. */
  customerIds(): readonly string[] {
    return [...this.#customers.keys()].toSorted();
  }

  /** The state of a customer at this moment, as the API would tell it; null of somebody unheard of. */
  stateOf(customerId: string, now: string): CustomerState | null {
    const customer = this.#customers.get(customerId);
    const stream = this.#streams.get(customerId);
    if (!customer || !stream) return null;
    const running = inOrder(customer.subscriptions).filter(([, { status }]) => !ended.includes(status));
    const subscriptions = running.map(([id, one]) => {
      const { productId, priceId, quantity } = one.terms;
      const of = { id, productId, priceId, quantity, status: one.status, access: this.#accessOf(one) };
      return { ...of, currentPeriod: one.period, cancelAtPeriodEnd: one.endsWithPeriod };
    });
    const accesses = subscriptions.map(({ access }) => access);
    return asState({
      customerId,
      externalId: customer.externalId,
      access: ["full", "grace"].find((access) => accesses.includes(access)) ?? "none",
      features: this.#featuresOf(running.flatMap(([, one]) => (this.#accessOf(one) === "none" ? [] : [one]))),
      subscriptions,
      quotas: inOrder(customer.balances).map(([productId, balance]) =>
        messagesOf(customer, productId, { balance, now: customer.clockNowAt ?? now }),
      ),
      due: inOrder(customer.invoices)
        .filter(([, { isOpen }]) => isOpen)
        .map(([invoiceId, one]) => ({ invoiceId, amountRials: one.totalRials - one.paidByCredit, dueAt: one.dueAt }))
        .toSorted((a, b) => Date.parse(a.dueAt) - Date.parse(b.dueAt)),
      position: stream.lastPosition,
    });
  }

  #streamOf(name: string): Stream {
    const known = this.#streams.get(name);
    if (known) return known;
    const begun: Stream = { lastId: null, lastSeq: 0, lastPosition: 0, waiting: new Map() };
    this.#streams.set(name, begun);
    return begun;
  }

  #accessOf({ status, terms }: Subscription): string {
    if (status === "active" || status === "trialing") return "full";
    const isKept = this.#prices.get(terms.priceId)?.graceAccess === "keep";
    return status === "past_due" && isKept ? "grace" : "none";
  }

  #featuresOf(subscriptions: readonly Subscription[]): readonly string[] {
    const priceIds = subscriptions.flatMap(({ terms }) => [terms.priceId, ...terms.addOns.map((on) => on.priceId)]);
    const productIds = priceIds.map((priceId) => this.#prices.get(priceId)?.productId ?? "");
    return [...new Set(productIds.flatMap((id) => this.#features.get(id) ?? []))].toSorted();
  }

  #fold(event: WebhookPayload): void {
    if (event.type === "customer.created") {
      const { customerId, externalId } = event.data;
      const none = { subscriptions: new Map(), balances: new Map(), grants: new Map(), invoices: new Map() };
      this.#customers.set(customerId, { externalId, clockNowAt: null, ...none });
    }
    if (event.type === "product.created") this.#features.set(event.data.productId, event.data.features);
    if (event.type === "price.created") this.#prices.set(event.data.priceId, event.data);
    const customer = this.#customers.get(event.stream);
    if (!customer) return;
    if (event.type === "test_clock.target_set" || event.type === "test_clock.advanced") {
      customer.clockNowAt = event.data.nowAt;
    }
    foldSubscription(customer, event);
    foldMessages(customer, event);
    foldInvoice(customer, event);
  }
}

function foldSubscription({ subscriptions }: Customer, event: WebhookPayload): void {
  if (event.type === "subscription.created") {
    const status = "incomplete";
    const known = { terms: event.data, status, endsWithPeriod: false, pausesWithPeriod: false } as const;
    subscriptions.set(event.data.subscriptionId, { ...known, period: periodOf(event.data) });
    return;
  }
  const id = "subscriptionId" in event.data ? event.data.subscriptionId : null;
  const one = id === null ? undefined : subscriptions.get(id);
  if (!one) return;
  switch (event.type) {
    case "subscription.trial_started":
      one.status = "trialing";
      return;
    case "subscription.activated":
    case "subscription.recovered":
    case "subscription.resumed":
      one.status = "active";
      return;
    case "subscription.reactivated":
      one.status = "active";
      one.endsWithPeriod = false;
      return;
    case "subscription.past_due":
      one.status = "past_due";
      return;
    case "subscription.paused":
      one.status = "paused";
      one.pausesWithPeriod = false;
      return;
    case "subscription.canceled":
      one.status = "canceled";
      one.pausesWithPeriod = false;
      return;
    case "subscription.incomplete_expired":
      one.status = "incomplete_expired";
      return;
    case "subscription.renewed":
    case "subscription.rescheduled":
      one.period = periodOf(event.data);
      return;
    case "subscription.changed":
      one.terms = event.data.terms;
      return;
    case "subscription.cancel_scheduled":
      one.endsWithPeriod = true;
      return;
    case "subscription.cancel_withdrawn":
      one.endsWithPeriod = false;
      return;
    case "subscription.pause_scheduled":
      one.pausesWithPeriod = true;
      return;
    case "subscription.pause_withdrawn":
      one.pausesWithPeriod = false;
      return;
    default:
  }
}

function periodOf(data: { readonly periodIndex: number; readonly startsAt: string; readonly endsAt: string }) {
  return { index: data.periodIndex, startsAt: data.startsAt, endsAt: data.endsAt };
}

function foldMessages(customer: Customer, event: WebhookPayload): void {
  const { balances, grants } = customer;
  switch (event.type) {
    case "quota.granted":
      return grantPeriod(customer, event.data);
    case "quota.changed": {
      const { fromProductId: from, productId } = event.data;
      const left = balances.get(from);
      if (from !== productId && left) {
        left.own = 0;
        for (const grant of grants.values()) {
          if (grant.productId === from && grant.counted > 0) grant.productId = productId;
        }
      }
      return grantPeriod(customer, event.data);
    }
    case "quota.counted": {
      const { used, reserved, overrun } = event.data;
      for (const balance of balances.values()) {
        if (isSameCount(balance, event.data)) balance.use = { used, reserved, overrun };
      }
      return;
    }
    case "quota.grant_added": {
      const { grantId, productId, source, priority, messages, expiresAt, addedAt: createdAt } = event.data;
      const added = { productId, source, priority, messages, expiresAt, createdAt };
      grants.set(grantId, { ...added, counted: messages, expired: false });
      return;
    }
    case "quota.grant_settled":
    case "quota.grant_expired":
    case "quota.grant_revoked": {
      const grant = grants.get(event.data.grantId);
      if (!grant) return;
      grant.counted = event.data.counted;
      grant.productId = event.data.productId;
      grant.expired ||= event.type !== "quota.grant_settled";
      return;
    }
    default:
  }
}

interface Granted {
  readonly productId: string;
  readonly subscriptionId: string;
  readonly periodIndex: number;
  readonly messages: number;
  readonly validUntil: string;
}

function grantPeriod({ balances }: Customer, granted: Granted): void {
  const { productId, messages: own, subscriptionId, periodIndex, validUntil } = granted;
  const use = [...balances.values()].find((balance) => isSameCount(balance, granted))?.use ?? nothing;
  balances.set(productId, { own, subscriptionId, periodIndex, validUntil, use });
}

type Count = Pick<Balance, "subscriptionId" | "periodIndex">;

function isSameCount(a: Count, b: Count): boolean {
  return a.subscriptionId === b.subscriptionId && a.periodIndex === b.periodIndex;
}

function messagesOf(
  { grants, subscriptions }: Customer,
  productId: string,
  { balance, now }: { readonly balance: Balance; readonly now: string },
) {
  const { own, use, validUntil, subscriptionId } = balance;
  const ofProduct = inOrder(grants).filter(([, grant]) => grant.productId === productId && grant.counted > 0);
  const granted = ofProduct.reduce((sum, [, { counted }]) => sum + counted, own);
  const isOver = Date.parse(validUntil) <= Date.parse(now);
  const subscription = subscriptions.get(subscriptionId);
  const goesOn = subscription && !subscription.endsWithPeriod && !subscription.pausesWithPeriod;
  const resets = goesOn && subscription.status !== "paused" && !ended.includes(subscription.status);
  return {
    productId,
    granted,
    ...use,
    remaining: isOver ? 0 : Math.max(0, granted - use.used - use.reserved - use.overrun),
    validUntil,
    resetsAt: resets ? validUntil : null,
    added: ofProduct
      .filter(([, { expired }]) => !expired)
      .map(([id, { counted: _counted, expired: _expired, ...shown }]) => ({ id, ...shown })),
  };
}

function foldInvoice({ invoices }: Customer, event: WebhookPayload): void {
  if (event.type === "invoice.finalized") {
    const { invoiceId, totalRials, dueAt } = event.data;
    invoices.set(invoiceId, { totalRials, dueAt, paidByCredit: 0, isOpen: true });
    return;
  }
  const id = "invoiceId" in event.data ? event.data.invoiceId : null;
  const one = id === null ? undefined : invoices.get(id);
  if (!one) return;
  switch (event.type) {
    case "invoice.reopened":
    case "invoice.reinstated":
      one.isOpen = true;
      return;
    case "invoice.paid":
    case "invoice.voided":
    case "invoice.marked_uncollectible":
      one.isOpen = false;
      return;
    case "credit.applied":
      one.paidByCredit += event.data.amountRials;
      return;
    default:
  }
}

/** By their ids. */
function inOrder<T>(things: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...things].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** Its ids and amounts are those of the events, which the contract's types brand; this page knows them as plain words. */
function asState(state: object): CustomerState {
  return state as CustomerState;
}
