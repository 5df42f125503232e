// How a trace is told.
import type { NewEvent } from "../../server/billing/event.ts";
import type { Outcome } from "../../server/billing/outcome.ts";
import type { Call, Commit } from "../../server/billing/step.ts";

export function told({ type, data }: NewEvent): string {
  return "paymentId" in data && data.paymentId !== null ? `${type} (${data.paymentId.slice(-3)})` : type;
}

export function toldStep(step: Commit | Call): string {
  return step.kind === "commit" ? `commits ${step.events.map(told).join(", ")}` : `calls ${step.name}`;
}

export function toldOutcome(outcome: Outcome<unknown>): string {
  if (outcome.kind === "settled") return JSON.stringify(outcome.value);
  return outcome.kind === "declined" ? `refused ${outcome.code}` : outcome.reason;
}

/** Example: 3,680,000 ms → `61 min 20 s`. */
export function spanOf(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min ${seconds % 60} s`;
}
