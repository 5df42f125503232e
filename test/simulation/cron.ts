// The minute's cron. Only minutes in which it would find something to do, or something is going on, are lived through:
// a cron each minute would come to the same.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Deps } from "../../server/deps.ts";
import { runJobs } from "../../server/job/index.ts";
import { invoke, type Surroundings } from "./invocation.ts";
import { randomOf, type Random } from "./random.ts";

const minuteMs = 60_000;
/** Each day is reconciled with the gateway, whoever is due. */
const dayMs = 24 * 60 * minuteMs;

export class Cron {
  deps: Deps | null = null;
  /** Runs that meet another one. */
  overlaps = 0;
  readonly #around: Surroundings;
  readonly #name: string;
  readonly #random: Random;
  readonly #nextDue: StatementSync;
  readonly #alsoAt: () => number;
  #dueAt = Infinity;
  #isStale = true;
  #busyUntil = 0;
  #lastAt = 0;

  /** `alsoAt`: when somebody else than the customers has something for it. */
  constructor(around: Surroundings, name: string, database: DatabaseSync, alsoAt: () => number) {
    this.#alsoAt = alsoAt;
    this.#around = around;
    this.#name = name;
    this.#random = randomOf(`${name} cron`);
    this.#nextDue = database.prepare("SELECT MIN(MAX(due_at, claimed_until)) AS at FROM due WHERE due_at IS NOT NULL");
  }

  /** The database was written to: who is due may have changed. */
  changed(): void {
    this.#isStale = true;
  }

  /** Somebody is about: the cron runs each minute for a while. */
  busy(ms: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, this.#around.scheduler.now + ms);
  }

  /** The next minute worth living through. */
  nextAt(): number {
    const { now } = this.#around.scheduler;
    if (this.#isStale) this.#dueAt = this.#readDue();
    this.#isStale = false;
    const wanted = this.#busyUntil >= now ? now : Math.min(this.#dueAt, this.#lastAt + dayMs);
    return Math.max(Math.ceil(Math.max(wanted, now) / minuteMs) * minuteMs, this.#lastAt + minuteMs);
  }

  run(): void {
    const { now } = this.#around.scheduler;
    this.#lastAt = now;
    this.#start("cron");
    if (this.overlaps === 0) return;
    this.overlaps--;
    this.#around.scheduler.after(this.#random.between(0, 3_000), () => this.#start("second cron"));
  }

  #start(name: string): void {
    const { deps } = this;
    if (!deps) throw new Error("The cron has no world yet");
    this.#isStale = true;
    const seed = `${this.#name} ${name} ${this.#around.scheduler.now}`;
    void invoke(this.#around, { kind: "cron", name, seed }, () => runJobs(deps));
  }

  #readDue(): number {
    const at = this.#nextDue.get()?.["at"];
    return Math.min(typeof at === "number" ? at : Infinity, this.#alsoAt());
  }
}
