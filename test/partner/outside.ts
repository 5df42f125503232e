// A project of somebody else's: the published contract and the examples' libraries are installed, our sources are not
// there. TypeScript is the one that most projects have.
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { buildContract } from "../../scripts/contract.ts";
import { root } from "../../scripts/verify/check.ts";

const examples = join(root, "docs/examples");

export interface Ended {
  readonly code: number;
  readonly output: string;
}

export class Outside {
  readonly folder = mkdtempSync(join(tmpdir(), "sarresid-outside-"));

  /** Copies the examples, and installs what they import. */
  async open(): Promise<void> {
    for (const name of readdirSync(examples).filter((name) => /\.tsx?$|^tsconfig/.test(name))) {
      copyFileSync(join(examples, name), join(this.folder, name));
    }
    const modules = join(this.folder, "node_modules");
    mkdirSync(modules);
    for (const name of installed) {
      mkdirSync(join(modules, name, ".."), { recursive: true });
      symlinkSync(packageOf(name), join(modules, name));
    }
    await buildContract(join(modules, "@sarresid/contract"));
  }

  /** Makes the types of the document that is served there. */
  async makeTypes(api: string): Promise<void> {
    const cli = join(packageOf("openapi-typescript"), "bin/cli.js");
    const { code, output } = await this.#node([cli, `${api}/openapi.json`, "-o", "sarresid.d.ts"]);
    if (code !== 0) throw new Error(output);
  }

  checkTypes(): Promise<Ended> {
    return this.#node([join(packageOf("typescript"), "bin/tsc"), "-p", "."]);
  }

  /** Runs an example as Node takes it: bundled, since Node knows no JSX. */
  async run(name: string, env: Readonly<Record<string, string>>): Promise<Ended> {
    const file = `${name}.mjs`;
    await build({
      entryPoints: [join(this.folder, name)],
      outfile: join(this.folder, file),
      bundle: true,
      packages: "external",
      platform: "node",
      format: "esm",
      target: "node24",
      jsx: "automatic",
    });
    return this.#node([file], env);
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }

  #node(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        args,
        { cwd: this.folder, env: { ...process.env, ...env } },
        (error, out, complaints) => resolve({ code: error ? 1 : 0, output: out + complaints }),
      );
    });
  }
}

/** What an `npm install` of the examples' imports brings to the top. */
const installed = [
  "zod",
  "@ts-rest/core",
  "@ts-rest/react-query",
  "@tanstack/react-query",
  "@types/node",
  "@types/react",
  "@types/react-dom",
  "react",
  "react-dom",
  "openapi-fetch",
];

/** Libraries that ask for TypeScript 5 stand beside it, in the examples' own folder. */
function packageOf(name: string): string {
  const own = join(examples, "node_modules", name);
  return existsSync(own) ? own : join(root, "node_modules", name);
}
