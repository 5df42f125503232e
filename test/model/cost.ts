// What is left of each bound, packed into one number: two bits each, and one between them that shows which was overdrawn.
// A move costs one or more of them, or nothing.

/** How much of each fault or act a walk may hold; at most 3 each. */
export interface Bounds {
  /** Debits that begin, each with its place in the order. */
  readonly debits: number;
  /** How often each request handler runs. */
  readonly requests: number;
  /** What a payer does on a page. */
  readonly payerActs: number;
  readonly kills: number;
  /** How often more than a quarter of an hour passes though there is something to do. */
  readonly outages: number;
  /** Effects later than `settlesAfter`, within the hour. */
  readonly lateEffects: number;
  /** Requests for an authority that fail or whose answer is lost. */
  readonly failedRequests: number;
  /** How often somebody begins to take money that was found. */
  readonly captures: number;
  /** How often somebody says that money came for what is no longer watched. */
  readonly hints: number;
}

export type Cost = number & { readonly cost?: never };

const bits = 3;
const most = 3;
/** The bit above each bound; there is place for ten. */
const guards = 0o4444444444;
const fields = [
  "debits",
  "payerActs",
  "kills",
  "outages",
  "lateEffects",
  "failedRequests",
  "captures",
  "hints",
] as const;

export const free: Cost = 0;

/** One of each bound. */
export const cost = Object.fromEntries(fields.map((name, place) => [name, 1 << (bits * place)])) as Readonly<
  Record<(typeof fields)[number], Cost>
>;

/** One run of a request handler, by its place. */
export function costOfRequest(place: number): Cost {
  return 1 << (bits * (fields.length + place));
}

/** All that may be spent at the start of a walk. */
export function purse(bounds: Bounds, requestCount: number): number {
  const each = [...fields.map((name) => bounds[name]), ...Array.from({ length: requestCount }, () => bounds.requests)];
  if (each.some((it) => it > most) || each.length * bits > 30) throw new Error(`A bound is at most ${most}`);
  return each.reduce((sum, count, place) => sum + count * (1 << (bits * place)), 0);
}

/** Whether there is as much left of each bound as is spent. */
export function canAfford(left: number, spends: Cost): boolean {
  return (((left | guards) - spends) & guards) === guards;
}
