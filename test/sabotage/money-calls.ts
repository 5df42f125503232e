// Who may call, and until when (design §3, "Who calls").
import type { Sabotage } from "./sabotage.ts";

const step = "server/billing/payment-step.ts";
const driver = "server/job/driver.ts";
const writersOwn = `if (event.type === "payment.submitted" || event.type === "payment.verifying") return [event.data.paymentId];`;

export const moneyCalls: readonly Sabotage[] = [
  {
    name: "no intent before the checkout",
    guard:
      "The debit goes first and `submitted` is written after it: whoever dies in between leaves a debit without a trace, and another follows.",
    by: "simulation",
    edits: [
      {
        file: step,
        find: "onOutcome: (outcome, at) => onRequested(purpose, outcome, nowOf(slice.state, at)),",
        replace: `onOutcome: (outcome, at) => {
          const written = onRequested(purpose, outcome, nowOf(slice.state, at));
          const method = payment.paymentMethodId === null ? undefined : slice.state.paymentMethods[payment.paymentMethodId];
          if (outcome.kind !== "settled" || !method?.signatureId) return written;
          const { authority } = outcome.value;
          const input = { paymentId: payment.id, authority, signatureId: method.signatureId, sendBefore: after(at, hourMs) };
          return { kind: "call", name: "debit", input, onOutcome: () => written };
        },`,
      },
      {
        file: driver,
        find: writersOwn,
        replace: `if (event.type === "payment.verifying") return [event.data.paymentId];`,
      },
    ],
  },
  {
    name: "anyone may call",
    guard: "Whoever finds `submitted` makes its money call, not its writer alone: one authority is checked out twice.",
    by: "model",
    edits: [
      {
        file: step,
        find: `if (payment.status === "submitted") return own.has(payment.id) || answers.has(payment.id);`,
        replace: `if (payment.status === "submitted") return true;`,
      },
      {
        file: step,
        find: "return means.own.has(payment.id) ? moneyStep(slice, purpose, means) : becameStep(slice, purpose, means);",
        replace: `return payment.status === "submitted" || means.own.has(payment.id)
        ? moneyStep(slice, purpose, means)
        : becameStep(slice, purpose, means);`,
      },
    ],
  },
  {
    name: "the writer calls again",
    guard: "A money call is not struck off before it is made: after a lost race its writer makes it again.",
    by: "simulation",
    edits: [
      {
        file: driver,
        find: `  mine.own.delete(paymentId);
  const outcome = await calls.debit(deps, call.input);
  mine.answers.set(paymentId, outcome);`,
        replace: `  const outcome = await calls.debit(deps, call.input);
  mine.answers.set(paymentId, outcome);`,
      },
      {
        file: driver,
        find: `      mine.answers.clear();`,
        replace: `      mine.answers.clear();
      for (const { type, data } of step.events) if (type !== "payment.submitted" && type !== "payment.verifying" && "paymentId" in data) mine.own.delete(data.paymentId);`,
      },
    ],
  },
  {
    name: "a debit sent after sendBefore",
    guard:
      "Whoever was held up sends all the same: the debit goes when others ask already, or after the customer cancelled.",
    by: "simulation",
    edits: [{ file: driver, find: `if (deps.wall() >= sendBefore) return notSent("payman/checkout");`, replace: "" }],
  },
  {
    name: "a capture sent after sendBefore",
    guard: "Whoever was held up takes the money of a page all the same, when others may have closed or captured it.",
    by: "simulation",
    edits: [
      {
        file: driver,
        find: `wall() >= sendBefore ? notSent("payment/verify") : gateway.verifyPayment({ authority, amountRials }),`,
        replace: `wall() >= sendBefore + 1e12 ? notSent("payment/verify") : gateway.verifyPayment({ authority, amountRials }),`,
      },
    ],
  },
  {
    name: "an open page captured without intent",
    guard:
      "What is paid on a page is verified at once, without `verifying`: nobody knows who is at it, and a debit may go.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/checkout.ts",
        find: `import type { Purpose } from "./settle.ts";`,
        replace: `import { succeeded, type Purpose } from "./settle.ts";`,
      },
      {
        file: "server/billing/checkout.ts",
        find: "export function openStep(slice: Slice, purpose: Purpose, { now }: Means): Step {",
        replace: "export function openStep(slice: Slice, purpose: Purpose, { now, ids }: Means): Step {",
      },
      {
        file: "server/billing/checkout.ts",
        find: "return askStep(question(purpose, now.wall), (hearing) =>\n    commit([",
        replace: `return askStep(question(purpose, now.wall), (hearing) => saysPaid(hearing) && payment.authority !== null
    ? {
        kind: "call",
        name: "verifyPayment",
        input: { authority: payment.authority, amountRials: payment.amountRials },
        onOutcome: (outcome, at) => commit(outcome.kind === "settled"
          ? succeeded(purpose, outcome.value, { now: nowOf(slice.state, at), ids }, evidenceOf(outcome.evidence))
          : [asked(hearing, nextOpenAskAt(hearing))]),
      }
    : commit([`,
      },
    ],
  },
  {
    name: "late money captured without intent",
    guard:
      "Money found on a closed page is verified while the payment is still called closed: a debit may go beside it.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/late-money.ts",
        find: "if (!live) return commit([intentToCapture(payment, now, evidence)]);",
        replace: `if (!live && payment.authority !== null)
    return {
      kind: "call",
      name: "verifyPayment",
      input: { authority: payment.authority, amountRials: payment.amountRials },
      onOutcome: (outcome) => commit([outcome.kind === "settled" ? intentToCapture(payment, now, evidence) : asked(hearing, nextWatchAskAt(hearing))]),
    };
  if (!live) throw new Error("unreachable");`,
      },
    ],
  },
  {
    name: "nobody waits for a capture's settlesAfter",
    guard:
      "A payment that is being captured is asked about, and captured again, while its writer may still be at work.",
    by: "simulation",
    edits: [
      {
        file: step,
        find: "return notBefore(payment.settlesAfter, askDueAt(slice, payment));",
        replace: "return payment.sendBefore && after(payment.sendBefore, -15_000);",
      },
    ],
  },
  {
    name: "the answer of a commit taken for a lost race",
    guard:
      "A commit of which D1 lost only the answer is taken for somebody else's: its writer lives, and never makes its call.",
    by: "simulation",
    edits: [
      {
        file: "server/store/commit.ts",
        find: "if (winner === first.id) return told(ports, head.stream, chained, done);",
        replace: `if (winner === first.id) return { kind: "lost_race" };`,
      },
    ],
  },
  {
    name: "intents of debits dated by the process's clock",
    guard:
      "A debit's intent is dated by when the process began, not by the clock that is handed in: it is over before it is written.",
    by: "simulation",
    edits: [
      {
        file: step,
        find: `{ ...of, authority, ...intentAt(now.wall) }`,
        replace: `{ ...of, authority, ...intentAt(Math.min(now.wall, processBeganAt) as WallMs) }`,
      },
      {
        file: step,
        find: "const firstDeferralMs = 15 * secondMs;",
        replace: "const firstDeferralMs = 15 * secondMs;\nconst processBeganAt = Date.now();",
      },
    ],
  },
];
