// Every state that can follow a state: two consumers of one customer that may stop at each await and for ever, request
// handlers, a payer, a gateway whose effects and answers come late or never, and time.
//
// What keeps the space small, and why nothing is lost by it (canonical.ts has the rest):
// - A consumer without a money call of its own that has just committed, or lost its race, is one that has not begun: a
//   consumer may begin at any moment anyway. So is one whose commit would change nothing but when to ask again.
// - The two consumers are alike, so their order does not count.
// - Loading and deciding are one step: a decision made later on what was loaded before is either that of a later load,
//   or is refused by the lock; and the calls it makes are those of the earlier decision, made late.
// - Before it has moved money, a consumer asks for an authority or for its status in the step that loads: made later, it
//   is the step of a consumer that began later. An answer heard up to a call's time-out after it was given is one that
//   was given then; for that, effects come at the latest one time-out earlier than the rules allow.
// - A request handler is one step: its commit is refused by the lock when anything changed since it loaded.
// - Time passes from one instant at which something may change to the next. What happens in between could have happened
//   at the earlier of the two: every rule and the gateway answer the same.
//
// A state is four numbers: the base (time, slice and gateway together), the two consumers, and what is left of the
// bounds. What can happen at a base, and what a consumer can do at one, is worked out once for all states that share it.
import type { PaymentId } from "../../contract/common/id.ts";
import { dayMs, wallMs, type WallMs } from "../../server/billing/clock.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import { all, type Slice } from "../../server/billing/state.ts";
import type { Call, Commit, MoneyAnswer, Step } from "../../server/billing/step.ts";
import { fatesOf, intentOf, isHarmless, type Fate, type Mood } from "./calls.ts";
import { canonicalGateway, invocationLivesMs, isWatched } from "./canonical.ts";
import { canAfford, cost, costOfRequest, free, type Cost } from "./cost.ts";
import {
  instantsOfStep,
  isNobody,
  keyOfConsumer,
  nobody,
  numberOfEvents,
  type Consumer,
  type Mine,
} from "./consumer.ts";
import * as gateways from "./gateway.ts";
import type { Effect, Gateway } from "./gateway.ts";
import type { Moment, Moments } from "./moments.ts";
import { wrongCommit } from "./properties.ts";
import { pairOf, Pool, type Row } from "./space.ts";
import type { Variant } from "./variants.ts";
import { spanOf, told, toldStep } from "./words.ts";

export interface Move {
  readonly label: string;
  readonly row: Row;
  readonly violation: string | null;
}

/** A moment, and the gateway then: all of a state but who is at work and what may still go wrong. */
interface Base {
  readonly moment: number;
  readonly gateway: number;
  readonly known: Known;
}

/** Something that can happen at a base, whoever is at work. */
export interface Change {
  readonly label: string;
  readonly base: number;
  readonly spends: Cost;
  /** Whether it commits, so that whoever had loaded before is overtaken. */
  readonly commits: boolean;
  readonly violation: string | null;
}

/** Something a consumer can do at a base. */
interface Act extends Change {
  readonly consumer: number;
}

type Written = Pick<Change, "base" | "violation">;
export type CalmStep = Omit<Change, "commits" | "spends">;

/** What was worked out of a base. */
interface Known {
  beginnings: readonly Act[] | null;
  changes: readonly Change[] | null;
  /** When something may change by itself; −1 for never. */
  next: number | null;
  /** The base once time has passed until when it was last asked for. */
  later: { readonly next: WallMs; readonly base: number } | null;
}

const idle = -1;
/** Long after everything of the invoice; the payment method ends in years. */
const horizonMs = 100 * dayMs;

export class World {
  readonly #moments: Moments;
  readonly #variant: Variant;
  readonly #start: WallMs;
  readonly #gateways = new Pool<Gateway>();
  readonly #bases = new Pool<Base, number>();
  /** What each consumer can do at a base, and what each commit comes to. */
  readonly #actsAt = new Map<number, readonly Act[]>();
  readonly #writtenAt = new Map<number, Written>();
  readonly #consumers = new Pool<Consumer>();
  /** Calm steps, by what of the gateway's mood makes a difference to them. */
  readonly #calm = new Map<number, CalmStep | null>();
  readonly #instants: (readonly number[])[] = [];

  constructor(moments: Moments, variant: Variant, startsAt: WallMs) {
    this.#moments = moments;
    this.#variant = variant;
    this.#start = startsAt;
  }

  /** The state at which a walk begins, with what it may spend. */
  first(slice: Slice, purse: number): Row {
    return [this.#baseOf(this.#moments.numberOf(slice, this.#start), gateways.emptyGateway), idle, idle, purse];
  }

  /** Every move that is possible, with the state it leads to. */
  moves(row: Row): readonly Move[] {
    const [base, one, other, rest] = row;
    const moves: Move[] = [];
    const add = (change: Change, consumers: readonly [number, number]) => {
      if (!canAfford(rest, change.spends)) return;
      const [first, second] = change.commits
        ? [this.#overtaken(consumers[0]), this.#overtaken(consumers[1])]
        : consumers;
      moves.push(moveTo(change, first, second, rest));
    };
    if (one === idle) for (const act of this.#beginnings(base)) add(act, [act.consumer, other]);
    for (const [me, you] of one === other
      ? [[one, other]]
      : ([
          [one, other],
          [other, one],
        ] as const)) {
      if (me === undefined || you === undefined || me === idle) continue;
      for (const act of this.#acts(base, me)) {
        if (!canAfford(rest, act.spends)) continue;
        moves.push(moveTo(act, act.consumer, act.commits ? this.#overtaken(you) : you, rest));
      }
      add({ label: `a consumer that ${this.#told(me)} is killed`, base, ...kill }, [idle, you]);
    }
    for (const change of this.#changes(base)) add(change, [one, other]);
    const next = this.#nextOf(base, [one, other]);
    const passing = next === null ? null : this.#passing(row, next);
    if (passing) moves.push(passing);
    return moves;
  }

  /** When this customer must be looked at next, as the rules say; null for never. */
  dueAt(base: number): WallMs | null {
    return this.#moments.dueAt(this.#bases.at(base).moment);
  }

  /** The two consumers aside, what a state is made of. */
  partsOf(base: number): Moment & { readonly gateway: Gateway } {
    const { moment, gateway } = this.#bases.at(base);
    const { now, slice, sliceNumber } = this.#moments.at(moment);
    return { now, slice, sliceNumber, gateway: this.#gateways.at(gateway) };
  }

  /** When and in what state a row is, for a trace. */
  describe(base: number): string {
    const { now, slice } = this.partsOf(base);
    const payments = all(slice.state.payments).map(({ kind, status }) => `${kind} ${status}`);
    return `+${spanOf(now - this.#start)} [${payments.join(", ")}]`;
  }

  /** What follows when nothing goes wrong: what was sent has its effect, a consumer does what is due, time passes. */
  calmStep(base: number, mood: Mood): CalmStep | null {
    for (const key of keysOf(mood)) {
      const known = this.#calm.get(pairOf(base, key));
      if (known !== undefined) return known;
    }
    mood.banksMattered = false;
    mood.untouchedMattered = false;
    const step = this.#calmStepIn(base, mood);
    this.#calm.set(pairOf(base, keyOf(mood)), step);
    return step;
  }

  #calmStepIn(base: number, mood: Mood): CalmStep | null {
    const { now, gateway } = this.partsOf(base);
    const [effect] = gateway.effects;
    if (effect) {
      mood.banksMattered = true;
      return this.#landings(base, effect).at(mood.banks === 0 ? 0 : -1) ?? null;
    }
    for (const beginning of this.#beginningsOf(base, mood)) {
      const run = this.#calmRun(beginning, mood);
      if (run.base !== base || run.violation) return run;
    }
    const next = this.#nextOf(base, []);
    if (next === null) return null;
    return { label: `${spanOf(next - now)} pass`, base: this.#laterBase(base, next), violation: null };
  }

  #calmRun(beginning: Act, mood: Mood): Act {
    let at = beginning;
    for (let steps = 0; at.consumer !== idle && at.violation === null; steps++) {
      if (steps > mostCalmSteps) return { ...at, violation: "it is stuck: a consumer never comes to rest" };
      const [act] = this.#actsOf(at.base, at.consumer, mood);
      if (!act) throw new Error("A consumer has nothing to do");
      at = { ...act, label: `${at.label}; ${act.label}` };
    }
    return at;
  }

  // Numbers of things

  #baseOf(moment: number, gateway: Gateway): number {
    const { slice, now } = this.#moments.at(moment);
    return this.#base(moment, this.#gatewayNumber(canonicalGateway(gateway, slice, now)));
  }

  #base(moment: number, gateway: number): number {
    return this.#bases.numberOf(pairOf(moment, gateway), () => ({
      moment,
      gateway,
      known: { beginnings: null, changes: null, next: null, later: null },
    }));
  }

  #gatewayNumber(gateway: Gateway): number {
    return this.#gateways.numberOf(gateways.keyOf(gateway), () => gateway);
  }

  #consumerNumber(consumer: Consumer): number {
    const number = this.#consumers.numberOf(keyOfConsumer(consumer), () => consumer);
    this.#instants[number] ??= instantsOfStep(consumer.step);
    return number;
  }

  #knownOf(base: number): Known {
    return this.#bases.at(base).known;
  }

  // Consumers

  /** What a consumer that begins may come to: each payment that can be asked about, and what is due by itself. */
  #beginnings(base: number): readonly Act[] {
    const known = this.#knownOf(base);
    known.beginnings ??= differing([...this.#beginningsOf(base)]);
    return known.beginnings;
  }

  /** One after the other, since in calm the first that changes anything is enough. */
  *#beginningsOf(base: number, mood?: Mood): Generator<Act> {
    const { moment } = this.#bases.at(base);
    const { sliceNumber: slice } = this.#moments.at(moment);
    for (const { step: first, hints } of this.#moments.beginnings(moment)) {
      if (hints && mood) continue;
      for (const { step, label, spends, heard } of this.#decided(first, base, mood)) {
        if (this.#changesNothing(step, base)) continue;
        const consumer = this.#consumerAt(step, { slice, fresh: true, ...nobody, heard });
        if (consumer === idle) continue;
        yield {
          label: `a consumer loads${label}`,
          base,
          spends: hints ? cost.hints : spends,
          commits: false,
          violation: null,
          consumer,
        };
      }
    }
  }

  /** What a first step comes to once the calls that move no money are answered. */
  #decided(step: Step, base: number, mood: Mood | undefined) {
    if (step.kind !== "call" || !isHarmless(step)) return [{ step, label: "", spends: free, heard: "" }];
    const at = { ...this.partsOf(base), variant: this.#variant };
    return fatesOf(step, at, mood).map(({ label, outcome, spends }) => ({
      step: this.#moments.heard(step, outcome, at.now),
      label: `, ${label}`,
      spends,
      heard: label,
    }));
  }

  #changesNothing(step: Step, base: number): boolean {
    if (step.kind !== "commit" || step.events.length === 0) return false;
    const written = this.#written(base, step.events);
    return written.base === base && written.violation === null;
  }

  #consumerAt(step: Step, of: Omit<Consumer, "step">): number {
    if (step.kind === "wait") return idle;
    if (step.kind === "commit" && !of.fresh && isNobody(of)) return idle;
    return this.#consumerNumber({ ...of, step });
  }

  /** The consumer once somebody else has committed. */
  #overtaken(number: number): number {
    if (number === idle) return idle;
    const it = this.#consumers.at(number);
    if (it.step.kind === "commit" && isNobody(it)) return idle;
    return it.fresh ? this.#consumerNumber({ ...it, fresh: false }) : number;
  }

  #acts(base: number, number: number): readonly Act[] {
    const key = pairOf(base, number);
    const known = this.#actsAt.get(key);
    if (known) return known;
    const found = this.#actsOf(base, number);
    this.#actsAt.set(key, found);
    return found;
  }

  #actsOf(base: number, number: number, mood?: Mood): readonly Act[] {
    const consumer = this.#consumers.at(number);
    const { step } = consumer;
    if (step.kind === "call") return this.#called(base, consumer, step, mood);
    return [consumer.fresh ? this.#committed(base, consumer, step) : this.#lost(base, consumer)];
  }

  #lost(base: number, mine: Mine): Act {
    const label = "a consumer lost the race and loads again";
    return { label, base, spends: free, commits: false, violation: null, consumer: this.#goesOn(base, mine) };
  }

  /** A consumer that has something of its own loads and decides. */
  #goesOn(base: number, { own, answers }: Mine): number {
    const { moment } = this.#bases.at(base);
    const of = { slice: this.#moments.at(moment).sliceNumber, fresh: true, own, answers, heard: "" };
    return this.#consumerAt(this.#moments.step(moment, of), of);
  }

  #committed(base: number, consumer: Consumer, { events }: Commit): Act {
    const { base: after, violation } = this.#written(base, events);
    const own = new Set([...consumer.own, ...events.flatMap(intendedBy)]);
    const isOver = own.size === 0 || violation !== null;
    return {
      label: `a consumer commits ${events.map(told).join(", ")}`,
      base: after,
      spends: costOf(events),
      commits: true,
      violation,
      consumer: isOver ? idle : this.#goesOn(after, { own, answers: new Map() }),
    };
  }

  #written(base: number, events: readonly NewEvent[]): Written {
    const key = pairOf(base, numberOfEvents(events));
    const known = this.#writtenAt.get(key);
    if (known) return known;
    const found = this.#writing(base, events);
    this.#writtenAt.set(key, found);
    return found;
  }

  #writing(base: number, events: readonly NewEvent[]): Written {
    const { gateway } = this.partsOf(base);
    const { state, moment } = this.#moments.evolved(this.#bases.at(base).moment, events);
    return {
      base: this.#baseOf(moment, withAuthoritiesOf(events, gateway)),
      violation: wrongCommit(state, events, gateway),
    };
  }

  #called(base: number, consumer: Consumer, call: Call, mood: Mood | undefined): readonly Act[] {
    const { now, slice, gateway } = this.partsOf(base);
    const fates = fatesOf(call, { now, slice, gateway, variant: this.#variant }, mood);
    return fates.map((fate) => {
      const number = gateway === fate.gateway ? this.#bases.at(base).gateway : this.#gatewayNumber(fate.gateway);
      const then = this.#base(this.#bases.at(base).moment, number);
      const { label, spends, violation } = fate;
      const next = this.#after(consumer, call, fate, then);
      return { label: `a consumer ${label}`, base: then, spends, commits: false, violation, consumer: next };
    });
  }

  /** The consumer once its call has an outcome. */
  #after(consumer: Consumer, call: Call, { outcome, label }: Fate, base: number): number {
    const intent = intentOf(call);
    const own = intent ? without(consumer.own, intent.paymentId) : consumer.own;
    const isKept = intent !== null && call.name === "debit";
    const answers = isKept ? new Map(consumer.answers).set(intent.paymentId, asMoneyAnswer(outcome)) : consumer.answers;
    const { slice, fresh } = consumer;
    const step = this.#moments.heard(call, outcome, this.partsOf(base).now);
    if (isNobody({ own, answers }) && this.#changesNothing(step, base)) return idle;
    return this.#consumerAt(step, { slice, fresh, own, answers, heard: `${consumer.heard}>${label}` });
  }

  // Everybody else

  #changes(base: number): readonly Change[] {
    const known = this.#knownOf(base);
    known.changes ??= [
      ...this.#requested(base),
      ...this.#paid(base),
      ...this.partsOf(base).gateway.effects.flatMap((effect) => this.#landings(base, effect)),
    ];
    return known.changes;
  }

  #requested(base: number): readonly Change[] {
    return this.#moments.requested(this.#bases.at(base).moment).map(({ name, place, events }) => ({
      label: `a request (${name}) commits ${events.map(told).join(", ")}`,
      spends: costOfRequest(place) + costOf(events),
      commits: true,
      ...this.#written(base, events),
    }));
  }

  /** A payer pays or declines on any page that was shown, as long as it is open or watched. */
  #paid(base: number): readonly Change[] {
    const { moment } = this.#bases.at(base);
    const { now, slice, gateway } = this.partsOf(base);
    return gateway.authorities.flatMap((authority, index) => {
      const payment = slice.state.payments[authority.paymentId];
      const isLookedFor = payment !== undefined && isWatched(payment, now);
      const isPayable = authority.status === "NEW" || authority.status === "REFUSED";
      if (authority.kind !== "checkout" || !isLookedFor || !isPayable) return [];
      const does = (what: string, then: Gateway): Change => ({
        label: `the payer ${what} on page ${index + 1}`,
        base: this.#baseOf(moment, then),
        spends: cost.payerActs,
        commits: false,
        violation: null,
      });
      const pays = does("pays", gateways.paidByPayer(gateway, index, this.#variant, now));
      const isRefused = authority.status === "REFUSED";
      return isRefused ? [pays] : [pays, does("declines", gateways.declinedByPayer(gateway, index))];
    });
  }

  /** An effect that was on its way happens; nobody waits for its answer any more. */
  #landings(base: number, effect: Effect): readonly Change[] {
    const { moment } = this.#bases.at(base);
    const { now, gateway } = this.partsOf(base);
    const { authority: index, what } = effect;
    const rest = gateways.withoutEffect(gateway, effect);
    const land = (how: string, then: Gateway): Change => ({
      label: `the ${what} of authority ${index + 1} ${how}`,
      base: this.#baseOf(moment, then),
      spends: free,
      commits: false,
      violation: null,
    });
    if (what === "capture") return [land("takes effect", gateways.captured(rest, index))];
    const debited = (pay: boolean) => gateways.debited(rest, index, this.#variant, { pay, now });
    return [land("takes the money", debited(true)), land("is refused", debited(false))];
  }

  // Time

  /** A long time passes at rest, or, at most as often as the bound of outages says, though there is something to do. */
  #passing([base, one, other, rest]: Row, next: WallMs): Move | null {
    const { now } = this.partsOf(base);
    const isLong = next - now > invocationLivesMs;
    const isAtRest = one === idle && other === idle && this.#beginnings(base).every(({ spends }) => spends !== free);
    const spends = isLong && !isAtRest ? cost.outages : free;
    if (!canAfford(rest, spends)) return null;
    const change = {
      label: `${spanOf(next - now)} pass`,
      base: this.#laterBase(base, next),
      spends,
      commits: false,
      violation: null,
    };
    return moveTo(change, isLong ? idle : one, isLong ? idle : other, rest);
  }

  #laterBase(base: number, next: WallMs): number {
    const known = this.#knownOf(base);
    if (known.later?.next === next) return known.later.base;
    const moment = this.#moments.later(this.#bases.at(base).moment, next);
    const found = this.#baseOf(moment, gateways.returnedBy(this.partsOf(base).gateway, next));
    known.later = { next, base: found };
    return found;
  }

  /** When something may change next; null when nothing will, or an effect must come before. */
  #nextOf(base: number, consumers: readonly number[]): WallMs | null {
    const known = this.#knownOf(base);
    known.next ??= this.#nextByItself(base);
    const { now, gateway } = this.partsOf(base);
    let next = known.next === -1 ? Infinity : known.next;
    for (const consumer of consumers) {
      if (consumer === idle) continue;
      for (const at of this.#instants[consumer] ?? []) if (at > now && at < next) next = at;
    }
    return next === Infinity || gateway.effects.some(({ before }) => before <= next) ? null : wallMs(next);
  }

  #nextByItself(base: number): number {
    const { now, gateway } = this.partsOf(base);
    const returns = gateway.authorities.flatMap(({ returnsAt }) => returnsAt ?? []);
    const later = [...this.#moments.instants(this.#bases.at(base).moment), ...returns].filter(
      (at) => at > now && at < this.#start + horizonMs,
    );
    return later.length === 0 ? -1 : Math.min(...later);
  }

  #told(number: number): string {
    return toldStep(this.#consumers.at(number).step);
  }
}

/** Of beginnings that come to the same consumer at the same cost, the last. */
function differing(acts: readonly Act[]): readonly Act[] {
  return [...new Map(acts.map((act) => [`${act.consumer},${act.spends}`, act])).values()];
}

const mostCalmSteps = 100;

/** A mood as far as it mattered, among fewer than five answers of each kind. */
function keyOf({ banks, untouched, banksMattered, untouchedMattered }: Mood): number {
  return (banksMattered ? banks + 1 : 0) + 5 * (untouchedMattered ? untouched + 1 : 0);
}

/** Each key a step of this mood may be known by. */
function keysOf({ banks, untouched }: Mood): readonly number[] {
  return [0, banks + 1, 5 * (untouched + 1), banks + 1 + 5 * (untouched + 1)];
}

const kill = { spends: cost.kills, commits: false, violation: null };

function moveTo({ label, base, spends, violation }: Change, one: number, other: number, rest: number): Move {
  const left = rest - spends;
  return { label, row: one < other ? [base, one, other, left] : [base, other, one, left], violation };
}

/** What a commit spends: a debit that begins, money that somebody begins to take. */
function costOf(events: readonly NewEvent[]): Cost {
  const spent = events.map(({ type, data }) => {
    if (type === "payment.verifying") return cost.captures;
    return type === "payment.created" && data.kind === "debit" ? cost.debits : free;
  });
  return spent.reduce((sum, it) => sum + it, free);
}

/** An authority is one of the gateway's that matter once we have written it down. */
function withAuthoritiesOf(events: readonly NewEvent[], gateway: Gateway): Gateway {
  return events.reduce((before, { type, data }) => {
    if (!("authority" in data)) return before;
    const kind = type === "payment.submitted" ? ("debit" as const) : ("checkout" as const);
    const index = gateways.indexOfAuthority(data.authority);
    return gateways.withAuthority(before, index, { paymentId: data.paymentId, kind });
  }, gateway);
}

/** The payment whose money call the writer of an event, and nobody else, may make. */
function intendedBy({ data }: NewEvent): readonly PaymentId[] {
  return "sendBefore" in data && "paymentId" in data ? [data.paymentId] : [];
}

/** The same cast as `hear`, for the answer of a money call. */
function asMoneyAnswer(outcome: Fate["outcome"]): MoneyAnswer {
  return outcome as MoneyAnswer;
}

function without<T>(set: ReadonlySet<T>, one: T): ReadonlySet<T> {
  return new Set([...set].filter((it) => it !== one));
}
