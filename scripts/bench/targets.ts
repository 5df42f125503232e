// What the bench is held to. Times move with the machine, so most are ratios within one run; the sizes are what they are.
import type { Endpoints } from "./endpoints.ts";
import type { Mounts } from "./mounts.ts";
import type { Renewals } from "./renewals.ts";
import type { Size } from "./size.ts";

/** What was measured of it. */
export interface Report {
  readonly mounts?: Mounts;
  readonly endpoints?: Endpoints;
  readonly renewals?: Renewals;
  readonly size?: Size;
}

const most = { getMicroseconds: 10, postMicroseconds: 20, bundleKb: 420, startupMs: 60, testMinutes: 8 } as const;
const leastRatio = 0.85;
const others = ["ts-rest", "orpc", "trpc"] as const;

/** A line for each target that was measured and missed. */
export function missed({ mounts, endpoints, size }: Report): readonly string[] {
  return [...(mounts ? slowMounts(mounts) : []), ...slowEndpoints(endpoints ?? {}), ...(size ? largeSizes(size) : [])];
}

function slowMounts(mounts: Mounts): readonly string[] {
  const own = { get: least(mounts, "ours", "get"), post: least(mounts, "ours", "post") };
  return [
    ...tooMuch("the mount alone, GET, µs over raw", own.get, most.getMicroseconds),
    ...tooMuch("the mount alone, POST, µs over raw", own.post, most.postMicroseconds),
    ...others.flatMap((name) => [
      ...tooMuch(`the mount alone, GET, beside ${name}`, own.get, least(mounts, name, "get")),
      ...tooMuch(`the mount alone, POST, beside ${name}`, own.post, least(mounts, name, "post")),
    ]),
  ];
}

function least(mounts: Mounts, name: string, kind: "get" | "post"): number {
  return mounts[name]?.[kind].minimum ?? Number.NaN;
}

function slowEndpoints(endpoints: Endpoints): readonly string[] {
  return ["state", "reserve"].flatMap((name) => {
    const ratio = endpoints[name]?.ratio.median;
    return ratio === undefined || ratio >= leastRatio ? [] : [`${name}: ${ratio.toFixed(2)}, not ${leastRatio}`];
  });
}

function largeSizes({ bundleKb, startupMs, testMinutes }: Size): readonly string[] {
  return [
    ...tooMuch("the bundle, KB compressed", bundleKb, most.bundleKb),
    ...tooMuch("start-up CPU, ms", startupMs, most.startupMs),
    ...(testMinutes === null ? [] : tooMuch("npm test, minutes", testMinutes, most.testMinutes)),
  ];
}

function tooMuch(what: string, is: number, may: number): readonly string[] {
  return is <= may ? [] : [`${what}: ${is.toFixed(1)}, not ${may.toFixed(1)}`];
}
