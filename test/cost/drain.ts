// How long production would take to work off a crowd that falls due at once, by a clock of its own: the scan and the
// consumer with the numbers that they really have, in front of one D1 that does one thing at a time and a gateway that
// takes its time. What a customer's run asks for, in which order, was seen of the real one.

/** One thing that a run waits for. */
export type Wait = "d1" | "gateway";

export interface Crowd {
  readonly customers: number;
  /** What each message of a renewal waits for, one after the other; whoever is through with one is due for the next. */
  readonly runs: readonly (readonly Wait[])[];
}

/** The numbers of `server/job/tick.ts`, of `wrangler.toml` and of Cloudflare's queues. */
export interface Production {
  readonly claimedAtOnce: number;
  readonly scanMs: number;
  readonly cronMs: number;
  readonly messagesPerBatch: number;
  readonly parallelCustomers: number;
  /** How many invocations of the consumer there may be at once. */
  readonly mostConsumers: number;
}

export interface Waits {
  /** How long D1 is busy with one round trip: nobody else is served meanwhile. */
  readonly d1BusyMs: number;
  /** There and back. */
  readonly d1WayMs: number;
  readonly gatewayMs: number;
  /** To hand a hundred messages to the queue. */
  readonly sendMs: number;
}

export interface Drained {
  /** When the last of them was through. */
  readonly tookMs: number;
  /** The part of that time in which D1 was busy. */
  readonly d1Busy: number;
  readonly mostConsumers: number;
}

const sentAtOnce = 100;

export function drain({ customers, runs }: Crowd, production: Production, waits: Waits): Drained {
  const agenda = new Agenda();
  /** Customers by the run that they are due for; each is like any other. */
  const due = runs.map(() => 0);
  due[0] = customers;
  const queue: number[] = [];
  let taken = 0;
  let [left, consumers, wanted, most] = [customers, 0, 1, 0];
  let [d1FreeAt, d1BusyMs] = [0, 0];

  const askD1 = (then: () => void) => {
    d1FreeAt = Math.max(d1FreeAt, agenda.now) + waits.d1BusyMs;
    d1BusyMs += waits.d1BusyMs;
    agenda.at(d1FreeAt + waits.d1WayMs, then);
  };

  /** The cron: claims and sends until nobody is left, or its time is over. */
  const scan = (until: number) =>
    askD1(() => {
      const claimed = claim(due, production.claimedAtOnce);
      const isLast = claimed.length < production.claimedAtOnce;
      agenda.at(agenda.now + Math.ceil(claimed.length / sentAtOnce) * waits.sendMs, () => {
        queue.push(...claimed);
        wake();
        if (!isLast && agenda.now < until) scan(until);
      });
    });

  const cron = () => {
    if (left === 0) return;
    scan(agenda.now + production.scanMs);
    agenda.at(agenda.now + production.cronMs, cron);
  };

  const wake = () => {
    while (consumers < wanted && taken < queue.length) consume();
  };

  /** One invocation: a batch, some customers of it side by side. */
  const consume = () => {
    most = Math.max(most, ++consumers);
    const batch = queue.slice(taken, taken + production.messagesPerBatch);
    taken += batch.length;
    let lanes = Math.min(production.parallelCustomers, batch.length);
    const lane = () => {
      const run = batch.shift();
      if (run !== undefined) return live(run, 0, lane);
      if (--lanes > 0) return;
      consumers--;
      // Cloudflare looks after each batch whether more consumers are wanted; here one more each time that there are.
      if (taken < queue.length) wanted = Math.min(wanted + 1, production.mostConsumers);
      wake();
    };
    for (let each = lanes; each > 0; each--) lane();
  };

  const live = (run: number, step: number, then: () => void): void => {
    const wait = runs[run]?.[step];
    const next = () => live(run, step + 1, then);
    if (wait === "d1") return askD1(next);
    if (wait === "gateway") return agenda.at(agenda.now + waits.gatewayMs, next);
    if (run + 1 < runs.length) due[run + 1] = (due[run + 1] ?? 0) + 1;
    else left--;
    then();
  };

  cron();
  const tookMs = agenda.run(() => left === 0);
  return { tookMs, d1Busy: d1BusyMs / tookMs, mostConsumers: most };
}

/** Whoever is furthest goes first: their date is the oldest. */
function claim(due: number[], most: number): number[] {
  const claimed: number[] = [];
  for (let run = due.length - 1; run >= 0; run--) {
    const count = Math.min(due[run] ?? 0, most - claimed.length);
    due[run] = (due[run] ?? 0) - count;
    for (let each = 0; each < count; each++) claimed.push(run);
  }
  return claimed;
}

interface Entry {
  readonly at: number;
  readonly happen: () => void;
}

/** What happens next, by time: a heap. */
class Agenda {
  readonly #heap: Entry[] = [];
  now = 0;

  at(at: number, happen: () => void): void {
    const heap = this.#heap;
    let place = heap.push({ at, happen }) - 1;
    for (let above = (place - 1) >> 1; place > 0 && this.#at(above) > at; above = (place - 1) >> 1) {
      this.#swap(place, above);
      place = above;
    }
  }

  /** Lets time pass until it is over; answers when that was. */
  run(isOver: () => boolean): number {
    for (let next = this.#take(); next && !isOver(); next = this.#take()) {
      this.now = next.at;
      next.happen();
    }
    if (!isOver()) throw new Error("Nothing happens any more, and not all are through");
    return this.now;
  }

  #take(): Entry | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    heap[0] = last;
    for (let place = 0; ;) {
      const below = this.#at(2 * place + 2) < this.#at(2 * place + 1) ? 2 * place + 2 : 2 * place + 1;
      if (this.#at(below) >= last.at) return first;
      this.#swap(place, below);
      place = below;
    }
  }

  #at(place: number): number {
    return this.#heap[place]?.at ?? Infinity;
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]];
    if (!one || !other) return;
    this.#heap[a] = other;
    this.#heap[b] = one;
  }
}
