// What several events add to the operators' figures: for the partner of each event's customer, and for all partners.
import type { ProductId } from "../../contract/common/id.ts";
import { ofAll } from "./figures.ts";
import {
  known,
  measureOf,
  type Constants,
  type Measured,
  type MeasuredInvoice,
  type Tally,
  type ToMeasure,
} from "./metrics.ts";
import { signedRials } from "./money.ts";
import type { MeasuredSubscription } from "./revenue-moves.ts";

/** The sums of several events, and what is to be remembered after the last of them. */
export interface Measures {
  readonly tallies: readonly Tally[];
  readonly subscriptions: readonly MeasuredSubscription[];
  readonly invoices: readonly MeasuredInvoice[];
}

/**
 * Measures events one after the other, each by what those before it left; for the customer's partner, and for all. Throws
 * on an event about something that was not loaded.
 */
export function measureAll(events: readonly ToMeasure[], before: Measured, constants: Constants): Measures {
  const subscriptions = new Map(before.subscriptions);
  const invoices = new Map(before.invoices);
  const changed = {
    subscriptions: new Map<string, MeasuredSubscription>(),
    invoices: new Map<string, MeasuredInvoice>(),
  };
  const sums = new Map<string, Tally>();
  for (const told of events) {
    const { customerId } = told;
    const measure = measureOf(told, { subscriptions, invoices }, constants);
    const partnerId = known(constants.partners, customerId);
    for (const each of measure.tallies) {
      add(sums, { ...each, partnerId });
      add(sums, { ...each, partnerId: ofAll });
    }
    for (const each of measure.subscriptions ?? []) {
      const others = (subscriptions.get(customerId) ?? []).filter((other) => keyOf(other) !== keyOf(each));
      subscriptions.set(customerId, [...others, each]);
      changed.subscriptions.set(keyOf(each), each);
    }
    for (const each of measure.invoices ?? []) {
      const others = (invoices.get(each.id) ?? []).filter((other) => keyOf(other) !== keyOf(each));
      invoices.set(each.id, [...others, each]);
      changed.invoices.set(keyOf(each), each);
    }
  }
  return {
    tallies: [...sums.values()],
    subscriptions: [...changed.subscriptions.values()],
    invoices: [...changed.invoices.values()],
  };
}

function keyOf({ id, productId }: { readonly id: string; readonly productId: ProductId }): string {
  return `${id} ${productId}`;
}

function add(sums: Map<string, Tally>, more: Tally): void {
  const key = [more.partnerId, more.productId, more.day, more.figure, more.part].join(" ");
  const { count, amountRials } = sums.get(key) ?? { count: 0, amountRials: 0 };
  sums.set(key, { ...more, count: count + more.count, amountRials: signedRials(amountRials + more.amountRials) });
}
