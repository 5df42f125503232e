// What happens to messages. What a product's balance grants is always its period's own and what counts on top of it.
import type { ProductId } from "../../../contract/common/id.ts";
import { grantsOf } from "../burn.ts";
import { billingOf } from "../clock.ts";
import type { AddedMessages, CustomerState, QuotaGrant } from "../state.ts";
import { billingOrNull, held, type EventAbout, type Occurrence } from "./entities.ts";

export function evolveQuota(
  state: CustomerState,
  event: EventAbout<"quota">,
  { customerId }: Occurrence,
): CustomerState {
  switch (event.type) {
    case "quota.granted": {
      const { productId, subscriptionId, periodIndex, messages, validUntil } = event.data;
      const of = { customerId, productId, subscriptionId, periodIndex, validUntil: billingOf(validUntil) };
      return withBalance(state, { ...of, periodMessages: messages });
    }
    case "quota.changed": {
      const { fromProductId, productId, subscriptionId, periodIndex, messages, validUntil } = event.data;
      const of = { customerId, productId, subscriptionId, periodIndex, validUntil: billingOf(validUntil) };
      return withBalance(moved(state, fromProductId, productId), { ...of, periodMessages: messages });
    }
    case "quota.grant_added": {
      const { grantId: id, productId, source, priority, messages } = event.data;
      const expiresAt = billingOrNull(event.data.expiresAt);
      const createdAt = billingOf(event.data.addedAt);
      const added = { id, customerId, productId, source, priority, messages, counted: messages };
      return withGrant(state, { ...added, expiresAt, expired: false, createdAt });
    }
    case "quota.grant_settled": {
      const { grantId, productId, counted } = event.data;
      const grant = held(state.grants[grantId], grantId);
      return recounted(withGrant(state, { ...grant, productId, counted }), grant.productId);
    }
    case "quota.grant_expired": {
      const { grantId, counted } = event.data;
      return withGrant(state, { ...held(state.grants[grantId], grantId), counted, expired: true });
    }
    case "quota.threshold_reached": {
      const { productId, percent: toldPercent } = event.data;
      const quota = { ...held(state.quotas[productId], productId), toldPercent };
      return { ...state, quotas: { ...state.quotas, [productId]: quota } };
    }
    default:
      return event satisfies never;
  }
}

/** The messages of a period become another product's, and so does what came on top of them. */
function moved(state: CustomerState, from: ProductId, to: ProductId): CustomerState {
  const left = state.quotas[from];
  if (from === to || !left) return state;
  const grants = Object.fromEntries(grantsOf(state, from).map((grant) => [grant.id, { ...grant, productId: to }]));
  const quotas = { ...state.quotas, [from]: { ...left, granted: 0, periodMessages: 0 } };
  return { ...state, quotas, grants: { ...state.grants, ...grants } };
}

function withGrant(state: CustomerState, grant: AddedMessages): CustomerState {
  return recounted({ ...state, grants: { ...state.grants, [grant.id]: grant } }, grant.productId);
}

/** The balance of a product, if it has one, with what counts now. */
function recounted(state: CustomerState, productId: ProductId): CustomerState {
  const balance = state.quotas[productId];
  return balance ? withBalance(state, balance) : state;
}

/** A threshold is told anew in a new count, and when more is granted. */
function withBalance(state: CustomerState, balance: Omit<QuotaGrant, "granted" | "toldPercent">): CustomerState {
  const { productId, periodMessages } = balance;
  const before = state.quotas[productId];
  const granted = grantsOf(state, productId).reduce((sum, { counted }) => sum + counted, periodMessages);
  const isSameCount = before?.subscriptionId === balance.subscriptionId && before.periodIndex === balance.periodIndex;
  const toldPercent = before && isSameCount && granted <= before.granted ? before.toldPercent : 0;
  return { ...state, quotas: { ...state.quotas, [productId]: { ...balance, granted, toldPercent } } };
}
