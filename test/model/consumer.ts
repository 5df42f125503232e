// A consumer at an await: what it is about to do, and what only it knows. Two consumers with the same key do the same in
// whatever follows, so a state needs to hold no more of them than a number.
import { hourMs } from "../../server/billing/clock.ts";
import type { NewEvent } from "../../server/billing/event.ts";
import type { Call, Commit, Means } from "../../server/billing/step.ts";
import { Pool } from "./space.ts";
import { toldOutcome } from "./words.ts";

/** What the driver keeps of its own: money calls it may still make, and what those it made have answered. */
export type Mine = Pick<Means, "own" | "answers">;

export const nobody: Mine = { own: new Set(), answers: new Map() };

export function isNobody({ own, answers }: Mine): boolean {
  return own.size === 0 && answers.size === 0;
}

export interface Consumer extends Mine {
  readonly step: Commit | Call;
  /** The slice it decided on. */
  readonly slice: number;
  /** Whether nobody has committed since it loaded. */
  readonly fresh: boolean;
  /** What its calls since then have answered. */
  readonly heard: string;
}

export function keyOfMine({ own, answers }: Mine): string {
  return `${[...own].join()}|${[...answers].map(([id, it]) => `${id}${toldOutcome(it)}`).join()}`;
}

export function keyOfConsumer({ step, slice, fresh, own, answers, heard }: Consumer): string {
  const mine = keyOfMine({ own, answers });
  if (step.kind === "commit") return fresh ? `commits ${numberOfEvents(step.events)}|${mine}` : `lost|${mine}`;
  return `${step.name} ${JSON.stringify(step.input)}|${slice}|${heard}|${fresh}|${mine}`;
}

/** Events without what a canonical slice leaves out anyway, by number: each commit's are asked for again and again. */
export function numberOfEvents(events: readonly NewEvent[]): number {
  const known = numbers.get(events);
  if (known !== undefined) return known;
  const number = texts.numberOf(events.map(textOfOne).join(), () => null);
  numbers.set(events, number);
  return number;
}

const numbers = new WeakMap<readonly NewEvent[], number>();
const texts = new Pool<null>();

function textOfOne({ type, data }: NewEvent): string {
  const isPlanned = type === "payment.deferred";
  const beginsWatch = type === "payment.failed" || type === "payment.lapsed" || type === "payment.closed";
  const text = (key: string, value: unknown) => {
    if (!forgotten.has(key) || value === null || (isPlanned && key === "nextAskAt")) return value;
    return beginsWatch && typeof value === "string" ? Math.ceil(Date.parse(value) / hourMs) : undefined;
  };
  return type + JSON.stringify(data, text);
}

const forgotten = new Set([
  "nextAskAt",
  "askedAt",
  "askCount",
  "tries",
  "settledAt",
  "createdAt",
  "paidAt",
  "endedAt",
  "closedAt",
]);

/** The instants that a commit not yet written brings with it. That a money call was not made in time is one of its fates. */
export function instantsOfStep(step: Commit | Call): readonly number[] {
  if (step.kind === "call") return [];
  return step.events.flatMap(({ data }) => ("settlesAfter" in data ? [Date.parse(data.settlesAfter)] : []));
}
