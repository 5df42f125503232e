// Threads that take orders, one at a time each.
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Order, Report } from "../../test/simulation/thread.ts";
import { root } from "../verify/check.ts";

/** What a history leaves behind is gone when the next is over: collected while it is young it costs least. */
const resourceLimits = { maxYoungGenerationSizeMb: 192 } as const;

export class Crew {
  readonly #idle: Worker[];
  readonly #all: readonly Worker[];
  readonly #waiting: ((worker: Worker) => void)[] = [];

  constructor(file: string, size: number) {
    const workerData = { migrations: join(root, "migrations") };
    const options = { workerData, resourceLimits, execArgv: ["--no-warnings"] };
    this.#all = Array.from({ length: size }, () => new Worker(file, options));
    this.#idle = [...this.#all];
  }

  /** Gives an order to the next thread that is free. Rejects when the thread dies over it. */
  async order(order: Order): Promise<Report> {
    const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
    try {
      return await reportOf(worker, order);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(worker);
      else this.#idle.push(worker);
    }
  }

  async dismiss(): Promise<void> {
    await Promise.all(this.#all.map((worker) => worker.terminate()));
  }
}

function reportOf(worker: Worker, order: Order): Promise<Report> {
  return new Promise((resolve, reject) => {
    const end = () => {
      worker.off("message", heard);
      worker.off("error", died);
    };
    const heard = (report: Report) => {
      end();
      resolve(report);
    };
    const died = (error: unknown) => {
      end();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    worker.on("message", heard);
    worker.on("error", died);
    worker.postMessage(order, []);
  });
}
