// How much of each fault a walk may hold. All faults at once are more states than a quarter of an hour can hold, so the
// full command makes several walks, each to its end: what two faults do together is in the walk that has both.
import type { Bounds } from "./cost.ts";
import type { Start } from "./scenario.ts";

/** A walk of every variant. */
export interface Walk {
  readonly name: string;
  readonly start: Start;
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
  { name: "two debits and a page that is paid", start: "renewal", bounds: page },
  {
    name: "two debits and a page; a kill, a late effect",
    start: "renewal",
    bounds: { ...page, payerActs: 0, kills: 1, lateEffects: 1 },
  },
  {
    name: "a debit and a page; a payer who comes twice, a second capture, a kill",
    start: "renewal",
    bounds: { ...page, debits: 1, payerActs: 2, captures: 2, kills: 1 },
  },
  {
    name: "a debit and a page; an outage, a late effect",
    start: "renewal",
    bounds: { ...page, debits: 1, outages: 1, lateEffects: 1 },
  },
  {
    name: "a debit and a page; a hint after the watch, a failed request",
    start: "renewal",
    bounds: { ...page, debits: 1, hints: 1, failedRequests: 1 },
  },
  {
    name: "subscribing by debit, a page instead of it; a kill, a late effect, a failed request",
    start: "first debit",
    bounds: { ...page, debits: 1, kills: 1, lateEffects: 1, failedRequests: 1 },
  },
  {
    name: "subscribing on a page, a debit or another page after it; a kill",
    start: "first page",
    bounds: { ...page, debits: 1, kills: 1 },
  },
  {
    name: "subscribing on a page alone; a payer who comes twice, a second capture, kills, late effects, hints, failed requests",
    start: "first page",
    bounds: {
      ...page,
      debits: 1,
      requests: 0,
      payerActs: 2,
      captures: 2,
      kills: 2,
      lateEffects: 1,
      outages: 1,
      hints: 2,
      failedRequests: 2,
    },
  },
];

/** What rules with a guard taken out are walked with: what goes wrong shows after few states. */
export const smallBounds: Bounds = page;

/** Runs with the tests, to its end. */
export const testWalk: Walk = {
  name: "a debit and a page that is paid",
  start: "renewal",
  bounds: { ...page, debits: 1 },
};

/** These, too: a first payment by debit that makes room for a page, and a page that may be paid after its close. */
export const testWalksOfSubscribing: readonly Walk[] = [
  { name: "subscribing by debit", start: "first debit", bounds: { ...page, debits: 1 } },
  { name: "subscribing on a page", start: "first page", bounds: { ...page, debits: 1, requests: 0, kills: 1 } },
];
