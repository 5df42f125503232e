// The checks that a person runs before every commit: each one a command of its own, run side by side and quiet unless it
// fails. Knows nothing of what the commands look for.
import { spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath, URL } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "node_modules/.bin");

export interface Check {
  readonly name: string;
  /** A program of node_modules/.bin and its arguments. */
  readonly command: readonly [program: string, ...args: readonly string[]];
  readonly env?: NodeJS.ProcessEnv;
}

export interface Ended {
  readonly code: number;
  /** Both streams in the order in which they were written. */
  readonly output: string;
}

/** What was checked before and has not changed is not checked again: 1 s instead of 8. */
const incremental = ["--incremental", "--tsBuildInfoFile", "node_modules/.cache/types"];

/**
 * What needs no Worker: format, types, lint, and that the OpenAPI document is fresh and breaks nobody unsaid. Of types and of
 * lint each has one thread: every further one works out for itself what the types of all files are, and took half as long again.
 */
export const staticChecks: readonly Check[] = [
  { name: "format", command: ["oxfmt", "--check", "."] },
  { name: "types", command: ["tsc", "--noEmit", ...incremental, "--checkers", "1"] },
  { name: "lint", command: ["oxlint"], env: { GOMAXPROCS: "1" } },
  { name: "openapi", command: ["node", "scripts/openapi.ts", "--check"] },
  { name: "diff", command: ["node", "scripts/openapi-diff.ts"] },
];

/** Runs the checks side by side, one line each as it ends; what failed shows its output. Gives the names that failed. */
export async function runChecks(checks: readonly Check[]): Promise<readonly string[]> {
  const results = await Promise.all(checks.map(runCheck));
  return results.flatMap((failed) => failed ?? []);
}

async function runCheck({ name, command, env }: Check): Promise<string | null> {
  const startedAt = performance.now();
  const { code, output } = await run(command, "quiet", env);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(5);
  console.log(`  ${code === 0 ? "✓" : "✗"} ${name.padEnd(8)}${seconds} s`);
  if (code === 0) return null;
  console.log(`${output.trimEnd()}\n`);
  return name;
}

/** Runs a program of the project, keeping what it writes (`quiet`) or passing it on (`shown`). */
export function run(
  [program, ...args]: Check["command"],
  how: "quiet" | "shown",
  env: NodeJS.ProcessEnv = {},
): Promise<Ended> {
  const stdio = how === "quiet" ? "pipe" : "inherit";
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env: environment(env), stdio: ["ignore", stdio, stdio] });
    const chunks: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }));
  });
}

/** This Node and the project's own programs first; colours only for a terminal; and what the program wants besides. */
function environment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const path = `${dirname(process.execPath)}:${bin}:${process.env["PATH"] ?? ""}`;
  return { ...process.env, PATH: path, ...(process.stdout.isTTY ? {} : { NO_COLOR: "1" }), ...own };
}
