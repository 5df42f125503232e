// Random lives: ten wishes with days between them, decided and evolved by the real rules. Whatever the order, nobody has
// more than was paid for, nobody pays more than the dearest terms cost, and the books agree with the state.
import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { BillingEventData } from "../../contract/billing-event.ts";
import type { PriceId } from "../../contract/common/id.ts";
import type { InvoiceLine } from "../../contract/invoice.ts";
import type { Terms } from "../../contract/subscription.ts";
import type { Calendar } from "../../contract/common/time.ts";
import { decideCancelSubscription, decideWithdrawCancel } from "../../server/billing/cancel-subscription.ts";
import { decideChange, decideWithdrawChange } from "../../server/billing/change.ts";
import { billingOf, wallMs } from "../../server/billing/clock.ts";
import { leastPaymentRials } from "../../server/billing/credit.ts";
import { decideAdjustment, decideCreditNote } from "../../server/billing/credit-note.ts";
import { evolve } from "../../server/billing/evolve.ts";
import { decideComp, decideExtend } from "../../server/billing/gift.ts";
import type { Ids } from "../../server/billing/ids.ts";
import { ledgerEntriesOf } from "../../server/billing/ledger.ts";
import type { LedgerAccount } from "../../contract/finance.ts";
import { figures as every, figuresOfMovements } from "../../server/billing/figures.ts";
import { rials, signedRials, sumRials } from "../../server/billing/money.ts";
import { decidePause, decideResume } from "../../server/billing/pause.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { isRejection, type Rejection } from "../../server/billing/rejection.ts";
import { counts, monthlyByProduct } from "../../server/billing/mrr.ts";
import { all, type CustomerState, type Offer, type Slice } from "../../server/billing/state.ts";
import type { Now } from "../../server/billing/clock.ts";
import { decideSubscribe } from "../../server/billing/subscribe.ts";
import { startOfDayOf } from "../../server/billing/tehran.ts";
import { itemsOf, listedAmount, recurringItems, termsOf } from "../../server/billing/terms.ts";
import {
  aCoupon,
  anOffer,
  aSlice,
  aSubscribeInput,
  customerId,
  days,
  seededIds,
  wall,
} from "../support/billing-builders.ts";
import { figuresOf, partnerId, type Figures } from "../support/figures.ts";
import { Life } from "../support/life.ts";
import { runs } from "../support/runs.ts";

/** A price whose every 1,000 Rials bring one message, so that messages can be counted as money. */
function fair(n: number, interval: "month" | "year", messages: number, calendar: Calendar, addOn = false): Offer {
  const [priceId, productId] = [`price_${n}`, `prod_${n}`] as const;
  return anOffer({
    price: {
      id: priceId,
      productId,
      amountRials: rials(messages * 1_000),
      interval,
      calendar,
      cancelCredit: "prorated",
    },
    product: { id: productId, name: productId, messageQuota: messages, grantOn: "payment", addOn },
  });
}

const catalogue = (calendar: Calendar): readonly Offer[] => [
  fair(1, "month", 600, calendar),
  fair(2, "month", 2_000, calendar),
  fair(3, "year", 24_000, calendar),
  fair(4, "month", 12, calendar, true),
  fair(5, "month", 250, calendar, true),
  { ...fair(6, "month", 0, calendar, true), price: { ...fair(6, "month", 150, calendar, true).price, interval: null } },
];

type Wish =
  | { readonly kind: "change"; readonly priceId: PriceId; readonly quantity: number; readonly addOns: Terms["addOns"] }
  | { readonly kind: "withdraw change" | "resume" | "withdraw cancel" | "subscribe" }
  | { readonly kind: "pause"; readonly when: "now" | "period_end"; readonly forDays: number | null }
  | { readonly kind: "cancel"; readonly when: "now" | "period_end" }
  | { readonly kind: "extend" | "comp" | "adjust" | "note" | "use"; readonly amount: number }
  | { readonly kind: "bank"; readonly pays: boolean };

interface Step {
  readonly afterDays: number;
  readonly wish: Wish;
}

type AddOns = Terms["addOns"];
const onTop: AddOns = [
  { priceId: "price_4", quantity: 1 },
  { priceId: "price_5", quantity: 2 },
  { priceId: "price_6", quantity: 1 },
];
const addOns: fc.Arbitrary<AddOns> = fc.subarray(onTop, { maxLength: 2 });
const change = fc.record({
  kind: fc.constant("change" as const),
  priceId: fc.constantFrom<PriceId>("price_1", "price_2", "price_3"),
  quantity: fc.integer({ min: 1, max: 3 }),
  addOns,
});
const when = fc.constantFrom<"now" | "period_end">("now", "period_end");
const own: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 6, arbitrary: change },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("use" as const), amount: fc.integer({ min: 1, max: 3_000 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("pause" as const),
      when,
      forDays: fc.option(fc.integer({ min: 1, max: 90 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("cancel" as const), when }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom("withdraw change" as const, "resume", "withdraw cancel", "subscribe"),
    }),
  },
);
const given: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 6, arbitrary: own },
  fc.record({
    kind: fc.constantFrom("extend" as const, "comp", "adjust", "note"),
    amount: fc.integer({ min: 1, max: 40_000 }),
  }),
  fc.record({ kind: fc.constant("bank" as const), pays: fc.boolean() }),
);
const stepsOf = (wish: fc.Arbitrary<Wish>) =>
  fc.array(fc.record({ afterDays: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 45 })), wish }), {
    minLength: 10,
    maxLength: 10,
  });
interface Start {
  readonly calendar: Calendar;
  readonly onDay: number;
  readonly anchorDay: number | null;
  readonly coupon: boolean;
}
const start = (coupon: fc.Arbitrary<boolean>): fc.Arbitrary<Start> =>
  fc.record({
    calendar: fc.constantFrom<Calendar>("jalali", "gregorian"),
    onDay: fc.nat(400),
    anchorDay: fc.option(fc.integer({ min: 1, max: 31 })),
    coupon,
  });

const halfForTwoPeriods = aCoupon({ percentBasisPoints: 5_000, duration: "periods", durationPeriods: 2 });

type Decide = (slice: Slice, now: Now, ids: Ids) => readonly NewEvent[] | Rejection;

/** What a wish asks of the rules; null when it is none of the rules' business. */
function decisionOf(wish: Wish, life: Life, { anchorDay, coupon }: Start): Decide | null {
  const subscriptionId = life.newestId;
  const reason = "asked for";
  switch (wish.kind) {
    case "subscribe":
      return (slice, now, ids) => {
        const fresh = { subscriptionId: ids.next("sub"), invoiceId: ids.next("inv"), paymentId: ids.next("pay") };
        const wanted = { priceId: "price_1", quantity: 1, addOns: [] } as const;
        const redeemed = coupon ? halfForTwoPeriods : null;
        const input = aSubscribeInput({ ...fresh, wanted: { ...wanted, addOns: [] }, anchorDay, coupon: redeemed });
        return decideSubscribe(slice, { ...input, pricedAt: now.billing }, now);
      };
    case "change": {
      const { priceId, quantity } = wish;
      const isYear = priceId === "price_3";
      const wanted = { priceId, quantity, addOns: isYear ? [] : wish.addOns };
      return (slice, now, ids) => {
        const fresh = { invoiceId: ids.next("inv"), paymentId: ids.next("pay") };
        return decideChange(slice, { subscriptionId, wanted, ...fresh, pricedAt: now.billing }, now);
      };
    }
    case "withdraw change":
      return (slice) => decideWithdrawChange(slice, subscriptionId);
    case "pause":
      return (slice, now) => {
        const { periodEndsAt } = life.subscription;
        const begins = wish.when === "now" ? now.billing : periodEndsAt;
        const resumesAt = wish.forDays === null ? null : startOfDayOf((begins + days(wish.forDays)) as typeof begins);
        return decidePause(slice, { subscriptionId, when: wish.when, resumesAt }, now);
      };
    case "resume":
      return (slice, now, ids) => decideResume(slice, subscriptionId, now, ids);
    case "cancel":
      return (slice, now, ids) =>
        decideCancelSubscription(slice, { subscriptionId, when: wish.when, feedback: null }, now, ids);
    case "withdraw cancel":
      return (slice) => decideWithdrawCancel(slice, subscriptionId);
    case "extend":
      return (slice) => decideExtend(slice, { subscriptionId, days: 1 + (wish.amount % 20), reason });
    case "comp":
      return (slice) => decideComp(slice, { subscriptionId, periods: 1 + (wish.amount % 2), reason });
    case "adjust":
      return (slice, now) => decideAdjustment(slice, { amountRials: signedRials(wish.amount - 10_000), reason }, now);
    case "note": {
      const invoice = life.invoices.findLast((it) => it.status === "paid");
      if (!invoice) return null;
      const amountRials = rials(wish.amount);
      return (slice, now, ids) => {
        const note = { creditNoteId: ids.next("cn"), invoiceId: invoice.id, reason: "goodwill", amountRials } as const;
        return decideCreditNote(slice, { ...note, note: reason }, now);
      };
    }
    case "use":
      life.use(wish.amount);
      return null;
    case "bank":
      life.pays = wish.pays;
      return null;
    default:
      return wish satisfies never;
  }
}

/** A life, its wishes one after the other, and then as long as it takes for all of it to be over. */
function live(
  from: Start,
  steps: readonly Step[],
  check: (life: Life) => void = () => {},
  eachDay: (life: Life) => void = () => {},
): Life {
  const life = new Life(aSlice({ offers: catalogue(from.calendar) }), wallMs(wall + days(from.onDay)));
  const all = [{ afterDays: 0, wish: { kind: "subscribe" } as const }, ...steps];
  for (const { afterDays, wish } of all) {
    for (let day = 0; day < afterDays; day++) {
      eachDay(life);
      life.pass(1);
    }
    if (wish.kind !== "subscribe" || !isRunningAt(life)) {
      const decide = decisionOf(wish, life, from);
      if (decide) life.wish(decide);
    }
    check(life);
  }
  return life;
}

function isRunningAt(life: Life): boolean {
  return Object.values(life.slice.state.subscriptions).some((it) => it?.endedAt === null);
}

const balanceOf = (life: Life, account: LedgerAccount) =>
  life.log
    .flatMap(({ event }) => ledgerEntriesOf(event))
    .filter((entry) => entry.account === account)
    .reduce((sum, entry) => sum + entry.amountRials, 0);

const isForTime = ({ startsAt, endsAt }: InvoiceLine) =>
  startOfDayOf(billingOf(startsAt)) < startOfDayOf(billingOf(endsAt));

/** What each period of each subscription was charged for its time, before any discount, and the terms it was on. */
function chargesOf(life: Life): Map<string, { charged: number; dearest: number; charges: number }> {
  const periods = new Map<string, { charged: number; dearest: number; charges: number }>();
  const terms = new Map<string, Terms>();
  const indexes = new Map<string, number>();
  const periodOf = (subscriptionId: string, index: number) => {
    const key = `${subscriptionId} ${index}`;
    const period = periods.get(key) ?? { charged: 0, dearest: 0, charges: 0 };
    periods.set(key, period);
    return period;
  };
  const heldOn = (subscriptionId: string, index: number) => {
    const period = periodOf(subscriptionId, index);
    const held = terms.get(subscriptionId);
    if (!held) throw new Error("No terms");
    const listed = listedAmount(recurringItems(itemsOf(life.slice, held)));
    period.dearest = Math.max(period.dearest, listed);
  };
  const closed = new Set(life.invoices.filter((it) => it.status === "void").map((it) => it.id));
  for (const { event } of life.log) {
    switch (event.type) {
      case "subscription.created":
        terms.set(event.data.subscriptionId, event.data);
        indexes.set(event.data.subscriptionId, event.data.periodIndex);
        heldOn(event.data.subscriptionId, event.data.periodIndex);
        break;
      case "subscription.changed":
        terms.set(event.data.subscriptionId, event.data.terms);
        heldOn(event.data.subscriptionId, indexes.get(event.data.subscriptionId) ?? 0);
        break;
      case "subscription.renewed":
        indexes.set(event.data.subscriptionId, event.data.periodIndex);
        heldOn(event.data.subscriptionId, event.data.periodIndex);
        break;
      case "invoice.finalized": {
        const { subscriptionId, periodIndex, invoiceId, lines } = event.data;
        if (subscriptionId === null || periodIndex === null || closed.has(invoiceId)) break;
        const period = periodOf(subscriptionId, periodIndex);
        period.charges++;
        for (const line of lines.filter(isForTime)) period.charged += line.netRials + line.discountRials;
        break;
      }
      default:
    }
  }
  return periods;
}

/** What the subscriptions that run come to in a month, and whether that is anything. */
function recurringOf({ slice }: Life) {
  const prices = new Map(Object.values(slice.offers).flatMap((it) => (it ? [[it.price.id, it.price] as const] : [])));
  const running = all(slice.state.subscriptions).filter(({ status }) => counts(status));
  const amountRials = running.reduce(
    (sum, it) => sum + sumRials(monthlyByProduct(termsOf(it), prices, 1_000).values()),
    0,
  );
  return { count: amountRials > 0 ? 1 : 0, amountRials };
}

function sumOf<K extends string>(rows: readonly { readonly [key in K]: number }[], key: K) {
  return { count: rows.length, amountRials: rows.reduce((sum, row) => sum + row[key], 0) };
}

const figuresOfMoney = every.filter((figure) => !figuresOfMovements.some((moved) => moved === figure));

/** What recurs and what was counted, of all products together and of each: they add up, whatever it is. */
function addUp(figures: Figures, { slice }: Life): void {
  const products = new Set(Object.values(slice.offers).flatMap((offer) => (offer ? [offer.product.id] : [])));
  const each = [...products].map((productId) => figures.ofOne({ productId }));
  const sum = (sums: readonly { readonly amountRials: number }[]) => sums.reduce((all, of) => all + of.amountRials, 0);
  expect(sum(each.map(({ recurring }) => recurring))).toBe(figures.recurring.amountRials);
  for (const figure of figuresOfMoney) {
    expect([figure, sum(each.map((own) => own.of(figure)))]).toEqual([figure, figures.of(figure).amountRials]);
  }
  for (const figure of every) expect(figures.ofOne({ partnerId }).of(figure)).toEqual(figures.of(figure));
}

const most = { numRuns: runs(120) };
const slowly = { timeout: 120_000 };

describe("ten wishes in a row, whatever they are", () => {
  it("never charge a period more than its dearest terms cost for the whole of it", slowly, () => {
    fc.assert(
      fc.property(start(fc.boolean()), stepsOf(given), (from, steps) => {
        for (const [key, { charged, dearest }] of chargesOf(live(from, steps))) {
          expect(charged, key).toBeLessThanOrEqual(dearest);
        }
      }),
      most,
    );
  });

  it("never ask for less than the gateway takes, nor give back more of an invoice than it was", slowly, () => {
    fc.assert(
      fc.property(start(fc.boolean()), stepsOf(given), (from, steps) => {
        const life = live(from, steps);
        for (const { data } of life.told("payment.created")) {
          expect(data.amountRials).toBeGreaterThanOrEqual(leastPaymentRials);
        }
        for (const invoice of life.invoices) {
          expect(invoice.returnedRials).toBeLessThanOrEqual(invoice.totalRials);
          const returnedVat = invoice.returnedRials - invoice.returnedNetRials;
          expect(returnedVat).toBeLessThanOrEqual(invoice.vatRials);
        }
      }),
      most,
    );
  });

  it(
    "leave figures that count what is there: what recurs, what came, what was at risk, wherever pages end",
    slowly,
    () => {
      fc.assert(
        fc.property(start(fc.boolean()), stepsOf(given), fc.integer({ min: 1, max: 9 }), (from, steps, pageSize) => {
          const life = live(from, steps);
          const figures = figuresOf(life, pageSize);
          expect(figures.recurring).toEqual(recurringOf(life));
          addUp(figures, life);
          const here = ["succeeded", "surplus", "refunded", "reversed"];
          const paid = all(life.slice.state.payments).filter(
            ({ refId, status }) => refId !== null && here.includes(status),
          );
          expect(figures.of("collected")).toEqual(sumOf(paid, "amountRials"));
          const failed = life.invoices.filter(({ attemptCount }) => attemptCount > 0);
          expect(figures.of("at_risk")).toEqual(sumOf(failed, "totalRials"));
          const [recovered, givenUp] = [["paid"], ["void", "uncollectible"]].map((ends) =>
            sumOf(
              failed.filter(({ status }) => ends.includes(status)),
              "totalRials",
            ),
          );
          expect([figures.of("recovered"), figures.of("given_up")]).toEqual([recovered, givenUp]);
        }),
        most,
      );
    },
  );

  it(
    "leave periods that tile: each begins where the last one ended, or on the day it was cut or resumed",
    slowly,
    () => {
      fc.assert(
        fc.property(start(fc.boolean()), stepsOf(given), (from, steps) => {
          tiles(live(from, steps));
        }),
        most,
      );
    },
  );

  it("keep the books: each event sums to zero, and the customer's credit is the fold of its entries", slowly, () => {
    fc.assert(
      fc.property(start(fc.boolean()), stepsOf(given), (from, steps) => {
        const life = live(from, steps, (so) => {
          expect(so.credit + balanceOf(so, "customer_credit")).toBe(0);
          expect(so.credit).toBeGreaterThan(-2 * leastPaymentRials);
        });
        for (const { event } of life.log) {
          expect(ledgerEntriesOf(event).reduce((sum, entry) => sum + entry.amountRials, 0)).toBe(0);
        }
        const paid = life.told("payment.succeeded");
        for (const invoice of life.invoices.filter(({ status }) => status === "paid")) {
          const taken = paid.filter(({ data }) => data.invoiceId === invoice.id);
          const sum = taken.reduce((before, { data }) => before + data.amountRials, 0);
          expect(sum + invoice.creditAppliedRials).toBe(invoice.totalRials);
        }
      }),
      most,
    );
  });

  it("leave nothing deferred and nothing owed when all is over", slowly, () => {
    fc.assert(
      fc.property(start(fc.boolean()), stepsOf(given), (from, steps) => {
        const life = live(from, steps);
        life.wish((slice, now, ids) => {
          const { id: subscriptionId } = life.subscription;
          return decideCancelSubscription(slice, { subscriptionId, when: "now", feedback: null }, now, ids);
        });
        life.pass(800);
        expect(balanceOf(life, "deferred_revenue")).toBe(0);
        expect(balanceOf(life, "receivable")).toBe(0);
      }),
      most,
    );
  });

  it(
    "come to the same state when the log is replayed, and to the same events when a decision is made again",
    slowly,
    () => {
      fc.assert(
        fc.property(start(fc.boolean()), stepsOf(given), (from, steps) => {
          const life = live(from, steps, (so) => {
            for (const { wish } of steps) {
              if (wish.kind === "use" || wish.kind === "bank") continue;
              const decide = decisionOf(wish, so, from);
              if (!decide) continue;
              const twice = [1, 2].map(() => decide(so.slice, so.now, seededIds(700_000)));
              expect(twice[0]).toEqual(twice[1]);
              if (twice[0] && isRejection(twice[0])) expect(twice[0].detail).not.toContain("undefined");
            }
          });
          const replayed = life.log.reduce<CustomerState>(
            (state, { event, at }) => evolve(state, event, { customerId, at }),
            aSlice({ offers: catalogue(from.calendar) }).state,
          );
          expect(replayed).toEqual(life.slice.state);
        }),
        { numRuns: runs(40) },
      );
    },
  );
});

/** Walks the periods of each subscription. */
function tiles(life: Life): void {
  type Span = Pick<BillingEventData<"subscription.renewed">, "periodIndex" | "startsAt" | "endsAt">;
  const spans = new Map<string, Span>();
  const rested = new Set<string>();
  for (const { event, billing } of life.log) {
    switch (event.type) {
      case "subscription.created":
        spans.set(event.data.subscriptionId, event.data);
        break;
      case "subscription.paused":
        rested.add(event.data.subscriptionId);
        break;
      case "subscription.rescheduled":
      case "subscription.renewed": {
        const { subscriptionId, periodIndex, startsAt, endsAt } = event.data;
        const before = spans.get(subscriptionId);
        if (!before) throw new Error("A period before the first");
        expect(billingOf(startsAt)).toBe(startOfDayOf(billingOf(startsAt)));
        expect(billingOf(endsAt)).toBe(startOfDayOf(billingOf(endsAt)));
        expect(billingOf(endsAt)).toBeGreaterThan(billingOf(startsAt));
        const isSame = periodIndex === before.periodIndex;
        const isCut = event.type === "subscription.rescheduled" && event.data.reason === "changed";
        if (isSame) expect(startsAt).toBe(before.startsAt);
        else if (startsAt !== before.endsAt) {
          expect(isCut || rested.has(subscriptionId), `${event.type} ${before.endsAt} ${startsAt}`).toBe(true);
          expect(billingOf(startsAt)).toBe(startOfDayOf(billing));
          if (!isCut) expect(billingOf(startsAt)).toBeGreaterThanOrEqual(billingOf(before.startsAt));
        }
        if (!isSame) rested.delete(subscriptionId);
        spans.set(subscriptionId, event.data);
        break;
      }
      default:
    }
  }
}

/** What was paid for time and not given back, without VAT. */
function keptOf(life: Life): { kept: number; invoices: number } {
  const paid = life.invoices.filter(({ status }) => status === "paid");
  const kept = paid.reduce((sum, invoice) => {
    const forTime = invoice.lines.filter(isForTime).reduce((net, line) => net + line.netRials, 0);
    return sum + forTime - invoice.returnedNetRials;
  }, 0);
  return { kept, invoices: paid.length };
}

/** What a day of the longest month or year costs on the terms that somebody has on it; nothing for who has none. */
function dayOf(life: Life): number {
  if (!isRunningAt(life) || life.subscription.status !== "active") return 0;
  const [main, ...others] = itemsOf(life.slice, termsOf(life.subscription));
  return listedAmount(recurringItems([main, ...others])) / (main.offer.price.interval === "year" ? 366 : 31);
}

describe("somebody who plays with all of it", () => {
  it("never uses more messages than were paid for: of 1,000 Rials each, and none for nothing", slowly, () => {
    fc.assert(
      fc.property(start(fc.constant(false)), stepsOf(own), (from, steps) => {
        const life = live(from, steps);
        life.use(1_000_000);
        const { kept, invoices } = keptOf(life);
        // A Rial may be rounded with each invoice, and another with what was given back of it.
        expect(life.usedInAll * 1_000).toBeLessThanOrEqual(kept + 2 * invoices);
      }),
      { numRuns: runs(300) },
    );
  });

  it(
    "never has a day of dearer terms than were paid for: up, down, resting and back, in whatever order",
    slowly,
    () => {
      fc.assert(
        fc.property(start(fc.constant(false)), stepsOf(own), (from, steps) => {
          let had = 0;
          const life = live(from, steps, undefined, (so) => (had += dayOf(so)));
          life.pass(2);
          const { kept, invoices } = keptOf(life);
          expect(had).toBeLessThanOrEqual(kept + 2 * invoices + 1);
        }),
        { numRuns: runs(300) },
      );
    },
  );
});
