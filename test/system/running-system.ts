// A whole system, started by `npm start` and waited for.
import { rmSync } from "node:fs";
import { Addresses } from "../../scripts/local/running.ts";
import { freshSettings, npm, type Run, type Settings } from "./npm.ts";

export interface RunningSystem {
  readonly at: Addresses;
  readonly settings: Settings;
  readonly run: Run;
}

/** Beside others it takes several times what it takes alone. */
const readyWithinMs = 200_000;

/** Starts a system; on the data and ports given, else on new ones. Throws what it said when it does not become ready. */
export async function startSystem(given?: Settings): Promise<RunningSystem> {
  const settings = given ?? (await freshSettings());
  const run = npm(["start", "--", "--json"], settings);
  try {
    return { at: Addresses.parse(JSON.parse(await firstLine(run))), settings, run };
  } catch (error) {
    await run.end();
    throw error;
  }
}

/** Ends a system and forgets its data. */
export async function endForGood({ run, settings }: RunningSystem): Promise<void> {
  await run.end();
  forget(settings);
}

/** Removes the folder of a system that has ended. */
export function forget({ SARRESID_DATA }: Settings): void {
  rmSync(SARRESID_DATA, { recursive: true, force: true });
}

async function firstLine(run: Run): Promise<string> {
  let isOver = false;
  void run.ended.then(() => (isOver = true));
  const until = performance.now() + readyWithinMs;
  while (!run.out().includes("\n") && !isOver && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const [line, ...rest] = run.out().split("\n");
  if (line && rest.length > 0) return line;
  throw new Error(`npm start was not ready. It wrote:\n${run.out()}${run.complaints()}`);
}
