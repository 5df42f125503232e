// Refunds, the books, and what stops debits (design §3 "Refunds", "Stop", "Breaker"; §5).
import type { Sabotage } from "./sabotage.ts";

const refund = "server/billing/refund.ts";
const later = "migrations/0004_checkouts_and_refunds.sql";

export const moneyBack: readonly Sabotage[] = [
  {
    name: "a refund repeated after submitted",
    guard: "A refund whose answer was lost is sent again: the gateway gives the money back twice.",
    by: "simulation",
    edits: [
      {
        file: refund,
        find: `return commit([event("refund.needs_review", { ...of(refund), reason: "unanswered" })]);`,
        replace: `return commit([event("refund.submitted", { ...of(refund), ...intentAt(now.wall) })]);`,
      },
    ],
  },
  {
    name: "the sum of refunds not guarded",
    guard: "Neither the rule nor the database looks at what was given back already: more goes back than was paid.",
    by: "simulation",
    edits: [
      { file: refund, find: "if (amountRials > most || amountRials === 0) {", replace: "if (amountRials === 0) {" },
      {
        file: refund,
        find: "const left = subtractRials(payment.amountRials, payment.refundedRials);",
        replace: "const left = payment.amountRials;",
      },
      {
        file: later,
        find: "CHECK (refunded_rials >= 0 AND refunded_rials <= amount_rials);",
        replace: "CHECK (refunded_rials >= 0);",
      },
    ],
  },
  {
    name: "an unanswered refund taken for a failed one",
    guard: "A refund whose answer was lost is called failed, and its money free again: it may have been given back.",
    by: "simulation",
    edits: [
      {
        file: refund,
        find: "return commit([stillAsked(refund, refund.settlesAfter ?? at, evidence)]);",
        replace: `return commit([refundFailed(slice, refund, "declined", at, evidence)]);`,
      },
    ],
  },
  {
    name: "an entry left out of the books",
    guard: "A refund that succeeded is not booked: the books say that the gateway still holds its money.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/ledger.ts",
        find: `const from = method === "manual" ? "bank" : "gateway_clearing";`,
        replace: `const from = method === "manual" ? "bank" : "gateway_clearing";
      if (from === "gateway_clearing") return [];`,
      },
    ],
  },
  {
    name: "one side of an entry left out",
    guard: "Money that came is booked on one account only.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/ledger.ts",
        find: `{ account: "receivable", amountRials: negated(amountRials), ...of },
        { account: "gateway_fee"`,
        replace: `{ account: "gateway_fee"`,
      },
    ],
  },
  {
    name: "a debit while collecting is stopped",
    guard: "Neither the rule nor the database looks at the operators' switch.",
    by: "simulation",
    edits: [
      { file: "server/billing/payment-step.ts", find: "if (!slice.collecting) return givesUpAt;", replace: "" },
      {
        file: "migrations/0028_epochs.sql",
        find: `CREATE TRIGGER billing_event_submits_only_while_collecting BEFORE INSERT ON billing_event
WHEN NEW.type = 'payment.submitted'
  AND (SELECT collecting = 0 AND epoch = NEW.epoch FROM system_state WHERE id = 1)
BEGIN SELECT RAISE(ABORT, 'collecting is stopped'); END;`,
        replace: "",
      },
    ],
  },
  {
    name: "debits on to a gateway that does not answer",
    guard: "Neither the rule nor the database looks whether the gateway answers: each debit becomes one more unknown.",
    by: "simulation",
    edits: [
      {
        file: "server/store/breaker.ts",
        find: "if (!isOpen) return null;",
        replace: "if (isOpen || !isOpen) return null;",
      },
      {
        file: "migrations/0028_epochs.sql",
        find: "  AND 5 = (SELECT COUNT(*) FROM (",
        replace: "  AND 6 = (SELECT COUNT(*) FROM (",
      },
    ],
  },
  {
    name: "a renewal tried again at once",
    guard:
      "A declined renewal is debited again within the hour, and nothing keeps debits 20 hours apart: a runaway charge.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/dunning.ts",
        find: "const next = nextAttemptAt(invoice, attemptCount, offer.price.retryDays, now.billing);",
        replace: "const next = attemptCount < 6 ? after(now.billing, 3_600_000) : null;",
      },
      {
        file: "server/billing/collect.ts",
        find: "const sentAt = isOnRealTime ? debitsSentAt(slice, subscription) : [];",
        replace: "const sentAt: readonly number[] = isOnRealTime ? [] : debitsSentAt(slice, subscription);",
      },
    ],
  },
];
