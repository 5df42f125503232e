// What happens to invoices.
import { billingOf } from "../clock.ts";
import { signedRials, zeroRials } from "../money.ts";
import type { CustomerState, Invoice } from "../state.ts";
import { billingOrNull, withInvoice, withNew, withSubscription, type EventAbout, type Occurrence } from "./entities.ts";

export function evolveInvoice(
  state: CustomerState,
  event: EventAbout<"invoice">,
  { customerId }: Occurrence,
): CustomerState {
  switch (event.type) {
    case "invoice.finalized": {
      const { invoiceId, subscriptionId } = event.data;
      const opened = withNew(state, "invoices", {
        id: invoiceId,
        customerId,
        subscriptionId,
        periodIndex: event.data.periodIndex,
        reason: event.data.reason,
        status: "open",
        lines: event.data.lines,
        subtotalRials: event.data.subtotalRials,
        vatRials: event.data.vatRials,
        totalRials: event.data.totalRials,
        creditAppliedRials: signedRials(0),
        creditNotesRials: zeroRials,
        returnedRials: zeroRials,
        returnedNetRials: zeroRials,
        recognizedAt: null,
        dueAt: billingOf(event.data.dueAt),
        attemptCount: 0,
        nextAttemptAt: billingOrNull(event.data.nextAttemptAt),
        finalizedAt: billingOf(event.data.finalizedAt),
        paidAt: null,
        buyerId: event.data.buyerId,
        taxReport: event.data.taxReport,
      } satisfies Invoice);
      // The invoice of a change is not that of its period: `pendingChange` names it.
      return subscriptionId === null || event.data.reason === "subscription_change"
        ? opened
        : withSubscription(opened, { subscriptionId }, { latestInvoiceId: invoiceId });
    }
    case "invoice.attempt_failed":
      return withInvoice(state, event.data, {
        attemptCount: event.data.attemptCount,
        nextAttemptAt: billingOrNull(event.data.nextAttemptAt),
      });
    case "invoice.paid":
      return withInvoice(state, event.data, {
        status: "paid",
        paidAt: billingOf(event.data.paidAt),
        nextAttemptAt: null,
      });
    case "invoice.voided":
      return withInvoice(state, event.data, { status: "void", nextAttemptAt: null, recognizedAt: null });
    case "invoice.payment_link_due":
      return state;
    case "invoice.reopened":
    case "invoice.reinstated":
      return withInvoice(state, event.data, { status: "open", paidAt: null, nextAttemptAt: null });
    case "invoice.marked_uncollectible":
      return withInvoice(state, event.data, {
        status: "uncollectible",
        nextAttemptAt: null,
        recognizedAt: null,
      });
    default:
      return event satisfies never;
  }
}
