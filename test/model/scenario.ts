// Where a walk begins: a renewal that is due, with two debits left before collecting is given up, and a subscription that
// ends with its period, so that the whole space has an end.
import { billingMs, dayMs, wallMs, wallOf } from "../../server/billing/clock.ts";
import type { Slice } from "../../server/billing/state.ts";
import { anInvoice, aSlice, aSubscription } from "../support/billing-builders.ts";

/** 10:00 in Tehran, in the collection window. */
export const startsAt = wallOf("2026-11-22T06:30:00.000Z");

export function renewal(): Slice {
  const dueAt = billingMs(wallOf("2026-11-12T20:30:00.000Z"));
  const invoice = anInvoice({ dueAt, attemptCount: 3, nextAttemptAt: billingMs(startsAt) });
  const subscription = aSubscription({
    status: "past_due",
    periodStartsAt: dueAt,
    periodEndsAt: billingMs(wallMs(dueAt + 30 * dayMs)),
    latestInvoiceId: invoice.id,
    cancelAtPeriodEnd: true,
    cancelReason: "requested",
  });
  return aSlice({ subscriptions: [subscription], invoices: [invoice] });
}
