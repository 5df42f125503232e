// When somebody is told, and of what.
import { describe, expect, it } from "vitest";
import { noticeKinds } from "../../contract/notification.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { event, type NewEvent } from "../../server/billing/event.ts";
import { rials } from "../../server/billing/money.ts";
import {
  comingWithinMs,
  decideChooseNotices,
  isAlwaysTold,
  isToldByDefault,
  isWanted,
  noticeOf,
  sendableAt,
} from "../../server/billing/notice.ts";
import { noticeText } from "../../server/text/notices.ts";
import { afterEvents, aSlice, newCustomer } from "../support/billing-builders.ts";

const at = (text: string) => wallMs(Date.parse(text));
const told = (now: string) => new Date(sendableAt("sms", at(now))).toISOString();

describe("a text message", () => {
  it.each([
    ["at noon goes at once", "2026-11-22T08:30:00.000Z", "2026-11-22T08:30:00.000Z"],
    ["a moment before eight waits for eight", "2026-11-22T04:29:59.999Z", "2026-11-22T04:30:00.000Z"],
    ["at eight goes at once", "2026-11-22T04:30:00.000Z", "2026-11-22T04:30:00.000Z"],
    ["a moment before ten in the evening goes at once", "2026-11-22T18:29:59.999Z", "2026-11-22T18:29:59.999Z"],
    ["at ten in the evening waits for the morning", "2026-11-22T18:30:00.000Z", "2026-11-23T04:30:00.000Z"],
    ["after midnight waits for the same morning", "2026-11-22T20:30:00.000Z", "2026-11-23T04:30:00.000Z"],
  ])("%s", (_, now, then) => {
    expect(told(now)).toBe(then);
  });

  it("is the only thing that waits: a mail goes in the night as well", () => {
    const night = at("2026-11-22T20:30:00.000Z");
    expect(sendableAt("email", night)).toBe(night);
  });
});

describe("what is told", () => {
  const [invoiceId, at] = ["inv_1", "2026-12-21T20:30:00.000Z"] as const;
  const paid = { paymentId: "pay_1", amountRials: rials(9), refId: "1", feeRials: rials(0), settledAt: at } as const;
  const quota = { productId: "prod_1", subscriptionId: "sub_1", periodIndex: 0, percent: 80 } as const;
  const migration = {
    subscriptionId: "sub_1",
    priceMigration: { migrationId: "mig_1", priceId: "price_2", notBefore: "2026-12-01T20:30:00.000Z" },
    movesAt: at,
    fromRials: rials(8),
    toRials: rials(9),
  } as const;
  const failed = { invoiceId, attemptCount: 1, nextAttemptAt: at, reason: "declined" };
  const moved = { subscriptionId: "sub_1", toRials: 9 };

  it.each<[NewEvent, object]>([
    [
      event("payment.succeeded", { ...paid, invoiceId }),
      { kind: "payment_succeeded", data: { invoiceId, amountRials: 9 } },
    ],
    [event("invoice.attempt_failed", failed), { kind: "payment_failed", data: { invoiceId, nextAttemptAt: at } }],
    [event("invoice.payment_link_due", { invoiceId, dueAt: at }), { kind: "payment_link", data: { invoiceId } }],
    [
      event("payment_method.expiring", { paymentMethodId: "pm_1", expiresAt: at }),
      { kind: "payment_method_expiring", data: { paymentMethodId: "pm_1", at } },
    ],
    [
      event("quota.threshold_reached", { ...quota, used: 8, granted: 10 }),
      { kind: "quota_alert", data: { productId: "prod_1", percent: 80 } },
    ],
    [event("subscription.migration_announced", migration), { kind: "price_change", data: { ...moved, at } }],
    [
      event("subscription.migration_announced", { ...migration, movesAt: null }),
      { kind: "price_change", data: { ...moved, at: "2026-12-01T20:30:00.000Z" } },
    ],
  ])("of $type is what the customer needs, and no more", (each, notice) => {
    expect(noticeOf(each)).toEqual(notice);
  });

  it("is told three days before a period ends, by text message what people would miss", () => {
    expect(comingWithinMs).toBe(259_200_000);
    expect(noticeKinds.filter((kind) => isToldByDefault(kind, "sms")).toSorted()).toEqual([
      "payment_failed",
      "payment_link",
      "payment_method_expiring",
      "price_change",
      "renewal_coming",
      "trial_ending",
    ]);
  });

  it("says nothing of how the bank is asked", () => {
    const data = { customerId: "cus_01kaqzv3m5e0a8r6b1x2n4y7tq", partnerId: "ptr_01kaqzv3m5e0a8r6b1x2n4y7tq" } as const;
    const created = {
      type: "customer.created",
      version: 1,
      data: { ...data, userId: null, externalId: null },
    } as const;
    expect(noticeOf(created)).toBeNull();
  });

  it("by law or for a debt is told whatever was chosen; all else by mail unless somebody says otherwise", () => {
    expect(noticeKinds.filter(isAlwaysTold)).toEqual(["payment_link", "price_change"]);
    for (const kind of noticeKinds) expect(isToldByDefault(kind, "email")).toBe(true);
    expect(isToldByDefault("payment_succeeded", "sms")).toBe(false);
  });

  it("another price from a day on, in both languages and calendars", () => {
    const data = {
      subscriptionId: "sub_01kaqzv3m5e0a8r6b1x2n4y7tq",
      toRials: 3_619_000,
      at: "2026-12-21T20:30:00.000Z",
    };
    const { text } = noticeText({ kind: "price_change", data } as Parameters<typeof noticeText>[0], 0);
    expect(text.fa).toBe("قیمت اشتراک شما از ۱ دی ۱۴۰۵ برای هر دوره ۳٬۶۱۹٬۰۰۰ ریال با مالیات خواهد بود.");
    expect(text.en).toBe("From 22 Dec 2026 a period of your subscription costs 3,619,000 Rials, VAT included.");
  });
});

describe("what somebody chooses", () => {
  const alert = { kind: "quota_alert", channel: "sms" } as const;

  it("holds for that kind by that channel, and what is not chosen is as for everybody", () => {
    const chosen = [{ ...alert, enabled: true }];
    expect(isWanted(chosen, alert)).toBe(true);
    expect(isWanted([], alert)).toBe(false);
    expect(isWanted(chosen, { kind: "payment_succeeded", channel: "sms" })).toBe(false);
    expect(isWanted([{ ...alert, enabled: false }], { ...alert, channel: "email" })).toBe(true);
  });

  it("never holds for what is always told", () => {
    expect(
      isWanted([{ kind: "payment_link", channel: "sms", enabled: false }], { kind: "payment_link", channel: "sms" }),
    ).toBe(true);
  });

  it("is told to the log as far as it is not so already; who has no events yet begins with it", () => {
    const wanted = [
      { ...alert, enabled: true },
      { ...alert, channel: "email", enabled: true },
    ] as const;
    const decided = decideChooseNotices(aSlice({ customer: null }), newCustomer, { chosen: [], wanted });
    expect(decided).toMatchObject([
      { type: "customer.created" },
      { type: "customer.notifications_chosen", data: { choices: [{ ...alert, enabled: true }] } },
    ]);
    const slice = aSlice();
    expect(afterEvents(slice, decided.slice(1)).state).toEqual(slice.state);
    const again = { chosen: [{ ...alert, enabled: true }], wanted };
    expect(decideChooseNotices(aSlice({ customer: null }), newCustomer, again)).toEqual([]);
  });
});
