// A bank may take a payment back after it succeeded. Nobody tells us unasked: a hint, or an import of the gateway's
// payouts, makes us ask about a payment that had succeeded.
import { asked, askStep, question, soonerIfUnanswered, statusIn, type Hearing } from "./ask.ts";
import { instant } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import { evidenceOf } from "./outcome.ts";
import type { Purpose } from "./settle.ts";
import { nowOf, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";

/** Asks whether the money of a succeeded payment is still ours. */
export function reversalStep(slice: Slice, purpose: Purpose, { now }: Means): Step {
  return askStep(question(purpose, now.wall), (hearing) =>
    commit(
      statusIn(hearing) === "REVERSED" ? reversed(slice, hearing) : [asked(hearing, soonerIfUnanswered(hearing, null))],
    ),
  );
}

/** The invoice is owed again. No debit follows by itself: an operator, or the customer, decides how it is paid. */
function reversed(slice: Slice, hearing: Hearing): readonly NewEvent[] {
  const { payment, invoice, subscription } = hearing.purpose;
  const now = nowOf(slice.state, hearing.at);
  const of = { paymentId: payment.id, invoiceId: invoice.id };
  const gone = event(
    "payment.reversed",
    { ...of, amountRials: payment.amountRials, reversedAt: instant(now.wall) },
    evidenceOf(hearing.outcome.evidence),
  );
  if (invoice.status !== "paid") return [gone];
  const reopened = event("invoice.reopened", { invoiceId: invoice.id, reopenedAt: instant(now.billing) });
  const isCurrent = subscription?.status === "active" && subscription.latestInvoiceId === invoice.id;
  if (!isCurrent) return [gone, reopened];
  return [gone, reopened, event("subscription.past_due", { subscriptionId: subscription.id })];
}
