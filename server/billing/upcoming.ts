// What the next period of a subscription will cost, as things stand.
import type { SubscriptionId } from "../../contract/common/id.ts";
import type { Now } from "./clock.ts";
import type { NewEvent } from "./event.ts";
import type { Ids } from "./ids.ts";
import { reject, type Rejection } from "./rejection.ts";
import { renewal } from "./renew.ts";
import type { Slice } from "./state.ts";

/** The events of the renewal to come. Rejects `not_found`, and `nothing_due` when it ends, pauses or does not run. */
export function decideUpcoming(
  slice: Slice,
  subscriptionId: SubscriptionId,
  now: Now,
  ids: Ids,
): readonly NewEvent[] | Rejection<"not_found" | "nothing_due"> {
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  const { status, cancelAtPeriodEnd, pauseAtPeriodEnd, periodEndsAt: at } = subscription;
  const goesOn = status === "trialing" || status === "active" || status === "past_due";
  if (!goesOn || cancelAtPeriodEnd || pauseAtPeriodEnd) {
    return reject("nothing_due", `${subscriptionId} has no next period: it ends, pauses or does not run.`);
  }
  return renewal(slice, subscription, { at, restartsAt: null }, { ...now, billing: at }, ids);
}
