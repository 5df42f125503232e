// Mutants of the billing rules that no test can kill, because they do what the code does: each with the reason. A
// mutant is told by its text, since line numbers move: the line it begins in, what it replaced, and by what; runs of
// white space count as one space.

export interface Survivor {
  /** From the repository's root. */
  readonly file: string;
  /** The line of code in which the mutated text begins. */
  readonly in: string;
  readonly from: string;
  readonly to: string;
  /** Why nobody could tell the two apart. */
  readonly because: string;
}

export const survivors: readonly Survivor[] = [
  {
    file: "server/billing/money.ts",
    in: "const size = numerator < 0n ? -numerator : numerator;",
    from: "numerator < 0n",
    to: "numerator <= 0n",
    because: "They differ at 0 only, and −0n is 0n.",
  },
  {
    file: "server/billing/money.ts",
    in: "return numerator < 0n ? -rounded : rounded;",
    from: "numerator < 0n",
    to: "numerator <= 0n",
    because: "They differ at 0 only, which rounds to 0, and −0n is 0n.",
  },
  {
    file: "server/billing/carry.ts",
    in: ".flatMap((payment) => payment.sendBefore ?? []);",
    from: "[]",
    to: '["Stryker was here"]',
    because: "What is no instant lies in no day and no month.",
  },
  {
    file: "server/billing/collection-window.ts",
    in: "if (point >= dueAt) return point;",
    from: "point >= dueAt",
    to: "point > dueAt",
    because: "At its own second the window is open, and the next line gives the same instant.",
  },
  {
    file: "server/billing/collection-window.ts",
    in: "return at < opensAt ? opensAt : timeOfDay(tehranDay(today + 1), collectionWindow.opensMs);",
    from: "at < opensAt",
    to: "at <= opensAt",
    because: "At the opening the window is open, which the first line has answered.",
  },
  {
    file: "server/billing/ids.ts",
    in: "for (let index = 0, rest = wall as number; index < 6; index++) {",
    from: "index < 6",
    to: "index <= 6",
    because: "The seventh byte would be number −1, which an array of bytes does not have.",
  },
  {
    file: "server/billing/ids.ts",
    in: 'const bytes = Uint8Array.from(seed.replaceAll("-", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));',
    from: "[]",
    to: '["Stryker was here"]',
    because: "A seed is a UUID, whose digits always match.",
  },
  {
    file: "server/billing/payment-method.ts",
    in: "const isNews = hint && (method.askedAt === null || hint.at > method.askedAt) && hint.at <= method.signBefore;",
    from: "method.askedAt === null",
    to: "false",
    because: "Null compares as 0, which every hint is after.",
  },
  {
    file: "server/billing/payment-method.ts",
    in: "const apart = method.askedAt === null ? hint.at : after(method.askedAt, askApartMs);",
    from: "method.askedAt === null",
    to: "false",
    because: "Null adds as 0, and 10 s after 1970 no hint was given.",
  },
  {
    file: "server/billing/payment-method.ts",
    in: "return method.nextAskAt === null || hintedAt < method.nextAskAt ? hintedAt : method.nextAskAt;",
    from: "hintedAt < method.nextAskAt",
    to: "hintedAt <= method.nextAskAt",
    because: "They differ where both are the same instant.",
  },
  {
    file: "server/billing/renew.ts",
    in: "const method = methodId === null ? undefined : slice.state.paymentMethods[methodId];",
    from: "methodId === null",
    to: "false",
    because: "Nothing is stored under null either.",
  },
  {
    file: "server/billing/renew.ts",
    in: "const invoice = subscription.latestInvoiceId === null ? null : slice.state.invoices[subscription.latestInvoiceId];",
    from: "subscription.latestInvoiceId === null",
    to: "false",
    because: "Nothing is stored under null either.",
  },
  {
    file: "server/billing/renew.ts",
    in: "const isOnRealTime = slice.state.customer?.clockNowAt === null;",
    from: "slice.state.customer?.clockNowAt",
    to: "slice.state.customer.clockNowAt",
    because: "Who has a subscription exists.",
  },
  {
    file: "server/billing/test-clock.ts",
    in: "if (!customer || customer.clockNowAt === null || customer.clockTargetAt === null) return false;",
    from: "customer.clockTargetAt === null",
    to: "false",
    because: "Null compares as 0, and no clock stands before 1970.",
  },
  {
    file: "server/billing/test-clock.ts",
    in: "if (slice.state.customer?.clockTargetAt === targetAt) return [];",
    from: "slice.state.customer?.clockTargetAt",
    to: "slice.state.customer.clockTargetAt",
    because: "Whose clock advances exists.",
  },
  {
    file: "server/billing/tehran.ts",
    in: "if (day >= firstDayOf1402) return false;",
    from: "day >= firstDayOf1402",
    to: "day > firstDayOf1402",
    because: "Summer time began on the second day of a year, never on the first.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: "if (payment.askedAt !== null && hint.at <= payment.askedAt) return null;",
    from: "payment.askedAt !== null",
    to: "true",
    because: "Null compares as 0, and every hint is after 1970.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: "return a < b ? a : b;",
    from: "a < b",
    to: "a <= b",
    because: "They differ where both are the same instant.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: "return first === null || at === null || at > first ? at : first;",
    from: "first === null",
    to: "false",
    because: "Null compares as 0, and everything is after 1970.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: "return first === null || at === null || at > first ? at : first;",
    from: "at > first",
    to: "at >= first",
    because: "They differ where both are the same instant.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: 'case "submitted":',
    from: 'case "submitted": return payment.nextAskAt;',
    to: 'case "submitted":',
    because:
      "What was submitted is asked about from settlesAfter on, which is its nextAskAt: no hint brings that forward.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: "default:",
    from: "default: return payment.status satisfies never;",
    to: "default:",
    because: "The compiler shows that nothing comes here.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: 'case "needs_review":',
    from: '"needs_review"',
    to: '""',
    because: "It never falls due, so no step of it is asked for.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: 'case "reversed":',
    from: '"reversed"',
    to: '""',
    because: "It never falls due, so no step of it is asked for.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: 'case "refunded":',
    from: '"refunded"',
    to: '""',
    because: "It never falls due, so no step of it is asked for.",
  },
  {
    file: "server/billing/payment-step.ts",
    in: "const isOnRealTime = slice.state.customer?.clockNowAt === null;",
    from: "slice.state.customer?.clockNowAt",
    to: "slice.state.customer.clockNowAt",
    because: "A payment whose customer was not loaded has failed before, as a fault.",
  },
  {
    file: "server/billing/refund.ts",
    in: 'const most = source === "credit" && credit < left ? credit : left;',
    from: "credit < left",
    to: "credit <= left",
    because: "They differ where both are the same amount.",
  },
  {
    file: "server/billing/refund.ts",
    in: 'if (payment.status === "succeeded") return invoice.status === "paid" ? "invoice" : "credit";',
    from: '"invoice"',
    to: '""',
    because: "What is not credit is ordered from the invoice, and the order names its source itself.",
  },
  {
    file: "server/billing/refund.ts",
    in: "const isWhole = payment.refundedRials === 0 && amountRials === payment.amountRials;",
    from: "payment.refundedRials === 0",
    to: "true",
    because: "Of what was given back in part, the whole amount is more than is left, and was refused before.",
  },
  {
    file: "server/billing/refund.ts",
    in: "return isWhole && payment.settledAt !== null && at < after(payment.settledAt, reverseWithinMs);",
    from: "payment.settledAt !== null",
    to: "true",
    because: "Null adds as 0, and 29 minutes after 1970 are over.",
  },
  {
    file: "server/billing/refund.ts",
    in: 'return refund.status === "submitted" && own.has(refund.id);',
    from: 'refund.status === "submitted"',
    to: "true",
    because: "Only whoever wrote refund.submitted has it among their own.",
  },
  {
    file: "server/billing/refund.ts",
    in: "const credit = slice.state.customer?.creditRials ?? zeroRials;",
    from: "slice.state.customer?.creditRials",
    to: "slice.state.customer.creditRials",
    because: "Who has a refund exists.",
  },
  {
    file: "server/billing/review.ts",
    in: "const verification = { refId: verdict.reference, repeated: false, cardPanMasked: null, merchantFeeRials: 0 };",
    from: "false",
    to: "true",
    because: "Whether a verification was a repeated one is not asked: both are the same success.",
  },
  {
    file: "server/billing/late-money.ts",
    in: "(other) => other.invoiceId === payment.invoiceId && other.id !== payment.id,",
    from: "other.id !== payment.id",
    to: "true",
    because: "What was found late is itself neither live nor succeeded, which is all that is asked of the others.",
  },
  {
    file: "server/billing/late-money.ts",
    in: "const planned = payment.watchUntil === null ? null : watchAskAt(payment.watchUntil, hearing.at);",
    from: "payment.watchUntil === null",
    to: "false",
    because: "Null adds as 0, and a watch that ended in 1970 has no next time either.",
  },
  {
    file: "server/billing/late-money.ts",
    in: "if (payment.authority === null) throw new Error(`${payment.id} is surplus without an authority`);",
    from: "payment.authority === null",
    to: "false",
    because: "It was asked about by that authority the moment before.",
  },
  {
    file: "server/billing/payment-inquiry.ts",
    in: "if (payment.authority === null) throw new Error(`${payment.id} has no authority to verify`);",
    from: "payment.authority === null",
    to: "false",
    because: "It was asked about by that authority the moment before.",
  },
  {
    file: "server/billing/payment-inquiry.ts",
    in: 'return commit(failed(purpose, "lapsed", "lapsed", now, evidence));',
    from: '"lapsed"',
    to: '""',
    because: "What has not failed has lapsed, whatever the word; the reason beside it is held by a test.",
  },
];
