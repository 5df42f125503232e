// The rules the model walks: the real ones unless a test hands in others, with a guard taken out.
import { decideCheckout } from "../../server/billing/checkout.ts";
import { nextDueAt, nextStep } from "../../server/billing/due-rules.ts";
import type { Now, WallMs } from "../../server/billing/clock.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { evolveAll } from "../../server/billing/evolve.ts";
import type { Ids } from "../../server/billing/ids.ts";
import { decidePay } from "../../server/billing/pay.ts";
import type { Rejection } from "../../server/billing/rejection.ts";
import { all, type Slice } from "../../server/billing/state.ts";

/** What a request handler decides: one commit, or nothing. */
export type Decide = (slice: Slice, now: Now, ids: Ids) => readonly NewEvent[] | Rejection;

export interface Rules {
  readonly nextStep: typeof nextStep;
  readonly nextDueAt: (slice: Slice) => WallMs | null;
  readonly evolveAll: typeof evolveAll;
  /** The request handlers by name; each is one budget of the walk. */
  readonly requests: Readonly<Record<string, Decide>>;
}

/** A customer asks for a page to pay an open invoice on. */
const checkout: Decide = (slice, now, ids) => {
  const invoice = all(slice.state.invoices).find(({ status }) => status === "open");
  return invoice ? decideCheckout(slice, { invoiceId: invoice.id, paymentId: ids.next("pay") }, now) : [];
};

/** A customer wants what is overdue debited now. */
const pay: Decide = (slice, now, ids) => {
  const [subscription] = all(slice.state.subscriptions);
  const [method] = all(slice.state.paymentMethods);
  if (!subscription || !method) return [];
  const input = { subscriptionId: subscription.id, paymentId: ids.next("pay"), paymentMethodId: method.id };
  return decidePay(slice, input, now);
};

export const realRules: Rules = { nextStep, nextDueAt, evolveAll, requests: { checkout, pay } };
