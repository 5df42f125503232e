// Customers as their partner sees them: never a person, never the user behind one.
import type { Customer as Shown, CustomerState } from "../../contract/customer.ts";
import { accessOf, bestAccess } from "../billing/access.ts";
import { instant } from "../billing/clock.ts";
import { dueOn } from "../billing/credit.ts";
import type { Customer, Subscription } from "../billing/state.ts";
import { presentAdded, presentBalance } from "../http/quota.ts";
import type { CustomerSnapshot } from "../store/customers.ts";

export function presentCustomer({
  id,
  externalId,
  createdAt,
}: Pick<Customer, "id" | "externalId" | "createdAt">): Shown {
  return { id, externalId, createdAt: instant(createdAt) };
}

export function presentState(snapshot: CustomerSnapshot): CustomerState {
  const { customer, position, invoices, balances, grants } = snapshot;
  const subscriptions = snapshot.subscriptions.map((subscription) => presentSubscription(snapshot, subscription));
  return {
    customerId: customer.id,
    externalId: customer.externalId,
    access: bestAccess(subscriptions.map(({ access }) => access)),
    features: featuresOf(
      snapshot,
      snapshot.subscriptions.filter((_, index) => subscriptions[index]?.access !== "none"),
    ),
    subscriptions,
    quotas: balances.map((balance) => ({
      ...presentBalance(balance),
      resetsAt: resetsAt(snapshot, balance),
      added: grants.filter(({ productId }) => productId === balance.productId).map(presentAdded),
    })),
    due: invoices.map((invoice) => ({
      invoiceId: invoice.id,
      amountRials: dueOn(invoice),
      dueAt: instant(invoice.dueAt),
    })),
    position,
  };
}

function presentSubscription(
  snapshot: CustomerSnapshot,
  subscription: Subscription,
): CustomerState["subscriptions"][number] {
  const { id, productId, priceId, quantity, status, cancelAtPeriodEnd } = subscription;
  const { periodIndex: index, periodStartsAt, periodEndsAt } = subscription;
  return {
    id,
    productId,
    priceId,
    quantity,
    status,
    access: accessOf(subscription, priceOf(snapshot, priceId)),
    currentPeriod: { index, startsAt: instant(periodStartsAt), endsAt: instant(periodEndsAt) },
    cancelAtPeriodEnd,
  };
}

function priceOf({ prices }: CustomerSnapshot, priceId: Subscription["priceId"]) {
  const found = prices.find(({ id }) => id === priceId);
  if (!found) throw new Error(`${priceId} is subscribed to and cannot be read`);
  return found;
}

/** Of the main products and of what was added to them. */
function featuresOf(snapshot: CustomerSnapshot, subscriptions: readonly Subscription[]): string[] {
  const priceIds = subscriptions.flatMap(({ priceId, addOns }) => [priceId, ...addOns.map((addOn) => addOn.priceId)]);
  const productIds = priceIds.map((priceId) => priceOf(snapshot, priceId).productId);
  const products = snapshot.products.filter(({ id }) => productIds.includes(id));
  return [...new Set(products.flatMap(({ features }) => features))].toSorted();
}

/** With the end of the period, when another follows. */
function resetsAt(
  { subscriptions }: CustomerSnapshot,
  { subscriptionId, validUntil }: CustomerSnapshot["balances"][number],
) {
  const subscription = subscriptions.find(({ id }) => id === subscriptionId);
  const goesOn = subscription && !subscription.cancelAtPeriodEnd && !subscription.pauseAtPeriodEnd;
  return goesOn && subscription.status !== "paused" ? instant(validUntil) : null;
}
