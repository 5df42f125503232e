// The payment rules against every order of events that a seed can find: two consumers of one customer that are killed,
// stalled and raced at any await, a gateway whose answers are lost and whose effects come late, and each of its
// undocumented behaviours. Then the faults stop, time passes, and the books must be right.
import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { PaymentId } from "../../contract/common/id.ts";
import { decideCancelSubscription } from "../../server/billing/cancel-subscription.ts";
import { debitsApartMs } from "../../server/billing/collect.ts";
import { billingMs, hourMs, minuteMs, secondMs, wallMs, type WallMs } from "../../server/billing/clock.ts";
import { isInWindow } from "../../server/billing/collection-window.ts";
import { nextDueAt, nextStep } from "../../server/billing/due-rules.ts";
import type { Ids } from "../../server/billing/ids.ts";
import type { AuthorityStatus, Outcome, Verification } from "../../server/billing/outcome.ts";
import { decideCancelPaymentMethod } from "../../server/billing/payment-method.ts";
import { callTimeoutMs } from "../../server/billing/intent.ts";
import { onDemandWithinMs } from "../../server/billing/payment-step.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import { all, isLive, nowOf, type Payment, type Slice } from "../../server/billing/state.ts";
import type { Call, Step } from "../../server/billing/step.ts";
import { decideSubscribe } from "../../server/billing/subscribe.ts";
import {
  aCancelInput,
  afterEvents,
  aSlice,
  aSubscribeInput,
  days,
  declined,
  eventsOf,
  generousGateway,
  now,
  runDue,
  seededIds,
  settled,
  unknown,
  verified,
  wall as start,
} from "../support/billing-builders.ts";

/** What the documentation leaves open (wire facts §5.6, §7, §8). */
interface Variant {
  readonly untouched: "IN_BANK" | "FAILED" | "-54";
  readonly endsAs: "PAID" | "VERIFIED";
  readonly repeated: "same" | "error" | "debits again";
  readonly refusedIs: "FAILED" | "IN_BANK" | "-54";
  /** What becomes of money that nobody verifies in time (wire facts §2.4). */
  readonly unverified: "is kept" | "goes back";
}

/** What befalls one await. */
interface Fate {
  /** How late an effect arrives after it was sent; null: never. */
  readonly effectMs: number | null;
  readonly answer: "heard" | "lost" | "refused";
  /** Whether an answer tells what was true when it was asked, or when it was heard. */
  readonly seenAt: "sending" | "hearing";
  readonly payerCanPay: boolean;
  /** Whether a consumer that committed carries on with what it has, or loads again; `forgets` that it was its own. */
  readonly afterCommit: "carries on" | "loads" | "forgets";
}

type Move =
  | { readonly kind: "act"; readonly who: 0 | 1; readonly fate: Fate }
  | { readonly kind: "kill"; readonly who: 0 | 1 }
  | { readonly kind: "wait"; readonly ms: number }
  | { readonly kind: "hint"; readonly nok: boolean }
  | { readonly kind: "cancel subscription" | "cancel payment method" | "stop or resume collecting" };

interface Authority {
  readonly paymentId: PaymentId;
  status: "NEW" | "PAID" | "VERIFIED" | "REFUSED";
  takings: number;
  debitCalls: number;
  refId: string | null;
}

const verifyWithinMs = 15 * minuteMs;

class FakeGateway {
  readonly authorities = new Map<string, Authority>();
  #effects: { at: number; happen: () => void }[] = [];
  #last = 0;
  readonly variant: Variant;

  constructor(variant: Variant) {
    this.variant = variant;
  }

  /** Lets what was sent arrive, in order. */
  arrive(at: number): void {
    for (;;) {
      const next = this.#effects.filter((effect) => effect.at <= at).toSorted((a, b) => a.at - b.at)[0];
      if (!next) return;
      this.#effects = this.#effects.filter((effect) => effect !== next);
      next.happen();
    }
  }

  request(paymentId: PaymentId): string {
    const name = `A${String(++this.#last).padStart(35, "0")}`;
    this.authorities.set(name, { paymentId, status: "NEW", takings: 0, debitCalls: 0, refId: null });
    return name;
  }

  debit(name: string, canPay: boolean, arrivesAt: number | null): void {
    const authority = this.#named(name);
    authority.debitCalls++;
    if (arrivesAt === null) return;
    const happen = () => {
      const { endsAs, repeated } = this.variant;
      if (authority.status === "NEW") authority.status = canPay ? endsAs : "REFUSED";
      else if (repeated !== "debits again") return;
      if (!canPay) return;
      authority.takings++;
      if (this.variant.unverified === "goes back") this.#effects.push(giveBack);
    };
    const giveBack = {
      at: arrivesAt + verifyWithinMs,
      happen: () => {
        if (authority.status !== "PAID") return;
        authority.status = "REFUSED";
        authority.takings--;
      },
    };
    this.#effects.push({ at: arrivesAt, happen });
  }

  inquire(name: string): Outcome<{ status: AuthorityStatus }> {
    const { status } = this.#named(name);
    if (status === "PAID" || status === "VERIFIED") return settled({ status });
    const shown = status === "NEW" ? this.variant.untouched : this.variant.refusedIs;
    return shown === "-54" ? declined(-54) : settled({ status: shown });
  }

  verify(name: string): Outcome<Verification> {
    const authority = this.#named(name);
    if (authority.status !== "PAID" && authority.status !== "VERIFIED") return declined(-51);
    const repeated = authority.status === "VERIFIED";
    authority.status = "VERIFIED";
    authority.refId ??= `ref-${++this.#last}`;
    return verified({ refId: authority.refId, repeated });
  }

  #named(name: string): Authority {
    const authority = this.authorities.get(name);
    if (!authority) throw new Error(`Nobody asked for ${name}`);
    return authority;
  }
}

/** A call on its way: hearing gives the step that follows. */
type Hearing = (fate: Fate) => Step;

interface Consumer {
  slice: Slice;
  seq: number;
  own: Set<PaymentId>;
  /** When the rules were last asked what to do; a consumer may stall after that. */
  decidedAt: WallMs;
  next: { kind: "do"; step: Step } | { kind: "hear"; hear: Hearing };
}

/** The store, the gateway, the wall clock and two consumers of one customer. */
class World {
  wall: WallMs;
  slice: Slice;
  seq = 0;
  readonly gateway: FakeGateway;
  readonly #ids: Ids = seededIds();
  readonly #consumers: [Consumer | null, Consumer | null] = [null, null];
  readonly #before: ReadonlySet<string>;

  constructor(given: { slice: Slice; wall: WallMs }, variant: Variant) {
    this.slice = given.slice;
    this.wall = given.wall;
    this.gateway = new FakeGateway(variant);
    const settledBefore = all(given.slice.state.payments).filter((payment) => payment.status === "succeeded");
    this.#before = new Set(settledBefore.map((payment) => payment.id));
  }

  make(move: Move): void {
    switch (move.kind) {
      case "act":
        return this.act(move.who, move.fate);
      case "kill":
        this.#consumers[move.who] = null;
        return;
      case "wait":
        return this.pass(move.ms);
      case "hint":
        return this.#hint(move.nok);
      case "cancel subscription":
        return this.#decide((slice) =>
          all(slice.state.subscriptions).map((it) =>
            decideCancelSubscription(slice, aCancelInput({ subscriptionId: it.id }), this.#now(), this.#ids),
          ),
        );
      case "cancel payment method":
        return this.#decide((slice) =>
          all(slice.state.paymentMethods).map((it) => decideCancelPaymentMethod(slice, it.id, this.#now())),
        );
      case "stop or resume collecting":
        this.slice = { ...this.slice, collecting: !this.slice.collecting };
        return;
      default:
        return move satisfies never;
    }
  }

  pass(ms: number): void {
    this.wall = wallMs(this.wall + ms);
    this.gateway.arrive(this.wall);
  }

  /** One atomic action of a consumer: load, commit, send a call, or hear its outcome. */
  act(who: 0 | 1, fate: Fate): void {
    const consumer = this.#consumers[who];
    if (consumer === null) {
      this.#consumers[who] = this.#load(new Set());
      return;
    }
    if (consumer.next.kind === "hear") {
      consumer.next = { kind: "do", step: consumer.next.hear(fate) };
      return;
    }
    const { step } = consumer.next;
    if (step.kind === "wait") this.#consumers[who] = null;
    else if (step.kind === "call") consumer.next = { kind: "hear", hear: this.#send(step, consumer, fate) };
    else this.#consumers[who] = this.#commit(step, consumer, fate);
  }

  /** The faults stop: whoever lives finishes, then ticks come when they are due, until a time. */
  drain(canPay: boolean, untilWall: number, collecting = true): void {
    const calm: Fate = {
      effectMs: 0,
      answer: "heard",
      seenAt: "hearing",
      payerCanPay: canPay,
      afterCommit: "carries on",
    };
    this.slice = { ...this.slice, collecting };
    for (const who of [0, 1] as const) if (this.#consumers[who]) this.#finish(who, calm);
    for (let ticks = 0; ; ticks++) {
      if (ticks > 1_000) throw new Error("The customer never comes to rest");
      const dueAt = nextDueAt(this.slice);
      if (dueAt === null || dueAt > untilWall) return;
      this.pass(Math.max(0, dueAt - this.wall));
      this.#finish(0, calm);
      const left = nextDueAt(this.slice);
      expect(left === null || left > this.wall, "something is still due after a tick").toBe(true);
    }
  }

  /** The payments that this world has to bring to an end. */
  payments(): readonly Payment[] {
    return all(this.slice.state.payments).filter((payment) => !this.#before.has(payment.id));
  }

  #finish(who: 0 | 1, fate: Fate): void {
    for (let count = 0; count === 0 || this.#consumers[who] !== null; count++) {
      if (count > 500) throw new Error("A consumer never comes to rest");
      this.act(who, fate);
    }
  }

  #now() {
    return nowOf(this.slice.state, this.wall);
  }

  #load(own: Set<PaymentId>): Consumer {
    return this.#resume({ slice: this.slice, seq: this.seq, own });
  }

  #resume({ slice, seq, own }: Omit<Consumer, "next" | "decidedAt">): Consumer {
    const step = nextStep(slice, { now: nowOf(slice.state, this.wall), ids: this.#ids, own, answers: new Map() });
    return { slice, seq, own, decidedAt: this.wall, next: { kind: "do", step } };
  }

  #commit(step: Extract<Step, { kind: "commit" }>, consumer: Consumer, fate: Fate): Consumer {
    if (consumer.seq !== this.seq) return this.#load(consumer.own);
    this.#write(step.events);
    const mine = step.events.flatMap((event) => (event.type === "payment.submitted" ? [event.data.paymentId] : []));
    for (const paymentId of mine) this.#expectRightTime(paymentId, consumer.decidedAt);
    const own = new Set([...consumer.own, ...mine]);
    if (fate.afterCommit === "forgets") return this.#load(new Set());
    if (fate.afterCommit === "loads") return this.#load(own);
    return this.#resume({ slice: afterEvents(consumer.slice, step.events, this.wall), seq: this.seq, own });
  }

  #write(events: Parameters<typeof afterEvents>[1]): void {
    this.slice = afterEvents(this.slice, events, this.wall);
    this.seq++;
    const perInvoice = all(this.slice.state.payments)
      .filter(isLive)
      .map((payment) => payment.invoiceId);
    expect(new Set(perInvoice).size, "two live payments of one invoice").toBe(perInvoice.length);
  }

  /** The world has one subscription: all its debits are far apart, and a renewal's go while banks answer well. */
  #expectRightTime(paymentId: PaymentId, decidedAt: WallMs): void {
    const sent = all(this.slice.state.payments).flatMap(({ sendBefore }) => sendBefore ?? []);
    const sentAt = sent.toSorted((a, b) => a - b);
    for (const [index, at] of sentAt.entries()) {
      const before = sentAt[index - 1];
      if (before !== undefined) expect(at - before, "between two debits").toBeGreaterThan(debitsApartMs);
    }
    const payment = this.slice.state.payments[paymentId];
    const invoice = this.slice.state.invoices[payment?.invoiceId ?? "inv_"];
    const isOpen = isInWindow(billingMs(decidedAt));
    if (invoice?.reason === "subscription_cycle") expect(isOpen, "a renewal's debit at night").toBe(true);
    if (invoice?.reason !== "subscription_create" || !payment) return;
    expect(decidedAt - payment.begunAt, "a first debit nobody waits for").toBeLessThan(onDemandWithinMs);
  }

  #send(call: Call, consumer: Consumer, fate: Fate): Hearing {
    const sentAt = this.wall;
    const isLost = (heard: Fate) => heard.answer === "lost" || this.wall - sentAt > callTimeoutMs;
    const asks = <T>(ask: () => Outcome<T>, tell: (outcome: Outcome<T>, at: WallMs) => Step): Hearing => {
      const early = fate.effectMs === null ? unknown("network") : ask();
      const late = fate.effectMs !== null && fate.seenAt === "hearing";
      return (heard) => tell(isLost(heard) ? unknown() : late ? ask() : early, this.wall);
    };
    switch (call.name) {
      case "requestPayment": {
        const { paymentId } = call.input;
        if (fate.answer === "refused") return () => call.onOutcome(declined(-11), this.wall);
        const answer = settled({ authority: this.gateway.request(paymentId) });
        return (heard) => call.onOutcome(isLost(heard) ? unknown() : answer, this.wall);
      }
      case "debit":
        return this.#debit(call, consumer, fate);
      case "inquire":
        return asks(() => this.gateway.inquire(call.input.authority), call.onOutcome);
      case "verifyPayment":
        return asks(() => this.gateway.verify(call.input.authority), call.onOutcome);
      case "capture":
      case "reversePayment":
      case "refundPayment":
        throw new Error(`${call.name} has no place in this world of debits`);
      case "verifyAgreement":
        return () => call.onOutcome(unknown(), this.wall);
      case "cancelAgreement":
        return () => call.onOutcome(settled({}), this.wall);
      default:
        return call satisfies never;
    }
  }

  #debit(call: Extract<Call, { name: "debit" }>, consumer: Consumer, fate: Fate): Hearing {
    const { paymentId, authority, sendBefore } = call.input;
    expect(consumer.own.has(paymentId), "a debit by somebody who did not write `submitted`").toBe(true);
    consumer.own.delete(paymentId);
    if (this.wall >= sendBefore) return () => call.onOutcome(unknown("not_sent"), this.wall);
    const sentAt = this.wall;
    const arrivesAt = fate.effectMs === null ? null : sentAt + fate.effectMs;
    this.gateway.debit(authority, fate.payerCanPay, arrivesAt);
    this.gateway.arrive(this.wall);
    return (heard) => {
      const isTold = arrivesAt !== null && arrivesAt <= this.wall && this.wall - sentAt <= callTimeoutMs;
      if (!isTold || heard.answer === "lost") return call.onOutcome(unknown(), this.wall);
      return call.onOutcome(fate.payerCanPay ? settled({ referenceId: null }) : declined(-99), this.wall);
    };
  }

  #hint(nok: boolean): void {
    const hints = this.payments().map((payment) => [payment.id, { at: this.wall, nok }] as const);
    this.slice = { ...this.slice, hints: { ...this.slice.hints, ...Object.fromEntries(hints) } };
  }

  #decide(decide: (slice: Slice) => readonly ReturnType<typeof decideCancelSubscription>[]): void {
    for (const decision of decide(this.slice)) {
      if (!isRejection(decision) && decision.length > 0) this.#write(decision);
    }
  }
}

const effectMs = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 0, 200) },
  { weight: 2, arbitrary: fc.constantFrom(5, 29, 31, 45, 50).map((seconds) => seconds * secondMs) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const fates: fc.Arbitrary<Fate> = fc.record({
  effectMs,
  answer: fc.constantFrom<Fate["answer"]>("heard", "heard", "heard", "lost", "lost", "heard", "refused"),
  seenAt: fc.constantFrom<Fate["seenAt"]>("sending", "hearing"),
  payerCanPay: fc.constantFrom(true, true, true, false),
  afterCommit: fc.constantFrom<Fate["afterCommit"]>("carries on", "carries on", "loads", "forgets"),
});
const waits = fc.constantFrom(
  1,
  secondMs,
  5 * secondMs,
  10 * secondMs,
  19 * secondMs,
  20 * secondMs,
  29 * secondMs,
  45 * secondMs,
  minuteMs,
  80 * secondMs,
  5 * minuteMs,
  hourMs,
  hourMs + 5 * minuteMs,
  5 * hourMs,
  24 * hourMs,
);
const who = fc.constantFrom<0 | 1>(0, 1);
const moves: fc.Arbitrary<Move> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constant("act"), who, fate: fates }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("wait"), ms: waits }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill"), who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("hint"), nok: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("cancel subscription", "cancel payment method", "stop or resume collecting"),
    }),
  },
);
const histories = fc.array(moves, { minLength: 10, maxLength: 70, size: "max" });
const variants: fc.Arbitrary<Variant> = fc.record({
  untouched: fc.constantFrom<Variant["untouched"]>("IN_BANK", "FAILED", "-54"),
  endsAs: fc.constantFrom<Variant["endsAs"]>("PAID", "VERIFIED"),
  repeated: fc.constantFrom<Variant["repeated"]>("same", "error", "debits again"),
  refusedIs: fc.constantFrom<Variant["refusedIs"]>("FAILED", "IN_BANK", "-54"),
  unverified: fc.constantFrom<Variant["unverified"]>("is kept", "goes back"),
});

/** Somebody has just subscribed; the first payment has begun. */
function subscribed() {
  const slice = aSlice();
  return { slice: afterEvents(slice, eventsOf(decideSubscribe(slice, aSubscribeInput(), now))), wall: start };
}

/** The first month was paid; the renewal's first attempt is due now. */
function renewing() {
  const ids = seededIds(500);
  const first = runDue(subscribed().slice, start, generousGateway(), ids).slice;
  const renewed = runDue(first, wallMs(nextDueAt(first) ?? 0), generousGateway(), ids).slice;
  return { slice: renewed, wall: wallMs(nextDueAt(renewed) ?? 0) };
}

/** What must hold once the faults have stopped and time has passed. */
function expectRightBooks(world: World): void {
  const authorities = [...world.gateway.authorities.values()];
  const payments = world.payments();
  for (const { debitCalls } of authorities) expect(debitCalls, "calls of one authority").toBeLessThanOrEqual(1);
  for (const payment of payments) {
    expect(["succeeded", "failed", "lapsed"], `${payment.id} is left ${payment.status}`).toContain(payment.status);
    const takings = takingsOf(authorities, (paymentId) => paymentId === payment.id);
    expect(takings, `money taken for a ${payment.status} payment`).toBe(payment.status === "succeeded" ? 1 : 0);
  }
  for (const invoice of all(world.slice.state.invoices)) {
    const own = new Set<string>(payments.filter((it) => it.invoiceId === invoice.id).map((it) => it.id));
    expect(
      takingsOf(authorities, (paymentId) => own.has(paymentId)),
      "per invoice",
    ).toBeLessThanOrEqual(1);
    const isPaid = payments.some((it) => it.invoiceId === invoice.id && it.status === "succeeded");
    if (own.size > 0) expect(invoice.status === "paid").toBe(isPaid);
  }
}

function takingsOf(authorities: readonly Authority[], of: (paymentId: PaymentId) => boolean): number {
  return authorities.filter((it) => of(it.paymentId)).reduce((sum, it) => sum + it.takings, 0);
}

/** Thousands of histories: seconds alone, longer on a machine that others use too. */
const slowly = { timeout: 60_000 };

const statusOf = (world: World) => all(world.slice.state.subscriptions)[0]?.status;

describe("a first payment, whatever is killed, lost, late or raced", () => {
  const given = subscribed();

  const title = "takes money once and activates, or takes none and expires, within 48 hours after the faults stop";

  it(`${title}, though collecting may be stopped`, slowly, () => {
    fc.assert(
      fc.property(variants, histories, fc.boolean(), fc.boolean(), (variant, history, canPay, collecting) => {
        const world = new World(given, variant);
        for (const move of history) world.make(move);
        world.drain(canPay, world.wall + 48 * hourMs, collecting);
        expectRightBooks(world);
        expect(world.payments()).toHaveLength(1);
        const isPaid = world.payments()[0]?.status === "succeeded";
        expect(statusOf(world)).toBe(isPaid ? "active" : "incomplete_expired");
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a renewal, whatever is killed, lost, late or raced", () => {
  const given = renewing();

  it("takes money once and goes on, or takes none and ends, within the days of its retries", slowly, () => {
    fc.assert(
      fc.property(variants, histories, fc.boolean(), (variant, history, canPay) => {
        const world = new World(given, variant);
        for (const move of history) world.make(move);
        world.drain(canPay, Math.max(given.wall + days(14), world.wall) + days(3));
        expectRightBooks(world);
      }),
      { numRuns: 1_000 },
    );
  });
});
