// Looks for the first history, or the first variant of the model, that notices a sabotage, and makes sure that the code
// as it is passes the same one.
import type { Thread } from "./attempt.ts";
import type { Sabotage } from "./sabotage.ts";

export interface Caught {
  readonly sabotage: Sabotage;
  /** Where: `history 12`, or `variant 3`. */
  readonly by: string;
  /** Histories lived through, or states walked. */
  readonly took: number;
  /** Null when nothing noticed. */
  readonly judgement: string | null;
  /** The last crash on the way, which is no judgement. */
  readonly crashed: string | null;
}

/** Threads of the code as it is, and what they have come to so far. */
export interface Control {
  readonly threadFor: (of: Pick<Sabotage, "by" | "edits">) => Promise<Thread>;
  readonly untouched: Map<Sabotage["by"], Promise<Thread>>;
  readonly passed: Map<string, Promise<boolean>>;
}

/** How many states of each variant are walked for a sabotage, and how many variants. */
const mostStates = 60_000;
const variantsTried = [4, 0, 8, 6, 2, 1] as const;

export async function hunt(sabotage: Sabotage, control: Control, mostHistories: number): Promise<Caught> {
  const { by } = sabotage;
  const places = by === "model" ? variantsTried : Array.from({ length: mostHistories }, (_, at) => at);
  let took = 0;
  let crashed: string | null = null;
  const thread = await control.threadFor(sabotage);
  try {
    for (const at of places) {
      const tried = await thread.tryOut(at, mostStates);
      took += tried.took;
      crashed = tried.crashed ?? crashed;
      const [judgement] = tried.judgements;
      if (judgement === undefined || !(await passes(control, by, at, tried.took))) continue;
      return { sabotage, by: `${by === "model" ? "variant" : "history"} ${at}`, took, judgement, crashed };
    }
    return { sabotage, by: "nothing", took, judgement: null, crashed };
  } finally {
    await thread.end();
  }
}

/** Whether the code as it is comes through the same history, or the same states, clean. */
function passes(control: Control, by: Sabotage["by"], at: number, states: number): Promise<boolean> {
  const key = by === "model" ? `model ${at} ${states}` : `simulation ${at}`;
  const known = control.passed.get(key);
  if (known) return known;
  const passed = walkUntouched(control, by, at, states);
  control.passed.set(key, passed);
  return passed;
}

async function walkUntouched(control: Control, by: Sabotage["by"], at: number, states: number): Promise<boolean> {
  const thread = control.untouched.get(by) ?? control.threadFor({ by, edits: [] });
  control.untouched.set(by, thread);
  const { judgements, crashed } = await (await thread).tryOut(at, states);
  return judgements.length === 0 && crashed === null;
}
