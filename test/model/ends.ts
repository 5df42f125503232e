// What must hold once the faults stop: whoever was at work is gone, what was on its way arrives, ticks come in time, and
// the books are held against the gateway. Asked of every base the walk meets.
import type { Mood } from "./calls.ts";
import { wrongDebits, wrongEnd, wrongPlan } from "./properties.ts";
import type { World } from "./world.ts";

export interface WrongEnd {
  readonly what: string;
  readonly trace: readonly string[];
}

const moods: readonly Mood[] = ([0, 1, 2] as const).map((kind) => ({ kind, mattered: false }));
const mostSteps = 1_000;
const toldSteps = 60;

/** The calm ways on, each remembered for all states that share its base. */
export class Ends {
  readonly #world: World;
  readonly #known: readonly Set<number>[] = moods.map(() => new Set());
  /** Different ends that were reached. */
  count = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** What is wrong at the end of the calm way from a base; null when nothing is. */
  wrong(base: number): WrongEnd | null {
    for (const mood of moods) {
      if (this.#known[mood.kind]?.has(base)) continue;
      const wrong = this.#wrongIn(base, mood);
      if (wrong) return wrong;
    }
    return null;
  }

  #wrongIn(base: number, mood: Mood): WrongEnd | null {
    const { slice, gateway } = this.#world.partsOf(base);
    const wrong = wrongDebits(slice, gateway) ?? wrongPlan(slice, this.#world.dueAt(base));
    if (wrong) return { what: wrong, trace: [] };
    const passed: number[] = [];
    const trace: string[] = [];
    for (let at = base, steps = 0; steps < mostSteps; steps++) {
      if (this.#known[mood.kind]?.has(at)) return this.#remember(mood, passed);
      passed.push(at);
      const next = this.#world.calmStep(at, mood);
      if (next === null) return this.#atEnd(at, mood, passed, trace);
      trace.push(`${this.#world.describe(next.base)} (in calm) ${next.label}`);
      const { slice: then, gateway: holding } = this.#world.partsOf(next.base);
      const violation = next.violation ?? wrongDebits(then, holding);
      if (violation) return { what: violation, trace };
      at = next.base;
    }
    return {
      what: "never stuck: it never comes to rest though the faults have stopped",
      trace: trace.slice(0, toldSteps),
    };
  }

  #atEnd(base: number, mood: Mood, passed: readonly number[], trace: readonly string[]): WrongEnd | null {
    this.count++;
    const { slice, gateway } = this.#world.partsOf(base);
    const what = wrongEnd(slice, gateway);
    return what === null ? this.#remember(mood, passed) : { what, trace };
  }

  #remember(mood: Mood, passed: readonly number[]): null {
    for (const base of passed) this.#known[mood.kind]?.add(base);
    return null;
  }
}
