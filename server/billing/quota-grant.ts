// Messages on top of a period's own: given, bought, and gone when they expire.
import type { InvoiceId, ProductId, QuotaGrantId } from "../../contract/common/id.ts";
import type { QuotaSource } from "../../contract/quota.ts";
import { burntIn, readingOf } from "./burn.ts";
import { instant, instantOrNull, type BillingMs, type Now } from "./clock.ts";
import { event, givenThat, type NewEvent } from "./event.ts";
import { reject, type Rejection } from "./rejection.ts";
import { all, isRunning, type AddedMessages, type Slice } from "./state.ts";

export interface NewGrant {
  readonly grantId: QuotaGrantId;
  readonly productId: ProductId;
  readonly source: QuotaSource;
  readonly priority: number;
  readonly messages: number;
  /** Null: never. */
  readonly expiresAt: BillingMs | null;
}

/** Messages on top, from now on. */
export function grantAdded({ expiresAt, ...grant }: NewGrant, now: Now): NewEvent {
  return event("quota.grant_added", {
    ...grant,
    expiresAt: instantOrNull(expiresAt),
    addedAt: instant(now.billing),
  });
}

/**
 * An operator gives messages. Nothing when that grant is there already. Rejects `not_found`, and
 * `subscription_not_active` when no subscription to the product runs, whose messages these would come on top of.
 */
export function decideCompMessages(
  slice: Slice,
  { reason, grantId, productId, source, priority, messages, expiresAt }: NewGrant & { readonly reason: string },
  now: Now,
): readonly NewEvent[] | Rejection<"not_found" | "subscription_not_active"> {
  if (!slice.state.customer) return reject("not_found", `There is no customer ${slice.customerId}.`);
  if (slice.state.grants[grantId]) return [];
  const subscription = all(slice.state.subscriptions).find(
    (candidate) => candidate.productId === productId && isRunning(candidate),
  );
  if (!subscription) {
    return reject("subscription_not_active", `No subscription to ${productId} runs.`);
  }
  const grant = { grantId, productId, source, priority, messages, expiresAt };
  return [{ ...grantAdded(grant, now), evidence: { reason } }];
}

/** When what is left of a grant is gone. */
export function grantExpiryDueAt({ expiresAt, expired }: AddedMessages): BillingMs | null {
  return expired ? null : expiresAt;
}

/** What was burnt of a grant stays in the count; the rest is gone. */
export function decideGrantExpiry(slice: Slice, grant: AddedMessages): readonly NewEvent[] {
  return [ended(slice, grant, "quota.grant_expired")];
}

/**
 * What was bought and given back is taken back as far as it is not used; nothing when the invoice brought no messages, or
 * nothing is left of them. Example: 100 bought, 30 used: 30 stay in the count.
 */
export function topUpRevoked(slice: Slice, invoiceId: InvoiceId): readonly NewEvent[] {
  const grant = slice.state.grants[topUpGrantId(invoiceId)];
  return grant && !grant.expired ? [ended(slice, grant, "quota.grant_revoked")] : [];
}

function ended(slice: Slice, grant: AddedMessages, type: "quota.grant_expired" | "quota.grant_revoked"): NewEvent {
  const { id: grantId, productId } = grant;
  const balance = slice.state.quotas[productId];
  const burnt = balance ? burntIn(slice, balance).grants.find((part) => part.grant.id === grantId)?.burnt : undefined;
  return givenThat(readingOf(slice, productId), event(type, { grantId, productId, counted: burnt ?? 0 }));
}

/** One invoice tops up once: the grant has its name. */
export function topUpGrantId(invoiceId: InvoiceId): QuotaGrantId {
  return `qg_${invoiceId.slice("inv_".length)}`;
}
