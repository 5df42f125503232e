// Processes that a local system is made of: started, read line by line, and ended by their id.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { root } from "./settings.ts";

export interface Child {
  /** Resolves when the process has ended, with how it did. */
  readonly ended: Promise<string>;
  /** Asks it to end, and after five seconds makes it. */
  stop(): Promise<void>;
}

export interface Start {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

const patienceMs = 5_000;

/** Starts Node with these arguments at the project's root; every line it writes goes to `onLine`. */
export function startNode({ args, env = {}, onLine = () => undefined }: Start): Child {
  const child = spawn(process.execPath, [...args], {
    cwd: root,
    env: { ...process.env, PATH: pathWithThisNode(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  eachLine(child.stdout, onLine);
  eachLine(child.stderr, onLine);
  const ended = endOf(child);
  return { ended, stop: () => stop(child, ended) };
}

/** What our children start by the name `node` must be this one, which runs TypeScript. */
function pathWithThisNode(): string {
  return `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`;
}

function eachLine(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on("line", onLine);
}

async function endOf(child: ChildProcess): Promise<string> {
  try {
    await once(child, "close");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return child.signalCode === null ? `code ${child.exitCode}` : child.signalCode;
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  await ended;
  clearTimeout(timer);
}
