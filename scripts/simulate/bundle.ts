// Bundles what runs the real app in plain Node, such as a process of the simulation, into one temporary file: Node runs
// TypeScript as it stands, but not our pages' JSX, and a process starts ten times faster from one file.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build, type Plugin } from "esbuild";
import { root } from "../verify/check.ts";

/** Libraries of ours are all ECMAScript modules but for some, which still ask for `require`. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** @param entry From the root of the project. Example: `test/simulation/child.ts`. */
export async function bundled(entry: string): Promise<{ readonly file: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "sarresid-"));
  const file = join(folder, "bundle.mjs");
  await build({
    entryPoints: [join(root, entry)],
    outfile: file,
    alias: { "cloudflare:workers": join(root, "test/support/workers-in-node.ts") },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    sourcemap: "inline",
    banner: { js: banner },
    tsconfig: join(root, "tsconfig.json"),
    absWorkingDir: root,
    logLevel: "warning",
    plugins: [remembered],
  });
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}

/**
 * Drizzle asks of each part of each query what kind it is, by climbing its classes: a tenth of a history's time. Here it
 * remembers what it was told of a class; nothing else of the server is another one than in the Worker.
 */
const remembered: Plugin = {
  name: "remembered",
  setup: (bundler) => {
    bundler.onLoad({ filter: /drizzle-orm[\\/]entity\.js$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8");
      if (!text.includes("function is(value, type) {")) throw new Error("drizzle-orm asks in another way now");
      return { contents: text.replace("function is(value, type) {", `${isRemembered}function climb(value, type) {`) };
    });
  },
};

const isRemembered = `const kinds = new WeakMap();
function is(value, type) {
  if (value === null || typeof value !== "object") return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype === null) return climb(value, type);
  let known = kinds.get(prototype);
  if (!known) kinds.set(prototype, (known = new Map()));
  let answer = known.get(type);
  if (answer === undefined) known.set(type, (answer = climb(value, type)));
  return answer;
}
`;
