// Taking customers over: where the running period ends, and where the ones after it do.
import { describe, expect, it } from "vitest";
import { dateOf, dayOf, dateOfDay, type CalendarDate } from "../../server/billing/calendar.ts";
import { decideImport } from "../../server/billing/import.ts";
import type { ImportedRunning, ImportInput } from "../../server/billing/import-record.ts";
import { evolveAll } from "../../server/billing/evolve.ts";
import { rials } from "../../server/billing/money.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import { periodOf } from "../../server/billing/schedule.ts";
import { all, type Offer, type Slice } from "../../server/billing/state.ts";
import { tehranDayOf } from "../../server/billing/tehran.ts";
import { aSlice, anOffer, customerId, newCustomer, now, seededIds } from "../support/billing-builders.ts";

const ids = seededIds();
const dateIn = (text: string, calendar: "jalali" | "gregorian") => {
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  return dateOfDay(dayOf({ year, month, day }, calendar));
};

function aRunning(offer: Offer, over: Partial<ImportedRunning> = {}): ImportedRunning {
  return {
    externalId: "sub-1",
    subscriptionId: ids.next("sub"),
    priceId: offer.price.id,
    quantity: 1,
    paymentMethod: null,
    periodStartsOn: "2026-11-06",
    periodEndsOn: "2026-12-06",
    anchorDay: null,
    messagesLeft: null,
    cancelAtPeriodEnd: false,
    openInvoice: null,
    ...over,
  };
}

const inputOf = (...subscriptions: readonly ImportedRunning[]): ImportInput => ({
  customer: newCustomer,
  buyer: null,
  methods: [],
  subscriptions,
  reason: "From the system before",
});

const sliceOf = (offer: Offer): Slice => aSlice({ customer: null, paymentMethods: [], offers: [offer] });

function takenOver(offer: Offer, running: ImportedRunning) {
  const slice = sliceOf(offer);
  const events = decideImport(slice, inputOf(running), now);
  if (isRejection(events)) throw new Error(JSON.stringify(events));
  const state = evolveAll(slice.state, events, { customerId, at: now.wall });
  const [subscription] = all(state.subscriptions);
  if (!subscription) throw new Error("Nothing was taken over");
  return { events, state, subscription };
}

const written = ({ year, month, day }: CalendarDate) => `${year}-${month}-${day}`;

describe("after the running period", () => {
  it.each([
    ["jalali", "month", "1405-08-15", "1405-09-15", null, ["1405-10-15", "1405-11-15", "1405-12-15"]],
    ["jalali", "month", "1405-08-30", "1405-09-30", 31, ["1405-10-30", "1405-11-30", "1405-12-29", "1406-1-31"]],
    ["jalali", "month", "1405-08-30", "1405-09-30", null, ["1405-10-30", "1405-11-30", "1405-12-29", "1406-1-30"]],
    ["jalali", "year", "1405-01-31", "1406-01-31", null, ["1407-1-31", "1408-1-31"]],
    ["gregorian", "month", "2026-10-31", "2026-11-30", 31, ["2026-12-31", "2027-1-31", "2027-2-28", "2027-3-31"]],
    // A system of periods of thirty days: they end where they end, and are months from there on.
    ["jalali", "month", "1405-08-20", "1405-09-19", null, ["1405-10-19", "1405-11-19"]],
  ] as const)("of %s, by the %s, %s to %s, anchored on %s, periods end on the anchor", (...row) => {
    const [calendar, interval, from, to, anchorDay, ends] = row;
    const offer = anOffer({ price: { calendar, interval } });
    const span = { periodStartsOn: dateIn(from, calendar), periodEndsOn: dateIn(to, calendar) };
    const { subscription } = takenOver(offer, aRunning(offer, { ...span, anchorDay }));
    expect(dateOfDay(tehranDayOf(subscription.periodEndsAt))).toBe(span.periodEndsOn);
    const found = ends.map((_, index) => {
      const period = periodOf(subscription, offer, subscription.periodIndex + 1 + index);
      return written(dateOf(tehranDayOf(period.endsAt), calendar));
    });
    expect(found).toEqual(ends);
    expect(periodOf(subscription, offer, 1).startsAt).toBe(subscription.periodEndsAt);
  });
});

describe("what was paid", () => {
  it("brings no invoice and no money: only the period, and the messages that are left of it", () => {
    const offer = anOffer();
    const { events, state } = takenOver(offer, aRunning(offer, { messagesLeft: 12 }));
    expect(events.map(({ type }) => type)).toEqual([
      "customer.created",
      "subscription.created",
      "subscription.activated",
      "quota.granted",
    ]);
    expect(all(state.quotas).map(({ granted }) => granted)).toEqual([12]);
  });
});

const openInvoice = {
  invoiceId: ids.next("inv"),
  number: "118",
  dueOn: "2026-11-06",
  lines: [{ description: "", netRials: rials(100_000), vatRateBasisPoints: 1_000, vatRials: rials(10_000) }],
};

describe("what is owed", () => {
  it("is an invoice of a series of its own, debited in the next window; messages as the price says", () => {
    const offer = anOffer();
    const { events, subscription, state } = takenOver(offer, aRunning(offer, { openInvoice }));
    const opened = events.find((event) => event.type === "invoice.finalized");
    expect(opened?.data).toMatchObject({ series: "I-1405", totalRials: 110_000, reason: "subscription_cycle" });
    expect(Date.parse(opened?.data.nextAttemptAt ?? "")).toBeGreaterThanOrEqual(now.billing);
    expect([subscription.status, all(state.quotas).length]).toEqual(["past_due", 1]);
  });

  it("brings no messages before it is paid where the price narrows, or grants by payment", () => {
    for (const change of [{ price: { graceAccess: "narrow" } }, { product: { grantOn: "payment" } }] as const) {
      const offer = anOffer(change);
      expect(all(takenOver(offer, aRunning(offer, { openInvoice })).state.quotas)).toEqual([]);
    }
  });
});

describe("a record is refused", () => {
  const offer = anOffer();
  const refusalOf = (...subscriptions: readonly ImportedRunning[]) => {
    const events = decideImport(sliceOf(offer), inputOf(...subscriptions), now);
    return "errors" in events ? events.errors.map(({ pointer, code }) => `${pointer} ${code}`) : [];
  };

  it("with everything that is wrong with it", () => {
    const bad = aRunning(offer, { periodStartsOn: "2026-11-23", periodEndsOn: "2026-11-22", paymentMethod: "pm-9" });
    expect(refusalOf(bad)).toEqual([
      "/subscriptions/0/periodStartsOn out_of_range",
      "/subscriptions/0/periodEndsOn out_of_range",
      "/subscriptions/0/periodEndsOn out_of_range",
      "/subscriptions/0/paymentMethodId not_found",
    ]);
  });

  it("when two of its subscriptions are to one product", () => {
    expect(refusalOf(aRunning(offer), aRunning(offer))).toEqual(["/subscriptions/1/priceId subscription_exists"]);
  });

  it("of a one-time price, and of an add-on", () => {
    for (const change of [{ price: { interval: null } }, { product: { addOn: true } }]) {
      const other = anOffer(change);
      const events = decideImport(sliceOf(other), inputOf(aRunning(other)), now);
      expect("errors" in events && events.errors[0]?.pointer).toBe("/subscriptions/0/priceId");
    }
  });
});
