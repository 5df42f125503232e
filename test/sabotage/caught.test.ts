// The mechanism, kept alive: a guard of each kind taken out and noticed, while the code as it is passes the same.
import { afterAll, describe, expect, it } from "vitest";
import { modelUnder, simulationUnder } from "./attempt.ts";
import { hunt, type Control } from "./hunt.ts";
import { sabotages } from "./sabotages.ts";

const seed = "sabotage";
const few = 2;
const slowly = { timeout: 120_000 };

const control: Control = {
  threadFor: ({ by, edits }) => (by === "model" ? modelUnder(edits) : simulationUnder(edits, seed)),
  untouched: new Map(),
  passed: new Map(),
};

afterAll(async () => {
  for (const thread of control.untouched.values()) await (await thread).end();
});

describe("a guard that is taken out is noticed", () => {
  // One by the model, one of the rules, one of what a commit writes.
  it.each(["anyone may call", "due not written by the commit", "an open page captured without intent"])(
    "%s",
    slowly,
    async (name) => {
      const sabotage = sabotages.find((one) => one.name === name);
      if (!sabotage) throw new Error(`There is no sabotage of this name: ${name}`);
      const { judgement, crashed } = await hunt(sabotage, control, few);
      expect(judgement, crashed ?? "").not.toBeNull();
    },
  );
});
