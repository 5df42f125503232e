// One run of the fuzzer: so many requests to each endpoint of the contract, each in the same lived-in world, judged one by
// one. What fails is shrunk, and can be replayed by the seed and the path that are told.
import fc from "fast-check";
import { contract } from "../../contract/index.ts";
import { routesOf, type NamedRoute } from "../contract/routes.ts";
import { publicUrl } from "../support/world.ts";
import { requestOf, shown, type Draft } from "./draft.ts";
import { inventoryOf, type Inventory } from "./inventory.ts";
import { faultsOf } from "./judge.ts";
import { populate } from "./lived-in.ts";
import { requestsTo } from "./requests.ts";
import { aFuzzWorld, type Effect, type FuzzWorld, type WorldToBe } from "./world.ts";

export interface FuzzOptions extends WorldToBe {
  /** How many in all, spread evenly over the endpoints. */
  readonly requests: number;
  /** Only these endpoints, by their names in the contract. */
  readonly endpoints?: readonly string[];
  /** Only this request of the endpoint: a finding's path. */
  readonly path?: string;
}

export interface Finding {
  readonly endpoint: string;
  readonly seed: number;
  readonly path: string;
  readonly faults: readonly string[];
  /** The request as it was left by shrinking. */
  readonly request: string;
}

export interface Tally {
  readonly endpoint: string;
  readonly requests: number;
  /** How many of them were let through to the handler. */
  readonly reached: number;
  /** How many answers there were of each status. */
  readonly statuses: Readonly<Record<string, number>>;
}

export interface FuzzReport {
  readonly findings: readonly Finding[];
  readonly tallies: readonly Tally[];
}

/** After so many findings of one endpoint its other requests are not sent. */
const mostFindings = 3;

/** Throws the requests; `told` hears of each endpoint when it is through. */
export async function fuzz(options: FuzzOptions, told: (tally: Tally) => void = () => undefined): Promise<FuzzReport> {
  const world = aFuzzWorld(options);
  const inventory = inventoryOf(world.database, await populate(world));
  const routes = routesOf(contract).filter(({ name }) => options.endpoints?.includes(name) ?? true);
  const findings: Finding[] = [];
  const tallies: Tally[] = [];
  for (const [index, route] of routes.entries()) {
    const numRuns = Math.ceil((options.requests - index) / routes.length);
    const { found, tally } = await fuzzEndpoint({ world, inventory, route }, options, numRuns);
    findings.push(...found);
    tallies.push(tally);
    told(tally);
  }
  return { findings, tallies };
}

interface Subject {
  readonly world: FuzzWorld;
  readonly inventory: Inventory;
  readonly route: NamedRoute;
}

/** Requests until there were enough, beginning anew after each that failed; what failed in the same way before is passed over. */
async function fuzzEndpoint(
  { world, inventory, route: { name, route } }: Subject,
  options: FuzzOptions,
  numRuns: number,
) {
  const tally = { endpoint: name, requests: 0, reached: 0, statuses: new Map<number, number>() };
  const found: Finding[] = [];
  const seen = new Set<string>();
  let isShrinking = false;
  const faultsIn = async (draft: Draft) => {
    const effect = await world.attempt(requestOf(draft, publicUrl));
    if (!isShrinking) count(tally, effect);
    return faultsOf(route, draft, effect).filter((fault) => !seen.has(kindOf(fault)));
  };
  const property = fc.asyncProperty(requestsTo(route, inventory), async (draft) => {
    if ((await faultsIn(draft)).length === 0) return;
    isShrinking = true;
    throw new Error("It has faults");
  });
  const [replayed, path] = /^(-?\d+):(.*)$/.exec(options.path ?? "")?.slice(1) ?? [];
  for (let seed = Number(replayed ?? seedOf(options.seed, name)); tally.requests < numRuns; seed++) {
    isShrinking = false;
    const replay = path === undefined ? {} : { path, numRuns: 1 };
    const details = await fc.check(property, { seed, numRuns: numRuns - tally.requests, ...replay });
    if (details.counterexample) {
      const [draft] = details.counterexample;
      const faults = await faultsIn(draft);
      found.push({
        endpoint: name,
        seed: options.seed,
        path: `${seed}:${details.counterexamplePath}`,
        faults,
        request: shown(draft),
      });
      for (const fault of faults) seen.add(kindOf(fault));
    }
    if (path !== undefined || found.length >= mostFindings) break;
  }
  return { found, tally: { ...tally, statuses: Object.fromEntries(tally.statuses) } };
}

function count(
  tally: { requests: number; reached: number; statuses: Map<number, number> },
  { response, isReached }: Effect,
): void {
  tally.requests++;
  if (isReached) tally.reached++;
  tally.statuses.set(response.status, (tally.statuses.get(response.status) ?? 0) + 1);
}

/** The same for two faults that differ in ids, instants and numbers alone. */
function kindOf(fault: string): string {
  return fault.replace(/"requestId":"[^"]*"|[a-z]+_[0-9a-z]{26}|\d+/g, "#").slice(0, 300);
}

/** Each endpoint draws for itself, so that one more endpoint leaves the others' requests as they are. */
function seedOf(seed: number, name: string): number {
  let hash = seed | 0;
  for (const character of name) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return hash;
}
