// npm run build:contract: the contract as a package that a partner installs, in dist/contract: JavaScript and types of each
// file, and one bundle for browsers.
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { root, run } from "./verify/check.ts";

/** What a page without a bundler takes from the bundle. */
const forPages = `export { contract } from "./index.js";
export { initClient } from "@ts-rest/core";
`;

/** Makes the package in this folder, and tells of each file, by its path from there, how many bytes the bundle has of it. */
export async function buildContract(folder: string): Promise<Readonly<Record<string, number>>> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { code, output } = await run(["tsc", "-p", join(root, "contract"), "--outDir", folder], "quiet");
  if (code !== 0) throw new Error(output);
  for (const name of ["package.json", "README.md"]) await copyFile(join(root, "contract", name), join(folder, name));
  await copyFile(join(root, "LICENSE"), join(folder, "LICENSE"));
  await writeFile(join(folder, "bundle.d.ts"), forPages);
  const bundled = await build({
    stdin: { contents: forPages, resolveDir: folder },
    outfile: join(folder, "bundle.js"),
    absWorkingDir: folder,
    bundle: true,
    minify: true,
    platform: "browser",
    format: "esm",
    target: "es2022",
    nodePaths: [join(root, "node_modules")],
    metafile: true,
    legalComments: "none",
  });
  const [made] = Object.values(bundled.metafile.outputs);
  return Object.fromEntries(
    Object.entries(made?.inputs ?? {}).map(([name, { bytesInOutput }]) => [name, bytesInOutput]),
  );
}

if (import.meta.main) {
  const folder = join(root, "dist/contract");
  await buildContract(folder);
  console.log("dist/contract is made: `npm publish dist/contract`");
}
