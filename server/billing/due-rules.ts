// Everything that can fall due for a customer, in one list. The commit writes the earliest of these to `due`; the tick
// runs exactly these; so the two cannot disagree. A new rule is one entry here.
import { wallMs, type BillingMs, type WallMs } from "./clock.ts";
import {
  cancelStep,
  decideExpiring,
  decideExpiry,
  expiringDueAt,
  expiryDueAt,
  signatureDueAt,
  signatureStep,
} from "./payment-method.ts";
import { begunStep, isMine, paymentDueAt, paymentStep } from "./payment-step.ts";
import { isMyRefund, refundStep } from "./refund.ts";
import { decideGrantExpiry, grantExpiryDueAt } from "./quota-grant.ts";
import { decideTopUp, topUpDueAt } from "./top-up.ts";
import { decideThreshold, thresholdDueAt } from "./threshold.ts";
import { decideUse, useDueAt } from "./quota-use.ts";
import { attemptDueAt, creditDueAt, decideAttempt, decideCredit } from "./collect.ts";
import { decideRecognition, recognitionDueAt } from "./recognition.ts";
import { resumeDueAt, resumed } from "./pause.ts";
import { decidePeriodEnd, periodEndDueAt } from "./renew.ts";
import { all, nowOf, type Slice } from "./state.ts";
import { commit, type Means, type Step } from "./step.ts";
import { decideAdvance, mayAdvance } from "./test-clock.ts";

/** Grows when a rule's `dueAt` changes meaning: then every customer's `due` row is computed again by the scan. */
export const rulesVersion = 4;

/** One thing that will fall due, and what to do then. */
interface Due<At> {
  readonly at: At;
  readonly step: (means: Means) => Step;
}

interface DueRule<At> {
  readonly name: string;
  readonly dues: (slice: Slice) => readonly Due<At>[];
}

/** Deadlines of the gateway and the payer: on the wall clock, in this order. */
const wallRules: readonly DueRule<WallMs>[] = [
  {
    name: "payment",
    dues: (slice) =>
      all(slice.state.payments).flatMap((payment) =>
        dueAt(paymentDueAt(slice, payment), (means) => paymentStep(slice, payment, means)),
      ),
  },
  {
    name: "refund",
    dues: (slice) =>
      all(slice.state.refunds).flatMap((refund) =>
        dueAt(refund.nextStepAt, (means) => refundStep(slice, refund, means)),
      ),
  },
  {
    name: "payment_method.cancel",
    dues: (slice) =>
      all(slice.state.paymentMethods).flatMap((method) => dueAt(method.nextCancelAt, () => cancelStep(method))),
  },
  {
    name: "payment_method.signature",
    dues: (slice) =>
      all(slice.state.paymentMethods).flatMap((method) =>
        dueAt(signatureDueAt(slice, method), (means) => signatureStep(slice, method, means)),
      ),
  },
  {
    name: "payment_method.expiring",
    dues: (slice) =>
      all(slice.state.paymentMethods).flatMap((method) =>
        dueAt(expiringDueAt(slice, method), () => commit(decideExpiring(method))),
      ),
  },
  {
    name: "payment_method.expiry",
    dues: (slice) =>
      all(slice.state.paymentMethods).flatMap((method) =>
        dueAt(expiryDueAt(method), () => commit(decideExpiry(method))),
      ),
  },
  {
    name: "quota.threshold",
    dues: (slice) =>
      all(slice.state.quotas).flatMap((balance) =>
        dueAt(thresholdDueAt(slice, balance), () => commit(decideThreshold(slice, balance))),
      ),
  },
  {
    name: "quota.use",
    dues: (slice) =>
      all(slice.state.quotas).flatMap((balance) =>
        dueAt(useDueAt(slice, balance), () => commit(decideUse(slice, balance))),
      ),
  },
];

/** What the customer's own clock brings: the earliest first. */
const billingRules: readonly DueRule<BillingMs>[] = [
  {
    name: "invoice.credit",
    dues: (slice) =>
      all(slice.state.invoices).flatMap((invoice) =>
        dueAt(creditDueAt(slice, invoice), ({ now }) => commit(decideCredit(slice, invoice, now))),
      ),
  },
  {
    name: "invoice.attempt",
    dues: (slice) =>
      all(slice.state.invoices).flatMap((invoice) =>
        dueAt(attemptDueAt(slice, invoice), (means) =>
          begunStep(slice, decideAttempt(slice, invoice, means.now, means.ids), means),
        ),
      ),
  },
  {
    name: "subscription.top_up",
    dues: (slice) =>
      all(slice.state.subscriptions).flatMap((subscription) =>
        dueAt(topUpDueAt(slice, subscription), (means) =>
          begunStep(slice, decideTopUp(slice, subscription, means.now, means.ids), means),
        ),
      ),
  },
  {
    name: "quota.grant_expiry",
    dues: (slice) =>
      all(slice.state.grants).flatMap((grant) =>
        dueAt(grantExpiryDueAt(grant), () => commit(decideGrantExpiry(slice, grant))),
      ),
  },
  {
    name: "subscription.period_end",
    dues: (slice) =>
      all(slice.state.subscriptions).flatMap((subscription) =>
        dueAt(periodEndDueAt(slice, subscription), ({ now, ids }) =>
          commit(decidePeriodEnd(slice, subscription, now, ids)),
        ),
      ),
  },
  {
    name: "subscription.resume",
    dues: (slice) =>
      all(slice.state.subscriptions).flatMap((subscription) =>
        dueAt(resumeDueAt(subscription), ({ now, ids }) => commit(resumed(slice, subscription, now, ids))),
      ),
  },
  {
    name: "invoice.recognition",
    dues: (slice) =>
      all(slice.state.invoices).flatMap((invoice) =>
        dueAt(recognitionDueAt(invoice), ({ now }) => commit(decideRecognition(invoice, now))),
      ),
  },
];

/** Every rule's name, for the operators' view and the tests. */
export const dueRuleNames = [...wallRules, ...billingRules].map((rule) => rule.name).concat("test_clock.advance");

/**
 * When this customer must be looked at next, on the wall clock; null when nothing is to come. On a test clock, what
 * its own time brings is due at once or not at all: real time does not move it.
 */
export function nextDueAt(slice: Slice): WallMs | null {
  const walls = wallRules.flatMap((rule) => rule.dues(slice).map((due) => due.at));
  const nextBilling = earliest(billingRules.flatMap((rule) => [...rule.dues(slice)]))?.at ?? null;
  const own = dueOnWall(slice, nextBilling);
  const times = own === null ? walls : [...walls, own];
  return times.length === 0 ? null : wallMs(Math.min(...times));
}

/** What to do now: the first wall rule that is due, else the earliest billing rule, else the test clock, else wait. */
export function nextStep(slice: Slice, means: Means): Step {
  const now = nowOf(slice.state, means.now.wall);
  const mine = all(slice.state.payments).find((payment) => isMine(payment, means));
  if (mine) return paymentStep(slice, mine, means);
  const myRefund = all(slice.state.refunds).find((refund) => isMyRefund(refund, means));
  if (myRefund) return refundStep(slice, myRefund, means);
  for (const rule of wallRules) {
    const due = earliest(rule.dues(slice));
    if (due && due.at <= now.wall) return due.step({ ...means, now });
  }
  const billing = earliest(billingRules.flatMap((rule) => [...rule.dues(slice)]));
  if (billing && billing.at <= now.billing) return billing.step({ ...means, now });
  if (mayAdvance(slice.state)) return commit(decideAdvance(slice.state, billing?.at ?? null));
  return { kind: "wait", until: nextDueAt(slice) };
}

function dueOnWall(slice: Slice, nextBilling: BillingMs | null): WallMs | null {
  const clockNowAt = slice.state.customer?.clockNowAt ?? null;
  if (clockNowAt === null) return nextBilling === null ? null : wallMs(nextBilling);
  const isDue = (nextBilling !== null && nextBilling <= clockNowAt) || mayAdvance(slice.state);
  return isDue ? wallMs(0) : null;
}

function dueAt<At>(at: At | null, step: (means: Means) => Step): readonly Due<At>[] {
  return at === null ? [] : [{ at, step }];
}

function earliest<At extends number>(dues: readonly Due<At>[]): Due<At> | undefined {
  return dues.reduce<Due<At> | undefined>((first, due) => (first && first.at <= due.at ? first : due), undefined);
}
