import { expect, it } from "vitest";
import { event, givenThat } from "../../server/billing/event.ts";
import { aSubscription } from "../support/billing-builders.ts";

it("an event carries what was read of messages used, and no condition when nothing was read", () => {
  const { id: subscriptionId, productId } = aSubscription();
  const activated = event("subscription.activated", { subscriptionId });
  const reading = { productId, version: 7 };
  expect(givenThat(reading, activated)).toEqual({ ...activated, given: reading });
  expect(givenThat(null, activated)).toBe(activated);
});
