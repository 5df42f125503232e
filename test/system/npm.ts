// npm's scripts as a user runs them: through npm, over a folder and ports of their own, ended by their id.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { freePort } from "../../scripts/local/ports.ts";
import { root } from "../../scripts/local/settings.ts";

/** Where a system keeps its data, and on which ports it listens. */
export const Settings = z.object({
  SARRESID_DATA: z.string(),
  PORT: z.string(),
  SIMULATOR_PORT: z.string(),
  MAILBOX_PORT: z.string(),
  ZARINPAL_URL: z.string().optional(),
});

export type Settings = Readonly<z.infer<typeof Settings>>;

export interface Run {
  /** What the script itself wrote to stdout so far. */
  readonly out: () => string;
  /** What was written to stderr so far. */
  readonly complaints: () => string;
  /** The exit status, once everything that npm started has let go of its output. */
  readonly ended: Promise<number | null>;
  /** Asks npm to end, as a shell does, and waits until it has; what is deaf for 20 seconds is killed. */
  readonly end: () => Promise<void>;
}

const patienceMs = 20_000;

/** An empty folder and free ports. */
export async function freshSettings(): Promise<Settings> {
  return {
    SARRESID_DATA: mkdtempSync(join(tmpdir(), "sarresid-system-")),
    PORT: String(await freePort()),
    SIMULATOR_PORT: String(await freePort()),
    MAILBOX_PORT: String(await freePort()),
  };
}

/** Runs npm with these arguments at the project's root. */
export function npm(args: readonly string[], settings: Settings): Run {
  // Nothing of the test runner's own environment: a user's shell does not have it.
  const { PATH, HOME, TMPDIR } = process.env;
  const env = { PATH, HOME, TMPDIR, ...settings };
  const child = spawn("npm", [...args], { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  const written = { out: "", complaints: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (written.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (written.complaints += text));
  const ended = once(child, "close").then(() => child.exitCode);
  const end = async () => {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
    await ended;
    clearTimeout(timer);
  };
  return { out: () => withoutBanner(written.out), complaints: () => written.complaints, ended, end };
}

/** npm says first which script it runs. */
function withoutBanner(out: string): string {
  return out.replace(/^\n(?:> .*\n)+\n/, "");
}
