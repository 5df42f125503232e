// What somebody does with a subscription that they have: changes it, rests, comes back, pays another way. Which one it is
// about is what their own page would show when the time comes.
import { contract } from "../../contract/index.ts";
import type { Price } from "../../contract/product.ts";
import type { Quote, Subscription } from "../../contract/subscription.ts";
import type { Catalogue } from "./catalogue.ts";
import { dataOf, type Answer, type Call } from "./client.ts";
import type { Customer, Means } from "./customer.ts";
import type { Extras, LifeWish, Limits, OnTop, Patience, Payer, Target } from "./plan.ts";
import type { Random } from "./random.ts";
import { useMessages } from "./chat.ts";
import { runningOf, type Running } from "./shown.ts";

/** One errand of a customer, as far as a wish needs to know it. */
export interface Doer {
  readonly customer: Customer;
  readonly means: Means;
  readonly random: Random;
  readonly call: (call: Omit<Call, "token">) => Promise<Answer | null>;
  readonly key: () => string;
  readonly pause: (ms: number) => Promise<void>;
  /** Waits for what somebody else does for it. */
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  readonly patience: Patience;
  /** Begins the ids of what this errand makes at others'. */
  readonly name: string;
  readonly now: () => number;
  readonly sign: (bank: "sign" | "leave", limits: Limits, replacesId?: string) => Promise<void>;
  readonly payOn: (page: string, payer: Payer) => Promise<void>;
}

/** What a 201 or 202 tells of a subscription. */
export interface Made {
  readonly id?: string;
  readonly subscription?: Subscription;
  readonly paymentId?: string;
  readonly checkout?: { readonly url: string | null } | null;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

export async function live(doer: Doer, wish: LifeWish): Promise<unknown> {
  const running = runningOf(doer.means.world, doer.customer.person.customerId);
  if (wish.do === "sign_again" || wish.do === "confirm") return aboutMethod(doer, wish);
  if (wish.do === "use_messages") {
    const { means, customer, ...rest } = doer;
    return useMessages({ ...rest, world: means.world, person: customer.person }, wish);
  }
  if (wish.do === "resume") {
    const resting = running.find(({ isResting }) => isResting) ?? running[0];
    return resting && plainly(doer, "resume", resting.id);
  }
  if (running.length === 0) return undefined;
  const one = doer.random.pick(running);
  switch (wish.do) {
    case "change":
      return change(doer, one, wish);
    case "withdraw_change":
      return plainly(doer, "withdrawChange", one.id);
    case "withdraw_cancel":
      return plainly(doer, "withdrawCancel", one.id);
    case "pause": {
      const resumesAt = wish.forMs === null ? null : new Date(doer.now() + wish.forMs).toISOString();
      return plainly(doer, "pause", one.id, { when: wish.when, resumesAt });
    }
    case "set_payment_method": {
      const paymentMethodId = wish.to === "none" ? null : (doer.customer.methodIds.at(-1) ?? null);
      return plainly(doer, "setPaymentMethod", one.id, { paymentMethodId });
    }
    case "set_auto_top_up":
      return setAutoTopUp(doer, one, wish.on);
    default:
      return wish satisfies never;
  }
}

/** Keeps a hundred messages, for at most three packs a day. */
function setAutoTopUp(doer: Doer, { id: subscriptionId }: Running, on: boolean): Promise<Answer | null> {
  const { topUp } = doer.means.catalogue;
  const maxPerDayRials = topUp.amountRials * 4;
  const wanted = { priceId: topUp.id, belowMessages: 100, toMessages: 300, maxPerDayRials };
  const body = { autoTopUp: on ? { ...wanted, maxPerPeriodRials: 3 * maxPerDayRials } : null };
  return doer.call({ route: contract.subscriptions.setAutoTopUp, params: { subscriptionId }, body, key: doer.key() });
}

type Plain = "withdrawChange" | "withdrawCancel" | "resume" | "pause" | "setPaymentMethod";

function plainly(doer: Doer, route: Plain, subscriptionId: string, body: object = {}): Promise<Answer | null> {
  return doer.call({ route: contract.subscriptions[route], params: { subscriptionId }, body, key: doer.key() });
}

async function aboutMethod(doer: Doer, wish: Extract<LifeWish, { do: "sign_again" | "confirm" }>): Promise<unknown> {
  const paymentMethodId = doer.customer.methodIds.at(-1);
  if (paymentMethodId === undefined) return undefined;
  if (wish.do === "sign_again") return doer.sign(wish.bank, wish.limits, paymentMethodId);
  const params = { paymentMethodId };
  return doer.call({ route: contract.paymentMethods.confirm, params, body: {}, key: doer.key() });
}

async function change(doer: Doer, { id, priceId }: Running, wish: Extract<LifeWish, { do: "change" }>): Promise<void> {
  const params = { subscriptionId: id };
  const asked = changingTo(doer.means.catalogue, priceId, wish.to);
  const preview = { route: contract.subscriptions.previewChange, params, body: asked };
  const { quoteId } = await quoted(doer, preview, wish);
  const body = { ...asked, ...quoteId };
  const answer = await doer.call({ route: contract.subscriptions.change, params, body, key: doer.key() });
  const made = answer?.status === 202 ? dataOf<Made>(answer) : undefined;
  if (made?.paymentId) doer.customer.remember("paymentIds", made.paymentId);
  if (made?.checkout?.url) await doer.payOn(made.checkout.url, wish.payer);
}

/** Asks for a preview where one is wanted, and thinks about it: mostly for less than the ten minutes of its quote. */
export async function quoted(
  doer: Doer,
  preview: Omit<Call, "token">,
  { isQuoted = false }: Pick<Extras, "isQuoted">,
): Promise<{ readonly quote?: Quote; readonly quoteId?: { readonly quoteId: string } }> {
  if (!isQuoted) return {};
  const answer = await doer.call(preview);
  const quote = answer?.status === 200 ? dataOf<Quote>(answer) : undefined;
  if (!quote) return {};
  await doer.pause(doer.random.pick([5 * secondMs, minuteMs, minuteMs, 9 * minuteMs, 9 * minuteMs, 11 * minuteMs]));
  return { quote, ...(quote.quoteId !== null && { quoteId: { quoteId: quote.quoteId } }) };
}

/** The body of subscribing to the plan's price so and so, without the way of paying. */
export function subscribingTo(catalogue: Catalogue, price: number, extras: Extras): object {
  const { coupon, onTop, anchorDay, quantity, trial } = extras;
  const main = catalogue.prices[price];
  return {
    priceId: main?.id ?? "",
    ...(coupon !== undefined && { couponCode: catalogue.couponCodes[coupon] }),
    ...(main && onTop && { addOns: addOnsOf(catalogue, main, onTop) }),
    ...(anchorDay !== undefined && { anchorDay }),
    ...(quantity !== undefined && { quantity }),
    ...(trial !== undefined && { trial }),
  };
}

function changingTo(catalogue: Catalogue, presentId: string, { price, quantity, onTop }: Target): object {
  const wanted = price === undefined ? undefined : catalogue.prices[price];
  const main = wanted ?? catalogue.prices.find(({ id }) => id === presentId);
  return {
    ...(wanted && { priceId: wanted.id }),
    ...(quantity !== undefined && { quantity }),
    ...(main && onTop && { addOns: addOnsOf(catalogue, main, onTop) }),
  };
}

/** What is charged again with each period has the calendar of the price that it comes on top of. */
function addOnsOf({ onTop }: Catalogue, { calendar }: Price, wanted: readonly OnTop[]) {
  return wanted.map((kind) => ({ priceId: (kind === "once" ? onTop.once : onTop[calendar]).id }));
}
