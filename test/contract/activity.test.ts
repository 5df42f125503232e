// What happened, in words: each type of event says something in both languages. That none is missing is held by the type.
import { expect, it } from "vitest";
import { BillingEvent, billingEventTypes } from "../../contract/billing-event.ts";
import { exampleEvent } from "../../scripts/events/example.ts";
import { activityText, activityTypes } from "../../server/text/activity.ts";

it.each(billingEventTypes)(
  "%s is a sentence in Persian and one in English, without ids or words of programs",
  (type) => {
    const { fa, en } = activityText(BillingEvent.parse(exampleEvent(type)));
    expect(fa).toMatch(/^[\u0600-\u06FF].*\.$/);
    expect(fa, "Latin letters and digits, Arabic kaf or yeh").not.toMatch(/[A-Za-z0-9\u0643\u064A]/);
    expect(en).toMatch(/^[A-Z0-9][\u0020-\u007E]*\.$/);
    expect(en).not.toMatch(/_|undefined|null|NaN/);
  },
);

it("customers are told of money and of what changes, not of how the bank is asked", () => {
  expect(activityTypes).toEqual(expect.arrayContaining(["payment.succeeded", "subscription.canceled"]));
  for (const type of ["payment.asked", "payment.submitted", "quota.counted"] as const) {
    expect(activityTypes).not.toContain(type);
  }
});
