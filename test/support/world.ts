// The whole system in one test: the real app, cron and queue handlers over real D1, the simulator as the gateway, and a
// wall clock that only the test moves. The world is replaced at `Deps`, never inside the server.
import { AsyncLocalStorage } from "node:async_hooks";
import { env } from "cloudflare:workers";
import { createApp, type Handlers } from "../../server/app.ts";
import type { Message as Sent } from "../../server/http/messenger.ts";
import { createAuth } from "../../server/http/auth/better-auth.ts";
import { createKnownCallers } from "../../server/http/auth/memory.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { hexOf } from "../../server/billing/hex.ts";
import type { DeliveryMessage, Deps, DueMessage, LogEntry } from "../../server/deps.ts";
import { consumeMessages, runMinute } from "../../server/job/minute.ts";
import { consumeDue, scanDue } from "../../server/job/tick.ts";
import { handlers } from "../../server/router.ts";
import { databasesBy, readBucketTable } from "../../server/store/bucket-table.ts";
import { bucketUnder, documentBucket } from "../../server/store/documents.ts";
import { createAuditSigner } from "../../server/store/audit-signer.ts";
import { createSealer } from "../../server/store/sealer.ts";
import { createPaymentPages, createZarinpalClient } from "../../server/zarinpal/client.ts";
import { createSimulator, type SettingsPatch } from "../simulator/simulator.ts";
import { limitedD1, limitedFetch, limitedQueue, type Usage } from "./limits.ts";
import { receivers } from "./receivers.ts";
import { seen } from "./seen.ts";
import { auditSigningKeys, seller } from "./seller.ts";

export interface WorldOptions {
  readonly startsAt?: string;
  readonly gateway?: SettingsPatch;
  /** Stands between the server and the world: the kill harness. */
  readonly disturb?: (deps: Deps) => Deps;
  /** The gateway's, in [0, 1). */
  readonly luck?: () => number;
  /** The router's own, unless somebody watches which of them is called. */
  readonly answering?: Handlers;
  /** Other databases beside the first; customers are put into all of them. */
  readonly others?: readonly D1Database[];
}

/** How buckets are dealt out in a world of several databases. */
const bucketTable = "DB:0-63+,DB_2:64-127+,DB_3:128-191+";

export const merchantId = "11111111-2222-4333-8444-555555555555";
export const publicUrl = "https://sarresid.test";
const gatewayUrl = "https://gateway.test";
const secondMs = 1_000;
const minuteMs = 60 * secondMs;

export type World = ReturnType<typeof aWorld>;

/** A fresh world on the file's database; customers of other tests in the file are still there. */
export function aWorld({
  startsAt = "2026-11-22T08:00:00Z",
  gateway = {},
  disturb = (deps) => deps,
  luck = Math.random,
  answering = handlers,
  others = [],
}: WorldOptions = {}) {
  let wall = Date.parse(startsAt);
  const queue: DueMessage[] = [];
  let deliveries: { readonly body: DeliveryMessage; readonly at: number }[] = [];
  const partners = receivers(() => wall);
  let isHeld = false;
  const log: LogEntry[] = [];
  const messages: Sent[] = [];
  const simulator = createSimulator({
    now: () => wall,
    random: luck,
    publicUrl: gatewayUrl,
    merchantId,
    sleep: async (ms) => void (wall += Math.ceil(ms)),
  });
  simulator.configure(gateway);
  const random = (byteCount: number) => crypto.getRandomValues(new Uint8Array(byteCount));
  // An isolate's own, as in the Worker: a key is imported once, not for each invocation.
  const sealer = createSealer(`k1:${btoa("0123456789abcdef0123456789abcdef")}`, random);
  const auditSigner = createAuditSigner(auditSigningKeys);

  /** What one invocation of the Worker reaches: limits are counted per invocation. */
  const invocation = (): Deps => {
    const own = { statements: 0 };
    return depsWith(() => own);
  };

  /** One app serves all requests, as in an isolate; each request counts on its own. */
  const depsWith = (usage: () => Usage): Deps =>
    disturb({
      db: limitedD1(env.DB, usage),
      ...(others.length > 0 && { databases: severalWith(usage) }),
      due: limitedQueue<DueMessage>((body) => void queue.push(body)),
      deliveries: limitedQueue<DeliveryMessage>((body, delayMs) => void deliveries.push({ body, at: wall + delayMs })),
      webhooks: partners.sender(),
      gateway: createZarinpalClient(
        {
          merchantId,
          paymentBaseUrl: gatewayUrl,
          paymanBaseUrl: gatewayUrl,
          signingBaseUrl: gatewayUrl,
          declineReasons: { "-200": "insufficient_funds" },
          refunds: { graphqlUrl: `${gatewayUrl}/api/v4/graphql/`, accessToken: "token-of-the-tests", terminalId: "1" },
        },
        { fetch: limitedFetch((request) => simulator.fetch(request)) },
      ),
      paymentPages: createPaymentPages({ paymentBaseUrl: gatewayUrl }),
      sealer,
      documents: documentBucket(env.DOCUMENTS),
      auditSigner,
      knownCallers: createKnownCallers(),
      messenger: { send: async (message) => void messages.push(message) },
      config: {
        environment: "test",
        publicUrl,
        authSecret: "a secret of at least thirty-two bytes",
        merchantId,
        allowedOrigins: [],
        refundMethods: ["manual", "reverse", "refund"],
        seller,
      },
      limits: { public: undefined, read: undefined, write: undefined, money: undefined, quota: undefined },
      wall: () => wallMs(wall),
      random,
      sha256: sha256Hex,
      sleep: async (ms) => {
        wall += Math.ceil(ms);
        await drain();
      },
      log: (entry) => {
        log.push(entry);
        if (entry.level === "error") console.error(entry);
      },
    });

  const severalWith = (usage: () => Usage) =>
    databasesBy(
      readBucketTable(bucketTable) ?? [],
      [env.DB, ...others].map((db, at) => ({
        db: limitedD1(db, usage),
        documents:
          at === 0 ? documentBucket(env.DOCUMENTS) : bucketUnder(documentBucket(env.DOCUMENTS), `databases/${at}`),
      })),
    );

  /** Delivers what stands in the queue, in batches of ten, until it is empty; nothing while it is held. */
  async function drain(): Promise<void> {
    if (isHeld) return;
    for (let batches = 0; queue.length > 0; batches++) {
      if (batches > 1_000) throw new Error("The queue never empties");
      await deliver(queue.splice(0, 10));
    }
    await drainDeliveries();
  }

  /** Each message of the other queue to an invocation of its own, those that are delayed when it is time. */
  async function drainDeliveries(): Promise<void> {
    for (let runs = 0; ; runs++) {
      if (runs > 1_000) throw new Error("There is no end of deliveries");
      const next = deliveries.find(({ at }) => at <= wall);
      if (!next) return;
      deliveries = deliveries.filter((message) => message !== next);
      await runDeliveries([next.body]);
    }
  }

  async function runDeliveries(bodies: readonly DeliveryMessage[], deps = invocation()): Promise<void> {
    const messages = bodies.map((body) => ({ body, ack: () => undefined, retry: () => undefined }));
    await consumeMessages(deps, { messages: messages as unknown as readonly Message<DeliveryMessage>[] });
  }

  /** One batch to one consumer. */
  async function deliver(bodies: readonly DueMessage[], deps = invocation()): Promise<void> {
    const messagesOf = bodies.map((body) => ({ body, ack: () => undefined, retry: () => undefined }));
    await consumeDue(deps, { messages: messagesOf as unknown as readonly Message<DueMessage>[] });
  }

  const requests = new AsyncLocalStorage<Usage>();
  const app = createApp(
    depsWith(() => requests.getStore() ?? { statements: 0 }),
    answering,
  );

  async function fetch(request: Request): Promise<Response> {
    return seen(request, await requests.run({ statements: 0 }, async () => app.fetch(request)));
  }

  return {
    simulator,
    log,
    messages,
    auth: createAuth(invocation()),
    now: () => wall,
    pass: (ms: number) => void (wall += ms),
    invocation,
    queue,
    /** Keeps messages in the queue until `release`. */
    hold: () => void (isHeld = true),
    release: () => void (isHeld = false),
    drain,
    deliver,
    runDeliveries,
    /** Partners' servers. */
    ...partners,
    /** Messages of the queue of deliveries are lost. */
    loseDeliveries: () => void (deliveries = []),
    /** Cron and queue until nothing is left to do at this moment. */
    async tick(): Promise<void> {
      await runMinute(invocation());
      await drain();
    },
    /** Lets wall time pass, stopping wherever something falls due: a cron each minute would come to the same. */
    async pass48Hours(): Promise<void> {
      const until = wall + 48 * 3_600_000;
      for (let stops = 0; stops < 200; stops++) {
        await scanDue(invocation());
        await drain();
        const next = await env.DB.prepare(
          "SELECT MIN(MAX(due_at, claimed_until)) AS at FROM due WHERE due_at IS NOT NULL",
        ).first<number>("at");
        if (next === null || next > until) break;
        wall = Math.max(wall + 1, next);
      }
      wall = until;
      await this.tick();
    },
    /**
     * Lets wall time pass in steps, with a tick at each. A longer step than the cron's stops where somebody falls due as
     * well: stepping over the end of the collection window would put a debit off to the next day.
     */
    async live(ms: number, stepMs = minuteMs): Promise<void> {
      const until = wall + ms;
      while (wall < until) {
        const next = Math.min(wall + stepMs, until);
        wall = stepMs <= minuteMs ? next : Math.min(next, (await nextDueAfter(wall, [env.DB, ...others])) ?? next);
        await this.tick();
      }
    },
    fetch,
    /** A request to an isolate of its own, with dependencies of its own. */
    fetchWith: async (deps: Deps, request: Request) => seen(request, await createApp(deps, handlers).fetch(request)),
  };
}

/** The next moment at which anybody falls due in any of these databases; null when nobody does. */
async function nextDueAfter(wall: number, databases: readonly D1Database[]): Promise<number | null> {
  const question = "SELECT MIN(due_at) AS at FROM due WHERE due_at > ?";
  const found = databases.map((db) => db.prepare(question).bind(wall).first<number>("at"));
  const next = (await Promise.all(found)).flatMap((at) => at ?? []);
  return next.length > 0 ? Math.min(...next) : null;
}

async function sha256Hex(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return hexOf(new Uint8Array(digest));
}
