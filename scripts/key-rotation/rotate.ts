// Asks for one step of the key rotation after the other until nothing is left. Keeps nothing: ended at any moment and begun
// anew, it goes on where the texts themselves say.
import * as z from "zod";
import { Problem } from "../../contract/common/problem.ts";
import { KeyRotation, KeyRotationStep } from "../../contract/key-rotation.ts";
import type { Answer, Asked } from "../local/operator.ts";

export interface Rotating {
  /** One request to the server; null when no answer came. */
  readonly ask: (asked: Asked) => Promise<Answer | null>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Called after each step with what was sealed anew so far. */
  readonly progress: (resealed: number) => void;
}

export interface Rotated {
  readonly resealed: number;
  readonly rotation: KeyRotation;
}

/** Said to whoever runs it; what was sealed anew before stays so. */
export class RotationStopped extends Error {}

/** Whoever writes while we walk may leave something under an old key behind us. */
const maxWalks = 3;
const maxTries = 6;
const firstWaitMs = 500;
const path = "/v1/operator/key-rotation";

/** Walks over everything until nothing is left, three times at most; says what is left then. */
export async function rotate(rotating: Rotating): Promise<Rotated> {
  let resealed = 0;
  for (let walks = 1; ; walks++) {
    let cursor: string | null = null;
    do {
      const body: object = cursor === null ? {} : { cursor };
      const step: KeyRotationStep = await dataOf(
        rotating,
        { method: "POST", path: `${path}/advance`, body },
        KeyRotationStep,
      );
      if (step.nextCursor !== null && step.nextCursor === cursor) throw new RotationStopped("It gets no further.");
      resealed += step.resealed;
      cursor = step.nextCursor;
      rotating.progress(resealed);
    } while (cursor !== null);
    const rotation = await dataOf(rotating, { method: "GET", path }, KeyRotation);
    if (rotation.left.length === 0 || walks === maxWalks) return { resealed, rotation };
  }
}

/** The data of an answer. A step is asked for again when its answer was lost: nothing is sealed twice. */
async function dataOf<T>({ ask, sleep }: Rotating, asked: Asked, schema: z.ZodType<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const answer = await ask(asked);
    if (answer?.status === 200) return z.object({ data: schema }).parse(answer.body).data;
    const isWorthTrying = answer === null || answer.status === 429 || answer.status >= 500;
    if (!isWorthTrying || tries === maxTries) throw new RotationStopped(said(answer));
    await sleep(answer?.retryAfterMs ?? firstWaitMs * 2 ** tries);
  }
}

function said(answer: Answer | null): string {
  if (answer === null) return "The server does not answer.";
  const problem = Problem.safeParse(answer.body).data;
  return problem ? `${problem.code}: ${problem.detail}` : `The server answered ${answer.status}.`;
}

/** Example: `130 texts were sealed anew under k2. Nothing is left: every other key may leave SEALING_KEYS.` */
export function rotationText({ resealed, rotation }: Rotated): string {
  const { keyId, left } = rotation;
  const done = `${resealed} texts were sealed anew under ${keyId}.`;
  if (left.length === 0) return `${done} Nothing is left: every other key may leave SEALING_KEYS.`;
  const lines = left.map((each) => `  ${each.place}: ${each.count} under ${each.keyId ?? "a key that nobody knows"}`);
  return [`${done} Left, and their keys must stay in SEALING_KEYS:`, ...lines].join("\n");
}
