// Messages beyond those granted, where the price charges for them: each is billed once, up to the ceiling.
import { describe, expect, it } from "vitest";
import { decideCancelSubscription } from "../../server/billing/cancel-subscription.ts";
import { rials } from "../../server/billing/money.ts";
import { overageLines } from "../../server/billing/overage.ts";
import { quotaGrant } from "../../server/billing/quota.ts";
import { decidePeriodEnd } from "../../server/billing/renew.ts";
import type { QuotaUse, Slice, Subscription } from "../../server/billing/state.ts";
import {
  aCancelInput,
  afterEvents,
  anInvoice,
  anOffer,
  aPaymentMethod,
  aSlice,
  aSubscription,
  eventsOf,
  now,
  seededIds,
  typesOf,
} from "../support/billing-builders.ts";

const charging = { overageRials: rials(500), overageMessages: 100 };

interface Given {
  readonly price?: NonNullable<Parameters<typeof anOffer>[0]>;
  readonly over?: Partial<Subscription>;
  readonly use?: Partial<QuotaUse>;
  readonly messages?: number;
}

/** Somebody with 2,000 messages who has used some. */
function aUser({ price = { price: charging }, over = {}, use = {}, messages = 2_000 }: Given = {}): Slice {
  const subscription = aSubscription({ latestInvoiceId: anInvoice().id, ...over });
  const invoices = [anInvoice({ status: "paid", paidAt: now.billing })];
  const slice = aSlice({ subscriptions: [subscription], offers: [anOffer(price)], invoices });
  const granted = quotaGrant(slice, subscription, messages, {
    index: subscription.periodIndex,
    endsAt: subscription.periodEndsAt,
  });
  const quotaUse = { [subscription.productId]: { used: 2_030, reserved: 0, overrun: 0, version: 7, ...use } };
  return { ...afterEvents(slice, granted), quotaUse };
}

const of = (slice: Slice) => slice.state.subscriptions[aSubscription().id] ?? aSubscription();
const linesIn = (slice: Slice) => overageLines(slice, of(slice), now.billing);

describe("what is used beyond the grant", () => {
  it("is a line of its own, for no time, with the VAT of the day and how it came about", () => {
    expect(linesIn(aUser())).toEqual([
      expect.objectContaining({
        quantity: 30,
        netRials: 15_000,
        vatRials: 1_500,
        totalRials: 16_500,
        explain: "30 messages beyond those granted, at 500 IRR; VAT 10% on top, half up.",
      }),
    ]);
    const [line] = linesIn(aUser());
    expect(line?.startsAt).toBe(line?.endsAt);
  });

  it.each([
    [{ used: 2_000 }, 0],
    [{ used: 1_990, reserved: 50 }, 0],
    [{ used: 2_100 }, 100],
    [{ used: 2_090, overrun: 5 }, 95],
    [{ used: 2_100, overrun: 80 }, 100],
  ])("%j is %i messages, and never more than the ceiling", (use, quantity) => {
    expect(linesIn(aUser({ use })).reduce((sum, line) => sum + line.quantity, 0)).toBe(quantity);
  });

  it("is not charged in a trial, nor where the price does not say both what it costs and how much", () => {
    expect(linesIn(aUser({ over: { status: "trialing" } }))).toEqual([]);
    expect(linesIn(aUser({ price: {} }))).toEqual([]);
    for (const half of [{ overageMessages: null }, { overageRials: null }]) {
      expect(linesIn(aUser({ price: { price: { ...charging, ...half } } }))).toEqual([]);
    }
  });

  it("of an earlier period is not charged again", () => {
    expect(linesIn(aUser({ over: {} }))).toHaveLength(1);
    const slice = aUser();
    const next = { ...of(slice), periodIndex: of(slice).periodIndex + 1 };
    expect(overageLines(slice, next, now.billing)).toEqual([]);
  });
});

describe("it is billed", () => {
  const end = (slice: Slice) => {
    const at = { ...now, billing: of(slice).periodEndsAt };
    return decidePeriodEnd(slice, of(slice), at, seededIds());
  };

  it("with the renewal, which goes by what was read", () => {
    const invoice = end(aUser()).find(({ type }) => type === "invoice.finalized");
    expect(invoice).toMatchObject({
      data: { lines: [{ netRials: 2_990_000 }, { quantity: 30, netRials: 15_000 }], totalRials: 3_305_500 },
      given: { version: 7 },
    });
  });

  it("not at all, and by no reading, when nothing was used beyond", () => {
    const invoice = end(aUser({ use: { used: 2_000 } })).find(({ type }) => type === "invoice.finalized");
    expect(invoice).toMatchObject({ data: { lines: [{ netRials: 2_990_000 }] } });
    expect(invoice?.given).toBeUndefined();
  });

  it("by a debit of its own when the subscription ends with its period, or at once", () => {
    const billed = ["invoice.finalized", "payment.created"];
    const ends = end(aUser({ over: { cancelAtPeriodEnd: true, cancelReason: "requested" } }));
    expect(typesOf(ends).slice(-3)).toEqual(["subscription.canceled", ...billed]);
    const input = aCancelInput({ subscriptionId: aSubscription().id, when: "now" });
    const events = eventsOf(decideCancelSubscription(aUser(), input, now, seededIds()));
    expect(typesOf(events)).toEqual(expect.arrayContaining(billed));
    const paid = events.find(({ type }) => type === "payment.created");
    expect(paid).toMatchObject({ data: { amountRials: 16_500, onDemand: true } });
  });

  it("by a purchase and a payment of their own names", () => {
    const ends = end(aUser({ over: { cancelAtPeriodEnd: true, cancelReason: "requested" } }));
    expect(ends.slice(-2)).toMatchObject([
      { data: { invoiceId: expect.stringMatching(/^inv_/), reason: "purchase", subscriptionId: null } },
      { data: { paymentId: expect.stringMatching(/^pay_/) } },
    ]);
  });

  it("with the renewal of a price that is free but for that", () => {
    const free = aUser({ price: { price: { ...charging, amountRials: rials(0) } } });
    expect(end(free).find(({ type }) => type === "invoice.finalized")).toMatchObject({ data: { totalRials: 16_500 } });
  });

  it("out of the credit that canceling at once gives back, where every message is paid by itself", () => {
    const price = { price: { ...charging, cancelCredit: "prorated" }, product: { messageQuota: 0 } } as const;
    const slice = aUser({ price, messages: 0, use: { used: 30 } });
    const input = aCancelInput({ subscriptionId: aSubscription().id, when: "now" });
    const events = eventsOf(decideCancelSubscription(slice, input, now, seededIds()));
    expect(typesOf(events)).not.toContain("payment.created");
    expect(events.find(({ type }) => type === "credit.applied")).toMatchObject({
      data: { amountRials: 16_500, balanceRials: 3_289_000 - 16_500 },
    });
  });

  it("not when canceling at once while something else is owed", () => {
    const slice = aUser();
    const invoices = { ...slice.state.invoices, inv_2: anInvoice({ id: "inv_2" }) };
    const input = aCancelInput({ subscriptionId: aSubscription().id, when: "now" });
    const owing = { ...slice, state: { ...slice.state, invoices } };
    const events = eventsOf(decideCancelSubscription(owing, input, now, seededIds()));
    expect(typesOf(events)).not.toContain("invoice.finalized");
  });

  it("never by a payment method that cannot carry it", () => {
    const slice = aUser({ over: { cancelAtPeriodEnd: true, cancelReason: "requested" } });
    const method = aPaymentMethod({ status: "cancelled_by_user" });
    const over = { ...slice, state: { ...slice.state, paymentMethods: { [method.id]: method } } };
    expect(typesOf(end(over)).at(-1)).toBe("subscription.canceled");
  });

  it("never as a claim against somebody who cannot be debited", () => {
    const slice = aUser({ over: { cancelAtPeriodEnd: true, cancelReason: "requested", paymentMethodId: null } });
    expect(typesOf(end(slice))).not.toContain("invoice.finalized");
  });
});
