// One builder per noun of the billing rules, with harmless defaults, so that a test shows only what matters; and a
// driver that does what rules say, one step after the other, against answers a test gives.
import type { BillingEventData, EventBody } from "../../contract/billing-event.ts";
import type { Id, IdPrefix } from "../../contract/common/id.ts";
import { noTranslations } from "../../contract/product.ts";
import { plainTaxReport, type InvoiceLine } from "../../contract/invoice.ts";
import {
  billingMs,
  billingOf,
  dayMs,
  hourMs,
  instant,
  secondMs,
  wallOf,
  type BillingMs,
  type WallMs,
} from "../../server/billing/clock.ts";
import type { Coupon } from "../../server/billing/coupon.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { nextDueAt, nextStep } from "../../server/billing/due-rules.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { evolveAll } from "../../server/billing/evolve.ts";
import type { Ids } from "../../server/billing/ids.ts";
import type { CancelInput } from "../../server/billing/cancel-subscription.ts";
import { rials, signedRials } from "../../server/billing/money.ts";
import type { AuthorityStatus, Evidence, Outcome, UnknownReason, Verification } from "../../server/billing/outcome.ts";
import { periodAt, scheduleFrom } from "../../server/billing/period.ts";
import { isRejection, type Rejection } from "../../server/billing/rejection.ts";
import {
  emptyState,
  nowOf,
  type Customer,
  type Hint,
  type Invoice,
  type Offer,
  type Payment,
  type PaymentMethod,
  type Refund,
  type Slice,
  type Subscription,
  type AddedMessages,
  type QuotaGrant,
} from "../../server/billing/state.ts";
import type { Call, CallName, Calls, Means } from "../../server/billing/step.ts";
import type { SubscribeInput } from "../../server/billing/subscribe.ts";

/** 11:30 in Tehran on 1 Azar 1405, inside the collection window. */
export const wall: WallMs = wallOf("2026-11-22T08:00:00.000Z");
export const now = { wall, billing: billingMs(wall) };

export const idOf = <P extends IdPrefix>(prefix: P, n: number): Id<P> =>
  `${prefix}_${String(n).padStart(26, "0")}` as const;

/** Ids that count up from a number: the same in each run. */
export function seededIds(from = 1_000): Ids {
  let last = from;
  return { next: (prefix) => idOf(prefix, ++last) };
}

export const customerId = idOf("cus", 1);
/** How far into the window's first two hours this customer's late debits go: at 08:56:52 in Tehran. */
export const ownSecondMs = 1_612 * secondMs;
export const newCustomer = { id: customerId, userId: "user-1" };

export function aCustomer(over: Partial<Customer> = {}): Customer {
  return {
    id: customerId,
    partnerId: housePartnerId,
    userId: "user-1",
    createdAt: wall,
    clockNowAt: null,
    clockTargetAt: null,
    creditRials: signedRials(0),
    externalId: null,
    buyerId: null,
    buyerKind: null,
    erasedAt: null,
    ...over,
  };
}

interface OfferChange {
  readonly price?: Partial<Offer["price"]>;
  readonly product?: Partial<Offer["product"]>;
}

/** Pro: 2,990,000 Rials a Jalali month, VAT on top, 2,000 messages. */
export function anOffer({ price = {}, product = {} }: OfferChange = {}): Offer {
  return {
    price: {
      id: idOf("price", 1),
      productId: idOf("prod", 1),
      amountRials: rials(2_990_000),
      currency: "IRR",
      interval: "month",
      calendar: "jalali",
      taxBehavior: "exclusive",
      unpaidPolicy: "cancel",
      latePaymentPolicy: "credit",
      trialDays: 0,
      trialNeedsPaymentMethod: true,
      retryDays: [2, 5, 9, 14],
      graceAccess: "keep",
      cancelCredit: "none",
      rolloverMessages: 0,
      topUpMessages: null,
      topUpDays: null,
      overageRials: null,
      overageMessages: null,
      active: true,
      ...price,
    },
    product: {
      id: idOf("prod", 1),
      name: "Pro",
      description: "",
      roundtableId: "plan_pro",
      messageQuota: 2_000,
      grantOn: "period_start",
      addOn: false,
      translations: noTranslations,
      taxClass: null,
      features: [],
      whenUsedUp: "stop",
      active: true,
      ...product,
    },
  };
}

/** A fifth off the first period, for whoever redeems it. */
export function aCoupon(over: Partial<Coupon> = {}): Coupon {
  return {
    id: "cpn_1",
    code: "NOROOZ1406",
    percentBasisPoints: 2_000,
    amountRials: null,
    duration: "once",
    durationPeriods: null,
    maxRedemptions: null,
    productId: null,
    expiresAt: null,
    active: true,
    ...over,
  };
}

/** A signed agreement that carries anything here. */
export function aPaymentMethod(over: Partial<PaymentMethod> = {}): PaymentMethod {
  return {
    id: idOf("pm", 1),
    customerId,
    status: "active",
    personId: idOf("per", 1),
    maxAmountRials: rials(50_000_000),
    maxDailyCount: 100,
    maxMonthlyCount: 1_000,
    expiresAt: wallOf("2040-01-01T00:00:00.000Z"),
    createdAt: wall,
    signBefore: wallOf("2026-11-23T08:00:00.000Z"),
    agreementId: idOf("sec", 1),
    signatureId: idOf("sec", 2),
    askedAt: wall,
    nextAskAt: null,
    activatedAt: wall,
    cancelledAt: null,
    cancellation: null,
    cancelTries: 0,
    nextCancelAt: null,
    replacesId: null,
    unexplainedDeclines: 0,
    expiryTold: false,
    ...over,
  };
}

/** Waits for a signature: opened, not yet asked about. */
export function aPendingPaymentMethod(over: Partial<PaymentMethod> = {}): PaymentMethod {
  return aPaymentMethod({
    status: "pending_signature",
    signatureId: null,
    askedAt: null,
    nextAskAt: wallOf("2026-11-22T08:15:00.000Z"),
    activatedAt: null,
    ...over,
  });
}

/** Active in its first Jalali month, begun on 1 Azar 1405, without an invoice. */
export function aSubscription(over: Partial<Subscription> = {}): Subscription {
  const schedule = scheduleFrom(now.billing, anOffer().price);
  const period = periodAt(schedule, 0);
  return {
    id: idOf("sub", 1),
    customerId,
    productId: idOf("prod", 1),
    priceId: idOf("price", 1),
    quantity: 1,
    addOns: [],
    paymentMethodId: idOf("pm", 1),
    status: "active",
    anchorDay: schedule.anchorDay,
    startsOn: schedule.startsOn,
    firstIndex: 0,
    periodIndex: 0,
    periodStartsAt: period.startsAt,
    periodEndsAt: period.endsAt,
    trialEndsAt: null,
    discount: null,
    freePeriods: 0,
    latestInvoiceId: null,
    pendingChange: null,
    scheduledChange: null,
    priceMigration: null,
    cancelAtPeriodEnd: false,
    cancelReason: null,
    cancelFeedback: null,
    pauseAtPeriodEnd: false,
    pauseReason: null,
    pausedAt: null,
    pausedDaysLeft: 0,
    resumesAt: null,
    createdAt: now.billing,
    endedAt: null,
    autoTopUp: null,
    topUpHeldUntil: null,
    ...over,
  };
}

/** Wants one of an offer, at once, debited from the payment method. */
export function aSubscribeInput(over: Partial<SubscribeInput> = {}): SubscribeInput {
  return {
    customer: newCustomer,
    subscriptionId: idOf("sub", 1),
    invoiceId: idOf("inv", 1),
    paymentId: idOf("pay", 1),
    wanted: { priceId: idOf("price", 1), quantity: 1, addOns: [] },
    collection: "direct_debit",
    paymentMethodId: idOf("pm", 1),
    anchorDay: null,
    wantsTrial: false,
    coupon: null,
    pricedAt: now.billing,
    ...over,
  };
}

/** Wants the subscription to end with its period, without saying why. */
export function aCancelInput(over: Partial<CancelInput> = {}): CancelInput {
  return { subscriptionId: idOf("sub", 1), when: "period_end", feedback: null, ...over };
}

/** What an event of a new subscription says when nothing special was asked for: Pro, from 1 Azar 1405. */
export function createdData(
  over: Partial<BillingEventData<"subscription.created">> = {},
): BillingEventData<"subscription.created"> {
  const { id: subscriptionId, periodIndex, periodStartsAt, periodEndsAt, ...as } = aSubscription();
  const { productId, priceId, quantity, anchorDay, firstIndex, paymentMethodId } = as;
  return {
    subscriptionId,
    productId,
    priceId,
    quantity,
    addOns: [],
    paymentMethodId,
    discount: null,
    trialEndsAt: null,
    periodIndex,
    startsAt: instant(periodStartsAt),
    endsAt: instant(periodEndsAt),
    anchorDay,
    firstIndex,
    startsOn: null,
    createdAt: instant(now.billing),
    ...over,
  };
}

/** One line over a whole period of Pro. */
export function aLine(over: Partial<InvoiceLine> = {}): InvoiceLine {
  const { periodStartsAt, periodEndsAt } = aSubscription();
  return {
    priceId: idOf("price", 1),
    quantity: 1,
    startsAt: instant(periodStartsAt),
    endsAt: instant(periodEndsAt),
    discountRials: rials(0),
    netRials: rials(2_990_000),
    vatRateBasisPoints: 1_000,
    vatRials: rials(299_000),
    totalRials: rials(3_289_000),
    explain: "One month (jalali) at 2,990,000 IRR; VAT 10% on top, half up.",
    ...over,
  };
}

/** An open renewal of 3,289,000 Rials that is due now. */
export function anInvoice(over: Partial<Invoice> = {}): Invoice {
  return {
    id: idOf("inv", 1),
    customerId,
    subscriptionId: idOf("sub", 1),
    periodIndex: 0,
    reason: "subscription_cycle",
    status: "open",
    lines: [aLine()],
    subtotalRials: rials(2_990_000),
    vatRials: rials(299_000),
    totalRials: rials(3_289_000),
    creditAppliedRials: signedRials(0),
    creditNotesRials: rials(0),
    returnedRials: rials(0),
    returnedNetRials: rials(0),
    recognizedAt: null,
    dueAt: billingOf("2026-11-21T20:30:00.000Z"),
    attemptCount: 0,
    nextAttemptAt: null,
    finalizedAt: now.billing,
    paidAt: null,
    buyerId: null,
    taxReport: plainTaxReport,
    ...over,
  };
}

/** A debit that has just begun. */
export function aPayment(over: Partial<Payment> = {}): Payment {
  return {
    id: idOf("pay", 1),
    customerId,
    invoiceId: idOf("inv", 1),
    paymentMethodId: idOf("pm", 1),
    kind: "debit",
    status: "created",
    amountRials: rials(3_289_000),
    authority: null,
    closesAt: null,
    sendBefore: null,
    settlesAfter: null,
    answered: false,
    onDemand: false,
    tries: 0,
    askCount: 0,
    askedAt: null,
    nextAskAt: wall,
    toldAt: null,
    watchUntil: null,
    failedHeardAt: null,
    notPaidHeardAt: null,
    refundedRials: rials(0),
    refId: null,
    failureReason: null,
    createdAt: now.billing,
    begunAt: wall,
    settledAt: null,
    ...over,
  };
}

export const authority = "A00000000000000000000000000000abCd12";

/** A debit that was submitted now: sent until +20 s, believed from +80 s. */
export function aSubmittedPayment(over: Partial<Payment> = {}): Payment {
  return aPayment({
    status: "submitted",
    authority,
    sendBefore: wallOf("2026-11-22T08:00:20.000Z"),
    settlesAfter: wallOf("2026-11-22T08:01:20.000Z"),
    nextAskAt: wallOf("2026-11-22T08:01:20.000Z"),
    ...over,
  });
}

/** The 2,000 messages of the subscription's first period, none of them used. */
export function aQuotaGrant(over: Partial<QuotaGrant> = {}): QuotaGrant {
  const { id: subscriptionId, productId, periodIndex, periodEndsAt: validUntil } = aSubscription();
  const told = { toldPercent: 0, toldUsed: 0, toldReserved: 0, toldOverrun: 0, toldAt: wall };
  const of = { customerId, productId, subscriptionId, periodIndex };
  return { ...of, granted: 2_000, periodMessages: 2_000, validUntil, ...told, ...over };
}

export interface SliceParts {
  readonly customer?: Customer | null;
  readonly paymentMethods?: readonly PaymentMethod[];
  readonly subscriptions?: readonly Subscription[];
  readonly invoices?: readonly Invoice[];
  readonly payments?: readonly Payment[];
  readonly refunds?: readonly Refund[];
  readonly offers?: readonly Offer[];
  readonly hints?: Slice["hints"];
  readonly quotas?: readonly QuotaGrant[];
  readonly grants?: readonly AddedMessages[];
  readonly quotaUse?: Slice["quotaUse"];
  readonly collecting?: boolean;
  readonly doubtUntil?: WallMs | null;
  readonly breakerUntil?: WallMs | null;
}

/** A customer who exists and has a signed payment method, and no more than the test says. */
export function aSlice(parts: SliceParts = {}): Slice {
  return {
    customerId,
    state: {
      ...emptyState,
      customer: parts.customer === undefined ? aCustomer() : parts.customer,
      paymentMethods: byId(parts.paymentMethods ?? [aPaymentMethod()]),
      subscriptions: byId(parts.subscriptions ?? []),
      invoices: byId(parts.invoices ?? []),
      payments: byId(parts.payments ?? []),
      refunds: byId(parts.refunds ?? []),
      quotas: Object.fromEntries((parts.quotas ?? []).map((quota) => [quota.productId, quota])),
      grants: byId(parts.grants ?? []),
    },
    offers: Object.fromEntries((parts.offers ?? [anOffer()]).map((offer) => [offer.price.id, offer])),
    hints: parts.hints ?? {},
    quotaUse: parts.quotaUse ?? {},
    collecting: parts.collecting ?? true,
    doubtUntil: parts.doubtUntil ?? null,
    breakerUntil: parts.breakerUntil ?? null,
  };
}

/** A renewal under way: an active subscription, its open invoice, and one payment of it. */
export function aRenewal(payment: Payment, parts: SliceParts & { readonly subscription?: Subscription } = {}): Slice {
  const { subscription = aSubscription(), ...rest } = parts;
  const invoice = anInvoice();
  return aSlice({
    subscriptions: [{ ...subscription, latestInvoiceId: invoice.id }],
    invoices: [invoice],
    payments: [payment],
    ...rest,
  });
}

/** The same, with the first payment of a subscription that waits for it. */
export function aFirstPayment(payment: Payment, parts: SliceParts = {}): Slice {
  const invoices = [anInvoice({ reason: "subscription_create" })];
  return aRenewal(
    { ...payment, onDemand: true },
    { subscription: aSubscription({ status: "incomplete" }), invoices, ...parts },
  );
}

export function aHint(over: Partial<Hint> = {}): Hint {
  return { at: wall, nok: false, ...over };
}

function byId<T extends { readonly id: string }>(entities: readonly T[]): { [key: string]: T } {
  return Object.fromEntries(entities.map((entity) => [entity.id, entity]));
}

/** The slice after events were committed at a moment of the wall clock. */
export function afterEvents(slice: Slice, events: readonly EventBody[], at: WallMs = wall): Slice {
  return { ...slice, state: evolveAll(slice.state, events, { customerId: slice.customerId, at }) };
}

/** The events of a decision that was not a rejection. */
export function eventsOf(decision: readonly NewEvent[] | Rejection): readonly NewEvent[] {
  if (isRejection(decision)) throw new Error(`${decision.rejected}: ${decision.detail}`);
  return decision;
}

export const typesOf = (events: readonly NewEvent[]) => events.map((event) => event.type);

const evidence: Evidence = { call: "payment/inquiry", httpStatus: 200, code: 100, message: null };

export function settled<T>(value: T): Outcome<T> {
  return { kind: "settled", value, evidence };
}

export function declined(code = -51): Outcome<never> {
  return { kind: "declined", code, evidence: { ...evidence, code } };
}

export function unknown(reason: UnknownReason = "timeout"): Outcome<never> {
  return { kind: "unknown", reason, evidence: { ...evidence, httpStatus: null, code: null } };
}

export const says = (status: AuthorityStatus) => settled({ status });

export function verified(over: Partial<Verification> = {}): Outcome<Verification> {
  return settled({ refId: "40123456", repeated: false, cardPanMasked: null, merchantFeeRials: 0, ...over });
}

/** What the gateway answers, call by call; `at` is when. */
export type Answers = {
  readonly [N in CallName]?: (input: Calls[N]["input"], at: WallMs) => Outcome<Calls[N]["value"]>;
};

/** A gateway that debits at once, every time. */
export function generousGateway(): Required<Answers> {
  let last = 0;
  return {
    requestPayment: () => settled({ authority: `A${String(++last).padStart(35, "0")}` }),
    debit: () => settled({ referenceId: null }),
    inquire: () => says("PAID"),
    verifyPayment: () => verified({ refId: `ref-${++last}` }),
    capture: () => verified({ refId: `ref-${++last}` }),
    reversePayment: () => settled({}),
    refundPayment: () => settled({ refundId: `refund-${++last}` }),
    verifyAgreement: () => settled({ signature: "signature" }),
    cancelAgreement: () => settled({}),
  };
}

export interface Told {
  readonly event: NewEvent;
  readonly at: WallMs;
  readonly billing: BillingMs;
}

/** What happened while a driver did all that was due. */
export interface Run {
  readonly slice: Slice;
  readonly told: readonly Told[];
  readonly calls: readonly CallName[];
}

const mostSteps = 5_000;

/** Does what is due at a moment, step after step, until the rules say to wait. */
export function runDue(slice: Slice, at: WallMs, answers: Answers, ids: Ids = seededIds()): Run {
  let current = slice;
  const told: Told[] = [];
  const calls: CallName[] = [];
  let own: Means["own"] = new Set();
  let step = nextStep(current, { now: nowOf(current.state, at), ids, own, answers: new Map() });
  for (let count = 0; step.kind !== "wait"; count++) {
    if (count > mostSteps) throw new Error("The rules never come to rest");
    if (step.kind === "call") {
      calls.push(step.name);
      if (moneyCalls.includes(step.name)) own = new Set();
      step = answered(step, answers, at);
      continue;
    }
    if (step.events.length === 0) throw new Error("The rules commit nothing, for ever");
    const { billing } = nowOf(current.state, at);
    told.push(...step.events.map((event) => ({ event, at, billing })));
    own = new Set(step.events.flatMap(intentIn));
    current = afterEvents(current, step.events, at);
    step = nextStep(current, { now: nowOf(current.state, at), ids, own, answers: new Map() });
  }
  return { slice: current, told, calls };
}

const moneyCalls: readonly CallName[] = ["debit", "capture", "reversePayment", "refundPayment"];

/** Whose money call an event announces. */
export function intentIn(event: NewEvent): readonly (Payment["id"] | Refund["id"])[] {
  if (event.type === "payment.submitted" || event.type === "payment.verifying") return [event.data.paymentId];
  return event.type === "refund.submitted" ? [event.data.refundId] : [];
}

/** One call with its outcome; the compiler follows each name by itself. */
function answered(call: Call, answers: Answers, at: WallMs) {
  switch (call.name) {
    case "requestPayment":
      return call.onOutcome(answers.requestPayment?.(call.input, at) ?? unknown(), at);
    case "debit":
      return call.onOutcome(answers.debit?.(call.input, at) ?? unknown(), at);
    case "inquire":
      return call.onOutcome(answers.inquire?.(call.input, at) ?? unknown(), at);
    case "verifyPayment":
      return call.onOutcome(answers.verifyPayment?.(call.input, at) ?? unknown(), at);
    case "capture":
      return call.onOutcome(answers.capture?.(call.input, at) ?? unknown(), at);
    case "reversePayment":
      return call.onOutcome(answers.reversePayment?.(call.input, at) ?? unknown(), at);
    case "refundPayment":
      return call.onOutcome(answers.refundPayment?.(call.input, at) ?? unknown(), at);
    case "verifyAgreement":
      return call.onOutcome(answers.verifyAgreement?.(call.input, at) ?? unknown(), at);
    case "cancelAgreement":
      return call.onOutcome(answers.cancelAgreement?.(call.input, at) ?? unknown(), at);
    default:
      return call satisfies never;
  }
}

export const hours = (count: number) => count * hourMs;
export const days = (count: number) => count * dayMs;

/** Lets the wall clock run to a moment, stopping wherever something falls due. */
export function runUntil(slice: Slice, until: WallMs, answers: Answers, ids: Ids = seededIds()): Run {
  let run: Run = { slice, told: [], calls: [] };
  for (;;) {
    const dueAt = nextDueAt(run.slice);
    if (dueAt === null || dueAt > until) return run;
    const next = runDue(run.slice, dueAt, answers, ids);
    if (next.told.length === 0) throw new Error("Something is due, and nothing is done");
    run = { slice: next.slice, told: [...run.told, ...next.told], calls: [...run.calls, ...next.calls] };
  }
}

/** What was told of one type. */
export function told<T extends NewEvent["type"]>(run: Run, type: T): readonly (Told & { event: NewEvent<T> })[] {
  return run.told.filter((it): it is Told & { event: NewEvent<T> } => it.event.type === type);
}
