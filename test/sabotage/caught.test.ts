// The mechanism, kept alive: a guard of each kind taken out and noticed, while the code as it is passes the same.
import { describe, expect, it } from "vitest";
import { modelUnder, simulationUnder } from "./attempt.ts";
import { hunt, type Control } from "./hunt.ts";
import { sabotages } from "./sabotages.ts";

const seed = "sabotage";
const few = 2;
const slowly = { timeout: 120_000 };

/** One of the model, one of the rules, one of the tables. */
const chosen = ["anyone may call", "due not written by the commit", "an open page captured without intent"];

describe("a guard that is taken out is noticed", () => {
  it.each(chosen)("%s", slowly, async (name) => {
    const sabotage = sabotages.find((one) => one.name === name);
    if (!sabotage) throw new Error(`There is no sabotage of this name: ${name}`);
    const control: Control = {
      threadFor: ({ by, edits }) => (by === "model" ? modelUnder(edits) : simulationUnder(edits, seed)),
      untouched: new Map(),
      passed: new Map(),
    };
    const { judgement } = await hunt(sabotage, control, few);
    for (const thread of control.untouched.values()) await (await thread).end();
    expect(judgement).not.toBeNull();
  });
});
