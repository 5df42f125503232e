// Processes that take orders, one at a time each. Threads of one process would wait for each other: all their databases
// ask one lock of SQLite's for memory, which costs a sixth of the time on two cores.
import { fork, type ChildProcess, type ForkOptions } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Order, Report } from "../../test/simulation/child.ts";
import { root } from "../verify/check.ts";

export class Crew {
  readonly #idle: ChildProcess[];
  readonly #all: readonly ChildProcess[];
  readonly #waiting: ((child: ChildProcess) => void)[] = [];

  constructor(file: string, size: number) {
    const migrations = join(root, "migrations");
    const options: ForkOptions = { execArgv: ["--no-warnings"], serialization: "advanced" };
    this.#all = Array.from({ length: size }, () => fork(file, [migrations], options));
    this.#idle = [...this.#all];
  }

  /** Gives an order to the next process that is free. Rejects when the process dies over it. */
  async order(order: Order): Promise<Report> {
    const child = this.#idle.pop() ?? (await new Promise<ChildProcess>((resolve) => this.#waiting.push(resolve)));
    try {
      return await reportOf(child, order);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(child);
      else this.#idle.push(child);
    }
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#all.map(ended));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill();
  await exit;
}

function reportOf(child: ChildProcess, order: Order): Promise<Report> {
  return new Promise((resolve, reject) => {
    const end = () => {
      child.off("message", heard);
      child.off("error", failed);
      child.off("exit", died);
    };
    const heard = (report: Report) => {
      end();
      resolve(report);
    };
    const failed = (error: Error) => {
      end();
      reject(error);
    };
    const died = (code: number | null, signal: string | null) =>
      failed(new Error(`A process of the simulation ended over its order: ${signal ?? code}`));
    child.on("message", heard);
    child.on("error", failed);
    child.on("exit", died);
    child.send(order);
  });
}
