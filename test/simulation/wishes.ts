// What customers want, at random: of payment methods and pages, of subscriptions, and what nobody should.
import { prices } from "./offers.ts";
import type { Extras, LifeWish, Limits, OnTop, Payer, Target, Wish } from "./plan.ts";
import type { Random } from "./random.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** A wish of any kind, by its weight. */
export function wishOf(random: Random): Wish {
  const kind = random.pick(weighted(wishWeights));
  switch (kind) {
    case "sign":
      return {
        do: "sign",
        bank: random.pick(["sign", "sign", "sign", "refuse", "leave", "sign_late"] as const),
        limits: limitsOf(random, false),
      };
    case "subscribe":
      return subscribing(random, 0.25);
    case "cancel_subscription":
      return { do: "cancel_subscription", ...(random.chance(0.4) && { when: "now" }) };
    case "check_out":
      return { do: "check_out", what: random.pick(["invoice", "one_time", "top_up"] as const), payer: payerOf(random) };
    case "pay":
      return { do: "pay", on: random.pick(["any", "payment_method", "page", "page"] as const), payer: payerOf(random) };
    case "follow_link":
    case "pay_old_page":
      return { do: kind, payer: payerOf(random) };
    case "forge":
      return {
        do: "forge",
        about: random.pick(["own", "own", "foreign"] as const),
        says: random.pick(["OK", "NOK"] as const),
        times: random.pick([1, 1, 2, 3]),
      };
    case "change":
    case "pause":
    case "set_payment_method":
    case "sign_again":
    case "set_auto_top_up":
    case "use_messages":
      return lifeWishOf(random, kind);
    default:
      return { do: kind };
  }
}

function lifeWishOf(
  random: Random,
  kind: "change" | "pause" | "set_payment_method" | "sign_again" | "set_auto_top_up" | "use_messages",
): LifeWish {
  switch (kind) {
    case "change":
      return { do: "change", to: targetOf(random), isQuoted: random.chance(0.2), payer: payerOf(random) };
    case "pause":
      return {
        do: "pause",
        when: random.pick(["now", "now", "period_end"] as const),
        forMs: random.pick([null, hourMs, 3 * dayMs, 20 * dayMs]),
      };
    case "set_payment_method":
      return { do: "set_payment_method", to: random.chance(0.7) ? "newest" : "none" };
    case "sign_again":
      return { do: "sign_again", bank: random.chance(0.8) ? "sign" : "leave", limits: limitsOf(random, true) };
    case "use_messages":
      return { do: "use_messages", share: random.pick([0.1, 0.5, 0.9, 1, 1.02]), how: random.pick(waysToUse) };
    case "set_auto_top_up":
      return { do: "set_auto_top_up", on: random.chance(0.8) };
    default:
      return kind satisfies never;
  }
}

const waysToUse = ["consume", "twice", "at_once", "less", "as_much", "more", "release", "late", "never"] as const;

function targetOf(random: Random): Target {
  return random.pick<() => Target>([
    () => ({ price: random.between(0, prices.length - 1) }),
    () => ({ price: random.between(0, prices.length - 1) }),
    () => ({ price: random.pick([0, 3, 6]), quantity: 1, onTop: [] }),
    () => ({ quantity: random.between(1, 3) }),
    () => ({ onTop: onTopOf(random) }),
  ])();
}

function onTopOf(random: Random): readonly OnTop[] {
  return random.pick<readonly OnTop[]>([[], ["recurring"], ["recurring"], ["once"], ["recurring", "once"]]);
}

/** The first subscription of somebody: mostly plain, to one of the three prices that have no trial and no low amount. */
export function beginning(random: Random, onPage: number): Wish {
  return random.chance(0.6)
    ? subscribing(random, onPage)
    : { ...subscribing(random, onPage), price: random.between(0, 2) };
}

function subscribing(random: Random, onPage: number): Extract<Wish, { do: "subscribe" }> {
  const on = random.chance(onPage) ? "page" : "payment_method";
  const price = random.between(0, prices.length - 1);
  return {
    do: "subscribe",
    price,
    on,
    payer: payerOf(random),
    ...(random.chance(0.6) && { extras: extrasOf(random) }),
  };
}

function extrasOf(random: Random): Extras {
  return {
    ...(random.chance(0.4) && { coupon: random.between(0, 3) }),
    ...(random.chance(0.4) && { anchorDay: random.between(1, 31) }),
    ...(random.chance(0.3) && { quantity: random.between(1, 3) }),
    ...(random.chance(0.3) && { onTop: onTopOf(random) }),
    ...(random.chance(0.3) && { isQuoted: true }),
    ...(random.chance(0.2) && { trial: false }),
  };
}

/** Most pay in time; some when the page has been closed for minutes or days. */
function payerOf(random: Random): Payer {
  const isInTime = random.chance(0.75);
  const afterMs = isInTime
    ? random.pick([5 * secondMs, minuteMs, 5 * minuteMs, 25 * minuteMs])
    : random.pick([31 * minuteMs, 3 * hourMs, 3 * dayMs, 8 * dayMs]);
  return {
    action: random.chance(0.8) ? "pay" : random.pick(["decline", "cancel", "leave"] as const),
    afterMs: Math.round(afterMs * (0.7 + random.next() * 0.6)),
  };
}

const wishWeights: Readonly<Record<Wish["do"], number>> = {
  sign: 2,
  subscribe: 4,
  check_out: 1,
  pay: 2,
  follow_link: 1,
  pay_two_pages: 1,
  pay_old_page: 2,
  cancel_subscription: 3,
  withdraw_cancel: 1,
  cancel_payment_method: 1,
  change: 5,
  withdraw_change: 1,
  pause: 2,
  resume: 2,
  set_payment_method: 1,
  sign_again: 1,
  confirm: 1,
  set_auto_top_up: 1,
  use_messages: 4,
  read: 20,
  list_banks: 1,
  forge: 3,
};

/** Each key as often as its weight says. */
export function weighted<T extends string>(weights: Readonly<Record<T, number>>): readonly T[] {
  return (Object.keys(weights) as T[]).flatMap((key) => Array.from({ length: weights[key] }, () => key));
}

/** The limits of an agreement; generous ones carry all that is sold. */
export function limitsOf(random: Random, generous: boolean): Limits {
  return {
    maxAmountRials: generous ? 20_000_000 : random.pick([1_000_000, 5_000_000, 20_000_000]),
    maxDailyCount: generous ? 50 : random.pick([1, 2, 50]),
    maxMonthlyCount: generous ? 200 : random.pick([2, 10, 200]),
    days: generous ? 365 : random.pick([32, 60, 365]),
  };
}
