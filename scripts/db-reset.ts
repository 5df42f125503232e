// npm run db:reset: forgets everything that local systems kept: database, secrets, the simulator's memory.
import { existsSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { runningOn } from "./local/running.ts";
import { localSettings, root, SettingError } from "./local/settings.ts";

const help = "npm run db:reset: clear the local database, secrets and simulator; refuses while a system runs";

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(help);
  const { folder } = localSettings();
  const running = await runningOn(folder);
  if (running) {
    throw new SettingError(`A system runs on this data at ${running.api} (process ${running.pid}). Stop it first.`);
  }
  const found = [folder, join(root, ".wrangler/state")].filter((path) => existsSync(path));
  for (const path of found) rmSync(path, { recursive: true });
  const names = found.map((path) => relative(root, path) || path);
  console.log(found.length === 0 ? "There was no local data." : `Cleared ${names.join(" and ")}.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingError ? error.message : error);
  process.exitCode = 1;
});
