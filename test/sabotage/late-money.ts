// Money that comes after we stopped waiting for it, and pages (design §3, "Checkouts", "Late money").
import type { Sabotage } from "./sabotage.ts";

const late = "server/billing/late-money.ts";
const step = "server/billing/payment-step.ts";
const evolve = "server/billing/evolve/payment.ts";
export const liveIndex = `CREATE UNIQUE INDEX one_live_payment_per_invoice ON payment (invoice_id)
  WHERE status IN ('created', 'submitted', 'open', 'verifying', 'unknown', 'needs_review', 'succeeded');`;

export const lateMoney: readonly Sabotage[] = [
  {
    name: "the watch not opened",
    guard: "A payment that is left is not watched: what is paid on a page after it closed is the gateway's for ever.",
    by: "simulation",
    edits: [
      {
        file: evolve,
        find: "if (authority === null) return { ...heard, nextAskAt: null, watchUntil: null };",
        replace: "if (authority !== null || status !== null) return { ...heard, nextAskAt: null, watchUntil: null };",
      },
    ],
  },
  {
    name: "the watch not reopened by a hint",
    guard: "After seven days nobody looks at a page again, though the gateway lists its money: it is lost.",
    by: "simulation",
    edits: [
      {
        file: step,
        find: `return status === "surplus" && nextAskAt === null;`,
        replace: `return nextAskAt === null && status !== "succeeded";`,
      },
    ],
  },
  {
    name: "late money ignored",
    guard: "A payment that was given up is asked about, and what the gateway says of its money changes nothing.",
    by: "simulation",
    edits: [{ file: late, find: "  if (saysPaid(hearing)) return onFoundPaid(slice, hearing);\n", replace: "" }],
  },
  {
    name: "late money given away while the other is undecided",
    guard:
      "Money found while another payment's end is unknown is called surplus: when the other fails, the invoice is owed though it was paid.",
    by: "simulation",
    edits: [
      {
        file: late,
        find: "return commit([asked(hearing, afterTheOther(live, at))]);",
        replace: "return commit([surplus(payment, hearing)]);",
      },
    ],
  },
  {
    name: "late money taken beside a payment under way",
    guard:
      "Money found while another payment's end is unknown is captured at once: both would be kept, but for the index.",
    by: "model",
    edits: [
      {
        file: late,
        find: "return commit([asked(hearing, afterTheOther(live, at))]);",
        replace: "return commit([intentToCapture(payment, now, evidence)]);",
      },
    ],
  },
  {
    name: "a second payment taken as late money",
    guard: "Nobody looks whether the invoice was paid by another payment: both are kept for it.",
    by: "model",
    edits: [
      {
        file: late,
        find: `if (invoice.status === "paid" || others.some((other) => other.status === "succeeded")) {`,
        replace: "if (at < 0) {",
      },
      {
        file: late,
        find: "const live = others.find(isLive);",
        replace: `const live = others.find((other) => other.status !== "succeeded" && isLive(other));`,
      },
    ],
  },
  {
    name: "surplus captured and not credited",
    guard: "Surplus that is taken does not become the customer's credit: it is ours for nothing.",
    by: "model",
    edits: [{ file: late, find: `return [taken, creditGranted(purpose, "surplus")];`, replace: "return [taken];" }],
  },
  {
    name: "surplus forgotten",
    guard: "Surplus is not watched until it went back: what the gateway keeps of it is nobody's.",
    by: "model",
    edits: [
      {
        file: evolve,
        find: `        settledAt: null,
        ...watched(event.data),`,
        replace: `        settledAt: null,
        ...watched(event.data),
        nextAskAt: null,`,
      },
    ],
  },
  {
    name: "a debit while a page is open",
    guard: "A renewal is debited while a page of it can be paid: both would be paid, but for the index.",
    by: "model",
    edits: [
      {
        file: "server/billing/state.ts",
        find: "return isLive(payment) || maySettle(payment);",
        replace: `return payment.status !== "open" && payment.status !== "closed" && isLive(payment);`,
      },
    ],
  },
  {
    name: "a debit before the closed page was heard of",
    guard: "A debit goes right after a page has closed, without asking whether it was paid.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/state.ts",
        find: `return isUnderWay(payment) || (payment.status === "closed" && payment.authority !== null && payment.toldAt === null);`,
        replace: "return isUnderWay(payment);",
      },
    ],
  },
  {
    name: "a page that is never closed",
    guard: "A page that nobody pays stays open: its invoice can never be debited.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/checkout.ts",
        find: "closesAt: instant(after(now.wall, openForMs)),",
        replace: "closesAt: instant(after(now.wall, openForMs * 100_000)),",
      },
    ],
  },
  {
    name: "a capture that nobody asks about",
    guard: "Whoever was to capture a page died, and nobody asks what became of it.",
    by: "model",
    edits: [
      {
        file: evolve,
        find: `        nextAskAt: wallOf(event.data.settlesAfter),
        failedHeardAt: null,`,
        replace: `        nextAskAt: null,
        failedHeardAt: null,`,
      },
    ],
  },
];
