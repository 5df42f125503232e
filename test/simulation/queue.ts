// The queue: at least once, in no order, in batches of at most ten; a message that is neither acknowledged nor told to be
// tried again comes back by itself. After five tries it is dead, and only the cron remembers its customer.
import type { Deps } from "../../server/deps.ts";
import { invoke, silence, type Surroundings } from "./invocation.ts";
import { randomOf, type Random } from "./random.ts";

interface Waiting<Body> {
  readonly body: Body;
  readonly tries: number;
}

type Consume<Body> = (deps: Deps, batch: Pick<MessageBatch<Body>, "messages">) => Promise<void>;

/** Several times what the busiest history needs. */
const mostBatches = 2_000;
const maxTries = 6;
const batchSize = 10;

export class Queue<Body> {
  deps: Deps | null = null;
  readonly #around: Surroundings;
  readonly #name: string;
  readonly #random: Random;
  readonly #consumer: Consume<Body>;
  readonly #ready: Waiting<Body>[] = [];
  #isCollecting = false;
  #batches = 0;

  constructor(around: Surroundings, name: string, consumer: Consume<Body>) {
    this.#around = around;
    this.#consumer = consumer;
    this.#name = name;
    this.#random = randomOf(`${name} queue`);
  }

  send(body: Body, delayMs = 0): void {
    const fault = this.#around.troubles.queueFault();
    if (fault) this.#around.tell("queue", `a message is ${fault.how}`);
    if (fault?.how === "lost") return;
    this.#deliverIn(delayMs + (fault?.how === "late" ? fault.ms : this.#delayMs()), { body, tries: 1 });
    if (fault?.how === "duplicate") this.#deliverIn(delayMs + fault.ms, { body, tries: 1 });
  }

  #delayMs(): number {
    return this.#random.chance(0.05) ? this.#random.between(1_000, 8_000) : this.#random.between(10, 400);
  }

  #deliverIn(ms: number, message: Waiting<Body>): void {
    this.#around.scheduler.after(ms, () => {
      // Not always to the end: messages do not keep their order.
      this.#ready.splice(this.#random.between(0, this.#ready.length), 0, message);
      if (this.#isCollecting) return;
      this.#isCollecting = true;
      this.#around.scheduler.after(this.#random.between(0, 50), () => this.#consume());
    });
  }

  #consume(): void {
    this.#isCollecting = false;
    const batch = this.#ready.splice(0, batchSize);
    if (this.#ready.length > 0) this.#around.scheduler.after(1, () => this.#consume());
    if (batch.length === 0) return;
    if (this.#batches === mostBatches) throw new Error("The queue never comes to rest: a rule is due again at once");
    void this.#invoke(batch);
  }

  async #invoke(batch: readonly Waiting<Body>[]): Promise<void> {
    const { deps } = this;
    if (!deps) throw new Error("The queue has no world yet");
    const acknowledged = new Set<Waiting<Body>>();
    const messages = batch.map((message) => asMessage(message.body, () => void acknowledged.add(message)));
    const name = `consumer ${++this.#batches}`;
    const seed = `${this.#name} ${name}`;
    const { answer } = await invoke(this.#around, { kind: "queue", name, seed }, () =>
      this.#consumer(deps, { messages }),
    );
    const again = batch.filter((message) => !acknowledged.has(message) && message.tries < maxTries);
    const afterMs = answer === silence ? this.#random.between(20_000, 60_000) : this.#random.between(1_000, 10_000);
    for (const { body, tries } of again) this.#deliverIn(afterMs, { body, tries: tries + 1 });
  }
}

/** The part of a message that the consumer uses. */
function asMessage<Body>(body: Body, ack: () => void): Message<Body> {
  return { body, ack, retry: () => undefined } as unknown as Message<Body>;
}
