// The walk of `npm run model` within a small bound, so that each run of the tests meets every state near the start; and a
// rule broken on purpose, so that it is known to find something.
import { describe, expect, it } from "vitest";
import type { Step } from "../../server/billing/step.ts";
import { smallBounds } from "./bounds.ts";
import { checkModel } from "./check-model.ts";
import { renewal, startsAt } from "./scenario.ts";
import { realRules, type Rules } from "./rules.ts";
import { nameOf, variants } from "./variants.ts";

/** Each way of the gateway at least once; all of them are `npm run model`'s. */
const few = variants.filter((it) =>
  [
    "untouched IN_BANK, debit PAID, unverified is kept, auto_verify heeded",
    "untouched FAILED, debit PAID, unverified goes back, auto_verify heeded",
    "untouched FAILED, debit VERIFIED, unverified is kept, auto_verify ignored",
    "untouched -54, debit PAID, unverified is kept, auto_verify heeded",
  ].includes(nameOf(it)),
);

/** One debit is left before collecting is given up. */
const start = { slice: renewal(1), at: startsAt };

/** Minutes on a machine that others use too. */
const slowly = { timeout: 120_000 };

describe("every interleaving of two consumers, a request, a payer and a gateway under faults", () => {
  it.each(few.map((variant) => ({ name: nameOf(variant), variant })))(
    "takes money at most once, loses none and never sticks: $name",
    slowly,
    ({ variant }) => {
      const { violation, finished, states } = checkModel({ variant, bounds: smallBounds, start });
      expect(violation?.trace.join("\n") ?? null, violation?.what).toBeNull();
      expect(finished).toBe(true);
      expect(states).toBeGreaterThan(1_000);
    },
  );
});

describe("a rule broken on purpose is found", () => {
  const [variant] = variants.filter((it) => it.untouched === "FAILED");

  it("when anybody may make the money call", slowly, () => {
    const rules: Rules = {
      ...realRules,
      nextStep: (slice, means): Step => {
        const submitted = Object.values(slice.state.payments).flatMap((it) =>
          it?.status === "submitted" ? [it.id] : [],
        );
        return realRules.nextStep(slice, { ...means, own: new Set([...means.own, ...submitted]) });
      },
    };
    if (!variant) throw new Error("There is no such variant");
    const { violation } = checkModel({ variant, bounds: smallBounds, rules, start });
    expect(violation?.what).toContain("checked out twice");
    expect(violation?.trace.length).toBeGreaterThan(3);
  });
});
