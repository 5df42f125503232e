// What must hold: of every commit, and of the books when nothing will happen any more.
import type { NewEvent } from "../../server/billing/event.ts";
import { all, isLive, isUnderWay, type CustomerState, type Payment, type Slice } from "../../server/billing/state.ts";
import { indexOfAuthority, nameOfAuthority, type Gateway } from "./gateway.ts";

/** The properties by name, each with what it says. */
export const properties = {
  "kept at most once": "Of an invoice's money at most one payment is kept; the rest is credited or went back.",
  "debited at most once":
    "Of an invoice's debits at most one has taken money that did not go back: a second page is the payer's, a second debit is ours.",
  "checked out once": "No authority is checked out twice, so it makes no difference what the gateway would do then.",
  "no money unknown to us":
    "At the end, the gateway holds for us, to the Rial, what our books say, payment by payment.",
  "never stuck": "From every state, when the faults stop, an end is reached at which nothing is live and undecided.",
  "no operator": "Nobody is called to decide, since this gateway never contradicts itself.",
  "no impossible commit":
    "No rule writes what the database must refuse for ever: two live payments of one invoice, or nothing.",
} as const;

/** What is wrong with a commit; null when nothing is. */
export function wrongCommit(after: CustomerState, events: readonly NewEvent[], gateway: Gateway): string | null {
  if (events.length === 0) return "no impossible commit: the rules commit nothing, for ever";
  const live = all(after.payments)
    .filter(isLive)
    .map((it) => it.invoiceId);
  if (new Set(live).size !== live.length) return "no impossible commit: two live payments of one invoice";
  for (const { type, data } of events) {
    if (type === "payment.needs_review") return `no operator: ${data.paymentId} needs review (${data.reason})`;
    if (type !== "payment.succeeded") continue;
    const name = after.payments[data.paymentId]?.authority ?? null;
    const authority = name === null ? undefined : gateway.authorities[indexOfAuthority(name)];
    if (authority?.status !== "VERIFIED") return `no money unknown to us: ${data.paymentId} succeeds without money`;
  }
  return null;
}

/** What is wrong with the money as it is, wherever we stand; null when nothing is. */
export function wrongDebits({ state }: Slice, gateway: Gateway): string | null {
  const taken = gateway.authorities.filter(({ kind, takings }) => kind === "debit" && takings > 0);
  const invoices = new Set(taken.map(({ paymentId }) => state.payments[paymentId]?.invoiceId));
  return invoices.size === taken.length ? null : "debited at most once: two debits of one invoice took money";
}

/** What is wrong where somebody must be woken later: hints may never come, so what waits plans its own next inquiry. */
export function wrongPlan({ state }: Slice, dueAt: number | null): string | null {
  const waiting = all(state.payments).filter(isUnderWay);
  const unplanned = waiting.find(({ nextAskAt }) => nextAskAt === null);
  if (unplanned) return `never stuck: ${unplanned.id} is ${unplanned.status} and nothing is planned`;
  return waiting.length > 0 && dueAt === null ? "never stuck: a payment is under way and nothing falls due" : null;
}

/** What is wrong with the books when nothing will happen any more; null when nothing is. */
export function wrongEnd({ state }: Slice, gateway: Gateway): string | null {
  const payments = all(state.payments);
  const undecided = payments.find(isUnderWay);
  if (undecided) return `never stuck: ${undecided.id} is ${undecided.status} at the end`;
  const money = wrongMoney(state, gateway);
  if (money) return money;
  const succeeded = payments.filter(({ status }) => status === "succeeded");
  if (new Set(succeeded.map((it) => it.invoiceId)).size !== succeeded.length) {
    return "kept at most once: two payments of one invoice succeeded";
  }
  const isOfPaid = ({ invoiceId }: Payment) => state.invoices[invoiceId]?.status === "paid";
  const isUnpaid = all(state.invoices).find(
    (it) => it.status === "paid" && !succeeded.some((of) => of.invoiceId === it.id),
  );
  if (isUnpaid) return `no money unknown to us: ${isUnpaid.id} is paid by no payment`;
  const surplus = payments.filter(({ status }) => status === "surplus");
  const creditRials = sumOf([...surplus, ...succeeded.filter((it) => !isOfPaid(it))]);
  if (state.customer?.creditRials === creditRials) return null;
  return `kept at most once: ${creditRials} Rials came for nothing, ${state.customer?.creditRials} are credited`;
}

/** Each authority that holds money is one of ours that says so, and the other way round. */
function wrongMoney(state: CustomerState, gateway: Gateway): string | null {
  const holding = new Set<string>();
  for (const [index, { paymentId, takings }] of gateway.authorities.entries()) {
    const payment = state.payments[paymentId];
    if (takings > 1) return `kept at most once: authority ${index + 1} took money ${takings} times`;
    if (takings === 0) continue;
    if (!payment || !isBooked(payment) || payment.authority !== nameOfAuthority(index)) {
      return `no money unknown to us: authority ${index + 1} holds money, its payment is ${payment?.status}`;
    }
    holding.add(paymentId);
  }
  const empty = all(state.payments).find((it) => isBooked(it) && !holding.has(it.id));
  return empty ? `no money unknown to us: ${empty.id} is ${empty.status} without money` : null;
}

/** Surplus has a reference once it was taken and credited. */
function isBooked({ status, refId }: Payment): boolean {
  return status === "succeeded" || (status === "surplus" && refId !== null);
}

function sumOf(payments: readonly Payment[]): number {
  return payments.reduce((sum, { amountRials }) => sum + amountRials, 0);
}
