// When somebody is told, and of what.
import { describe, expect, it } from "vitest";
import { noticeKinds } from "../../contract/notification.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { isAlwaysTold, isToldByDefault, noticeOf, sendableAt } from "../../server/billing/notice.ts";
import { noticeText } from "../../server/text/notices.ts";

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
    expect(text.fa).toBe("بهای اشتراک شما از ۱ دی ۱۴۰۵ برای هر دوره ۳٬۶۱۹٬۰۰۰ ریال با مالیات خواهد بود.");
    expect(text.en).toBe("From 22 Dec 2026 a period of your subscription costs 3,619,000 Rials, VAT included.");
  });
});
