// What happens to messages. What a product's balance grants is always its period's own and what counts on top of it.
import type { ProductId } from "../../../contract/common/id.ts";
import { grantsOf, isSameCount } from "../burn.ts";
import { billingOf, type WallMs } from "../clock.ts";
import { all, type AddedMessages, type CustomerState, type QuotaGrant } from "../state.ts";
import { billingOrNull, held, type EventAbout, type Occurrence } from "./entities.ts";

export function evolveQuota(
  state: CustomerState,
  event: EventAbout<"quota">,
  { customerId, at }: Occurrence,
): CustomerState {
  switch (event.type) {
    case "quota.granted":
    case "quota.changed": {
      const { productId, subscriptionId, periodIndex, messages, validUntil } = event.data;
      const of = { customerId, productId, subscriptionId, periodIndex, validUntil: billingOf(validUntil) };
      const before = event.type === "quota.changed" ? moved(state, event.data.fromProductId, productId) : state;
      return withBalance(before, { ...of, periodMessages: messages }, at);
    }
    case "quota.grant_added": {
      const { grantId: id, productId, source, priority, messages } = event.data;
      const expiresAt = billingOrNull(event.data.expiresAt);
      const createdAt = billingOf(event.data.addedAt);
      const added = { id, customerId, productId, source, priority, messages, counted: messages };
      return withGrant(state, { ...added, expiresAt, expired: false, createdAt }, at);
    }
    case "quota.grant_settled": {
      const { grantId, productId, counted } = event.data;
      const grant = held(state.grants[grantId], grantId);
      return recounted(withGrant(state, { ...grant, productId, counted }, at), grant.productId, at);
    }
    case "quota.grant_expired":
    case "quota.grant_revoked": {
      const { grantId, counted } = event.data;
      return withGrant(state, { ...held(state.grants[grantId], grantId), counted, expired: true }, at);
    }
    case "quota.counted": {
      const { used: toldUsed, reserved: toldReserved, overrun: toldOverrun } = event.data;
      const told = { toldUsed, toldReserved, toldOverrun, toldAt: at };
      const same = all(state.quotas).filter((balance) => isSameCount(balance, event.data));
      const quotas = Object.fromEntries(same.map((balance) => [balance.productId, { ...balance, ...told }]));
      return { ...state, quotas: { ...state.quotas, ...quotas } };
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

function withGrant(state: CustomerState, grant: AddedMessages, at: WallMs): CustomerState {
  return recounted({ ...state, grants: { ...state.grants, [grant.id]: grant } }, grant.productId, at);
}

/** The balance of a product, if it has one, with what counts now. */
function recounted(state: CustomerState, productId: ProductId, at: WallMs): CustomerState {
  const balance = state.quotas[productId];
  return balance ? withBalance(state, balance, at) : state;
}

type Told = Pick<QuotaGrant, "toldPercent" | "toldUsed" | "toldReserved" | "toldOverrun" | "toldAt">;

/** A threshold is told anew in a new count, and when more is granted; of a new count nothing is used. */
function withBalance(
  state: CustomerState,
  balance: Omit<QuotaGrant, "granted" | keyof Told>,
  at: WallMs,
): CustomerState {
  const { productId, periodMessages } = balance;
  const before = state.quotas[productId];
  const granted = grantsOf(state, productId).reduce((sum, { counted }) => sum + counted, periodMessages);
  const goesOn = before && isSameCount(before, balance) && granted <= before.granted;
  const told: Told = { ...toldOf(state, balance, at), toldPercent: goesOn ? before.toldPercent : 0 };
  return { ...state, quotas: { ...state.quotas, [productId]: { ...balance, ...told, granted } } };
}

/** What was told of a count, by whichever product its messages are. */
function toldOf({ quotas }: CustomerState, count: Parameters<typeof isSameCount>[1], at: WallMs) {
  const known = all(quotas).find((balance) => isSameCount(balance, count));
  if (!known) return { toldUsed: 0, toldReserved: 0, toldOverrun: 0, toldAt: at };
  const { toldUsed, toldReserved, toldOverrun, toldAt } = known;
  return { toldUsed, toldReserved, toldOverrun, toldAt };
}
