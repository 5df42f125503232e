// Taking one step of the rules apart: which call it is, what it commits, and what follows an outcome.
import type { WallMs } from "../../server/billing/clock.ts";
import { nextStep } from "../../server/billing/due-rules.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import type { Outcome } from "../../server/billing/outcome.ts";
import { nowOf, type Slice } from "../../server/billing/state.ts";
import type { Call, CallName, Calls, Means, Step } from "../../server/billing/step.ts";
import { seededIds, wall } from "./billing-builders.ts";

/** What the rules say at a moment to an invocation that wrote these intents. */
export function stepAt(slice: Slice, at: WallMs = wall, own: Means["own"] = new Set()): Step {
  return nextStep(slice, { now: nowOf(slice.state, at), ids: seededIds(), own, answers: new Map() });
}

/** The step that follows the call it must be, with this outcome heard at a moment. */
export function heard<N extends CallName>(step: Step, name: N, outcome: Outcome<Calls[N]["value"]>, at: WallMs): Step {
  return calling(step, name).onOutcome(outcome, at);
}

interface Calling<N extends CallName> {
  readonly input: Calls[N]["input"];
  readonly onOutcome: (outcome: Outcome<Calls[N]["value"]>, at: WallMs) => Step;
}

/** A step that must be this call. */
export function calling<N extends CallName>(step: Step, name: N): Calling<N> {
  if (step.kind !== "call" || step.name !== name) throw new Error(`Not a call of ${name}: ${JSON.stringify(step)}`);
  return namedCall(step);
}

/** The call's name was compared; the compiler cannot follow a generic name into the union. */
function namedCall<N extends CallName>(step: Call): Calling<N> {
  return step as object as Calling<N>;
}

/** The events of a step that must be a commit. */
export function committed(step: Step): readonly NewEvent[] {
  if (step.kind !== "commit") throw new Error(`Not a commit: ${JSON.stringify(step)}`);
  return step.events;
}

/** What is committed when the gateway's authority or reference was seen before. */
export function onConflict(step: Step): readonly NewEvent[] {
  if (step.kind !== "commit" || !step.onConflict) throw new Error("A conflict is not provided for");
  return committed(step.onConflict());
}
