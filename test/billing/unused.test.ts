// What is left of what was paid for a period: of its days or of its messages, whichever is less.
import { describe, expect, it } from "vitest";
import { billingOf } from "../../server/billing/clock.ts";
import type { Invoice } from "../../server/billing/state.ts";
import { unusedOf } from "../../server/billing/unused.ts";
import { aLine, anInvoice, anOffer, aQuotaGrant, aSlice, aSubscription } from "../support/billing-builders.ts";

const subscription = aSubscription();
/** Twenty of thirty days are left. */
const at = billingOf("2026-12-02T08:00:00.000Z");
const paid = (over: Partial<Invoice> = {}) => anInvoice({ status: "paid", ...over });
const unused = (parts: Parameters<typeof aSlice>[0]) => unusedOf(aSlice(parts), subscription, at);
const quiet = [anOffer({ product: { messageQuota: 0 } })];

describe("what is left of a period", () => {
  it("is of what was paid for it, and of nothing else", () => {
    const invoices = [
      paid(),
      paid({ id: "inv_2", subscriptionId: "sub_2" }),
      paid({ id: "inv_3", periodIndex: 1 }),
      anInvoice({ id: "inv_4", status: "void" }),
    ];
    expect(unused({ invoices, offers: quiet })).toMatchObject([
      { invoice: { id: paid().id }, share: { numerator: 20, denominator: 30 } },
    ]);
  });

  it("is nothing of what was paid once", () => {
    const lines = [aLine({ endsAt: aLine().startsAt })];
    expect(unused({ invoices: [paid({ lines })], offers: quiet })).toMatchObject([
      { lines: [], share: { numerator: 0, denominator: 1 } },
    ]);
  });

  it("is the messages' share when that is less", () => {
    const { productId } = subscription;
    const quotaUse = { [productId]: { used: 1_900, reserved: 0, overrun: 0, version: 1 } };
    const of = (use: typeof quotaUse | undefined) =>
      unused({ invoices: [paid()], quotas: [aQuotaGrant()], ...(use && { quotaUse: use }) })[0]?.share;
    expect(of(quotaUse)).toEqual({ numerator: 100, denominator: 2_000 });
    expect(of(undefined)).toEqual({ numerator: 20, denominator: 30 });
  });

  it("is nothing where there should be messages and are none", () => {
    const nothing = [{ share: { numerator: 0, denominator: 1 } }];
    expect(unused({ invoices: [paid()] })).toMatchObject(nothing);
    const none = aQuotaGrant({ granted: 0, periodMessages: 0 });
    expect(unused({ invoices: [paid()], quotas: [none] })).toMatchObject(nothing);
  });
});
