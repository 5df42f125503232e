// A thread that walks the model, bundled with whatever rules a sabotage left of it.
import { parentPort } from "node:worker_threads";
import { checkModel, type CheckResult } from "../model/check-model.ts";
import { variants } from "../model/variants.ts";
import { smallBounds } from "../model/bounds.ts";

export interface WalkOrder {
  readonly variant: number;
  /** The walk is given up beyond so many states. */
  readonly maxStates: number;
}

export type Walked = CheckResult;

parentPort?.on("message", ({ variant: index, maxStates }: WalkOrder) => {
  const variant = variants[index];
  if (!variant) throw new Error(`There is no variant ${index}`);
  parentPort?.postMessage(checkModel({ variant, bounds: smallBounds, maxStates }), []);
});
