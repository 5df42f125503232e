// The figures of a life, made of its log as the store makes them: a page of events at a time, with what was remembered
// of those before, and with what never changes of payments, invoices and prices.
import type { Told } from "./billing-builders.ts";
import { customerId } from "./billing-builders.ts";
import { ofAll, type Figure } from "../../server/billing/figures.ts";
import { measureAll } from "../../server/billing/measure-all.ts";
import type { Constants, MeasuredInvoice, Tally } from "../../server/billing/metrics.ts";
import { movements } from "../../server/billing/mrr.ts";
import type { MeasuredSubscription } from "../../server/billing/revenue-moves.ts";
import type { Invoice, Slice } from "../../server/billing/state.ts";
import type { ProductShare } from "../../server/billing/books.ts";

interface Sum {
  readonly count: number;
  readonly amountRials: number;
}

/** All of them, or those of one product, partner, or both. */
export interface Scope {
  /** All days and parts of a figure together. */
  readonly of: (figure: Figure) => Sum;
  readonly at: (figure: Figure, day: string, part?: string) => Sum;
  readonly recurring: Sum;
}

export interface Figures extends Scope {
  readonly ofOne: (one: Partial<Pick<Tally, "productId" | "partnerId">>) => Scope;
  readonly subscriptions: readonly MeasuredSubscription[];
}

interface Lived {
  readonly log: readonly Told[];
  readonly slice: Slice;
}

/** Whose customer it is. */
export const partnerId = "ptr_1";

const none: Sum = { count: 0, amountRials: 0 };

export function figuresOf({ log, slice }: Lived, pageSize = log.length): Figures {
  const sums = new Map<string, Sum>();
  const remembered = {
    subscriptions: new Map<string, MeasuredSubscription>(),
    invoices: new Map<string, MeasuredInvoice>(),
  };
  for (let first = 0; first < log.length; first += pageSize) {
    const page = log.slice(first, first + pageSize).map(({ event, at }) => ({ event, at, customerId, bank: null }));
    const before = {
      subscriptions: Map.groupBy(remembered.subscriptions.values(), (each) => each.customerId),
      invoices: Map.groupBy(remembered.invoices.values(), (each) => each.id),
    };
    const measures = measureAll(page, before, constantsOf(slice));
    for (const each of measures.subscriptions) remembered.subscriptions.set(each.id + each.productId, each);
    for (const each of measures.invoices) remembered.invoices.set(each.id + each.productId, each);
    for (const { productId, partnerId, figure, day, part, ...more } of measures.tallies) {
      const key = `${productId}/${partnerId}/${figure} ${day} ${part}`;
      sums.set(key, plus(sums.get(key) ?? none, more));
    }
  }
  const ofOne: Figures["ofOne"] = ({ productId = ofAll, partnerId = ofAll }) =>
    scopeOf(sums, `${productId}/${partnerId}`);
  return { ...ofOne({}), ofOne, subscriptions: [...remembered.subscriptions.values()] };
}

function scopeOf(sums: ReadonlyMap<string, Sum>, scope: string): Scope {
  const of = (figure: Figure) =>
    [...sums].filter(([key]) => key.startsWith(`${scope}/${figure} `)).reduce((sum, [, more]) => plus(sum, more), none);
  return {
    of,
    at: (figure, day, part = "") => sums.get(`${scope}/${figure} ${day} ${part}`) ?? none,
    recurring: movements.reduce((sum, movement) => plus(sum, of(`mrr_${movement}`), signs[movement]), none),
  };
}

/** What a movement does to the number of customers who pay, and to what they pay. */
const signs = {
  new: { count: 1, amountRials: 1 },
  reactivation: { count: 1, amountRials: 1 },
  expansion: { count: 0, amountRials: 1 },
  contraction: { count: 0, amountRials: -1 },
  churn_voluntary: { count: -1, amountRials: -1 },
  churn_involuntary: { count: -1, amountRials: -1 },
} as const;

function plus(a: Sum, b: Sum, sign: Sum = { count: 1, amountRials: 1 }): Sum {
  return {
    count: a.count + sign.count * b.count,
    amountRials: a.amountRials + sign.amountRials * b.amountRials,
  };
}

function constantsOf({ state, offers }: Slice): Constants {
  return {
    payments: new Map(Object.values(state.payments).flatMap((each) => (each ? [[each.id, each] as const] : []))),
    invoices: new Map(
      Object.values(state.invoices).flatMap((each) =>
        each ? [[each.id, { ...each, shares: sharesOf(each, offers) }] as const] : [],
      ),
    ),
    partners: new Map([[customerId, partnerId]]),
    prices: new Map(Object.values(offers).flatMap((each) => (each ? [[each.price.id, each.price] as const] : []))),
  };
}

function sharesOf({ lines }: Pick<Invoice, "lines">, offers: Slice["offers"]): readonly ProductShare[] {
  return lines.map(({ priceId, netRials }) => {
    const offer = offers[priceId];
    if (!offer) throw new Error(`${priceId} is not on offer`);
    return { productId: offer.product.id, netRials };
  });
}
