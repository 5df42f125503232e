// The one scheduler of a history: a virtual clock and what is to happen on it. Whatever waits (a round trip to the
// database, a call to the gateway, a sleeping request, a message under way) is an event here, and events happen one at a
// time: the next begins when everybody whom the last one woke waits again.
import type { Random } from "./random.ts";

interface Event {
  readonly at: number;
  /** Decides between events of one millisecond. */
  readonly tie: number;
  readonly happen: () => void;
  isCancelled: boolean;
}

/** Somebody who acts between events: an invocation of the Worker, a customer. */
export interface Actor {
  readonly name: string;
  /** Events it waits for; with none it is at work. */
  waitsFor: number;
  isOver: boolean;
}

export class Scheduler {
  now: number;
  readonly #random: Random;
  readonly #heap: Event[] = [];
  readonly #actors = new Set<Actor>();

  constructor(startsAt: number, random: Random) {
    this.now = startsAt;
    this.#random = random;
  }

  /** Lets something happen after `ms`; the answer takes it back. */
  after(ms: number, happen: () => void): () => void {
    const event = { at: this.now + Math.max(0, Math.round(ms)), tie: this.#random.next(), happen, isCancelled: false };
    push(this.#heap, event);
    return () => void (event.isCancelled = true);
  }

  /** Registers an actor until it is over. */
  follow(actor: Actor): void {
    this.#actors.add(actor);
  }

  /** Makes an actor wait for `ms`. */
  async wait(actor: Actor, ms: number): Promise<void> {
    actor.waitsFor++;
    await new Promise<void>((resolve) => {
      this.after(ms, () => {
        actor.waitsFor--;
        resolve();
      });
    });
  }

  /** Makes an actor wait for another's work. */
  async waitFor<T>(actor: Actor, work: Promise<T>): Promise<T> {
    actor.waitsFor++;
    try {
      return await work;
    } finally {
      actor.waitsFor--;
    }
  }

  /** When the next event happens; null when none is planned. */
  nextAt(): number | null {
    while (this.#heap[0]?.isCancelled) pop(this.#heap);
    return this.#heap[0]?.at ?? null;
  }

  /** Who is under way. */
  underWay(): readonly string[] {
    return [...this.#actors].filter(({ isOver }) => !isOver).map(({ name }) => name);
  }

  /** Moves the clock on; throws when that would leave an event behind. */
  moveTo(at: number): void {
    const next = this.nextAt();
    if (at < this.now || (next !== null && next < at)) throw new Error("The clock cannot pass an event by");
    this.now = at;
  }

  /** Lets the next event happen, and waits until everybody it woke waits again. */
  async step(): Promise<void> {
    const event = pop(this.#heap);
    if (!event || event.isCancelled) return;
    this.now = event.at;
    event.happen();
    await this.rest();
  }

  /** Waits until everybody waits for an event. */
  async rest(): Promise<void> {
    for (let turns = 0; ; turns++) {
      await turn();
      if (this.#allWait()) return;
      if (turns > maxTurns) throw new Error(`Waiting for what is no event: ${this.underWay().join(", ")}`);
    }
  }

  #allWait(): boolean {
    for (const actor of this.#actors) {
      if (actor.isOver) this.#actors.delete(actor);
      else if (actor.waitsFor === 0) return false;
    }
    return true;
  }
}

const maxTurns = 3_000_000;

/** Whoever waits for a turn. */
const waiting: (() => void)[] = [];
const turnsAtOnce = 64;
let turnsLeft = 0;

/**
 * One turn: every microtask is done after it, as Node sees to it between two immediates of one list. Asking for a whole
 * turn of Node's loop for each would cost a thirtieth of a history.
 */
function turn(): Promise<void> {
  if (turnsLeft === 0) {
    turnsLeft = turnsAtOnce;
    for (let index = 0; index < turnsAtOnce; index++) setImmediate(takeTurn);
  }
  return new Promise((resolve) => void waiting.push(resolve));
}

function takeTurn(): void {
  turnsLeft--;
  waiting.shift()?.();
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.tie < b.tie);
}

function push(heap: Event[], event: Event): void {
  let index = heap.length;
  heap.push(event);
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (!above || !isBefore(event, above)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = event;
}

function pop(heap: Event[]): Event | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || first === last) return first;
  let index = 0;
  for (;;) {
    const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
    const child = right && left && isBefore(right, left) ? right : left;
    if (!child || !isBefore(child, last)) break;
    heap[index] = child;
    index = child === left ? 2 * index + 1 : 2 * index + 2;
  }
  heap[index] = last;
  return first;
}
