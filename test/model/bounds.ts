// How much of each fault a walk may hold. All faults at once are more states than a quarter of an hour can hold, so the
// full command makes several walks, each to its end: what two faults do together is in the walk that has both.
import type { Bounds } from "./cost.ts";

/** A walk of every variant. */
export interface Walk {
  readonly name: string;
  readonly bounds: Bounds;
  /** Debits that the renewal's retries still plan. */
  readonly planned: number;
}

const calm: Bounds = {
  debits: 2,
  requests: 1,
  payerActs: 1,
  kills: 0,
  outages: 0,
  lateEffects: 0,
  failedRequests: 0,
  captures: 1,
  hints: 0,
};

/** The walks of `npm run model`. */
export const fullWalks: readonly Walk[] = [
  {
    name: "two planned debits; kills, an outage, a late effect, a failed request",
    bounds: { ...calm, requests: 0, payerActs: 0, kills: 2, outages: 1, lateEffects: 1, failedRequests: 1 },
    planned: 2,
  },
  { name: "two debits and a page; a kill", bounds: { ...calm, kills: 1 }, planned: 1 },
  { name: "two debits and a page; a late effect", bounds: { ...calm, lateEffects: 1 }, planned: 1 },
  { name: "two debits and a page; a hint after the watch", bounds: { ...calm, hints: 1 }, planned: 1 },
  {
    name: "a debit and a page; a payer who comes twice, captures that fail, a kill, an outage, a late effect",
    bounds: { ...calm, debits: 1, payerActs: 2, captures: 2, kills: 1, outages: 1, lateEffects: 1 },
    planned: 1,
  },
];

/** Runs with the tests, and against rules with a guard taken out. */
export const smallBounds: Bounds = { ...calm, debits: 1 };
