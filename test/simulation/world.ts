// The world of one history: database, gateway, queue, cron and clock around the real handlers, all on one scheduler.
import { hash } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { createKnownCallers } from "../../server/http/auth/memory.ts";
import { wallMs } from "../../server/billing/clock.ts";
import type { DeliveryMessage, Deps, DueMessage, LogEntry } from "../../server/deps.ts";
import { consumeMessages } from "../../server/job/minute.ts";
import { consumeDue } from "../../server/job/tick.ts";
import { createZarinpalClient } from "../../server/zarinpal/client.ts";
import type { CallName } from "../simulator/records.ts";
import { createSimulator } from "../simulator/simulator.ts";
import { depsAround } from "../support/deps-around.ts";
import { limitedD1, limitedFetch, limitedQueue } from "../support/limits.ts";
import type { Reply } from "./chat.ts";
import { Cron } from "./cron.ts";
import { quickPasswords } from "./determinism.ts";
import { Witness } from "./intents.ts";
import { Follower, nextDelivery } from "./follower.ts";
import { current, currentOrNull, invoke, operate, silence, type Invocation, type Surroundings } from "./invocation.ts";
import type { Plan } from "./plan.ts";
import { Queue } from "./queue.ts";
import { randomOf } from "./random.ts";
import { Scheduler } from "./scheduler.ts";
import { synchronousSealer } from "./sealer.ts";
import { config, fetchApp, gatewayUrl, inhabit, limits, merchantId, paymentPages } from "./the-app.ts";
import type { Trace } from "./trace.ts";
import { Troubles } from "./troubles.ts";
import { noDocuments } from "../support/seller.ts";

export interface Setting {
  readonly plan: Plan;
  readonly database: DatabaseSync;
  /** The same behind D1's interface. */
  readonly d1: D1Database;
  readonly trace: Trace;
}

export type World = ReturnType<typeof createWorld>;

/** A world in which nothing has happened yet. The application works in it from here on. */
export function createWorld({ plan, database, d1, trace }: Setting) {
  const scheduler = new Scheduler(plan.startsAt, randomOf(`${plan.name} order`));
  const troubles = new Troubles(() => scheduler.now);
  const complaints: string[] = [];
  const impossible: string[] = [];
  const replies = new Map<string, Reply>();
  const messages: { readonly to: string; readonly text: string }[] = [];
  let commits = 0;
  const tell = (who: string, what: string) => trace.tell(scheduler.now, who, what);
  const around: Surroundings = { scheduler, troubles, tell };
  const simulator = simulatorOf(plan, around);
  const queue = new Queue<DueMessage>(around, plan.name, consumeDue);
  const deliveries = new Queue<DeliveryMessage>(around, `${plan.name} deliveries`, consumeMessages);
  const follower = new Follower(plan, database, scheduler, tell);
  const cron = new Cron(around, plan.name, database, nextDelivery({ database, follower }));
  const log = (entry: LogEntry) => {
    if (entry.level === "info" && entry.event !== "commit_unsure") return;
    const line = JSON.stringify(entry);
    if (entry.level === "error" || entry.event === "commit_unsure") tell(currentOrNull()?.name ?? "somebody", line);
    if (entry.level === "error" && !isExplained(currentOrNull())) complaints.push(`error log: ${line}`);
  };
  const witness = new Witness(database, () => scheduler.now);
  const newEvents = trace.isRead ? eventsSince(database) : () => [];
  const committed = () => {
    commits++;
    witness.committed();
    for (const event of newEvents()) tell(currentOrNull()?.name ?? "", `  ${event}`);
  };
  const heard = (call: string, outcome: unknown) => {
    if (trace.isRead) tell(current().name, `${call}: ${summaryOf(outcome)}`);
  };
  const deps = depsOf({
    around,
    heard,
    d1,
    queue,
    deliveries,
    follower,
    simulator,
    log,
    cron,
    committed,
    witness,
    messages,
    refused: (what) => void impossible.push(what),
  });
  queue.deps = deps;
  deliveries.deps = deps;
  cron.deps = deps;
  inhabit(deps);

  return {
    plan,
    scheduler,
    troubles,
    database,
    d1,
    simulator,
    queue,
    cron,
    around,
    tell,
    complaints,
    /** Commits that the database refused for what no rule expects. */
    impossible,
    /** What people were sent, oldest first. */
    messages,
    /** What the chat was told of each reply. */
    replies,
    /** Who knows by webhook alone. */
    follower,
    witness,
    deps,
    commits: () => commits,
    /** A request to the application; null when no answer came. */
    async request(request: Request, name: string) {
      const seed = `${plan.name} ${name}`;
      const { answer, invocation } = await invoke(around, { kind: "request", name, seed }, () => fetchApp(request));
      return { response: answer === silence ? null : answer, isExplained: isExplained(invocation) };
    },
    /** Lets time pass until an instant: events, and the cron wherever it has something to do. */
    async passUntil(until: number): Promise<void> {
      await scheduler.rest();
      for (;;) {
        const eventAt = scheduler.nextAt();
        const cronAt = cron.nextAt();
        const at = Math.min(eventAt ?? Infinity, cronAt);
        if (at > until) break;
        if (cronAt < (eventAt ?? Infinity)) {
          scheduler.moveTo(cronAt);
          cron.run();
          await scheduler.rest();
        } else await scheduler.step();
      }
      scheduler.moveTo(until);
    },
  };
}

/** A fault of the database or of a queue explains an error; one of the gateway never does. */
function isExplained(invocation: Invocation | null): boolean {
  return invocation !== null && invocation.struck.length > 0;
}

function simulatorOf(plan: Plan, around: Surroundings) {
  const simulator = createSimulator({
    now: () => around.scheduler.now,
    random: randomOf(`${plan.name} gateway`).next,
    publicUrl: gatewayUrl,
    merchantId,
    sleep: (ms) => around.scheduler.wait(current(), ms),
  });
  simulator.configure(plan.gateway);
  return simulator;
}

/** What has been written to the log since it was last asked, one line for each event. */
function eventsSince(database: DatabaseSync): () => readonly string[] {
  const query = database.prepare("SELECT position, type, data FROM billing_event WHERE position > ? ORDER BY position");
  let last = Number(database.prepare("SELECT MAX(position) AS last FROM billing_event").get()?.["last"]);
  return () => {
    const rows = query.all(last);
    last = Number(rows.at(-1)?.["position"] ?? last);
    return rows.map(({ type, data }) => `${String(type)} ${String(data)}`);
  };
}

/** What the gateway made of a call, for the story. */
function summaryOf(outcome: unknown): string {
  return JSON.stringify(outcome, (key, value: unknown) =>
    key === "evidence" || key === "signature" ? undefined : value,
  );
}

const graphqlPath = "/api/v4/graphql/";

/** Which of the gateway's calls a request is; those of its GraphQL have one address. */
async function callOf(request: Request): Promise<CallName> {
  const { pathname } = new URL(request.url);
  if (pathname !== graphqlPath) return pathname.replace(/^\/pg\/v4\/|\.json$/g, "") as CallName;
  const text = await request.clone().text();
  return text.includes("mutation AddRefund") ? "graphql/AddRefund" : "graphql/Session";
}

/** The lock, the stop, the breaker, and what the gateway gave twice: all other refusals are a wrong batch. */
function isExpectedRefusal(error: unknown): boolean {
  return /billing_event\.stream|collecting is stopped|the breaker is open|messages were used meanwhile|payment\.authority|payment\.ref_id|connection lost/i.test(
    String(error),
  );
}

interface Parts {
  readonly around: Surroundings;
  /** What came of a call to the gateway. */
  readonly heard: (call: string, outcome: unknown) => void;
  readonly d1: D1Database;
  readonly queue: Queue<DueMessage>;
  readonly deliveries: Queue<DeliveryMessage>;
  readonly follower: Follower;
  readonly simulator: ReturnType<typeof simulatorOf>;
  readonly cron: Cron;
  readonly log: (entry: LogEntry) => void;
  readonly committed: () => void;
  readonly witness: Witness;
  readonly messages: { readonly to: string; readonly text: string }[];
  readonly refused: (what: string) => void;
}

/** The server's dependencies in this world: each await of them goes through the scheduler. */
function depsOf({
  around,
  heard,
  d1,
  queue,
  deliveries,
  follower,
  simulator,
  cron,
  log,
  committed,
  witness,
  messages,
  refused,
}: Parts): Deps {
  const { scheduler, troubles, tell } = around;
  const random = (byteCount: number) => current().random.bytes(byteCount);
  const callGateway = async (request: Request): Promise<Response> => {
    const call = await callOf(request);
    const fault = troubles.gatewayFault(call);
    if (fault) simulator.fault({ call, fault });
    if (fault) tell("gateway", `${call} is struck: ${JSON.stringify(fault)}`);
    return simulator.fetch(request);
  };
  const world: Deps = {
    db: limitedD1(d1, () => current().usage),
    due: limitedQueue<DueMessage>((body) => queue.send(body)),
    deliveries: limitedQueue<DeliveryMessage>((body, delayMs) => deliveries.send(body, delayMs)),
    webhooks: follower.sender,
    gateway: createZarinpalClient(
      {
        merchantId,
        paymentBaseUrl: gatewayUrl,
        paymanBaseUrl: gatewayUrl,
        signingBaseUrl: gatewayUrl,
        refunds: { graphqlUrl: `${gatewayUrl}${graphqlPath}`, accessToken: "token", terminalId: "1" },
      },
      { fetch: limitedFetch(callGateway) },
    ),
    paymentPages,
    sealer: synchronousSealer(random),
    documents: noDocuments,
    knownCallers: createKnownCallers(),
    messenger: {
      send: async (message) => {
        await scheduler.wait(current(), 50);
        messages.push(message);
        tell("messenger", message.text.replaceAll(/\s+/g, " "));
      },
    },
    passwords: quickPasswords,
    config,
    limits,
    wall: () => wallMs(scheduler.now),
    random,
    sha256: async (text) => hash("sha256", text),
    sleep: (ms) => scheduler.wait(current(), ms),
    log,
  };
  const deps = depsAround(world, async (operation, effect) => {
    const begunAt = scheduler.now;
    // However it ends: what was slow and then lost its answer was slow all the same.
    const outcome = await operate(operation, observed(operation.name, effect)).finally(() =>
      witness.held(scheduler.now - begunAt),
    );
    if (operation.name.includes("/")) heard(operation.name, outcome);
    return outcome;
  });
  const observed = <T>(name: string, effect: () => Promise<T>): (() => Promise<T>) => {
    if (name === "write") return () => effect().finally(() => cron.changed());
    if (name !== "commit") return effect;
    return async () => {
      try {
        const outcome = await effect();
        committed();
        return outcome;
      } catch (error) {
        if (!isExpectedRefusal(error)) refused(`a commit can never succeed: ${String(error)}`);
        throw error;
      } finally {
        cron.changed();
      }
    };
  };
  return { ...deps, gateway: witness.watching(deps.gateway) };
}
