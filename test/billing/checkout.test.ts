import { describe, expect, it } from "vitest";
import { decideCheckout, decidePurchase, openForMs } from "../../server/billing/checkout.ts";
import { after, hourMs, minuteMs, secondMs, wallMs, type WallMs } from "../../server/billing/clock.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { openWithinMs } from "../../server/billing/payment-step.ts";
import { rials } from "../../server/billing/money.ts";
import { all, type Payment, type Slice } from "../../server/billing/state.ts";
import {
  aFirstPayment,
  afterEvents,
  aHint,
  anInvoice,
  anOffer,
  aPayment,
  aRenewal,
  aSlice,
  aSubmittedPayment,
  aSubscription,
  authority,
  declined,
  eventsOf,
  newCustomer,
  now,
  runUntil,
  says,
  settled,
  told,
  typesOf,
  unknown,
  verified,
  wall,
} from "../support/billing-builders.ts";
import { calling, committed, heard, onConflict, stepAt } from "../support/steps.ts";

const paymentId = "pay_new";
const invoiceId = anInvoice().id;
const aCheckout = (over: Partial<Payment> = {}) =>
  aPayment({ kind: "checkout", paymentMethodId: null, onDemand: true, ...over });
const closesAt = after(wall, openForMs);
const anOpenCheckout = (over: Partial<Payment> = {}) =>
  aCheckout({ status: "open", authority, closesAt, nextAskAt: after(wall, 2 * minuteMs), ...over });
const asking = (slice: Slice) => decideCheckout(slice, { invoiceId, paymentId }, now);
const paymentOf = (slice: Slice) => all(slice.state.payments)[0];

describe("a checkout of an invoice", () => {
  const unpaid = aSlice({ subscriptions: [aSubscription()], invoices: [anInvoice()] });

  it("begins a payment of all that is owed, for which somebody waits", () => {
    expect(eventsOf(asking(unpaid))).toMatchObject([
      {
        type: "payment.created",
        data: { paymentId, invoiceId, kind: "checkout", paymentMethodId: null, amountRials: 3_289_000, onDemand: true },
      },
    ]);
  });

  it.each([aCheckout(), anOpenCheckout()])(
    "is the same one while its page is open or about to be: $status",
    (payment) => {
      expect(eventsOf(asking(aRenewal(payment)))).toEqual([]);
    },
  );

  it("takes the place of a debit that was not sent, in one commit", () => {
    const events = eventsOf(asking(aRenewal(aPayment())));
    expect(typesOf(events)).toEqual(["payment.closed", "payment.created"]);
    expect(events[0]?.data).toMatchObject({ reason: "superseded" });
    const after = afterEvents(aRenewal(aPayment()), events);
    expect(all(after.state.payments).map(({ status }) => status)).toEqual(["closed", "created"]);
  });

  it.each(["submitted", "unknown", "verifying", "needs_review"] as const)(
    "is refused while the gateway has not told the end of another: %s",
    (status) => {
      expect(asking(aRenewal(aSubmittedPayment({ status })))).toMatchObject({
        rejected: "payment_in_progress",
        detail: `${aPayment().id} of ${invoiceId} is ${status}; the bank has not told its end.`,
      });
    },
  );

  it.each(["paid", "void", "uncollectible"] as const)("is refused when nothing is owed: %s", (status) => {
    const slice = aSlice({ subscriptions: [aSubscription()], invoices: [anInvoice({ status })] });
    expect(asking(slice)).toMatchObject({ rejected: "invoice_not_open", detail: `${invoiceId} is ${status}.` });
  });

  it("of an invoice that is not the customer's finds nothing", () => {
    expect(asking(aSlice())).toMatchObject({ rejected: "not_found", detail: `There is no invoice ${invoiceId}.` });
  });

  it("begins though another invoice is being paid", () => {
    const slice = aRenewal(aSubmittedPayment({ invoiceId: "inv_other" }));
    expect(typesOf(eventsOf(asking(slice)))).toEqual(["payment.created"]);
  });
});

describe("buying a one-time price", () => {
  const offer = anOffer({ price: { interval: null } });
  const buying = (slice: Slice, of = offer) =>
    decidePurchase(slice, { customer: newCustomer, offer: of, paymentId, invoiceId: "inv_new" }, now);

  it("makes an invoice without a subscription, and its checkout", () => {
    const [invoice, payment] = eventsOf(buying(aSlice()));
    expect(invoice).toMatchObject({
      type: "invoice.finalized",
      data: { subscriptionId: null, periodIndex: null, reason: "purchase", totalRials: 3_289_000 },
    });
    expect(invoice?.data).toMatchObject({
      lines: [{ explain: "Once at 2,990,000 IRR; VAT 10% on top, half up." }],
    });
    expect(payment).toMatchObject({ type: "payment.created", data: { kind: "checkout", amountRials: 3_289_000 } });
  });

  it("is refused for a price that recurs, is free, or is not for sale", () => {
    expect(buying(aSlice(), anOffer())).toMatchObject({
      rejected: "price_recurring",
      detail: `${offer.price.id} is not a one-time price; subscribe to it.`,
    });
    const free = anOffer({ price: { interval: null, amountRials: rials(0) } });
    expect(buying(aSlice(), free)).toMatchObject({ rejected: "price_recurring" });
    const gone = anOffer({ price: { interval: null, active: false } });
    expect(buying(aSlice(), gone)).toMatchObject({
      rejected: "price_not_for_sale",
      detail: `${offer.price.id} is no longer for sale.`,
    });
    const dropped = anOffer({ price: { interval: null }, product: { active: false } });
    expect(buying(aSlice(), dropped)).toMatchObject({ rejected: "price_not_for_sale" });
  });

  it("makes the customer first, when there is none", () => {
    const slice = aSlice({ customer: null });
    expect(typesOf(eventsOf(buying(slice)))).toEqual(["customer.created", "invoice.finalized", "payment.created"]);
  });

  it("that nobody pays is void half an hour later, and nothing is owed", () => {
    const slice = afterEvents(aSlice({ offers: [offer] }), eventsOf(buying(aSlice())));
    const run = runUntil(slice, after(wall, hourMs), {
      requestPayment: () => settled({ authority }),
      inquire: () => says("IN_BANK"),
    });
    expect(told(run, "payment.closed").map(({ at }) => at)).toEqual([after(wall, openForMs)]);
    expect(told(run, "invoice.voided")).toHaveLength(1);
  });
});

describe("a checkout that was created", () => {
  const slice = aRenewal(aCheckout());

  it("asks for a page at any hour, also while new debits are stopped", () => {
    expect(calling(stepAt(slice), "requestPayment").input).toEqual({
      paymentId: "pay_00000000000000000000000001",
      customerId: slice.customerId,
      amountRials: 3_289_000,
    });
    const night = wallMs(wall + 14 * hourMs);
    const atNight = aRenewal(aCheckout({ begunAt: night, nextAskAt: night }), {
      collecting: false,
      breakerUntil: after(night, hourMs),
    });
    expect(stepAt(atNight, night)).toMatchObject({ kind: "call", name: "requestPayment" });
  });

  it("is open for 30 minutes once the gateway has a page", () => {
    const [opened] = committed(heard(stepAt(slice), "requestPayment", settled({ authority }), wall));
    expect(opened).toMatchObject({ type: "payment.opened", data: { authority } });
    expect(
      paymentOf(
        afterEvents(
          slice,
          [opened].flatMap((it) => it ?? []),
        ),
      ),
    ).toMatchObject({ status: "open", closesAt });
  });

  it("asks again for another page when the gateway gave an authority that we have seen before", () => {
    const step = heard(stepAt(slice), "requestPayment", settled({ authority }), wall);
    expect(typesOf(onConflict(step))).toEqual(["payment.deferred"]);
  });

  it("is given up five minutes later, without an attempt of ours used up", () => {
    const run = runUntil(slice, after(wall, hourMs), { requestPayment: () => unknown() });
    expect(told(run, "payment.failed").map(({ at }) => at)).toEqual([after(wall, openWithinMs)]);
    expect(told(run, "invoice.attempt_failed")).toEqual([]);
  });
});

describe("an open checkout", () => {
  const slice = aRenewal(anOpenCheckout());
  const asked = after(wall, 2 * minuteMs);

  it("is asked about after 2, 5, 10 and 20 minutes, and closed after 30", () => {
    const run = runUntil(slice, after(wall, openForMs), { inquire: () => says("IN_BANK") });
    expect(told(run, "payment.asked").map(({ at }) => (at - wall) / minuteMs)).toEqual([2, 5, 10, 20, 30]);
    expect(told(run, "payment.closed").map(({ at }) => (at - wall) / minuteMs)).toEqual([30]);
  });

  it("is asked about at once when somebody says that it was paid, and never twice in 10 s", () => {
    const hinted = aRenewal(anOpenCheckout(), {
      hints: { [anOpenCheckout().id]: aHint({ at: after(wall, minuteMs) }) },
    });
    expect(nextDueAt(hinted)).toBe(after(wall, minuteMs));
    const again = aRenewal(anOpenCheckout({ askedAt: after(wall, minuteMs - secondMs) }), { hints: hinted.hints });
    expect(nextDueAt(again)).toBe(after(wall, minuteMs + 9 * secondMs));
  });

  it.each([says("FAILED"), says("REVERSED"), says("IN_BANK"), declined(-54)])(
    "is never ended by what it hears: %o",
    (outcome) => {
      const events = committed(heard(stepAt(slice, asked), "inquire", outcome, asked));
      expect(typesOf(events)).toEqual(["payment.asked"]);
      expect(paymentOf(afterEvents(slice, events, asked))?.status).toBe("open");
    },
  );

  it.each(["PAID", "VERIFIED"] as const)("says who is about to take the money before it is taken: %s", (status) => {
    const events = committed(heard(stepAt(slice, asked), "inquire", says(status), asked));
    expect(typesOf(events)).toEqual(["payment.verifying"]);
  });

  it("keeps debits and the end of the period waiting, and a closed one does until the gateway was heard once", () => {
    const due = anInvoice({ nextAttemptAt: now.billing });
    const at = (payment: Payment) => nextDueAt(aRenewal(payment, { invoices: [due] }));
    expect(at(anOpenCheckout())).toBe(after(wall, 2 * minuteMs));
    const closed = { status: "closed", closesAt: null, nextAskAt: after(wall, hourMs) } as const;
    expect(at(anOpenCheckout({ ...closed }))).toBe(after(wall, hourMs));
    expect(at(anOpenCheckout({ ...closed, toldAt: wall }))).toBeLessThanOrEqual(wall);
  });

  it("that a first period hangs on ends it when the page closed unpaid", () => {
    const first = aFirstPayment(anOpenCheckout());
    const run = runUntil(first, after(wall, hourMs), { inquire: () => says("IN_BANK") });
    expect(told(run, "subscription.incomplete_expired").map(({ at }) => at)).toEqual([after(wall, openForMs)]);
    expect(told(run, "invoice.voided")).toHaveLength(1);
  });
});

describe("the money of a page", () => {
  const slice = aRenewal(anOpenCheckout());
  const at: WallMs = after(wall, 2 * minuteMs);
  const verifying = () => afterEvents(slice, committed(heard(stepAt(slice, at), "inquire", says("PAID"), at)), at);
  const own = new Set([anOpenCheckout().id]);
  const settlesAfter = after(at, 80 * secondMs);

  it("is taken with our own amount, by whoever wrote the intent and nobody else", () => {
    const { input } = calling(stepAt(verifying(), at, own), "capture");
    expect(input).toMatchObject({ authority, amountRials: 3_289_000, sendBefore: after(at, 20 * secondMs) });
    expect(stepAt(verifying(), at)).toEqual({ kind: "wait", until: settlesAfter });
  });

  it("pays the invoice, and a code 101 does as well", () => {
    for (const repeated of [false, true]) {
      const events = committed(heard(stepAt(verifying(), at, own), "capture", verified({ repeated }), at));
      expect(typesOf(events)).toEqual(["payment.succeeded", "invoice.paid", "quota.granted"]);
    }
  });

  it("whose answer was lost is asked about only when the call cannot have an effect any more", () => {
    const events = committed(heard(stepAt(verifying(), at, own), "capture", unknown(), at));
    const left = afterEvents(verifying(), events, at);
    expect(paymentOf(left)?.status).toBe("verifying");
    expect(nextDueAt(left)).toBe(settlesAfter);
    const hinted = { ...left, hints: { [anOpenCheckout().id]: aHint({ at: after(at, secondMs) }) } };
    expect(nextDueAt(hinted)).toBe(settlesAfter);
    const again = committed(heard(stepAt(left, settlesAfter), "inquire", says("PAID"), settlesAfter));
    expect(typesOf(again)).toEqual(["payment.verifying"]);
  });

  it("that the gateway calls failed is not ours only when it says so again an hour later", () => {
    const once = committed(heard(stepAt(verifying(), settlesAfter), "inquire", says("FAILED"), settlesAfter));
    expect(typesOf(once)).toEqual(["payment.asked"]);
    const hourLater = after(settlesAfter, hourMs);
    const then = afterEvents(verifying(), once, settlesAfter);
    const twice = committed(heard(stepAt(then, hourLater), "inquire", says("FAILED"), hourLater));
    expect(typesOf(twice)).toEqual(["payment.failed"]);
  });

  it.each([
    [-50, "amount_differs"],
    [-53, "other_merchant"],
  ])("that contradicts what we know waits for an operator: %i", (code, reason) => {
    const events = committed(heard(stepAt(verifying(), at, own), "capture", declined(code), at));
    expect(events).toMatchObject([{ type: "payment.needs_review", data: { reason } }]);
  });

  it("with a reference that another payment has waits for an operator", () => {
    const step = heard(stepAt(verifying(), at, own), "capture", verified(), at);
    expect(onConflict(step)).toMatchObject([
      { type: "payment.needs_review", data: { reason: "reference_seen_before" } },
    ]);
  });

  it("that is called paid and refused for a day waits for an operator; refused by our terminal's fault, it does not", () => {
    const refusing = (code: number) =>
      runUntil(verifying(), after(at, 30 * hourMs), { inquire: () => says("PAID"), capture: () => declined(code) });
    expect(told(refusing(-51), "payment.needs_review")).toMatchObject([
      { event: { data: { reason: "paid_but_not_verifiable" } } },
    ]);
    expect(told(refusing(-15), "payment.needs_review")).toEqual([]);
  });

  it("of which the gateway never speaks again is given up after a day", () => {
    const run = runUntil(verifying(), after(at, 30 * hourMs), { inquire: () => says("IN_BANK") });
    expect(told(run, "payment.lapsed")).toHaveLength(1);
  });
});
