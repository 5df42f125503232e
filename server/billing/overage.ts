// Messages used beyond what was granted, where the price charges for them: counted when a period ends, no more than its
// ceiling, and billed with the next period, or by a debit of their own when none follows.
import type { InvoiceId } from "../../contract/common/id.ts";
import type { SignedRials } from "../../contract/common/money.ts";
import type { InvoiceLine } from "../../contract/invoice.ts";
import { begunDebit } from "./begin-payment.ts";
import { readingOf, useOf } from "./burn.ts";
import { buyerOf } from "./buyer.ts";
import { cannotCollect } from "./carry.ts";
import { explainedVat, text, vatSplitOf } from "./charge.ts";
import { instant, type BillingMs, type Now } from "./clock.ts";
import { givenThat, type NewEvent } from "./event.ts";
import type { Ids } from "./ids.ts";
import { openInvoice } from "./invoice.ts";
import { multiplyRials, zeroRials } from "./money.ts";
import { grantOf } from "./quota.ts";
import type { Slice, Subscription } from "./state.ts";
import { offerOf } from "./terms.ts";
import { vatRateAt } from "./vat.ts";

/**
 * The line of what the current period used beyond its grant; none where nothing was, or the price does not charge for it.
 * Example: 2,030 used of 2,000 at 500 IRR each and a ceiling of 100 are 15,000 IRR, and VAT.
 */
export function overageLines(slice: Slice, subscription: Subscription, at: BillingMs): readonly InvoiceLine[] {
  const quantity = overageOf(slice, subscription);
  const offer = offerOf(slice, subscription.priceId);
  const { overageRials } = offer.price;
  if (quantity === 0 || overageRials === null) return [];
  const { net, vat, gross } = vatSplitOf(multiplyRials(overageRials, quantity), offer, at);
  return [
    {
      priceId: offer.price.id,
      quantity,
      // For no time: it is used up.
      startsAt: instant(at),
      endsAt: instant(at),
      discountRials: zeroRials,
      netRials: net,
      vatRateBasisPoints: vatRateAt(at),
      vatRials: vat,
      totalRials: gross,
      explain: `${text(quantity)} messages beyond those granted, at ${text(overageRials)} IRR; ${explainedVat(offer, at)}`,
    },
  ];
}

/** What was used beyond the grant, up to the ceiling. A trial's is not charged. */
function overageOf(slice: Slice, subscription: Subscription): number {
  const { overageMessages } = offerOf(slice, subscription.priceId).price;
  const balance = grantOf(slice, subscription);
  if (!balance || subscription.status === "trialing") return 0;
  const { used, overrun } = useOf(slice, subscription.productId);
  return Math.min(Math.max(0, used + overrun - balance.granted), overageMessages ?? 0);
}

/** An invoice's events on the condition that no more was used than its line says; as they are without such a line. */
export function onceCounted(
  slice: Slice,
  { productId }: Pick<Subscription, "productId">,
  overage: readonly InvoiceLine[],
  invoiced: readonly NewEvent[],
): readonly NewEvent[] {
  const [opened, ...rest] = invoiced;
  return opened && overage.length > 0 ? [givenThat(readingOf(slice, productId), opened), ...rest] : invoiced;
}

/**
 * What is still to pay for messages when no period follows: a purchase of its own, debited at once. Nothing when the
 * payment method cannot be debited: it is not worth a claim against somebody who has gone.
 */
export function finalOverage(
  slice: Slice,
  subscription: Subscription,
  { creditRials, ids }: { readonly creditRials: SignedRials; readonly ids: Ids },
  now: Now,
): readonly NewEvent[] {
  const lines = overageLines(slice, subscription, now.billing);
  const method =
    subscription.paymentMethodId === null ? null : slice.state.paymentMethods[subscription.paymentMethodId];
  if (lines.length === 0 || !method) return [];
  const invoiceId: InvoiceId = ids.next("inv");
  const opened = openInvoice(
    {
      invoiceId,
      lines,
      subscriptionId: null,
      periodIndex: null,
      reason: "purchase",
      dueAt: now.billing,
      nextAttemptAt: null,
      at: now.billing,
      buyer: buyerOf(slice.state),
    },
    creditRials,
  );
  const events = onceCounted(slice, subscription, lines, opened.events);
  const amountRials = opened.dueRials;
  if (amountRials === 0) return events;
  if (cannotCollect(slice.state, method, amountRials, now) !== null) return [];
  const debit = { paymentId: ids.next("pay"), invoiceId, amountRials, paymentMethodId: method.id, onDemand: true };
  return [...events, begunDebit(debit, now)];
}
