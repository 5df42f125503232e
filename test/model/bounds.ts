// How much of each fault a walk may hold. All faults at once are more states than a quarter of an hour can hold, so the
// full command makes several walks, each to its end: what two faults do together is in the walk that has both.
import type { Bounds } from "./cost.ts";

/** A walk of every variant. */
export interface Walk {
  readonly name: string;
  readonly bounds: Bounds;
}

/** A page, a payer, a debit on demand, and none of the faults that are counted: lost answers and stalls are not. */
const page: Bounds = {
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
  { name: "two debits and a page that is paid", bounds: page },
  { name: "two debits and a page; a kill, a late effect", bounds: { ...page, payerActs: 0, kills: 1, lateEffects: 1 } },
  {
    name: "a debit and a page; a payer who comes twice, a second capture, a kill",
    bounds: { ...page, debits: 1, payerActs: 2, captures: 2, kills: 1 },
  },
  {
    name: "a debit and a page; an outage, a late effect",
    bounds: { ...page, debits: 1, outages: 1, lateEffects: 1 },
  },
  {
    name: "a debit and a page; a hint after the watch, a failed request",
    bounds: { ...page, debits: 1, hints: 1, failedRequests: 1 },
  },
];

/** What rules with a guard taken out are walked with: what goes wrong shows after few states. */
export const smallBounds: Bounds = page;

/** Runs with the tests, to its end. */
export const testWalk: Walk = { name: "a debit and a page that is paid", bounds: { ...page, debits: 1 } };
