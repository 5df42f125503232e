// What buttons beside a subscription do at once; the rest have pages of their own.
import { SubscriptionId } from "../../../contract/common/id.ts";
import { accepted } from "../site/api.ts";
import { idIn, type Onward, type OwnVisit } from "../site/visit.ts";

const about = (visit: OwnVisit) => ({
  params: { subscriptionId: idIn(SubscriptionId, visit.form.get("id")) },
  body: {},
});

export async function withdrawCancel(visit: OwnVisit): Promise<Onward> {
  accepted(await visit.api.subscriptions.withdrawCancel(about(visit)), 200);
  return { goTo: "/account?done=cancelWithdrawn" };
}

export async function withdrawChange(visit: OwnVisit): Promise<Onward> {
  accepted(await visit.api.subscriptions.withdrawChange(about(visit)), 200);
  return { goTo: "/account?done=changeWithdrawn" };
}

/** Ends a pause, or withdraws one that has not begun. */
export async function resume(visit: OwnVisit): Promise<Onward> {
  accepted(await visit.api.subscriptions.resume(about(visit)), 200);
  return { goTo: "/account?done=resumed" };
}
