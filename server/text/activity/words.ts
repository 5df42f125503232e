// How what happened is said: a sentence in each language, by the type of event and its data. A type that nobody has words for
// does not compile.
import type { BillingEventData, BillingEventType } from "../../../contract/billing-event.ts";
import { amountText } from "../amount.ts";
import { shortDateText } from "../date.ts";

export interface Words {
  readonly fa: string;
  readonly en: string;
}

/** The events about one thing. Example: `About<"quota">` is `"quota.granted" | "quota.changed" | …`. */
export type About<Noun extends string> = Extract<BillingEventType, `${Noun}.${string}`>;

/** Words for each of these types; what differs from event to event is made of its data. */
export type WordsFor<T extends BillingEventType> = {
  readonly [K in T]: Words | ((data: BillingEventData<K>) => Words);
};

/** Persian first. */
export function say(fa: string, en: string): Words {
  return { fa, en };
}

/** Example: `۳٬۲۸۹٬۰۰۰ ریال` and `3,289,000 Rials`. */
export function amountIn(amountRials: number): Words {
  return say(`${amountText("fa", amountRials)} ریال`, `${amountText("en", amountRials)} Rials`);
}

/** A number as each language writes it. */
export function numberIn(count: number): Words {
  return say(amountText("fa", count), amountText("en", count));
}

/** The last day of a span whose end is not part of it, in each language's calendar. */
export function lastDayIn(endsAt: string): Words {
  const at = Date.parse(endsAt) - 1;
  return say(shortDateText("fa", at), shortDateText("en", at));
}

/** The day of an instant in Tehran, in each language's calendar. */
export function dayIn(instant: string): Words {
  const at = Date.parse(instant);
  return say(shortDateText("fa", at), shortDateText("en", at));
}
