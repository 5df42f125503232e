import { describe, expect, it } from "vitest";
import { billingMs } from "../../server/billing/clock.ts";
import { rials } from "../../server/billing/money.ts";
import { decideSetPaymentMethod } from "../../server/billing/set-payment-method.ts";
import { aPaymentMethod, aSlice, aSubscription, now } from "../support/billing-builders.ts";

const old = aPaymentMethod({ id: "pm_old" });
const other = aPaymentMethod({ id: "pm_other" });
const subscription = aSubscription({ paymentMethodId: old.id });
const given = (over: Partial<typeof subscription> = {}, of: Partial<typeof other> = {}) =>
  aSlice({ paymentMethods: [old, { ...other, ...of }], subscriptions: [{ ...subscription, ...over }] });
const setting = (slice: ReturnType<typeof given>, paymentMethodId: typeof other.id | null) =>
  decideSetPaymentMethod(slice, { subscriptionId: subscription.id, paymentMethodId }, now);

describe("paying a subscription in another way", () => {
  it.each([
    ["by another payment method", other.id],
    ["by links to pay", null],
  ])("%s is one event that names it", (_title, paymentMethodId) => {
    expect(setting(given(), paymentMethodId)).toEqual([
      {
        type: "subscription.payment_method_changed",
        version: 1,
        data: { subscriptionId: subscription.id, paymentMethodId },
      },
    ]);
  });

  it("that is named already is no event", () => {
    expect(setting(given(), old.id)).toEqual([]);
    expect(setting(given({ paymentMethodId: null }), null)).toEqual([]);
  });

  it("not_found: a subscription or a payment method that there is not", () => {
    const nobody = decideSetPaymentMethod(aSlice(), { subscriptionId: subscription.id, paymentMethodId: null }, now);
    expect(nobody).toMatchObject({ rejected: "not_found", detail: `There is no subscription ${subscription.id}.` });
    expect(setting(given(), "pm_9")).toMatchObject({
      rejected: "not_found",
      detail: "There is no payment method pm_9.",
    });
  });

  it("subscription_ended: one that is over, though it would be paid by links", () => {
    const over = given({ status: "canceled", endedAt: billingMs(now.billing - 1) });
    expect(setting(over, null)).toMatchObject({
      rejected: "subscription_ended",
      detail: `${subscription.id} is canceled; subscribe anew.`,
    });
  });

  it("payment_method_cannot_carry: an agreement whose ceiling is a Rial below a whole period with VAT", () => {
    expect(setting(given({}, { maxAmountRials: rials(3_288_999) }), other.id)).toMatchObject({
      rejected: "payment_method_cannot_carry",
    });
    expect(setting(given({}, { maxAmountRials: rials(3_289_000) }), other.id)).toHaveLength(1);
  });
});
