import { describe, expect, it } from "vitest";
import { openForMs } from "../../server/billing/checkout.ts";
import { after, hourMs, instant, minuteMs, wallMs } from "../../server/billing/clock.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { rials } from "../../server/billing/money.ts";
import { decideSubscribe } from "../../server/billing/subscribe.ts";
import { all } from "../../server/billing/state.ts";
import {
  afterEvents,
  anOffer,
  aSlice,
  aSubscribeInput,
  authority,
  days,
  eventsOf,
  generousGateway,
  now,
  runDue,
  runUntil,
  says,
  seededIds,
  settled,
  told,
  typesOf,
  wall,
} from "../support/billing-builders.ts";

const nobodys = aSlice({ paymentMethods: [] });
const byCheckout = aSubscribeInput({ collection: "checkout", paymentMethodId: null });
const subscribing = (slice = nobodys) => decideSubscribe(slice, byCheckout, now);
const subscribed = () => afterEvents(nobodys, eventsOf(subscribing()));

describe("a customer without a payment method", () => {
  it("subscribes by a checkout of the first period, also while new debits are stopped", () => {
    const events = eventsOf(subscribing(aSlice({ paymentMethods: [], collecting: false })));
    expect(typesOf(events)).toEqual(["subscription.created", "invoice.finalized", "payment.created"]);
    expect(events[0]?.data).toMatchObject({ paymentMethodId: null });
    expect(events[2]?.data).toMatchObject({
      paymentId: expect.stringMatching(/^pay_/),
      kind: "checkout",
      amountRials: 3_289_000,
      paymentMethodId: null,
    });
  });

  it("is active once the page is paid", () => {
    const asked = after(wall, 2 * minuteMs);
    const run = runUntil(subscribed(), asked, generousGateway());
    expect(told(run, "subscription.activated").map(({ at }) => at)).toEqual([asked]);
    expect(told(run, "quota.granted")).toHaveLength(1);
  });

  it("never began when the page is not paid", () => {
    const run = runUntil(subscribed(), after(wall, openForMs + hourMs), {
      requestPayment: () => settled({ authority }),
      inquire: () => says("IN_BANK"),
    });
    expect(all(run.slice.state.subscriptions)[0]?.status).toBe("incomplete_expired");
  });

  it("is sent a link at each attempt to renew that is not the last, and is never debited", () => {
    const first = runUntil(subscribed(), after(wall, hourMs), generousGateway()).slice;
    const renewsAt = wallMs(nextDueAt(first) ?? 0);
    const run = runUntil(first, after(renewsAt, days(20)), generousGateway(), seededIds(5_000));
    const day = (at: number) => Math.floor((at - renewsAt) / days(1));
    expect(told(run, "invoice.payment_link_due").map(({ at }) => day(at))).toEqual([0, 2, 5, 9]);
    const [link] = told(run, "invoice.payment_link_due");
    const owed = told(run, "invoice.finalized")[0]?.event.data.invoiceId;
    expect(link?.event.data).toEqual({ invoiceId: owed, dueAt: instant(link?.at ?? wall) });
    expect(told(run, "subscription.canceled").map(({ at }) => day(at))).toEqual([14]);
    expect(run.calls).not.toContain("debit");
  });

  it("subscribes to a free price without a page", () => {
    const offer = anOffer({ price: { amountRials: rials(0) } });
    expect(typesOf(eventsOf(subscribing(aSlice({ paymentMethods: [], offers: [offer] }))))).toContain(
      "subscription.activated",
    );
  });

  it("cannot subscribe to a one-time price", () => {
    const once = anOffer({ price: { interval: null } });
    expect(subscribing(aSlice({ paymentMethods: [], offers: [once] }))).toMatchObject({
      rejected: "price_one_time",
      detail: `${once.price.id} is a one-time price; buy it through a checkout.`,
    });
  });
});

describe("due dates", () => {
  it("of a first page are its own, not those of a debit", () => {
    const run = runDue(subscribed(), wall, { requestPayment: () => settled({ authority }) });
    expect(run.calls).toEqual(["requestPayment"]);
    expect(nextDueAt(run.slice)).toBe(after(wall, 2 * minuteMs));
  });
});
