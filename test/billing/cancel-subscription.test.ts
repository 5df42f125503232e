import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import {
  decideCancelSubscription,
  decideWithdrawCancel,
  type CancelInput,
} from "../../server/billing/cancel-subscription.ts";
import { decideCreditNote } from "../../server/billing/credit-note.ts";
import { decideExtend } from "../../server/billing/gift.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import type { Invoice, Offer, Subscription } from "../../server/billing/state.ts";
import {
  aCancelInput,
  aCustomer,
  afterEvents,
  aLine,
  anInvoice,
  anOffer,
  aPayment,
  aSlice,
  aSubscription,
  eventsOf,
  now,
  seededIds,
  typesOf,
} from "../support/billing-builders.ts";
import { changing, subscribedLife, type Life } from "../support/life.ts";
import { runs } from "../support/runs.ts";

const prorated = (price: Partial<Offer["price"]> = {}, product: Partial<Offer["product"]> = {}) =>
  anOffer({ price: { cancelCredit: "prorated", ...price }, product });
const cancel = (life: Life, over: Partial<CancelInput> = {}) =>
  life.wish((slice, at, ids) => decideCancelSubscription(slice, aCancelInput({ when: "now", ...over }), at, ids));

describe("canceling at once", () => {
  it("ends it today with its reason, takes the messages, and gives nothing back unless the price says so", () => {
    const life = subscribedLife().pass(10);
    cancel(life, { feedback: "too_expensive" });
    expect(life.subscription).toMatchObject({ status: "canceled", cancelFeedback: "too_expensive", endedAt: life.at });
    expect(life.use(1)).toBe(0);
    expect(life.credit).toBe(0);
    expect(life.told("revenue.recognized")).toMatchObject([{ data: { amountRials: 2_990_000 } }]);
    life.pass(100);
    expect(life.told("invoice.finalized")).toHaveLength(1);
  });

  it("gives the days that are left back as credit where the price says so: 20 of 30 of 3,289,000", () => {
    const life = subscribedLife([prorated()]).pass(10);
    cancel(life);
    expect(life.told("credit_note.issued")).toMatchObject([
      { data: { totalRials: 2_192_667, netRials: 1_993_334, vatRials: 199_333, reason: "cancellation" } },
    ]);
    expect(life.credit).toBe(2_192_667);
    life.pass(40);
    expect(life.told("revenue.recognized")).toMatchObject([{ data: { amountRials: 2_990_000 - 1_993_334 } }]);
  });

  it("gives no more back than the messages that are left: 1,900 of 2,000 used is a twentieth", () => {
    const life = subscribedLife([prorated()]);
    life.use(1_900);
    cancel(life);
    expect(life.credit).toBe(164_450);
  });

  it("gives back of what an upgrade cost as well, and nothing of what was paid once", () => {
    const setup = anOffer({
      price: { id: "price_3", productId: "prod_3", amountRials: rials(500_000), interval: null },
      product: { id: "prod_3", addOn: true },
    });
    const life = subscribedLife([prorated({ amountRials: rials(1_000_000) }), setup]).pass(15);
    changing(life, { quantity: 2, addOns: [{ priceId: setup.price.id, quantity: 1 }] });
    cancel(life);
    expect(life.told("credit_note.issued").map(({ data }) => data.netRials)).toEqual([500_000, 500_000]);
    expect(life.credit).toBe(1_100_000);
  });

  it("keeps what was paid once beside it, which is revenue now", () => {
    const extra = anOffer({
      price: { id: "price_3", productId: "prod_3", amountRials: rials(500_000), interval: null },
      product: { id: "prod_3", addOn: true },
    });
    const life = subscribedLife([prorated(), extra]).pass(15);
    const once = anInvoice({
      id: "inv_2",
      periodIndex: 0,
      status: "paid",
      lines: [aLine({ priceId: extra.price.id, endsAt: aLine().startsAt })],
    });
    const slice = {
      ...life.slice,
      state: { ...life.slice.state, invoices: { [once.id]: once, ...life.slice.state.invoices } },
    };
    const input = aCancelInput({ subscriptionId: life.newestId, when: "now" });
    const events = eventsOf(decideCancelSubscription(slice, input, life.now, seededIds()));
    const invoicesOf = (type: "credit_note.issued" | "revenue.recognized") =>
      events.flatMap((event) => (event.type === type ? [event.data.invoiceId] : []));
    expect(invoicesOf("credit_note.issued")).toEqual(life.invoices.map(({ id }) => id));
    expect(invoicesOf("revenue.recognized")).toEqual([once.id]);
  });

  it.each<[string, Partial<Subscription>, readonly Invoice[]]>([
    ["it rests", { status: "paused", pausedDaysLeft: 20 }, []],
    ["something else of it is owed", { status: "past_due" }, [anInvoice({ id: "inv_2" })]],
  ])("gives nothing back while %s", (_title, over, invoices) => {
    const slice = aSlice({
      offers: [prorated({}, { messageQuota: 0 })],
      subscriptions: [aSubscription(over)],
      invoices: [anInvoice({ status: "paid" }), ...invoices],
    });
    const events = eventsOf(decideCancelSubscription(slice, aCancelInput({ when: "now" }), now, seededIds()));
    expect(typesOf(events)).not.toContain("credit_note.issued");
  });

  it("gives back of a year that began with a change", () => {
    const month = prorated({ amountRials: rials(1_000_000) }, { messageQuota: 0 });
    const year = prorated({ id: "price_2", amountRials: rials(12_000_000), interval: "year" }, { messageQuota: 0 });
    const life = subscribedLife([month, year]);
    changing(life, { priceId: year.price.id });
    cancel(life);
    expect(life.told("credit_note.issued")).toMatchObject([{ data: { netRials: 11_000_000 } }]);
  });

  it("never gives back more than was paid, nor more than the days or the messages that are left", () => {
    fc.assert(
      fc.property(fc.nat(29), fc.nat(2_500), fc.integer({ min: 10_000, max: 9_000_000 }), (day, used, price) => {
        const life = subscribedLife([prorated({ amountRials: rials(price) })]).pass(day);
        const taken = life.use(used);
        cancel(life);
        const total = life.told("invoice.finalized")[0]?.data.totalRials ?? 0;
        const most = Math.min((total * (30 - day)) / 30, (total * (2_000 - taken)) / 2_000);
        expect(life.credit).toBeLessThanOrEqual(most + 0.5);
        expect(life.credit).toBeGreaterThanOrEqual(most - 0.5);
      }),
      { numRuns: runs(60) },
    );
  });

  it("gives back no more than is left after a courtesy, and no more than all of an extended period", () => {
    const life = subscribedLife([prorated({}, { messageQuota: 0 })]);
    const [invoice] = life.invoices;
    if (!invoice) throw new Error("No invoice");
    const note = { creditNoteId: "cn_9", invoiceId: invoice.id, reason: "goodwill", note: "sorry" } as const;
    life.wish((slice, at) => decideCreditNote(slice, { ...note, amountRials: rials(3_000_000) }, at));
    life.wish((slice) => decideExtend(slice, { subscriptionId: life.newestId, days: 20, reason: "sorry" }));
    cancel(life);
    expect(life.told("credit_note.issued").map(({ data }) => data.totalRials)).toEqual([3_000_000, 289_000]);
    expect(life.credit).toBe(3_289_000);
  });

  it("of a first part period gives back no more than that part had cost", () => {
    const life = subscribedLife([prorated()], { anchorDay: 2 });
    cancel(life);
    expect(life.credit).toBe(life.told("invoice.finalized")[0]?.data.totalRials);
    expect(life.credit).toBeLessThan(110_000);
  });

  it("gives up what is owed; credit that was used for it is free again, all of it", () => {
    const applied = { status: "open", creditAppliedRials: signedRials(100_000) } as const;
    const slice = aSlice({
      customer: aCustomer({ creditRials: signedRials(5) }),
      subscriptions: [aSubscription({ status: "past_due" })],
      invoices: [anInvoice(applied), anInvoice({ ...applied, id: "inv_2", creditAppliedRials: signedRials(7) })],
    });
    const events = eventsOf(decideCancelSubscription(slice, aCancelInput({ when: "now" }), now, seededIds()));
    expect(typesOf(events)).toEqual([
      "credit.applied",
      "invoice.marked_uncollectible",
      "credit.applied",
      "invoice.marked_uncollectible",
      "subscription.canceled",
      "quota.granted",
    ]);
    expect(afterEvents(slice, events).state.customer?.creditRials).toBe(100_012);
  });

  it("is refused while a payment of it may still take money; with the period's end it is not", () => {
    const slice = aSlice({
      subscriptions: [aSubscription({ status: "past_due" })],
      invoices: [anInvoice()],
      payments: [aPayment({ status: "unknown" })],
    });
    const asked = (when: CancelInput["when"]) =>
      decideCancelSubscription(slice, aCancelInput({ when }), now, seededIds());
    expect(asked("now")).toMatchObject({
      rejected: "payment_in_progress",
      detail: `${aPayment().id} of ${anInvoice().id} is unknown; the bank has not told its end.`,
    });
    expect(typesOf(eventsOf(asked("period_end")))).toEqual(["subscription.cancel_scheduled"]);
  });

  it("leaves what another subscription owes, and is paying, alone", () => {
    const other = aSubscription({ id: "sub_2" });
    const slice = aSlice({
      subscriptions: [aSubscription({ status: "past_due" }), other],
      invoices: [anInvoice(), anInvoice({ id: "inv_2", subscriptionId: other.id })],
      payments: [aPayment({ status: "unknown", invoiceId: "inv_2" })],
    });
    const events = eventsOf(decideCancelSubscription(slice, aCancelInput({ when: "now" }), now, seededIds()));
    expect(typesOf(events)).toEqual(["invoice.marked_uncollectible", "subscription.canceled", "quota.granted"]);
    expect(afterEvents(slice, events).state.invoices["inv_2"]).toMatchObject({ status: "open" });
  });

  it("leaves what the customer gave as the reason before, where nothing is given now", () => {
    const life = subscribedLife();
    cancel(life, { when: "period_end", feedback: "unused" });
    cancel(life);
    expect(life.subscription).toMatchObject({ status: "canceled", cancelFeedback: "unused" });
  });

  it("ends a trial, which owes nothing", () => {
    const slice = aSlice({ subscriptions: [aSubscription({ status: "trialing" })] });
    const events = eventsOf(decideCancelSubscription(slice, aCancelInput({ when: "now" }), now, seededIds()));
    expect(typesOf(events)).toEqual(["subscription.canceled", "quota.granted"]);
  });
});

describe("a canceling that has not happened yet", () => {
  it("can be taken back: the next period begins as if nothing had been", () => {
    const life = subscribedLife();
    cancel(life, { when: "period_end", feedback: "unused" });
    expect(life.subscription).toMatchObject({ cancelAtPeriodEnd: true, cancelFeedback: "unused" });
    life.wish((slice) => decideWithdrawCancel(slice, life.newestId));
    expect(life.subscription).toMatchObject({ cancelAtPeriodEnd: false, cancelReason: null, cancelFeedback: null });
    life.pass(31);
    expect(life.told("subscription.renewed")).toHaveLength(1);
  });

  it("is withdrawn once; what is over or does not exist cannot be", () => {
    const slice = aSlice({ subscriptions: [aSubscription()] });
    expect(decideWithdrawCancel(slice, aSubscription().id)).toEqual([]);
    expect(decideWithdrawCancel(slice, "sub_9")).toMatchObject({
      rejected: "not_found",
      detail: "There is no subscription sub_9.",
    });
    const over = aSlice({ subscriptions: [aSubscription({ status: "canceled", endedAt: now.billing })] });
    expect(decideWithdrawCancel(over, aSubscription().id)).toMatchObject({
      rejected: "subscription_ended",
      detail: `${aSubscription().id} is canceled; subscribe anew.`,
    });
  });
});
