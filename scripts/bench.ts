// npm run bench: how fast we are, as ratios within one run: our mount beside other frameworks', real endpoints and
// renewals beside bare Workers that send the same statements, and how large the whole is. Interleaved, since one variant moves by a
// quarter from one minute to the next.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { endpointsIn, writtenEndpoints } from "./bench/endpoints.ts";
import { mountsIn, writtenMounts } from "./bench/mounts.ts";
import { benchOptions, help, type BenchOptions } from "./bench/options.ts";
import { renewalsIn, writtenRenewals } from "./bench/renewals.ts";
import { sizeOf, writtenSize } from "./bench/size.ts";
import { missed, type Report } from "./bench/targets.ts";
import { migrate, serve, type Place } from "./measure/served.ts";

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(help);
  const options = benchOptions(process.argv.slice(2));
  const folder = mkdtempSync(join(tmpdir(), "sarresid-bench-"));
  try {
    const report = await measure(folder, options);
    const short = missed(report);
    console.log(options.json ? JSON.stringify({ ...report, missed: short }) : written(report, short));
    if (short.length > 0) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, options: BenchOptions): Promise<Report> {
  const wants = (part: (typeof options.only)[number]) => options.only.includes(part);
  const place = async (name: string): Promise<Place> => {
    const own = { config: "test/bench/wrangler.toml", folder: join(folder, name) };
    for (const binding of ["DB", "BARE"]) await migrate(own, binding);
    return own;
  };
  const quickly = wants("mount") || wants("endpoints") ? await quick(await place("quick"), options) : {};
  const renewals = wants("renewals") ? { renewals: await renewalsIn(await place("renewals"), options.customers) } : {};
  const size = wants("size") ? { size: await sizeOf(join(folder, "size"), options) } : {};
  return { ...quickly, ...renewals, ...size };
}

async function quick(place: Place, { only, rounds }: BenchOptions): Promise<Report> {
  const served = await serve(place);
  try {
    const mounts = only.includes("mount") ? { mounts: await mountsIn(served, rounds) } : {};
    const endpoints = only.includes("endpoints") ? { endpoints: await endpointsIn(served, rounds) } : {};
    return { ...mounts, ...endpoints };
  } finally {
    await served.stop();
  }
}

function written({ mounts, endpoints, renewals, size }: Report, short: readonly string[]): string {
  const parts = [
    mounts && writtenMounts(mounts),
    endpoints && writtenEndpoints(endpoints),
    renewals && writtenRenewals(renewals),
    size && writtenSize(size),
    short.length > 0 ? ["Targets missed:", ...short].join("\n") : "Every target that was measured is met.",
  ];
  return parts.filter((part) => part !== undefined).join("\n\n");
}

await main();
