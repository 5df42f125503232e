// Bundles the simulation's thread into one temporary file: Node runs TypeScript as it stands, but not our pages' JSX, and
// a thread starts ten times faster from one file.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../verify/check.ts";

/** Libraries of ours are all ECMAScript modules but for some, which still ask for `require`. */
const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

export async function bundleThread(): Promise<{ readonly file: string; readonly remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "sarresid-simulate-"));
  const file = join(folder, "thread.mjs");
  await build({
    entryPoints: [join(root, "test/simulation/thread.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    sourcemap: "inline",
    banner: { js: banner },
    tsconfig: join(root, "tsconfig.json"),
    absWorkingDir: root,
    logLevel: "warning",
  });
  return { file, remove: () => rmSync(folder, { recursive: true }) };
}
