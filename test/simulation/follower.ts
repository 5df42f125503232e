// A partner that knows its customers by webhook alone. In some histories it follows them from the beginning: its server
// fails, hangs, takes what it then seems not to have taken, or is gone for a while, and it asks for a replay when it sees a
// gap. In the others it comes when all is over, and has everything told from the beginning of the log. Either way what it
// made of the deliveries is what the API says, and nothing was delivered that it never took.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Webhook } from "standardwebhooks";
import { contract } from "../../contract/index.ts";
import type { CustomerId } from "../../contract/common/id.ts";
import type { WebhookPayload } from "../../contract/event.ts";
import { instant, wallMs } from "../../server/billing/clock.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import type { SendOutcome } from "../../server/billing/delivery.ts";
import { presentState } from "../../server/customer/present.ts";
import { canonicalJson } from "../../server/store/canonical-json.ts";
import { readCustomerSnapshot } from "../../server/store/customers.ts";
import type { WebhookRequest, WebhookSender } from "../../server/http/webhook-sender.ts";
import { Fold } from "../partner/fold.ts";
import { chatKey } from "./chat.ts";
import { codeOf, dataOf, insist, type Answer, type Call } from "./client.ts";
import { current } from "./invocation.ts";
import type { Plan } from "./plan.ts";
import { randomOf, type Random } from "./random.ts";
import type { Scheduler } from "./scheduler.ts";
import type { World } from "./world.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const url = "https://hooks.roundtable.example/sarresid";
/** As long as the server waits for an answer. */
const timeoutMs = 10 * secondMs;

/** How old a message may be, by Standard Webhooks. */
const toleranceMs = 5 * minuteMs;

/** How its server is for a while. `late`: it takes what it is sent, and its answer comes too late. */
type Mood = "well" | "fails" | "hangs" | "late" | "unreachable" | "gone";

interface Phase {
  readonly mood: Mood;
  readonly until: number;
}

/** What it hears, and how it answers. */
export class Follower {
  readonly fold = new Fold();
  /** What came as it must not. */
  readonly breaches: string[] = [];
  readonly phases: readonly Phase[];
  /** What it took, whether its answer arrived or not. */
  readonly taken = new Set<string>();
  endpoint: { readonly id: string; readonly secret: string } | null = null;
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #isAhead: StatementSync;
  readonly #tell: (who: string, what: string) => void;

  constructor(plan: Plan, database: DatabaseSync, scheduler: Scheduler, tell: (who: string, what: string) => void) {
    this.#random = randomOf(`${plan.name} follower`);
    this.#scheduler = scheduler;
    this.#tell = tell;
    this.phases = plan.isFollowed ? phasesOf(this.#random, plan) : [];
    this.#isAhead = database.prepare(
      "SELECT position FROM webhook_delivery WHERE stream = ? AND status = 'pending' AND position < ?",
    );
  }

  /** Stands for the network and its server. */
  readonly sender: WebhookSender = {
    objectionTo: () => null,
    channelTo: () => ({ post: (request) => this.#answer(request) }),
  };

  async #answer({ headers, body }: WebhookRequest): Promise<SendOutcome> {
    const event = JSON.parse(body) as WebhookPayload;
    const mood = this.phases.find(({ until }) => until > this.#scheduler.now)?.mood ?? "well";
    this.#tell("partner", `${mood}: ${event.type} ${event.stream} ${event.seq}`);
    const ahead = this.#isAhead.get(event.stream, event.position);
    if (ahead) this.breaches.push(`${event.type} ${event.position} came while ${String(ahead["position"])} waits`);
    // A request that a dying run left in flight for hours: the package refuses it, and so does whoever uses it.
    if (this.#isOld(headers)) return { kind: "answered", status: 400 };
    const isLate = mood === "hangs" || mood === "late";
    await this.#scheduler.wait(current(), isLate ? timeoutMs : this.#random.between(5, 900));
    if (mood === "well" || mood === "late") this.#take(event, headers, body);
    if (isLate) return { kind: "unanswered", reason: "timeout" };
    if (mood === "unreachable") return { kind: "unanswered", reason: "network" };
    return { kind: "answered", status: { well: 204, fails: 500, gone: 410 }[mood] };
  }

  #isOld(headers: WebhookRequest["headers"]): boolean {
    return Number(headers["webhook-timestamp"]) * secondMs < this.#scheduler.now - toleranceMs;
  }

  #take(event: WebhookPayload, headers: WebhookRequest["headers"], body: string): void {
    try {
      new Webhook(this.endpoint?.secret ?? "").verify(body, { ...headers });
      this.fold.receive(event);
      this.taken.add(event.id);
    } catch (error) {
      this.breaches.push(`${event.id} was not to be believed: ${String(error)}`);
    }
  }
}

function phasesOf(random: Random, { startsAt, lastsMs }: Plan): readonly Phase[] {
  const phases: Phase[] = [];
  for (let at = startsAt; at < startsAt + lastsMs;) {
    const wellUntil = at + random.between(hourMs, 15 * dayMs);
    const badMs = random.pick([minuteMs, hourMs, 9 * hourMs, 2 * dayMs, 4 * dayMs, 6 * dayMs]);
    const mood = random.pick(["fails", "hangs", "late", "unreachable", "gone"] as const);
    const until = Math.min(wellUntil + badMs, startsAt + lastsMs);
    phases.push({ mood: "well", until: wellUntil }, { mood, until });
    at = until;
  }
  return phases;
}

/** After the faults have stopped, the partner looks so many hours later. */
const looksAfterHours = [1, 30, 40];

/** From here on the partner has an endpoint, and looks after it when its server has recovered. */
export function follow(world: World): void {
  const { scheduler, plan, follower } = world;
  void open(world, follower);
  const calmAt = plan.startsAt + plan.lastsMs;
  const recoveries = follower.phases.filter(({ mood }) => mood !== "well").map(({ until }) => until + 10 * minuteMs);
  for (const at of [...recoveries, ...looksAfterHours.map((hours) => calmAt + hours * hourMs)]) {
    scheduler.after(at - scheduler.now, () => void look(world, follower, `look ${at}`));
  }
}

const patience = { retries: 5, afterMs: 61 * secondMs, twice: false };

async function call(world: World, asked: Omit<Call, "token">, name: string): Promise<Answer | null> {
  const named = { token: chatKey, key: `partner-${name.replaceAll(" ", "-")}`, ...asked };
  const answer = await insist(world, named, { ...patience, name: `Partner ${name}` });
  world.tell(
    "partner",
    `${asked.route.path} answers ${answer ? `${answer.status} ${codeOf(answer.body)}` : "nothing"}`,
  );
  return answer;
}

/** What happened last is told within minutes; to who comes now, everything. */
export async function beHeard(world: World): Promise<void> {
  const { follower, scheduler } = world;
  if (!follower.endpoint) void open(world, follower);
  const nextAt = nextDelivery(world);
  for (let minutes = 0; minutes < 20 && (!follower.endpoint || nextAt() < Infinity); minutes++) {
    await world.passUntil(scheduler.now + minuteMs);
  }
}

async function open(world: World, follower: Follower): Promise<void> {
  const answer = await call(world, { route: contract.webhookEndpoints.create, body: { url } }, "opens");
  const made = answer && dataOf<{ readonly id: string; readonly secret: string | null }>(answer);
  // Who never heard its secret cannot believe anything.
  if (answer?.status !== 201 || !made || made.secret === null) return;
  follower.endpoint = { id: made.id, secret: made.secret };
  await replay(world, follower, 0, "catalogue");
}

async function replay(world: World, { endpoint }: Follower, afterPosition: number, name: string): Promise<void> {
  const params = { webhookEndpointId: endpoint?.id ?? "" };
  await call(world, { route: contract.webhookEndpoints.replay, params, body: { afterPosition } }, `replay ${name}`);
}

/** Switches its endpoint on again, and has what is missing told again. */
async function look(world: World, follower: Follower, name: string): Promise<void> {
  if (!follower.endpoint) return;
  const params = { webhookEndpointId: follower.endpoint.id };
  const { status } =
    world.database.prepare("SELECT status FROM webhook_endpoint WHERE id = ?").get(params.webhookEndpointId) ?? {};
  if (status === "disabled") {
    await call(world, { route: contract.webhookEndpoints.enable, params, body: {} }, `enables ${name}`);
  }
  const after = missingAfter(world, follower);
  if (after === null) return;
  // A replay heals it: so it is asked before.
  follower.breaches.push(...untaken(world, follower));
  await replay(world, follower, after, name);
}

/** From where on something is missing: behind a gap, or, with nothing behind it, as the list of its deliveries says. */
function missingAfter({ database }: World, { endpoint, fold }: Follower): number | null {
  const failed = database
    .prepare("SELECT MIN(position) AS first FROM webhook_delivery WHERE endpoint_id = ? AND status = 'failed'")
    .get(endpoint?.id ?? "");
  const before = typeof failed?.["first"] === "number" ? [failed["first"] - 1] : [];
  const after = Math.min(fold.replayAfter() ?? Infinity, ...before);
  return after === Infinity ? null : after;
}

/** Deliveries that are said to have arrived, and were refused or never heard of. */
function untaken({ database }: World, { endpoint, taken }: Follower): readonly string[] {
  const delivered = database
    .prepare("SELECT event_id, position FROM webhook_delivery WHERE endpoint_id = ? AND status = 'delivered'")
    .all(endpoint?.id ?? "");
  return delivered
    .filter((row) => !taken.has(String(row["event_id"])))
    .map((row) => `said to be delivered, and was not: ${JSON.stringify(row)}`);
}

const nextSql = `SELECT MIN(at) AS at FROM (
  SELECT 0 AS at WHERE (SELECT MAX(position) FROM billing_event) > (SELECT position FROM reader_cursor WHERE reader = 'webhooks')
  UNION ALL SELECT MAX(d.next_attempt_at, p.claimed_until) FROM webhook_delivery d
    JOIN webhook_endpoint w ON w.id = d.endpoint_id JOIN webhook_dispatch p ON p.endpoint_id = d.endpoint_id
    WHERE w.status = 'enabled' AND d.next_attempt_at IS NOT NULL)`;

/** When the cron has something to deliver; infinite when it has not. */
export function nextDelivery({ database, follower }: Pick<World, "database" | "follower">): () => number {
  const query = database.prepare(nextSql);
  return () => {
    if (!follower.endpoint) return Infinity;
    const at = query.get()?.["at"];
    return typeof at === "number" ? at : Infinity;
  };
}

/** Deliveries are kept for 90 days. */
const keptMs = 89 * dayMs;

/** What was told wrongly, or not at all. */
export function mistold(world: World): readonly string[] {
  const { database, scheduler, follower } = world;
  const { endpoint, breaches, fold } = follower;
  if (!endpoint) return ["nobody could be told"];
  const waiting = database
    .prepare("SELECT event_id, position FROM webhook_delivery WHERE endpoint_id = ? AND status = 'pending'")
    .all(endpoint.id);
  const missed = database
    .prepare(
      `SELECT position, type FROM billing_event WHERE stream GLOB 'cus_*' AND at > ? AND position NOT IN
       (SELECT position FROM webhook_delivery WHERE endpoint_id = ?)`,
    )
    .all(scheduler.now - keptMs, endpoint.id);
  const gap = fold.replayAfter();
  return [
    ...breaches,
    ...untaken(world, follower),
    ...waiting.slice(0, 3).map((row) => `still waits: ${JSON.stringify(row)}`),
    ...missed.slice(0, 3).map((row) => `was never on its way: ${JSON.stringify(row)}`),
    ...(gap === null ? [] : [`a gap after ${gap} that no replay filled`]),
  ];
}

/** What the partner makes of a customer other than the API; null when they are the same. */
export async function misbuilt({ d1, scheduler, follower }: World, customerId: CustomerId): Promise<string | null> {
  const now = wallMs(scheduler.now);
  const snapshot = await readCustomerSnapshot(d1, housePartnerId, { customerId }, now);
  const theirs = canonicalJson(follower.fold.stateOf(customerId, instant(now)));
  const ours = snapshot && canonicalJson(presentState(snapshot));
  return ours === theirs ? null : `the state of ${customerId} is ${ours}, and its partner makes it ${theirs}`;
}
