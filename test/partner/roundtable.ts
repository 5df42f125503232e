// Roundtable, as small as it can be: an application that sells messages through us. It has a key, the client made of the
// OpenAPI document and webhooks, and nothing else: what it knows of its customers it folds from what it is told.
import { randomUUID } from "node:crypto";
import type { CustomerState } from "../../contract/customer.ts";
import { createClient, type Answer, type Client, type Schemas } from "./client.ts";
import { Fold } from "./fold.ts";
import { openReceiver, type Receiver } from "./receiver.ts";

export interface RoundtableSettings {
  readonly api: string;
  readonly key: string;
  /** Where customers come back to after signing in. */
  readonly returnUrl: string;
}

/** An answer that Roundtable did not expect. */
export class Unexpected extends Error {}

export class Roundtable {
  readonly #settings: RoundtableSettings;
  readonly #fold = new Fold();
  /** Messages that it knows to be used, by customer and product: it is told of these within a day, and knows at once. */
  readonly #used = new Map<string, number>();
  #client: Client;
  #receiver: Receiver | null = null;
  #endpointId = "";
  deliveries = 0;

  constructor(settings: RoundtableSettings) {
    this.#settings = settings;
    this.#client = createClient(settings.api, { authorization: `Bearer ${settings.key}` });
  }

  /** Opens its server, has events sent there, and asks for all that was before. */
  async open(): Promise<void> {
    this.#receiver = await openReceiver((payload) => {
      this.deliveries += 1;
      this.#fold.receive(payload);
    });
    const { url } = this.#receiver;
    const made = await this.#client("webhookEndpoints.create", { body: { url }, idempotencyKey: randomUUID() });
    const { data } = bodyOf(made, 201);
    this.#endpointId = data.id;
    this.#receiver.trust(data.secret ?? "");
    await this.#replay(0);
  }

  /** Somebody new; their id is ours. */
  async addCustomer(externalId: string): Promise<string> {
    const answer = await this.#client("customers.create", { body: { externalId } });
    return answer.status === 200 ? answer.body.data.id : bodyOf(answer, 201).data.id;
  }

  /** Where to send a customer's browser, so that they can subscribe and pay. */
  async linkFor(customerId: string): Promise<string> {
    const { returnUrl } = this.#settings;
    const body = { customerId, returnUrl: `${returnUrl}?customer=${customerId}` };
    const answer = await this.#client("loginLinks.create", { body, idempotencyKey: randomUUID() });
    return bodyOf(answer, 201).data.url ?? "";
  }

  /** Whether a customer may write, by what Roundtable was told. */
  mayWrite(customerId: string): boolean {
    return this.#told(customerId)?.access === "full";
  }

  /** Answers a message: sets some aside, writes, and counts what the answer took; null gives all of it back. */
  async reply(customerId: string, messages: number, took: number | null): Promise<number> {
    const [subscription] = this.#told(customerId)?.subscriptions ?? [];
    if (!subscription) throw new Unexpected(`Nobody told Roundtable that ${customerId} has subscribed`);
    const { productId } = subscription;
    const id = `reply-${randomUUID()}`;
    bodyOf(await this.#client("quotas.reserve", { body: { id, customerId, productId, messages } }), 201);
    const path = { reservationId: id };
    const { data } = bodyOf(
      took === null
        ? await this.#client("quotas.releaseReservation", { path })
        : await this.#client("quotas.commitReservation", { path, body: { messages: took } }),
      200,
    );
    const key = `${customerId} ${productId}`;
    this.#used.set(key, (this.#used.get(key) ?? 0) + (took ?? 0));
    return data.quota?.remaining ?? 0;
  }

  /** Takes a new key in the place of the one it has, which goes on for an hour. */
  async rotateKey(): Promise<void> {
    const { data } = bodyOf(await this.#client("partnerKeys.list", { query: { limit: 100 } }), 200);
    const current = data.find(({ status, replacedById }) => status === "active" && replacedById === null);
    const order = {
      path: { partnerKeyId: current?.id ?? "" },
      body: { overlapHours: 1 },
      idempotencyKey: randomUUID(),
    };
    const { key } = bodyOf(await this.#client("partnerKeys.rotate", order), 201).data;
    this.#client = createClient(this.#settings.api, { authorization: `Bearer ${key}` });
  }

  /** Whether what it folded is what we say, and where the first difference is. */
  async difference(customerId: string): Promise<string | null> {
    const after = this.#fold.replayAfter();
    if (after !== null) await this.#replay(after);
    const ours = bodyOf(await this.#client("customers.state", { path: { customerId } }), 200).data;
    return firstDifference(this.#told(customerId), ours);
  }

  get customerIds(): readonly string[] {
    return this.#fold.customerIds();
  }

  /** Nothing is sent to it any more. */
  async close(): Promise<void> {
    await this.#client("webhookEndpoints.archive", { path: { webhookEndpointId: this.#endpointId } });
    await this.#receiver?.close();
  }

  async #replay(afterPosition: number): Promise<void> {
    const path = { webhookEndpointId: this.#endpointId };
    let from: number | null = afterPosition;
    while (from !== null) {
      const answer: Answer<"webhookEndpoints.replay"> = await this.#client("webhookEndpoints.replay", {
        path,
        body: { afterPosition: from },
      });
      from = bodyOf(answer, 200).data.nextAfterPosition;
    }
  }

  /** The fold, with the messages that it has used itself since it was last told. */
  #told(customerId: string): Schemas["CustomerState"] | null {
    const folded: CustomerState | null = this.#fold.stateOf(customerId, new Date().toISOString());
    if (!folded) return null;
    const quotas = folded.quotas.map((quota) => {
      const used = Math.max(quota.used, this.#used.get(`${customerId} ${quota.productId}`) ?? 0);
      return { ...quota, used, reserved: 0, remaining: Math.max(0, quota.granted - used) };
    });
    return { ...folded, quotas };
  }
}

/** The body of an answer that has this status; anything else is told with the problem's own words. */
export function bodyOf<A extends { readonly status: number; readonly body: unknown }, S extends A["status"]>(
  answer: A,
  status: S,
): Extract<A, { status: S }>["body"] {
  if (answer.status === status) return answer.body;
  throw new Unexpected(`Expected ${String(status)}, got ${String(answer.status)}: ${JSON.stringify(answer.body)}`);
}

/** Where two values differ first, as a path; null when they are the same. */
function firstDifference(told: unknown, said: unknown, at = "state"): string | null {
  if (isTree(told) && isTree(said)) {
    const keys = new Set([...Object.keys(told), ...Object.keys(said)]);
    for (const key of keys) {
      const found = firstDifference(told[key], said[key], `${at}.${key}`);
      if (found !== null) return found;
    }
    return null;
  }
  return told === said ? null : `${at}: folded ${JSON.stringify(told)}, the API says ${JSON.stringify(said)}`;
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
