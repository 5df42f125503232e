import { describe, expect, it } from "vitest";
import { billingOf, wallOf } from "../../server/billing/clock.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import { all } from "../../server/billing/state.ts";
import { decideSubscribe, decideSubscribeUnpaid, type SubscribeInput } from "../../server/billing/subscribe.ts";
import {
  aCoupon,
  aCustomer,
  afterEvents,
  anOffer,
  anInvoice,
  aPaymentMethod,
  aPendingPaymentMethod,
  aSlice,
  aSubscribeInput,
  aSubscription,
  declined,
  eventsOf,
  generousGateway,
  now,
  runDue,
  says,
  typesOf,
  wall,
} from "../support/billing-builders.ts";

const subscribe = (slice = aSlice(), over: Partial<SubscribeInput> = {}) =>
  decideSubscribe(slice, aSubscribeInput(over), now);
const free = anOffer({ price: { amountRials: rials(0) } });

describe("subscribing to a price", () => {
  it("costs the same for somebody who has not said how to pay", () => {
    const invoiced = (events: readonly NewEvent[]) => events.filter(({ type }) => type === "invoice.finalized");
    const unpaid = eventsOf(decideSubscribeUnpaid(aSlice({ paymentMethods: [] }), aSubscribeInput(), now));
    expect(invoiced(unpaid)).toEqual(invoiced(eventsOf(subscribe())));
    expect(unpaid).toMatchObject([
      { data: { paymentMethodId: null } },
      { type: "invoice.finalized" },
      { data: { kind: "checkout", paymentMethodId: null } },
    ]);
  });

  it("opens one subscription, one invoice and one payment, in that order", () => {
    expect(typesOf(eventsOf(subscribe()))).toEqual(["subscription.created", "invoice.finalized", "payment.created"]);
  });

  it("owes 3,289,000 Rials for Pro: 2,990,000 and 10 % VAT, and says how that came about", () => {
    const [, invoice, payment] = eventsOf(subscribe());
    expect(invoice?.data).toMatchObject({
      reason: "subscription_create",
      series: "S-1405",
      subtotalRials: 2_990_000,
      vatRials: 299_000,
      totalRials: 3_289_000,
      nextAttemptAt: null,
      lines: [
        {
          netRials: 2_990_000,
          vatRateBasisPoints: 1_000,
          vatRials: 299_000,
          totalRials: 3_289_000,
          explain: "One month (jalali) at 2,990,000 IRR; VAT 10% on top, half up.",
        },
      ],
    });
    expect(payment?.data).toMatchObject({ kind: "debit", amountRials: 3_289_000, onDemand: true });
  });

  it("owes the price itself when VAT is in it: 990,000 is 900,000 and 90,000", () => {
    const offer = anOffer({ price: { amountRials: rials(990_000), taxBehavior: "inclusive" } });
    const [, invoice] = eventsOf(subscribe(aSlice({ offers: [offer] })));
    expect(invoice?.data).toMatchObject({
      subtotalRials: 900_000,
      vatRials: 90_000,
      totalRials: 990_000,
      lines: [{ explain: "One month (jalali) at 990,000 IRR; VAT 10% included, half up." }],
    });
  });

  it("names the subscription, the invoice and the payment by what they are", () => {
    const [created, invoice, payment] = eventsOf(subscribe());
    expect(created?.data).toMatchObject({ subscriptionId: aSubscription().id });
    expect(invoice?.data).toMatchObject({ invoiceId: expect.stringMatching(/^inv_/) });
    expect(payment?.data).toMatchObject({ paymentId: expect.stringMatching(/^pay_/) });
  });

  it("begins today at 00:00 in Tehran and ends a calendar month later: 1 Azar to 1 Dey", () => {
    const [created, invoice] = eventsOf(subscribe());
    expect(created?.data).toMatchObject({
      anchorDay: 1,
      periodIndex: 0,
      startsAt: "2026-11-21T20:30:00.000Z",
      endsAt: "2026-12-21T20:30:00.000Z",
      createdAt: "2026-11-22T08:00:00.000Z",
    });
    expect(invoice?.data).toMatchObject({ dueAt: "2026-11-21T20:30:00.000Z" });
  });

  it("creates the customer first, when there is none", () => {
    const slice = aSlice({ customer: null });
    expect(typesOf(eventsOf(subscribe(slice)))[0]).toBe("customer.created");
  });

  it("to a free price is active at once, with messages and without an invoice or a payment method", () => {
    const slice = aSlice({ paymentMethods: [], offers: [free] });
    const events = eventsOf(subscribe(slice, { paymentMethodId: null }));
    expect(typesOf(events)).toEqual(["subscription.created", "subscription.activated", "quota.granted"]);
    expect(events[2]?.data).toMatchObject({
      subscriptionId: aSubscription().id,
      productId: free.product.id,
      messages: 2_000,
      validUntil: "2026-12-21T20:30:00.000Z",
    });
    expect(all(afterEvents(slice, events).state.subscriptions)[0]).toMatchObject({
      status: "active",
      paymentMethodId: null,
      latestInvoiceId: null,
    });
  });

  it("to a free price owes nothing, and keeps a payment method that is named all the same", () => {
    const events = eventsOf(subscribe(aSlice({ offers: [free] })));
    expect(typesOf(events)).toEqual(["subscription.created", "subscription.activated", "quota.granted"]);
    expect(events[0]?.data).toMatchObject({ paymentMethodId: aPaymentMethod().id });
  });

  it("to a free price keeps one that is not signed yet, too: nothing is to be debited", () => {
    const slice = aSlice({ offers: [free], paymentMethods: [aPendingPaymentMethod()] });
    expect(eventsOf(subscribe(slice))[0]?.data).toMatchObject({ paymentMethodId: aPaymentMethod().id });
  });

  it("to a free price pays what was carried over, when that is enough for the gateway by now", () => {
    const customer = aCustomer({ creditRials: signedRials(-12_000) });
    const events = eventsOf(subscribe(aSlice({ customer, offers: [free] })));
    expect(typesOf(events)).toEqual(["subscription.created", "invoice.finalized", "credit.applied", "payment.created"]);
    expect(events.at(-1)?.data).toMatchObject({ amountRials: 12_000 });
  });

  it("is incomplete until the money is there, then active with the period's messages", () => {
    const slice = afterEvents(aSlice(), eventsOf(subscribe()));
    expect(all(slice.state.subscriptions)[0]?.status).toBe("incomplete");
    const { slice: paid } = runDue(slice, wall, generousGateway());
    expect(all(paid.state.subscriptions)[0]?.status).toBe("active");
    expect(all(paid.state.invoices)[0]?.status).toBe("paid");
    expect(all(paid.state.quotas)[0]).toMatchObject({ granted: 2_000, periodIndex: 0 });
  });

  it("whose first debit is declined never ran: the invoice is void and the product free to try again", () => {
    const slice = afterEvents(aSlice(), eventsOf(subscribe()));
    const refusing = { ...generousGateway(), debit: () => declined(-99), inquire: () => says("FAILED") };
    const { slice: ended } = runDue(slice, wall, refusing);
    expect(all(ended.state.subscriptions)[0]?.status).toBe("incomplete_expired");
    expect(all(ended.state.invoices)[0]?.status).toBe("void");
    expect(all(ended.state.quotas)).toEqual([]);
    const again = subscribe(ended, { subscriptionId: "sub_2", invoiceId: "inv_2", paymentId: "pay_2" });
    expect(isRejection(again)).toBe(false);
  });
});

describe("subscribing is refused", () => {
  it.each([
    ["a price that is no longer sold", anOffer({ price: { active: false } })],
    ["a product that is no longer sold", anOffer({ product: { active: false } })],
  ])("price_not_for_sale: %s", (_title, offer) => {
    expect(subscribe(aSlice({ offers: [offer] }))).toMatchObject({ rejected: "price_not_for_sale" });
  });

  it.each(["incomplete", "active", "past_due", "paused"] as const)(
    "subscription_exists: one to the same product is %s",
    (status) => {
      const slice = aSlice({ subscriptions: [aSubscription({ status })] });
      expect(subscribe(slice)).toMatchObject({ rejected: "subscription_exists" });
    },
  );

  it("subscription_exists: another one changes to the product, when that is paid or with its next period", () => {
    const other = { productId: "prod_2", priceId: "price_2" } as const;
    const { productId, priceId } = aSubscription();
    const terms = { productId, priceId, quantity: 1, addOns: [] };
    const pendingChange = { invoiceId: anInvoice().id, terms, restarts: false };
    for (const change of [{ scheduledChange: terms }, { pendingChange }]) {
      const slice = aSlice({ subscriptions: [aSubscription({ ...other, ...change })] });
      expect(subscribe(slice)).toMatchObject({ rejected: "subscription_exists" });
    }
  });

  it.each(["canceled", "incomplete_expired"] as const)("not because of one that is %s", (status) => {
    expect(isRejection(subscribe(aSlice({ subscriptions: [aSubscription({ status })] })))).toBe(false);
  });

  it("not because of one to another product", () => {
    const slice = aSlice({ subscriptions: [aSubscription({ productId: "prod_2", priceId: "price_2" })] });
    expect(isRejection(subscribe(slice))).toBe(false);
  });

  it("collecting_stopped: a price that is not free, while no payments are taken; nothing is begun", () => {
    const slice = aSlice({ collecting: false });
    expect(subscribe(slice)).toMatchObject({ rejected: "collecting_stopped" });
    expect(subscribe(slice, { paymentMethodId: null })).toMatchObject({ rejected: "collecting_stopped" });
  });

  it("not when collecting is stopped and the price is free", () => {
    const slice = aSlice({ collecting: false, offers: [free] });
    expect(isRejection(subscribe(slice, { paymentMethodId: null }))).toBe(false);
  });

  it("payment_method_required: a price that is not free, without one", () => {
    expect(subscribe(aSlice(), { paymentMethodId: null })).toMatchObject({ rejected: "payment_method_required" });
  });

  it("not_found: a payment method that is not this customer's", () => {
    expect(subscribe(aSlice(), { paymentMethodId: "pm_other" })).toMatchObject({ rejected: "not_found" });
    expect(subscribe(aSlice({ offers: [free] }), { paymentMethodId: "pm_other" })).toMatchObject({
      rejected: "not_found",
    });
  });

  it("payment_method_not_active: one that is not signed", () => {
    const slice = aSlice({ paymentMethods: [aPendingPaymentMethod()] });
    expect(subscribe(slice)).toMatchObject({ rejected: "payment_method_not_active" });
  });

  it("payment_method_cannot_carry, with the numbers: a ceiling below the price with its VAT", () => {
    const slice = aSlice({ paymentMethods: [aPaymentMethod({ maxAmountRials: rials(3_288_999) })] });
    const rejection = subscribe(slice);
    expect(rejection).toMatchObject({ rejected: "payment_method_cannot_carry" });
    expect(isRejection(rejection) && rejection.detail).toContain("3,288,999 IRR a debit; 3,289,000 IRR is needed");
  });

  it("payment_method_cannot_carry: a ceiling below what is paid once with the first period", () => {
    const setup = anOffer({
      price: { id: "price_2", productId: "prod_2", amountRials: rials(500_000), interval: null },
      product: { id: "prod_2", addOn: true },
    });
    const addOns = [{ priceId: setup.price.id, quantity: 1 }];
    const given = (maxAmountRials: number) =>
      subscribe(
        aSlice({
          offers: [anOffer(), setup],
          paymentMethods: [aPaymentMethod({ maxAmountRials: rials(maxAmountRials) })],
        }),
        { wanted: { priceId: anOffer().price.id, quantity: 1, addOns } },
      );
    expect(given(3_838_999)).toMatchObject({ rejected: "payment_method_cannot_carry" });
    expect(isRejection(given(3_839_000))).toBe(false);
  });

  it("coupon_not_valid: with a coupon that is over", () => {
    expect(subscribe(aSlice(), { coupon: aCoupon({ active: false }) })).toMatchObject({ rejected: "coupon_not_valid" });
  });

  it("not when the ceiling is the price to the Rial", () => {
    const slice = aSlice({ paymentMethods: [aPaymentMethod({ maxAmountRials: rials(3_289_000) })] });
    expect(isRejection(subscribe(slice))).toBe(false);
  });
});

describe("a refusal says what is in the way", () => {
  const priceId = anOffer().price.id;
  const old = aSubscription();

  it.each([
    ["the price", aSlice({ offers: [anOffer({ price: { active: false } })] }), {}, `${priceId} is no longer for sale.`],
    ["the subscription there is", aSlice({ subscriptions: [old] }), {}, `${old.id} to Pro is active.`],
    ["the price", aSlice(), { paymentMethodId: null }, `${priceId} is not free; name a payment method.`],
    ["the payment method", aSlice(), { paymentMethodId: "pm_other" as const }, "There is no payment method pm_other."],
    [
      "the stop",
      aSlice({ collecting: false }),
      {},
      "No payments are taken for the moment; nothing was begun. Try again later, with a new key.",
    ],
  ])("%s", (_title, slice, over, detail) => {
    expect(subscribe(slice, over)).toMatchObject({ detail });
  });
});

describe("the anchor day", () => {
  it("is the day of the price's own calendar on Tehran's clock, after midnight there", () => {
    const late = { wall: wallOf("2026-11-22T20:30:00.000Z"), billing: billingOf("2026-11-22T20:30:00.000Z") };
    const jalali = eventsOf(decideSubscribe(aSlice(), aSubscribeInput({ pricedAt: late.billing }), late))[0];
    expect(jalali?.data).toMatchObject({ anchorDay: 2, startsAt: "2026-11-22T20:30:00.000Z" });
    const offer = anOffer({ price: { calendar: "gregorian" } });
    const wanted = aSubscribeInput({ pricedAt: late.billing });
    const gregorian = eventsOf(decideSubscribe(aSlice({ offers: [offer] }), wanted, late))[0];
    expect(gregorian?.data).toMatchObject({ anchorDay: 23, endsAt: "2026-12-22T20:30:00.000Z" });
  });
});
