// Two slices that no rule can tell apart are one state. This file says what no rule can tell apart, and when time next
// makes a difference. Each reduction keeps every behaviour, or adds some; none takes one away:
//
// - Asking times. A hint, true or forged, may come at any moment and makes a payment's inquiry due. So an inquiry may be
//   made at any moment, when the last one was made carries no information, and inquiries that decide nothing lead back
//   to the same state. A payment that is asked for `sleeps`; a consumer may wake any one of them. That the rules plan
//   another inquiry by themselves is a property of its own (`never stuck`).
// - Counters: tries and inquiries so far only stretch the next wait, which is left out with them.
// - The far past: an instant further back than any rule looks is `ancient`.
// - What ended: a payment that is watched for late money is one, whether it failed or lapsed; texts and times that only
//   people read; what the gateway would call an authority on which nothing can be found any more.
// - A watch of seven days ends at a whole hour.
import { dayMs, hourMs, minuteMs, wallMs, type WallMs } from "../../server/billing/clock.ts";
import type { Authority, Gateway } from "./gateway.ts";
import { Pool } from "./space.ts";
import { all, type Invoice, type Payment, type Slice, type Subscription } from "../../server/billing/state.ts";

/** When a payment that may be asked for at any moment is asked for without being woken. */
export const asleep: WallMs = wallMs(Date.parse("2100-01-01T00:00:00.000Z"));
const ancient: WallMs = wallMs(Date.parse("2020-01-01T00:00:00.000Z"));
const ended = wallMs(Date.parse("2026-01-01T00:00:00.000Z"));

/** The longest an invocation lives: a jump of time beyond it ends them all. */
export const invocationLivesMs = 15 * minuteMs;

/** How far back the rules look from now at each instant of a payment. */
const hearAgainMs = hourMs;
const lapsesAfterMs = dayMs;

/** Statuses in which the gateway has not told what became of a money call, or of a page. */
const waiting: ReadonlySet<Payment["status"]> = new Set(["submitted", "unknown", "verifying"]);
/** Statuses in which late money is looked for, or was. */
const left: ReadonlySet<Payment["status"]> = new Set(["failed", "lapsed", "closed"]);

export function sleeps(payment: Payment): boolean {
  return payment.nextAskAt === asleep;
}

/** The slice without what no rule can tell at a moment. */
export function canonical(slice: Slice, now: WallMs): Slice {
  const { state } = slice;
  return {
    ...slice,
    hints: {},
    state: {
      ...state,
      quotas: {},
      payments: byId(all(state.payments).map((it) => unlessSame(it, canonicalPayment(it, now)))),
      invoices: byId(all(state.invoices).map((it) => unlessSame(it, canonicalInvoice(it)))),
      subscriptions: byId(all(state.subscriptions).map((it) => unlessSame(it, canonicalSubscription(it)))),
    },
  };
}

/** What was canonical already stays the same object, so that its number is known. */
function unlessSame<T extends object>(before: T, after: T): T {
  const values = Object.values(before);
  return Object.values(after).every((value, at) => value === values[at]) ? before : after;
}

function canonicalPayment(payment: Payment, now: WallMs): Payment {
  const past = (at: WallMs | null, reachMs: number) => (at !== null && now - at >= reachMs ? ancient : at);
  const { status } = payment;
  const isAsked = payment.nextAskAt !== null;
  const isWaiting = waiting.has(status);
  return {
    ...payment,
    status: status === "lapsed" ? "failed" : status,
    tries: 0,
    askCount: 0,
    askedAt: null,
    begunAt: status === "created" ? payment.begunAt : ancient,
    createdAt: ended as number as Payment["createdAt"],
    nextAskAt: nextAskOf(payment, now),
    answered: payment.answered && status === "unknown",
    closesAt: status === "open" ? payment.closesAt : null,
    sendBefore: isWaiting || payment.kind === "debit" ? past(payment.sendBefore, lapsesAfterMs) : null,
    settlesAfter: isWaiting ? past(payment.settlesAfter, lapsesAfterMs) : null,
    toldAt: status === "closed" && payment.toldAt !== null ? ended : null,
    watchUntil: isAsked ? wholeHour(payment.watchUntil) : null,
    failedHeardAt: isAsked ? past(payment.failedHeardAt, hearAgainMs) : null,
    notPaidHeardAt: isAsked ? past(payment.notPaidHeardAt, status === "verifying" ? lapsesAfterMs : 0) : null,
    failureReason: payment.failureReason === null ? null : "-",
    settledAt: payment.settledAt === null ? null : ended,
  };
}

/** No hint brings forward what is `created` or `submitted`, nor `verifying` while its writer may be at work. */
function nextAskOf({ status, nextAskAt, settlesAfter }: Payment, now: WallMs): WallMs | null {
  if (nextAskAt === null || status === "created" || status === "submitted") return nextAskAt;
  if (status === "verifying" && settlesAfter !== null && now < settlesAfter) return settlesAfter;
  return asleep;
}

function wholeHour(at: WallMs | null): WallMs | null {
  return at === null ? null : wallMs(Math.ceil(at / hourMs) * hourMs);
}

function canonicalInvoice(invoice: Invoice): Invoice {
  const isOpen = invoice.status === "open";
  return {
    ...invoice,
    attemptCount: isOpen ? invoice.attemptCount : 0,
    paidAt: invoice.paidAt === null ? null : (ended as number as NonNullable<Invoice["paidAt"]>),
  };
}

function canonicalSubscription(subscription: Subscription): Subscription {
  const isOver = subscription.endedAt !== null;
  return { ...subscription, endedAt: isOver ? (ended as number as NonNullable<Subscription["endedAt"]>) : null };
}

/** Everything of a canonical slice that changes during a walk; its entities by numbers, which tell them apart. */
export class SliceKeys {
  readonly #texts = new Pool<string>();
  readonly #numbers = new WeakMap<object, number>();

  keyOf({ state, collecting }: Slice): string {
    const { customer, subscriptions, invoices, payments, refunds } = state;
    const each = [subscriptions, invoices, payments, refunds].map((entities) =>
      all<object>(entities).map((it) => this.#numberOf(it)),
    );
    return `${collecting},${customer?.creditRials};${each.join(";")}`;
  }

  #numberOf(entity: object): number {
    const known = this.#numbers.get(entity);
    if (known !== undefined) return known;
    const text = JSON.stringify(Object.values(entity));
    const number = this.#texts.numberOf(text, () => text);
    this.#numbers.set(entity, number);
    return number;
  }
}

/** The slice with one sleeping payment due for its inquiry now. */
export function woken(slice: Slice, payment: Payment, now: WallMs): Slice {
  const payments = { ...slice.state.payments, [payment.id]: { ...payment, nextAskAt: now } };
  return { ...slice, state: { ...slice.state, payments } };
}

/** The slice with somebody's word about a payment that is no longer watched. */
export function hinted(slice: Slice, payment: Payment, now: WallMs): Slice {
  return { ...slice, hints: { [payment.id]: { at: now, nok: false } } };
}

/** Whether only somebody's word makes us look for money again. */
export function isUnwatched(payment: Payment): boolean {
  return left.has(payment.status) && payment.nextAskAt === null && payment.authority !== null;
}

/** Whether money that comes now will be looked for unprompted. */
export function isWatched({ nextAskAt, watchUntil }: Payment, now: WallMs): boolean {
  return nextAskAt !== null && (watchUntil === null || now < watchUntil);
}

/** The gateway without what no inquiry about a payment that was left can tell apart. */
export function canonicalGateway(gateway: Gateway, { state }: Slice, now: WallMs): Gateway {
  const authorities = gateway.authorities.map((it, index) => {
    const payment = state.payments[it.paymentId];
    if (!payment || gateway.effects.some(({ authority }) => authority === index)) return it;
    if (left.has(payment.status) && it.takings === 0) return emptied(it);
    // Whoever would check it out now would do so a second time, or too late, which is as bad.
    const isOver = payment.status === "unknown" && payment.settlesAfter !== null && now >= payment.settlesAfter;
    return isOver ? { ...it, checkouts: 1 } : it;
  });
  return { ...gateway, authorities };
}

/** What inquiry says of it, other than that it is paid, makes no difference any more; but what came back stays so. */
function emptied(authority: Authority): Authority {
  if (authority.kind === "debit") return { ...authority, status: "REFUSED", checkouts: 1 };
  return authority.status === "RETURNED" ? authority : { ...authority, status: "REFUSED" };
}

/** The instants at which a rule may answer differently from before, other than what falls due. */
export function instantsOf(slice: Slice): readonly number[] {
  return [...all(slice.state.payments).flatMap(instantsOfPayment), ...lastOfPeriods(slice)];
}

/** Until when late money brings an ended subscription back, where the price says so. */
function lastOfPeriods({ state, offers }: Slice): readonly number[] {
  return all(state.subscriptions)
    .filter((it) => it.endedAt !== null && offers[it.priceId]?.price.latePaymentPolicy === "reactivate")
    .map((it) => it.periodEndsAt);
}

function instantsOfPayment(payment: Payment): readonly number[] {
  const { status, nextAskAt, settlesAfter, failedHeardAt, notPaidHeardAt, watchUntil } = payment;
  if (nextAskAt === null) return [];
  const later = (at: WallMs | null, ...spans: readonly number[]) => (at === null ? [] : spans.map((ms) => at + ms));
  return [
    ...(waiting.has(status) ? later(settlesAfter, 0) : []),
    ...(status === "unknown" ? later(settlesAfter, hearAgainMs, lapsesAfterMs) : []),
    ...(status === "verifying" ? later(notPaidHeardAt, lapsesAfterMs) : []),
    ...later(failedHeardAt, hearAgainMs),
    ...later(watchUntil, 0),
  ];
}

function byId<T extends { readonly id: string }>(entities: readonly T[]): { [key: string]: T } {
  return Object.fromEntries(entities.map((entity) => [entity.id, entity]));
}
