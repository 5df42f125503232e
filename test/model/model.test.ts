// The walk of `npm run model` within a small bound, so that each run of the tests meets every state near the start; and a
// rule broken on purpose, so that it is known to find something.
import { describe, expect, it } from "vitest";
import type { WallMs } from "../../server/billing/clock.ts";
import { all, type CustomerState, type Slice } from "../../server/billing/state.ts";
import type { MoneyAnswer, Step } from "../../server/billing/step.ts";
import { smallBounds, testWalk, testWalksOfSubscribing } from "./bounds.ts";
import { checkModel } from "./check-model.ts";
import { canAfford, purse } from "./cost.ts";
import { Moments } from "./moments.ts";
import { realRules, type Rules } from "./rules.ts";
import { starts, startsAt } from "./scenario.ts";
import { Space, type Row } from "./space.ts";
import { nameOf, untouchedAnswers, variants, walkedAs, type Variant } from "./variants.ts";
import { World } from "./world.ts";

/** Each way of the gateway at least once; all of them are `npm run model`'s. */
const few = variants.filter((it) =>
  [
    "untouched IN_BANK, debit PAID, unverified is kept, auto_verify heeded",
    "untouched FAILED, debit PAID, unverified goes back, auto_verify heeded",
    "untouched FAILED, debit VERIFIED, unverified is kept, auto_verify ignored",
    "untouched -54, debit PAID, unverified is kept, auto_verify heeded",
  ].includes(nameOf(it)),
);

/** Minutes on a machine that others use too. */
const slowly = { timeout: 300_000 };

describe("every interleaving of two consumers, a request, a payer and a gateway under faults", () => {
  it.each(few.map((variant) => ({ name: nameOf(variant), variant })))(
    "takes money at most once, loses none and never sticks: $name",
    slowly,
    ({ variant }) => {
      const { violation, finished, states } = checkModel({ variant, bounds: testWalk.bounds });
      expect(violation?.trace.join("\n") ?? null, violation?.what).toBeNull();
      expect(finished).toBe(true);
      expect(states).toBeGreaterThan(1_000);
    },
  );

  it.each(testWalksOfSubscribing)("and so does $name", slowly, ({ start, bounds }) => {
    for (const variant of few) {
      const { violation, finished } = checkModel({ variant, bounds, start });
      expect(violation?.trace.join("\n") ?? null, violation?.what).toBeNull();
      expect(finished).toBe(true);
    }
  });
});

it("what may happen without a hint is walked though a hint would come to the same", slowly, () => {
  const deaf: Rules = {
    ...realRules,
    nextStep: (slice, means) => realRules.nextStep({ ...slice, hints: {} }, means),
  };
  const [variant] = few;
  if (!variant) throw new Error("There is no such variant");
  const { states } = checkModel({ variant, bounds: testWalk.bounds });
  expect(checkModel({ variant, bounds: testWalk.bounds, rules: deaf }).states).toBe(states);
});

it(
  "a gateway that gives any answer about what nobody touched meets each state of those that always give the same",
  slowly,
  () => {
    const [of] = few;
    if (!of) throw new Error("There is no such variant");
    const met = (variant: Variant) => {
      const moments = new Set<string>();
      const nextStep: Rules["nextStep"] = (slice, means) => {
        moments.add(`${means.now.wall} ${textOf(slice)}`);
        return realRules.nextStep(slice, means);
      };
      checkModel({ variant, bounds: { ...testWalk.bounds, payerActs: 0 }, rules: { ...realRules, nextStep } });
      return moments;
    };
    const byAny = met(walkedAs(of, true));
    for (const untouched of untouchedAnswers) {
      const only = [...met({ ...of, untouched })].filter((it) => !byAny.has(it));
      expect(only).toEqual([]);
    }
  },
);

/** Whatever of the customer's a walk changes. */
function textOf({ state: { subscriptions, invoices, payments, customer } }: Slice): string {
  return JSON.stringify([subscriptions, invoices, payments, customer?.creditRials]);
}

describe("what is left of the bounds", () => {
  it("does not have a state walked twice when less is left, and does when other things are", () => {
    const space = new Space();
    const [more, less, other] = [
      { kills: 2, hints: 1 },
      { kills: 1, hints: 1 },
      { kills: 1, hints: 2 },
    ].map(leftOf);
    const rows = [more, less, other, more, other].map((left): Row => [7, -1, 3, left ?? 0]);
    expect(rows.map((row) => space.add(row, -1))).toEqual([true, false, true, false, false]);
    expect(space.add([7, -1, 4, leftOf({ kills: 1, hints: 1 })], -1)).toBe(true);
    expect(space.size).toBe(3);
  });

  it("takes no move from whoever has more of it, so that what has less adds no violation", slowly, () => {
    const [variant] = few;
    if (!variant) throw new Error("There is no such variant");
    const world = new World(new Moments(realRules), variant, startsAt);
    const space = new Space();
    const all = purse({ ...testWalk.bounds, kills: 1, lateEffects: 1, failedRequests: 1 }, 2);
    space.add(world.first(starts.renewal(), all), -1);
    const toldOf = (row: Row) =>
      world
        .moves(row)
        .map(({ label, violation, row: [base, one, other] }) => `${label} ${base} ${one} ${other} ${violation}`);
    let compared = 0;
    for (let index = 0; index < 3_000; index++) {
      const row = space.row(index);
      const [base, one, other, left] = row;
      for (const move of world.moves(row)) space.add(move.row, index);
      if (left === all) continue;
      expect(canAfford(all, left)).toBe(true);
      const ofMore = new Set(toldOf([base, one, other, all]));
      expect(toldOf(row).filter((move) => !ofMore.has(move))).toEqual([]);
      compared++;
    }
    expect(compared).toBeGreaterThan(1_000);
  });
});

function leftOf(bounds: { readonly kills: number; readonly hints: number }): number {
  return purse({ ...testWalk.bounds, ...bounds }, 2);
}

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
    const { violation } = checkModel({ variant, bounds: smallBounds, rules });
    expect(violation?.what).toContain("checked out twice");
    expect(violation?.trace.length).toBeGreaterThan(3);
  });

  it("when silence of the money call is taken for a refusal", slowly, () => {
    const rules: Rules = { ...realRules, nextStep: (slice, means) => deaf(realRules.nextStep(slice, means)) };
    if (!variant) throw new Error("There is no such variant");
    const { violation } = checkModel({ variant, bounds: smallBounds, rules });
    expect(violation?.what).toContain("debited at most once");
  });

  it("when nobody looks for what was paid on a page of a purchase that never began", slowly, () => {
    const rules: Rules = { ...realRules, evolveAll: (...input) => withoutWatches(realRules.evolveAll(...input)) };
    if (!variant) throw new Error("There is no such variant");
    const { violation } = checkModel({ variant, bounds: smallBounds, start: "first page", rules });
    expect(violation?.what).toContain("no money unknown to us");
  });
});

/** What was closed is never asked about again. */
function withoutWatches(state: CustomerState): CustomerState {
  const payments = all(state.payments).map((it) => (it.status === "closed" ? { ...it, nextAskAt: null } : it));
  return { ...state, payments: Object.fromEntries(payments.map((it) => [it.id, it])) };
}

/** A debit whose time-out is heard as a decline. */
function deaf(step: Step): Step {
  if (step.kind !== "call" || step.name !== "debit") return step;
  const { onOutcome } = step;
  const heard = (outcome: MoneyAnswer): MoneyAnswer =>
    outcome.kind === "unknown" ? { kind: "declined", code: -99, evidence: outcome.evidence } : outcome;
  return { ...step, onOutcome: (outcome: MoneyAnswer, at: WallMs) => onOutcome(heard(outcome), at) };
}
