// What must hold once the faults stop: whoever was at work is gone, what was on its way arrives, ticks come in time, and
// the books are held against the gateway. Asked of every base the walk meets, in each mood of the gateway.
import type { Mood } from "./calls.ts";
import { wrongDebits, wrongEnd, wrongPlan } from "./properties.ts";
import { untouchedAnswers, type Variant } from "./variants.ts";
import type { CalmStep, World } from "./world.ts";

export interface WrongEnd {
  readonly what: string;
  readonly trace: readonly string[];
}

/** A mood, and the bases whose calm way on is known to end well in it. */
interface Way {
  readonly mood: Mood;
  readonly known: Set<number>;
}

const mostSteps = 1_000;
const toldSteps = 60;

/** The calm ways on, each remembered for all states that share its base. */
export class Ends {
  readonly #world: World;
  readonly #ways: readonly Way[];
  /** Different ends that were reached. */
  count = 0;

  constructor(world: World, variant: Variant) {
    this.#world = world;
    this.#ways = moodsOf(variant).map((mood) => ({ mood, known: new Set() }));
  }

  /** What is wrong at the end of the calm way from a base; null when nothing is. */
  wrong(base: number): WrongEnd | null {
    if (this.#ways.every(({ known }) => known.has(base))) return null;
    const { slice, gateway } = this.#world.partsOf(base);
    const wrong = wrongDebits(slice, gateway) ?? wrongPlan(slice, this.#world.dueAt(base));
    if (wrong) return { what: wrong, trace: [] };
    for (const way of this.#ways) {
      const what = this.#wrongOn(way, base);
      if (what) return { what, trace: this.#traceOf(way, base) };
    }
    return null;
  }

  #wrongOn({ mood, known }: Way, base: number): string | null {
    const passed: number[] = [];
    for (let at = base; !known.has(at);) {
      if (passed.length === mostSteps) return "never stuck: it never comes to rest though the faults have stopped";
      passed.push(at);
      const next = this.#world.calmStep(at, mood);
      const violation = next ? this.#wrongAfter(next) : this.#wrongAtEnd(at);
      if (violation) return violation;
      if (!next) break;
      at = next.base;
    }
    for (const it of passed) known.add(it);
    return null;
  }

  #wrongAfter({ base, violation }: CalmStep): string | null {
    const { slice, gateway } = this.#world.partsOf(base);
    return violation ?? wrongDebits(slice, gateway);
  }

  #wrongAtEnd(base: number): string | null {
    this.count++;
    const { slice, gateway } = this.#world.partsOf(base);
    return wrongEnd(slice, gateway);
  }

  /** The calm way from a base to what is wrong, or its beginning when it is long. */
  #traceOf({ mood }: Way, base: number): readonly string[] {
    const trace: string[] = [];
    for (let at = base; trace.length < toldSteps;) {
      const next = this.#world.calmStep(at, mood);
      if (!next) return trace;
      trace.push(`${this.#world.describe(next.base)} (in calm) ${next.label}`);
      if (this.#wrongAfter(next)) return trace;
      at = next.base;
    }
    return trace;
  }
}

function moodsOf({ untouched }: Variant): readonly Mood[] {
  const answers = untouched === "any" ? untouchedAnswers.map((_, at) => at) : [0];
  return [0, 1, 2].flatMap((banks) =>
    answers.map((it) => ({ banks, untouched: it, banksMattered: false, untouchedMattered: false })),
  );
}
