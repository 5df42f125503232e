// Wrangler as a program: what it is asked, and what it says.
import { spawnSync } from "node:child_process";
import * as z from "zod";
import { root } from "../verify/check.ts";

export class StepFailed extends Error {}

export interface Wrangler {
  /** Runs it and shows what it says; throws when it fails. */
  readonly change: (...args: readonly string[]) => void;
  /** Names of the secrets that the Worker has. */
  readonly secretNames: () => readonly string[];
  /** Names of the migrations that the database has; none before the first. */
  readonly appliedMigrations: () => readonly string[];
}

const Named = z.array(z.object({ name: z.string() }));
const Queried = z.array(z.object({ results: Named }));

/** Wrangler with a configuration. Only `change` changes anything. */
export function wranglerWith(config: string): Wrangler {
  return {
    change: (...args) => {
      console.log(`\n  wrangler ${args.join(" ")}`);
      const env = { ...process.env, CI: "1" };
      const { status, error } = spawnSync("wrangler", [...args, "--config", config], {
        cwd: root,
        stdio: "inherit",
        env,
      });
      if (error) throw error;
      if (status !== 0) throw new StepFailed(`wrangler ${args[0]} failed; nothing after it was done`);
    },
    secretNames: () => {
      const { output, isOk } = ask("secret", "list", "--format", "json", "--config", config);
      if (!isOk) throw new StepFailed(`wrangler cannot list the secrets: ${output}`);
      return Named.parse(JSON.parse(output)).map(({ name }) => name);
    },
    appliedMigrations: () => {
      const query = ["--json", "--command", "SELECT name FROM d1_migrations"];
      const { output, isOk } = ask("d1", "execute", "DB", "--remote", ...query, "--config", config);
      if (/no such table/.test(output)) return [];
      if (!isOk) throw new StepFailed(`wrangler cannot ask the database: ${output}`);
      return Queried.parse(JSON.parse(output)).flatMap(({ results }) => results.map(({ name }) => name));
    },
  };
}

function ask(...args: readonly string[]): { readonly output: string; readonly isOk: boolean } {
  const { status, stdout, stderr, error } = spawnSync("wrangler", args, { cwd: root, encoding: "utf8" });
  if (error) throw error;
  return { output: status === 0 ? stdout : `${stdout}${stderr}`, isOk: status === 0 };
}
