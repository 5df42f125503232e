// One worker of `npm run model`: walks the variants it is sent, one after the other, and sends back what it found.
import { parentPort } from "node:worker_threads";
import { checkModel, type CheckResult } from "./check-model.ts";
import type { Variant } from "./variants.ts";
import type { Walk } from "./bounds.ts";

export interface Order {
  readonly variant: Variant;
  readonly walk: Walk;
}

export interface Walked extends Order {
  readonly result: CheckResult;
  readonly seconds: number;
}

parentPort?.on("message", (order: Order) => {
  const startedAt = performance.now();
  const result = checkModel({ variant: order.variant, bounds: order.walk.bounds, start: order.walk.start });
  const seconds = (performance.now() - startedAt) / 1_000;
  parentPort?.postMessage({ ...order, result, seconds } satisfies Walked, []);
});
