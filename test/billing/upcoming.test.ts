import { describe, expect, it } from "vitest";
import { instant } from "../../server/billing/clock.ts";
import type { Subscription } from "../../server/billing/state.ts";
import { decideUpcoming } from "../../server/billing/upcoming.ts";
import { aSlice, aSubscription, eventsOf, now, seededIds } from "../support/billing-builders.ts";

const subscription = aSubscription();
const upcoming = (over: Partial<Subscription> = {}) =>
  decideUpcoming(aSlice({ subscriptions: [{ ...subscription, ...over }] }), subscription.id, now, seededIds());

describe("what the next period will cost", () => {
  it.each(["trialing", "active", "past_due"] as const)(
    "is the invoice of the period that begins where this one ends, of one that is %s",
    (status) => {
      const finalized = eventsOf(upcoming({ status })).find(({ type }) => type === "invoice.finalized");
      expect(finalized).toMatchObject({
        data: {
          totalRials: 3_289_000,
          periodIndex: 1,
          lines: [{ startsAt: instant(subscription.periodEndsAt) }],
        },
      });
    },
  );

  it.each([
    ["ends with its period", { cancelAtPeriodEnd: true }],
    ["pauses with its period", { pauseAtPeriodEnd: true }],
    ["is paused", { status: "paused" }],
    ["is not paid for yet", { status: "incomplete" }],
    ["is over", { status: "canceled" }],
  ] as const)("nothing_due: one that %s", (_title, over) => {
    expect(upcoming(over)).toMatchObject({
      rejected: "nothing_due",
      detail: `${subscription.id} has no next period: it ends, pauses or does not run.`,
    });
  });

  it("not_found: one that there is not", () => {
    expect(decideUpcoming(aSlice(), subscription.id, now, seededIds())).toMatchObject({
      rejected: "not_found",
      detail: `There is no subscription ${subscription.id}.`,
    });
  });
});
