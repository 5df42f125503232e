// How much of each fault a walk may hold: the full command's bound, as large as finishes in a quarter of an hour on two
// cores, and the one that runs with the tests.
import type { Bounds } from "./world.ts";

export const fullBounds: Bounds = { kills: 1, lateEffects: 1, failedRequests: 0, payerActs: 0, hints: 0, requests: 0 };
export const smallBounds: Bounds = { kills: 1, lateEffects: 1, failedRequests: 0, payerActs: 0, hints: 0, requests: 0 };
