// Taking customers over: where the running period ends, and where the ones after it do.
import { describe, expect, it } from "vitest";
import { dateOf, dayOf, dateOfDay, type CalendarDate } from "../../server/billing/calendar.ts";
import { after, billingOf, wallOf, type Now } from "../../server/billing/clock.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { decideImport, isImportRejection } from "../../server/billing/import.ts";
import type { ImportedMethod, ImportedRunning, ImportInput } from "../../server/billing/import-record.ts";
import { evolveAll } from "../../server/billing/evolve.ts";
import { rials } from "../../server/billing/money.ts";
import { isRejection, reject } from "../../server/billing/rejection.ts";
import { periodOf } from "../../server/billing/schedule.ts";
import { all, type Offer, type Slice, type Subscription } from "../../server/billing/state.ts";
import { tehranDayOf } from "../../server/billing/tehran.ts";
import {
  aSlice,
  aSubscription,
  anOffer,
  customerId,
  newCustomer,
  now,
  seededIds,
  wall,
} from "../support/billing-builders.ts";

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
  const events = decided(inputOf(running), slice);
  const state = evolveAll(slice.state, events, { customerId, at: now.wall });
  const [subscription] = all(state.subscriptions);
  if (!subscription) throw new Error("Nothing was taken over");
  return { events, state, subscription };
}

function aMethod(over: Partial<ImportedMethod> = {}): ImportedMethod {
  return {
    externalId: "pm-1",
    paymentMethodId: "pm_1",
    personId: "per_1",
    signatureId: "sec_1",
    maxAmountRials: rials(5_000_000),
    maxDailyCount: 2,
    maxMonthlyCount: 10,
    activatedAt: wallOf("2026-01-22T08:00:00.000Z"),
    expiresAt: wallOf("2027-11-22T08:00:00.000Z"),
    ...over,
  };
}

const another = aMethod({ externalId: "pm-0", paymentMethodId: "pm_0" });

function decided(input: ImportInput, slice: Slice): readonly NewEvent[] {
  const events = decideImport(slice, input, now);
  if (isRejection(events)) throw new Error(JSON.stringify(events));
  return events;
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

describe("what a record brings with it", () => {
  const offer = anOffer();
  const running = aRunning(offer, { paymentMethod: "pm-1", cancelAtPeriodEnd: true, openInvoice });
  const buyer = { id: "per_9", kind: "legal" } as const;
  const brought = () => decided({ ...inputOf(running), buyer, methods: [another, aMethod()] }, sliceOf(offer));
  const because = { imported: "sub-1", reason: "From the system before" };
  const ofType = (type: NewEvent["type"]) => brought().find((event) => event.type === type);

  it("is the buyer, to whom what is owed is made out", () => {
    expect(ofType("customer.buyer_changed")?.data).toEqual({ buyerId: "per_9", kind: "legal" });
    expect(ofType("invoice.finalized")?.data).toMatchObject({ buyerId: "per_9" });
  });

  it("is each agreement as it was signed, with where it comes from beside it", () => {
    const evidence = { imported: "pm-1", reason: "From the system before" };
    const [created, activated] = brought().filter(
      ({ data }) => "paymentMethodId" in data && data.paymentMethodId === "pm_1",
    );
    expect(created).toEqual({
      type: "payment_method.created",
      version: 1,
      data: {
        paymentMethodId: "pm_1",
        personId: "per_1",
        maxAmountRials: 5_000_000,
        maxDailyCount: 2,
        maxMonthlyCount: 10,
        expiresAt: "2027-11-22T08:00:00.000Z",
        signBefore: "2026-11-22T08:00:00.000Z",
        replacesId: null,
      },
      evidence,
    });
    expect(activated).toEqual({
      type: "payment_method.activated",
      version: 1,
      data: { paymentMethodId: "pm_1", signatureId: "sec_1", activatedAt: "2026-01-22T08:00:00.000Z" },
      evidence,
    });
  });

  it("is the subscription, debited from the agreement that it names, and ending when it was to end", () => {
    expect(ofType("subscription.created")).toMatchObject({ data: { paymentMethodId: "pm_1" }, evidence: because });
    expect(ofType("subscription.cancel_scheduled")).toEqual({
      type: "subscription.cancel_scheduled",
      version: 1,
      data: { subscriptionId: running.subscriptionId, reason: "requested", feedback: null },
      evidence: because,
    });
    expect(ofType("quota.granted")?.data).toMatchObject({
      subscriptionId: running.subscriptionId,
      productId: offer.product.id,
    });
    const without = decided(inputOf(aRunning(offer)), sliceOf(offer));
    expect(without.find(({ type }) => type === "subscription.created")?.data).toMatchObject({ paymentMethodId: null });
  });

  it("is on each line of what is owed said as it stood there, with its VAT", () => {
    const exempt = { description: "Files", netRials: rials(50_000), vatRateBasisPoints: 0, vatRials: rials(0) };
    const lines = [...openInvoice.lines, exempt];
    const owing = decided(inputOf(aRunning(offer, { openInvoice: { ...openInvoice, lines } })), sliceOf(offer));
    const opened = owing.find((event) => event.type === "invoice.finalized");
    expect(opened?.data.lines.map(({ explain }) => explain)).toEqual([
      "Invoice 118 of the existing system; VAT 10%, 10,000 IRR.",
      "Invoice 118 of the existing system, Files; exempt from VAT.",
    ]);
  });
});

describe("a record is refused", () => {
  const offer = anOffer();
  const midnight = billingOf("2026-11-21T20:30:00.000Z");
  const refused = (input: ImportInput, slice = sliceOf(offer), at: Now = now) => {
    const rejection = decideImport(slice, input, at);
    if (!isRejection(rejection)) return [];
    if (!isImportRejection(rejection)) throw new Error("It does not say what is wrong");
    return rejection.errors.map(({ pointer, code, detail }) => `${pointer} ${code}: ${detail}`);
  };
  const running = (over: Partial<ImportedRunning>) => inputOf(aRunning(offer, over));

  it("with everything that is wrong with it", () => {
    const bad = running({ periodStartsOn: "2026-11-23", periodEndsOn: "2026-11-22", paymentMethod: "pm-9" });
    expect(refused({ ...bad, methods: [aMethod()] })).toEqual([
      "/subscriptions/0/periodStartsOn out_of_range: It has not begun.",
      "/subscriptions/0/periodEndsOn out_of_range: It is over: renew it there, or export again.",
      "/subscriptions/0/periodEndsOn out_of_range: Must be 1 to 62 days after periodStartsOn.",
      "/subscriptions/0/paymentMethodId not_found: The record has no such payment method.",
    ]);
    expect(decideImport(sliceOf(offer), bad, now)).toMatchObject({
      rejected: "validation_failed",
      detail: "4 things are wrong with this record.",
    });
    expect(isImportRejection(reject("validation_failed", "Something"))).toBe(false);
  });

  it.each<[string, Partial<ImportedMethod>, readonly string[]]>([
    ["an agreement that has ended", { expiresAt: wall }, ["/1/expiresAt out_of_range: The agreement has ended."]],
    [
      "one that is not signed yet",
      { activatedAt: after(wall, 1) },
      ["/1/activatedAt out_of_range: It is not signed yet."],
    ],
    ["one twice", { externalId: "pm-0" }, ["/1/id repeated: pm-0 stands there twice."]],
    ["nothing wrong", { expiresAt: after(wall, 1), activatedAt: wall }, []],
  ])("with %s", (_what, over, errors) => {
    const methods = [another, aMethod(over)];
    expect(refused({ ...inputOf(), methods })).toEqual(errors.map((error) => `/paymentMethods${error}`));
  });

  it.each<[string, Partial<ImportedRunning>, readonly string[]]>([
    ["no price that we know", { priceId: null }, ["priceId not_found: There is no such price."]],
    ["a price that was not found", { priceId: "price_9" }, ["priceId not_found: There is no such price."]],
    ["62 days", { periodStartsOn: "2026-10-05", periodEndsOn: "2026-12-06" }, []],
    [
      "63 days",
      { periodStartsOn: "2026-10-04", periodEndsOn: "2026-12-06" },
      ["periodEndsOn out_of_range: Must be 1 to 62 days after periodStartsOn."],
    ],
    ["another day than its anchor", { anchorDay: 3 }, ["anchorDay not_valid: The period ends on day 15 of its month."]],
    ["what is owed by its last day", { openInvoice: { ...openInvoice, dueOn: "2026-12-06" } }, []],
    [
      "what is owed after it",
      { openInvoice: { ...openInvoice, dueOn: "2026-12-07" } },
      ["openInvoice/dueOn out_of_range: Must not be after the period."],
    ],
    ["the agreement it names", { paymentMethod: "pm-1" }, []],
  ])("or not: a period with %s", (_what, over, errors) => {
    const methods = [another, aMethod()];
    expect(refused({ ...running(over), methods })).toEqual(errors.map((error) => `/subscriptions/0/${error}`));
  });

  it("at the very moment at which the period ends, and not at that at which it begins", () => {
    const at = { ...now, billing: midnight };
    expect(refused(running({ periodStartsOn: "2026-11-22", periodEndsOn: "2026-12-22" }), sliceOf(offer), at)).toEqual(
      [],
    );
    expect(refused(running({ periodStartsOn: "2026-10-23", periodEndsOn: "2026-11-22" }), sliceOf(offer), at)).toEqual([
      "/subscriptions/0/periodEndsOn out_of_range: It is over: renew it there, or export again.",
    ]);
  });

  it("with a period of no day", () => {
    const [span] = refused(running({ periodStartsOn: "2026-12-06", periodEndsOn: "2026-12-06" })).slice(1);
    expect(span).toBe("/subscriptions/0/periodEndsOn out_of_range: Must be 1 to 62 days after periodStartsOn.");
  });

  it("with more than two years of one", () => {
    const yearly = anOffer({ price: { interval: "year", calendar: "gregorian" } });
    const over = { periodStartsOn: "2025-11-01", periodEndsOn: "2027-11-04" };
    expect(refused(inputOf(aRunning(yearly, over)), sliceOf(yearly))).toEqual([
      "/subscriptions/0/periodEndsOn out_of_range: Must be 1 to 732 days after periodStartsOn.",
    ]);
  });

  const taken = ["/subscriptions/1/priceId subscription_exists: A subscription to Pro runs already."];

  it("when two of its subscriptions are to one product", () => {
    expect(refused(inputOf(aRunning(offer), aRunning(offer)))).toEqual(taken);
    const unknown = aRunning(offer, { priceId: null });
    expect(refused(inputOf(unknown, aRunning(offer)))).toEqual([
      "/subscriptions/0/priceId not_found: There is no such price.",
    ]);
  });

  it("when a subscription to the product runs here, and only then", () => {
    const basic = anOffer({ price: { id: "price_2", productId: "prod_2" }, product: { id: "prod_2" } });
    const slice = (over: Partial<Subscription>) =>
      aSlice({ offers: [offer, basic], subscriptions: [aSubscription(over)] });
    const input = inputOf(aRunning(basic), aRunning(offer));
    expect(refused(input, slice({}))).toEqual(taken);
    expect(refused(input, slice({ status: "canceled" }))).toEqual([]);
    expect(refused(input, slice({ productId: "prod_3" }))).toEqual([]);
  });

  it("of a one-time price, and of an add-on", () => {
    for (const change of [{ price: { interval: null } }, { product: { addOn: true } }]) {
      const other = anOffer(change);
      expect(refused(inputOf(aRunning(other)), sliceOf(other))).toEqual([
        "/subscriptions/0/priceId not_valid: A running period has a recurring price of a product that is sold alone.",
      ]);
    }
  });
});
