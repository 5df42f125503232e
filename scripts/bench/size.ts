// How large the whole is: the bundle as it is uploaded, the work of its start, and how long types and tests take.
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { root } from "../local/settings.ts";
import { run } from "../measure/served.ts";

export interface Size {
  /** Compressed, as wrangler says. */
  readonly bundleKb: number;
  readonly startupMs: number;
  readonly tscSeconds: number;
  /** Null when it was not asked for. */
  readonly testMinutes: number | null;
}

const wrangler = join(root, "node_modules/wrangler/wrangler-dist/cli.js");

export async function sizeOf(folder: string, { tests }: { readonly tests: boolean }): Promise<Size> {
  mkdirSync(folder, { recursive: true });
  return {
    bundleKb: await bundleKb(join(folder, "bundle")),
    startupMs: await startupMs(folder),
    tscSeconds: await secondsOf([join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "-p", root], "tsc"),
    testMinutes: tests ? (await secondsOf([join(root, "scripts/test.ts")], "npm test")) / 60 : null,
  };
}

async function bundleKb(folder: string): Promise<number> {
  const lines = await run([wrangler, "deploy", "--dry-run", "--minify", "--outdir", folder], "Bundling");
  const kb = lines.flatMap((line) => /gzip: ([\d.]+) KiB/.exec(line)?.[1] ?? [])[0];
  if (kb === undefined) throw new Error(`wrangler does not say how large it is:\n${lines.join("\n")}`);
  return Number(kb);
}

const Profile = z.object({
  nodes: z.array(z.object({ id: z.number(), callFrame: z.object({ functionName: z.string() }) })),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

/** Of the profile that wrangler takes: what was not idle. */
async function startupMs(folder: string): Promise<number> {
  const file = join(folder, "startup.cpuprofile");
  await run([wrangler, "check", "startup", "--outfile", file], "Starting");
  const { nodes, samples, timeDeltas } = Profile.parse(JSON.parse(readFileSync(file, "utf8")));
  const names = new Map(nodes.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const busy = timeDeltas.filter((_, index) => names.get(samples[index] ?? -1) !== "(idle)");
  return busy.reduce((sum, microseconds) => sum + microseconds, 0) / 1_000;
}

async function secondsOf(args: readonly string[], what: string): Promise<number> {
  const startedAt = performance.now();
  await run(args, what);
  return (performance.now() - startedAt) / 1_000;
}

export function writtenSize({ bundleKb, startupMs, tscSeconds, testMinutes }: Size): string {
  return [
    "Size",
    `  bundle ${bundleKb.toFixed(0)} KB compressed, start-up ${startupMs.toFixed(0)} ms of CPU`,
    `  tsc ${tscSeconds.toFixed(1)} s${testMinutes === null ? "" : `, npm test ${testMinutes.toFixed(1)} min`}`,
  ].join("\n");
}
