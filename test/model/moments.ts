// What the rules say of a slice at a moment, worked out once for all the bases, walks and variants that share it: no rule
// sees the gateway, only what it answers.
import type { Id, IdPrefix } from "../../contract/common/id.ts";
import type { WallMs } from "../../server/billing/clock.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import type { Ids } from "../../server/billing/ids.ts";
import type { Outcome } from "../../server/billing/outcome.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import { all, nowOf, type CustomerState, type Slice } from "../../server/billing/state.ts";
import type { Call, Step } from "../../server/billing/step.ts";
import { hear } from "./calls.ts";
import { asleep, canonical, hinted, instantsOf, isUnwatched, SliceKeys, sleeps, woken } from "./canonical.ts";
import { keyOfMine, nobody, numberOfEvents, type Mine } from "./consumer.ts";
import type { Rules } from "./rules.ts";
import { Pool } from "./space.ts";
import { toldOutcome } from "./words.ts";

/** A canonical slice at a moment. */
export interface Moment {
  readonly now: WallMs;
  readonly slice: Slice;
  readonly sliceNumber: number;
}

/** What a consumer that begins may come to, before any call. */
export interface Beginning {
  readonly step: Step;
  /** Whether it takes somebody's word about a payment that is no longer watched. */
  readonly hints: boolean;
}

/** What a request handler commits, with its place among the handlers. */
export interface Requested {
  readonly name: string;
  readonly place: number;
  readonly events: readonly NewEvent[];
}

/** Where a commit leads. */
export interface Evolved {
  readonly moment: number;
  readonly state: CustomerState;
}

interface Known {
  beginnings: readonly Beginning[] | null;
  requested: readonly Requested[] | null;
  instants: readonly number[] | null;
  dueAt: WallMs | null | undefined;
  readonly steps: Map<string, Step>;
  readonly evolved: Map<number, Evolved>;
  readonly later: Map<number, number>;
}

export class Moments {
  readonly #rules: Rules;
  readonly #slices = new Pool<Slice>();
  readonly #sliceKeys = new SliceKeys();
  readonly #moments = new Pool<Moment & { readonly known: Known }>();
  readonly #heard = new WeakMap<Call, Map<string, Step>>();

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  numberOf(slice: Slice, now: WallMs): number {
    const it = canonical(slice, now);
    const sliceNumber = this.#slices.numberOf(this.#sliceKeys.keyOf(it), () => it);
    return this.#moments.numberOf(`${now},${sliceNumber}`, () => ({
      now,
      slice: this.#slices.at(sliceNumber),
      sliceNumber,
      known: {
        beginnings: null,
        requested: null,
        instants: null,
        dueAt: undefined,
        steps: new Map(),
        evolved: new Map(),
        later: new Map(),
      },
    }));
  }

  at(moment: number): Moment {
    return this.#moments.at(moment);
  }

  /** What is due by itself, and each payment that can be asked about. */
  beginnings(moment: number): readonly Beginning[] {
    const { known, slice, now } = this.#moments.at(moment);
    known.beginnings ??= choicesOf(slice, now).map(({ choice, hints }) => ({
      step: this.#step(choice, now, nobody),
      hints,
    }));
    return known.beginnings;
  }

  /** What a consumer that has something of its own does next. */
  step(moment: number, mine: Mine): Step {
    const { known, slice, now } = this.#moments.at(moment);
    return remembered(known.steps, keyOfMine(mine), () => this.#step(slice, now, mine));
  }

  #step(slice: Slice, now: WallMs, mine: Mine): Step {
    return this.#rules.nextStep(slice, { now: nowOf(slice.state, now), ids: idsAfter(slice), ...mine });
  }

  /** What follows a call once its outcome is heard. */
  heard(call: Call, outcome: Outcome<unknown>, now: WallMs): Step {
    const known = this.#heard.get(call) ?? new Map<string, Step>();
    this.#heard.set(call, known);
    return remembered(known, `${now} ${toldOutcome(outcome)}`, () => hear(call, outcome, now));
  }

  evolved(moment: number, events: readonly NewEvent[]): Evolved {
    const { known, slice, now } = this.#moments.at(moment);
    return remembered(known.evolved, numberOfEvents(events), () => {
      const state = this.#rules.evolveAll(slice.state, events, { customerId: slice.customerId, at: now });
      return { state, moment: this.numberOf({ ...slice, state }, now) };
    });
  }

  requested(moment: number): readonly Requested[] {
    const { known, slice, now } = this.#moments.at(moment);
    known.requested ??= Object.entries(this.#rules.requests).flatMap(([name, decide], place) => {
      const events = decide(slice, nowOf(slice.state, now), idsAfter(slice));
      return isRejection(events) || events.length === 0 ? [] : [{ name, place, events }];
    });
    return known.requested;
  }

  /** The same slice at a later moment. */
  later(moment: number, next: WallMs): number {
    const { known, slice } = this.#moments.at(moment);
    return remembered(known.later, next, () => this.numberOf(slice, next));
  }

  /** When something falls due by itself; null when nothing does. */
  dueAt(moment: number): WallMs | null {
    const { known, slice } = this.#moments.at(moment);
    if (known.dueAt === undefined) known.dueAt = this.#rules.nextDueAt(slice);
    return known.dueAt;
  }

  /** When a rule may answer differently from before. */
  instants(moment: number): readonly number[] {
    const { known, slice } = this.#moments.at(moment);
    if (known.instants) return known.instants;
    const due = this.dueAt(moment);
    known.instants = [...(due === null || due === asleep ? [] : [due]), ...instantsOf(slice)];
    return known.instants;
  }
}

function choicesOf(slice: Slice, now: WallMs): readonly { readonly choice: Slice; readonly hints: boolean }[] {
  const payments = all(slice.state.payments);
  return [
    { choice: slice, hints: false },
    ...payments.filter(sleeps).map((it) => ({ choice: woken(slice, it, now), hints: false })),
    ...payments.filter(isUnwatched).map((it) => ({ choice: hinted(slice, it, now), hints: true })),
  ];
}

function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}

/** Ids by the order of appearance: the same whoever makes them. */
function idsAfter({ state }: Slice): Ids {
  let last = 100 + Object.keys(state.payments).length + Object.keys(state.invoices).length;
  return { next: (prefix) => idOf(prefix, ++last) };
}

const idOf = <P extends IdPrefix>(prefix: P, n: number): Id<P> => `${prefix}_${String(n).padStart(26, "0")}` as const;
