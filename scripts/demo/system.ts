// The system that the demo drives: the one that runs, or one of its own on free ports with data that nobody misses.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNode } from "../local/child.ts";
import { freePort } from "../local/ports.ts";
import { Addresses, answers, runningOn } from "../local/running.ts";
import { localSettings, root } from "../local/settings.ts";
import { until } from "./client.ts";
import { Stop } from "./stop.ts";

export interface System {
  /** Where it is, once it answers. */
  readonly ready: Promise<Addresses>;
  readonly isOurs: boolean;
  /** Ends it when the demo started it. */
  stop(): Promise<void>;
}

const readyWithinMs = 90_000;

/** Finds the system that runs on this project's data (and on `PORT`, when that is set), else starts one. */
export async function findSystem(): Promise<System> {
  const note = await runningOn(localSettings().folder);
  const port = process.env["PORT"];
  if (!note || (port && new URL(note.api).port !== port)) return startSystem();
  return { ready: answering(note), isOurs: false, stop: async () => undefined };
}

async function answering(note: Addresses): Promise<Addresses> {
  const isReady = async () => (await answers(`${note.api}/v1/health`)) || null;
  await until(isReady, readyWithinMs, `The system at ${note.api} is starting but does not answer.`);
  return note;
}

async function startSystem(): Promise<System> {
  const folder = mkdtempSync(join(tmpdir(), "sarresid-demo-"));
  const [port, simulatorPort, mailboxPort] = [await freePort(), await freePort(), await freePort()];
  const env = {
    SARRESID_DATA: folder,
    PORT: String(port),
    SIMULATOR_PORT: String(simulatorPort),
    MAILBOX_PORT: String(mailboxPort),
  };
  let said: Addresses | null = null;
  let end: string | null = null;
  const onLine = (line: string) => {
    if (line.startsWith('{"api"')) said = Addresses.parse(JSON.parse(line));
    else process.stderr.write(`${line}\n`);
  };
  const child = startNode({ args: [join(root, "scripts/start.ts"), "--json"], env, onLine });
  void child.ended.then((how) => (end = how));
  const isReady = async () => {
    if (end !== null) throw new Stop(`npm start ended with ${end} before it was ready.`);
    return said;
  };
  return {
    ready: until(isReady, readyWithinMs, "npm start was not ready in time."),
    isOurs: true,
    stop: async () => {
      await child.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
