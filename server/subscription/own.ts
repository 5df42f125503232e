// What every small verb about a customer's own subscription does: find it, decide, commit, show it.
import type { PriceId, SubscriptionId } from "../../contract/common/id.ts";
import type { ProblemCode } from "../../contract/common/problem.ts";
import type { Now } from "../billing/clock.ts";
import type { NewEvent } from "../billing/event.ts";
import type { Ids } from "../billing/ids.ts";
import { isRejection, reject, type Rejection } from "../billing/rejection.ts";
import type { Slice, Subscription } from "../billing/state.ts";
import type { RequestContext } from "../http/context.ts";
import type { CallerFor } from "../http/mount.ts";
import { problemDetail } from "../text/problems.ts";
import { ownerOfSubscription } from "../store/read.ts";
import { transact } from "../store/transact.ts";

type Decide<C extends ProblemCode> = (slice: Slice, now: Now, ids: Ids) => readonly NewEvent[] | Rejection<C>;

/** The subscription after a decision of its customer; another's is `not_found`. */
export async function decideOwn<C extends ProblemCode>(
  { deps, caller }: RequestContext<CallerFor<"customer">>,
  subscriptionId: SubscriptionId,
  decide: Decide<C>,
  priceIds: readonly PriceId[] = [],
): Promise<Subscription | Rejection<C | "not_found" | "busy">> {
  const { customerId, userId } = caller;
  const missing = () => reject("not_found", problemDetail("not_found", "en"));
  const slice = await transact<C | "not_found">(deps, {
    customerId,
    actor: `user:${userId}`,
    priceIds,
    subscriptionIds: [subscriptionId],
    decide: (loaded, ...rest) => (loaded.state.subscriptions[subscriptionId] ? decide(loaded, ...rest) : missing()),
  });
  return isRejection(slice) ? slice : (slice.state.subscriptions[subscriptionId] ?? missing());
}

/** The subscription after a decision of an operator, whoever's it is. */
export async function decideAnyones<C extends ProblemCode>(
  { deps, caller, resourceSeed: requestSeed }: RequestContext<CallerFor<"operator">>,
  subscriptionId: SubscriptionId,
  decide: Decide<C>,
): Promise<Subscription | Rejection<C | "not_found" | "busy">> {
  const customerId = await ownerOfSubscription(deps.db, subscriptionId);
  if (!customerId) return reject("not_found", `There is no subscription ${subscriptionId}.`);
  const slice = await transact(deps, {
    customerId,
    actor: `operator:${caller.userId}`,
    requestSeed,
    subscriptionIds: [subscriptionId],
    decide,
  });
  if (isRejection(slice)) return slice;
  const subscription = slice.state.subscriptions[subscriptionId];
  if (!subscription) throw new Error(`${subscriptionId} was decided about but cannot be read`);
  return subscription;
}
