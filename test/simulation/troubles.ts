// What goes wrong, kept until its occasion comes: faults of the gateway, deaths, lost answers of the database, messages
// lost and doubled. Each part of the plan strikes as often as it says and is counted.
import type { Operation } from "../support/deps-around.ts";
import type { Invocation } from "./invocation.ts";
import type { Death, Fault, GatewayCall, Happening } from "./plan.ts";

type Armed<K extends Happening["kind"]> = Extract<Happening, { kind: K }>;

export class Troubles {
  /** How many faults have struck, and how many invocations have died. */
  faults = 0;
  kills = 0;
  /** How often the gateway has contradicted itself: only then may an operator have to decide a payment. */
  contradictions = 0;
  readonly #now: () => number;
  readonly #gateway: { readonly call: GatewayCall; readonly fault: Fault; times: number }[] = [];
  readonly #deaths: Death[] = [];
  readonly #database: Armed<"d1_fault">[] = [];
  readonly #queue: Armed<"queue_fault">[] = [];
  #gatewayOutage: { readonly until: number; readonly fault: Fault } | null = null;
  #databaseOutUntil = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  armGateway({ call, times, fault }: Armed<"gateway_fault">): void {
    this.#gateway.push({ call, times, fault });
  }

  armDeath({ death }: Armed<"death">): void {
    this.#deaths.push(death);
  }

  armDatabase(fault: Armed<"d1_fault">): void {
    this.#database.push(fault);
  }

  armQueue(fault: Armed<"queue_fault">): void {
    this.#queue.push(fault);
  }

  beginGatewayOutage({ forMs, fault }: Armed<"gateway_outage">): void {
    this.#gatewayOutage = { until: this.#now() + forMs, fault };
  }

  beginDatabaseOutage({ forMs }: Armed<"d1_outage">): void {
    this.#databaseOutUntil = this.#now() + forMs;
  }

  /** From here on nothing goes wrong any more. */
  stop(): void {
    for (const armed of [this.#gateway, this.#deaths, this.#database, this.#queue]) armed.length = 0;
    this.#gatewayOutage = null;
    this.#databaseOutUntil = 0;
  }

  /** The fault that strikes this call, used up; null when none does. */
  gatewayFault(call: string): Fault | null {
    const fault = this.#faultOf(call);
    if (fault && isContradiction(fault)) this.contradictions++;
    return fault;
  }

  #faultOf(call: string): Fault | null {
    const armed = this.#gateway.find((one) => one.call === call || one.call === "*");
    if (armed) {
      if (--armed.times === 0) this.#gateway.splice(this.#gateway.indexOf(armed), 1);
      return this.#strike(armed.fault);
    }
    const outage = this.#gatewayOutage;
    return outage && this.#now() < outage.until ? this.#strike(outage.fault) : null;
  }

  /** The death that is meant for this await, used up. One that names an await by number is for the first it fits. */
  deathAt(invocation: Invocation, operation: Operation): Death | null {
    const index = this.#deaths.findIndex((death) => isMeant(death, invocation, operation));
    const [found] = index < 0 ? [] : this.#deaths.splice(index, 1);
    if (found?.how === "stall") this.faults++;
    return found ?? null;
  }

  killed(): void {
    this.kills++;
  }

  databaseFault(name: string): "lost" | "answer_lost" | null {
    if (this.#now() < this.#databaseOutUntil) return this.#strike("lost" as const);
    const index = this.#database.findIndex(({ of }) => of === name);
    const [found] = index < 0 ? [] : this.#database.splice(index, 1);
    return found ? this.#strike(found.how) : null;
  }

  queueFault(): Armed<"queue_fault"> | null {
    const fault = this.#queue.shift();
    return fault ? this.#strike(fault) : null;
  }

  #strike<T>(fault: T): T {
    this.faults++;
    return fault;
  }
}

function isContradiction(fault: Fault): boolean {
  if (fault.kind === "decline") return fault.code === -50 || fault.code === -53;
  return fault.kind === "contradict" || fault.kind === "duplicate_ref_id";
}

function isMeant({ of, at }: Death, invocation: Invocation, operation: Operation): boolean {
  if (of !== "any" && of !== invocation.kind) return false;
  return "nth" in at ? at.nth === invocation.operations : at.name === operation.name;
}
