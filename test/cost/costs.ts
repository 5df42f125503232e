// What each operation of the contract costs, and a renewal: each asked once, at the right moment, of the whole system.
import { env } from "cloudflare:workers";
import type { AppRoute } from "@ts-rest/core";
import { policyOf } from "../../contract/common/policy.ts";
import { contract } from "../../contract/index.ts";
import type { Deps } from "../../server/deps.ts";
import { runJobs } from "../../server/job/index.ts";
import { scanDue } from "../../server/job/tick.ts";
import { routesOf } from "../contract/routes.ts";
import { aStage, aSubscribed, granted, requestOf, type Granted, type Stage } from "../support/granted.ts";
import { elsewhere } from "../support/subscriber.ts";
import { aWorld, type World } from "../support/world.ts";
import { counted, nothing, sumOf, type Tally } from "./tally.ts";

/** What one request came to: its own cost, and that of what it left to the queue. */
export interface OperationCost {
  readonly status: number;
  readonly request: Tally;
  readonly queue: Tally;
}

export interface Costs {
  /** By the operation's name in the contract. */
  readonly operations: Readonly<Record<string, OperationCost>>;
  readonly renewal: RenewalCost;
  /** A cron's minute in which nothing is to be done. */
  readonly idleMinute: Tally;
}

/** Of one successful renewal, from the end of the period to the debit's settlement. */
export interface RenewalCost {
  readonly scans: Tally;
  readonly consumer: Tally;
  /** How many messages it took. */
  readonly runs: number;
}

const minuteMs = 60_000;

/** A world in which everything is counted: what requests do apart from what the cron and the queue do. */
function aCountedWorld(startsAt: string, around: Around) {
  let tallies = { request: nothing, background: nothing };
  // The app is made first, with dependencies that all requests share.
  let kind: keyof typeof tallies = "request";
  const world = aWorld({
    startsAt,
    disturb: (deps) => {
      const mine = kind;
      kind = "background";
      return counted(around(deps), (more) => void (tallies = { ...tallies, [mine]: sumOf(tallies[mine], more) }));
    },
  });
  const take = () => {
    const taken = tallies;
    tallies = { request: nothing, background: nothing };
    return taken;
  };
  return { world, take };
}

type Counted = ReturnType<typeof aCountedWorld>;
type Around = (deps: Deps) => Deps;

interface CostOptions {
  /** Stands between the server and the world, as somebody who listens does. */
  readonly around?: Around;
}

/** Measures on the database as it is; `startsAt` must be after everything in it. */
export async function costs(startsAt: string, { around = (deps) => deps }: CostOptions = {}): Promise<Costs> {
  const its = aCountedWorld(startsAt, around);
  const stage = await aStage(its.world);
  const idleMinute = await costOfIdleMinute(its);
  const renewal = await costOfRenewal(its, stage);
  const operations: Record<string, OperationCost> = {};
  for (const { name, route } of routesOf(contract)) {
    operations[name] = await costOf(its, stage, name, route);
  }
  return { operations, renewal, idleMinute };
}

async function costOf({ world, take }: Counted, stage: Stage, name: string, route: AppRoute): Promise<OperationCost> {
  const request = (await granted[name]?.(stage)) ?? anyRequest(stage, name, route);
  await beKnown(world, request);
  await world.drain();
  take();
  const { status } = await ask(world, route, request);
  await world.drain();
  const { request: own, background } = take();
  return { status, request: own, queue: background };
}

/** A caller's first call to an isolate asks who they are; whether it opens the door makes no difference to that. */
async function beKnown(world: World, { token }: Granted): Promise<void> {
  await world.fetch(requestOf(contract.operator.getCollecting, { token }, undefined));
}

/** What must stand in a request for it to be answered. */
const bodies: Readonly<Record<string, (stage: Stage) => object>> = {
  "subscriptions.preview": ({ priceId }) => ({ priceId }),
  "search.find": ({ sara }) => ({ query: sara.mobile }),
  "subscriptions.previewChange": () => ({ quantity: 2 }),
};

function anyRequest(stage: Stage, name: string, route: AppRoute): Granted {
  const who = policyOf(route).who.split(":")[0] ?? "";
  const tokens = new Map([
    ["customer", stage.sara.token],
    ["operator", stage.operator.token],
    ["partner", stage.roundtable.token],
  ]);
  const body = route.method === "GET" ? {} : { body: bodies[name]?.(stage) ?? {} };
  return { token: tokens.get(who) ?? "", params: { ...elsewhere, ...stage.ids }, ...body };
}

/** With an Idempotency-Key where one must be sent; where one may, it costs a round trip and four rows more. */
async function ask(world: World, route: AppRoute, request: Granted): Promise<Response> {
  const key = policyOf(route).idempotency === "required" ? crypto.randomUUID() : undefined;
  return world.fetch(requestOf(route, request, key));
}

const mostRuns = 10;

async function costOfRenewal({ world, take }: Counted, stage: Stage): Promise<RenewalCost> {
  const { sara, params } = await aSubscribed(stage);
  await world.drain();
  // Nobody else falls due meanwhile.
  await env.DB.prepare("UPDATE due SET due_at = NULL WHERE customer_id <> ?").bind(sara.customerId).run();
  take();
  let cost: RenewalCost = { scans: nothing, consumer: nothing, runs: 0 };
  while (!(await isRenewed(params.subscriptionId))) {
    if (cost.runs === mostRuns) throw new Error("It was never renewed");
    await untilDue(world, sara.customerId);
    take();
    await scanDue(world.invocation());
    const scans = sumOf(cost.scans, take().background);
    const messages = world.queue.splice(0);
    for (const message of messages) await world.deliver([message]);
    cost = { scans, consumer: sumOf(cost.consumer, take().background), runs: cost.runs + messages.length };
  }
  return cost;
}

async function isRenewed(subscriptionId: string): Promise<boolean> {
  const paid = await env.DB.prepare("SELECT COUNT(*) AS n FROM invoice WHERE subscription_id = ? AND status = 'paid'")
    .bind(subscriptionId)
    .first<number>("n");
  return paid === 2;
}

async function untilDue(world: World, customerId: string): Promise<void> {
  const due = await env.DB.prepare("SELECT due_at FROM due WHERE customer_id = ?")
    .bind(customerId)
    .first<number>("due_at");
  world.pass(Math.max(1, (due ?? 0) - world.now()));
}

async function costOfIdleMinute({ world, take }: Counted): Promise<Tally> {
  await world.tick();
  world.pass(minuteMs);
  await world.tick();
  world.pass(minuteMs);
  take();
  await runJobs(world.invocation());
  return take().background;
}
