// checkModel({ variant, bounds, rules?, start?, maxStates? }) walks every state that can follow the start, breadth first, to
// the end of the space, and answers how many there were and the shortest way to the first violation, if any. `rules` are
// `{ nextStep, nextDueAt, evolveAll, requests }`: the real ones unless others are handed in, with a guard taken out, to
// see it find something. `start` names where the walk begins: a renewal that is due with two debits left, unless it says.
import { Ends } from "./ends.ts";
import { realRules, type Rules } from "./rules.ts";
import { starts, startsAt, type Start } from "./scenario.ts";
import { Space } from "./space.ts";
import type { Variant } from "./variants.ts";
import { purse, type Bounds } from "./cost.ts";
import { Moments } from "./moments.ts";
import { World } from "./world.ts";

export interface CheckInput {
  readonly variant: Variant;
  readonly bounds: Bounds;
  readonly rules?: Rules;
  readonly start?: Start;
  /** The walk is given up, as not finished, beyond this many states. */
  readonly maxStates?: number;
}

export interface CheckResult {
  readonly states: number;
  readonly transitions: number;
  /** Moves on the longest of the shortest ways. */
  readonly depth: number;
  /** States in which everybody rests and nothing will happen by itself. */
  readonly ends: number;
  readonly finished: boolean;
  readonly violation: Violation | null;
}

export interface Violation {
  readonly what: string;
  /** The shortest way there, one line a move. */
  readonly trace: readonly string[];
}

export function checkModel(input: CheckInput): CheckResult {
  const { variant, bounds, rules = realRules, start = "renewal", maxStates = 1e9 } = input;
  const world = new World(new Moments(rules), variant, startsAt);
  const ends = new Ends(world, variant);
  const space = new Space();
  space.add(world.first(starts[start](), purse(bounds, Object.keys(rules.requests).length)), -1);
  let transitions = 0;
  let depth = 0;
  let levelEndsAt = 1;
  const result = (violation: Violation | null, finished: boolean): CheckResult => ({
    states: space.size,
    transitions,
    depth,
    ends: ends.count,
    finished,
    violation,
  });
  for (let index = 0; index < space.size; index++) {
    if (index === levelEndsAt) {
      levelEndsAt = space.size;
      depth++;
    }
    const row = space.row(index);
    const wrongEnd = ends.wrong(row[0]);
    if (wrongEnd) {
      const trace = [...traceTo(world, space, index), ...wrongEnd.trace];
      return result({ what: wrongEnd.what, trace }, false);
    }
    for (const move of world.moves(row)) {
      transitions++;
      if (move.violation) {
        const trace = [...traceTo(world, space, index), `${world.describe(move.row[0])} ${move.label}`];
        return result({ what: move.violation, trace }, false);
      }
      space.add(move.row, index);
    }
    if (space.size > maxStates) return result(null, false);
  }
  return result(null, true);
}

function traceTo(world: World, space: Space, index: number): readonly string[] {
  const path = space.pathTo(index);
  return path.slice(1).map((row, at) => {
    const before = path[at];
    const move = before && world.moves(before).find((it) => it.row.every((value, place) => value === row[place]));
    return `${world.describe(row[0])} ${move?.label ?? "?"}`;
  });
}
