// What may be believed of the gateway, and when (design §3, "When FAILED may be believed", "Evidence", "Hints").
import type { Sabotage } from "./sabotage.ts";

const inquiry = "server/billing/payment-inquiry.ts";
const step = "server/billing/payment-step.ts";
const heardTwice = `  if (payment.failedHeardAt === null) return undecided(hearing, { failedHeardAt: at });
  if (at - payment.failedHeardAt < hearAgainMs) return undecided(hearing);
  return commit(failed(purpose, "failed", "not_taken", now, evidence));`;

export const belief: readonly Sabotage[] = [
  {
    name: "FAILED believed before settlesAfter by another",
    guard:
      "Whoever asks while the debit may still be on its way takes FAILED at its word: it may be what the gateway calls an untouched authority.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/evolve/payment.ts",
        find: `        authority: event.data.authority,
        sendBefore: wallOf(event.data.sendBefore),
        settlesAfter: wallOf(event.data.settlesAfter),
        nextAskAt: wallOf(event.data.settlesAfter),`,
        replace: `        authority: event.data.authority,
        sendBefore: wallOf(event.data.sendBefore),
        settlesAfter: wallOf(event.data.settlesAfter),
        nextAskAt: wallOf(event.data.sendBefore),`,
      },
      {
        file: inquiry,
        find: "if (sinceSettled(payment, at) < 0) return undecided(hearing);",
        replace: `if (sinceSettled(payment, at) < 0) return commit(failed(purpose, "failed", "not_taken", now, evidence));`,
      },
    ],
  },
  {
    name: "FAILED believed before settlesAfter by the sender",
    guard:
      "The sender, whose call was not answered, asks at once and takes FAILED at its word: its debit may arrive later.",
    by: "simulation",
    edits: [
      {
        file: step,
        find: `{ purpose, answered: outcome.kind === "declined", moneyCall: outcome.evidence, askedAt: at },`,
        replace: `{ purpose, answered: outcome.kind !== "settled", moneyCall: outcome.evidence, askedAt: at },`,
      },
    ],
  },
  {
    name: "FAILED believed when heard once",
    guard:
      "After settlesAfter FAILED counts at once, not when heard again an hour later: an effect that is late is debited again.",
    by: "simulation",
    edits: [
      {
        file: inquiry,
        find: heardTwice,
        replace: `  return commit(failed(purpose, "failed", "not_taken", now, evidence));`,
      },
    ],
  },
  {
    name: "a time-out taken for a decline",
    guard: "A debit whose answer never came is booked as declined, without asking: it may have been taken.",
    by: "simulation",
    edits: [
      {
        file: step,
        find: `    onOutcome: (outcome, at) =>
      inquireStep(`,
        replace: `    onOutcome: (outcome, at) => outcome.kind === "unknown"
      ? commit(failed(purpose, "failed", "declined", nowOf(slice.state, at), evidenceOf(outcome.evidence)))
      : inquireStep(`,
      },
    ],
  },
  {
    name: "a refusal to verify not taken for not paid",
    guard:
      "−51 and −54 are no word about a payment: one that was lost on the way is asked about for ever, and its invoice never tried again.",
    by: "simulation",
    edits: [
      {
        file: inquiry,
        find: "if (isAboutTerminal(outcome.code)) return undecided(later);",
        replace:
          "if (isAboutTerminal(outcome.code) || outcome.code === -51 || outcome.code === -54) return undecided(later);",
      },
    ],
  },
  {
    name: "silence believed at once",
    guard: "A refusal to verify ends a payment when heard once, an hour after its time, not again a day later.",
    by: "simulation",
    edits: [
      {
        file: inquiry,
        find: `  if (payment.notPaidHeardAt === null) return undecided(hearing, { notPaidHeardAt: now.wall });
  if (since < lapsesAfterMs) return undecided(hearing);`,
        replace: "",
      },
    ],
  },
  {
    name: "the callback believed",
    guard: "The return of a browser that says OK settles the payment, without asking the gateway: anybody can say OK.",
    by: "simulation",
    edits: [
      {
        file: "server/webhook/payment-return.ts",
        find: `import { keepHint, saysNok } from "./hint.ts";`,
        replace: `import { keepHint, saysNok } from "./hint.ts";
import { purposeOf, succeeded } from "../billing/settle.ts";
import { transact } from "../store/transact.ts";`,
      },
      {
        file: "server/webhook/payment-return.ts",
        find: `  const hintedAt = await keepHint(deps, { source: "return", subject, raw: query });`,
        replace: `  const hintedAt = await keepHint(deps, { source: "return", subject, raw: query });
  if (!saysNok(query))
    await transact(deps, {
      customerId: subject.customerId,
      actor: "system",
      decide: (slice, now, ids) => {
        if (slice.state.payments[paymentId]?.status !== "open") return [];
        const verification = { refId: null, repeated: false, cardPanMasked: null, merchantFeeRials: 0 };
        return succeeded(purposeOf(slice, paymentId), verification, { now, ids }, {});
      },
    });`,
      },
    ],
  },
  {
    name: "101 taken for a failure",
    guard: "A payment that was verified before is not a success: its money is here and nobody ever books it.",
    by: "simulation",
    edits: [
      {
        file: "server/zarinpal/envelope.ts",
        find: "const successCodes: ReadonlySet<number> = new Set([100, 101]);",
        replace: "const successCodes: ReadonlySet<number> = new Set([100]);",
      },
      {
        file: "server/zarinpal/envelope.ts",
        find: "code < 0 || code === 429",
        replace: "code < 0 || code === 429 || code === 101",
      },
    ],
  },
  {
    name: "101 booked again",
    guard:
      "A payment that had succeeded, about which somebody gives a hint, is verified and booked once more, since 101 is a success.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/reversal.ts",
        find: `export function reversalStep(slice: Slice, purpose: Purpose, { now }: Means): Step {`,
        replace: `export function reversalStep(slice: Slice, purpose: Purpose, means: Means): Step {
  const { payment } = purpose;
  if (payment.authority !== null)
    return {
      kind: "call",
      name: "verifyPayment",
      input: { authority: payment.authority, amountRials: payment.amountRials },
      onOutcome: (outcome) => outcome.kind === "settled"
        ? commit(succeeded(purpose, outcome.value, means, evidenceOf(outcome.evidence)))
        : askAboutReversal(slice, purpose, means),
    };
  return askAboutReversal(slice, purpose, means);
}
function askAboutReversal(slice: Slice, purpose: Purpose, { now }: Means): Step {`,
      },
      {
        file: "server/billing/reversal.ts",
        find: `import type { Purpose } from "./settle.ts";`,
        replace: `import { succeeded, type Purpose } from "./settle.ts";`,
      },
    ],
  },
  {
    name: "auto-verify left on",
    guard:
      "Pages are requested without `auto_verify: false`: the gateway takes the money of each page that is paid, ours or not.",
    by: "simulation",
    edits: [
      {
        file: "server/zarinpal/client.ts",
        find: "metadata: { order_id: input.orderId, auto_verify: false },",
        replace: "metadata: { order_id: input.orderId, auto_verify: true },",
      },
    ],
  },
  {
    name: "verified with another amount than ours",
    guard: "What is paid is verified with another amount than the one it was asked for: its money is never taken.",
    by: "simulation",
    edits: [
      {
        file: "server/zarinpal/client.ts",
        find: "body: { amount: amountRials, authority },",
        replace: "body: { amount: Math.floor(amountRials / 10), authority },",
      },
    ],
  },
];
