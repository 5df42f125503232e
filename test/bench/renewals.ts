// Thousands of renewals that are due, with a gateway that answers at once: the real scan and the real consumer, and then the
// same statements alone, over a database that was like theirs. Four calls over HTTP for each come on top.
import { env } from "cloudflare:workers";
import type { DueMessage } from "../../server/deps.ts";
import { consumeDue, parallelCustomers, scanDue } from "../../server/job/tick.ts";
import { aPrice } from "../support/catalogue.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWorld, type World } from "../support/world.ts";
import { bareDatabase } from "./bare-database.ts";
import { promptGateway } from "./prompt-gateway.ts";
import { recorded, sentAgain, type Trip } from "./recorder.ts";
import { reseal } from "./reseal.ts";
import { timed } from "./timed.ts";

/** Who is copied, and when all of them are due. */
export interface Template {
  readonly customerId: string;
  readonly userId: string;
  readonly dueAt: number;
}

/** What became of some of those who were due. */
export interface Part {
  readonly messages: number;
  readonly oursMs: number;
  readonly bareMs: number;
  readonly roundTrips: number;
}

const startsAt = "2026-11-22T08:00:00Z";
const dayMs = 86_400_000;
const messagesAtOnce = 500;

let running: Awaited<ReturnType<typeof begin>> | undefined;

/** `do` is `template`, `begin` with its `dueAt`, `next`, or `count`. */
export async function renewals(search: URLSearchParams): Promise<object> {
  switch (search.get("do")) {
    case "template":
      return template();
    case "begin":
      running = await begin(Number(search.get("dueAt")));
      return {};
    case "next":
      return { part: (await running?.next()) ?? null };
    default:
      return { renewed: await countRenewed() };
  }
}

async function template(): Promise<Template> {
  const world = aWorld({ startsAt });
  const sara = await aSubscriber(world);
  const { status } = await sara.subscribe(await aPrice(world), await sara.sign());
  if (status !== 201) throw new Error(`subscribing answered ${status}`);
  const dueAt = await env.DB.prepare("SELECT period_ends_at FROM subscription").first<number>("period_ends_at");
  const { customerId, userId } = sara;
  return { customerId, userId, dueAt: dueAt ?? 0 };
}

async function begin(dueAt: number) {
  const gateway = promptGateway();
  const world = aWorld({
    startsAt: new Date(dueAt).toISOString(),
    disturb: (deps) => ({ ...deps, gateway, log: () => undefined }),
  });
  for (const db of [env.DB, bareDatabase()]) await reseal(db, world.invocation().sealer);
  let days = 0;
  /** Some of those who are due; null when nobody is on that day and the next. */
  const next = async (): Promise<Part | null> => {
    let scan: readonly Trip[] = [];
    for (const lastDay = days + 2; world.queue.length === 0 && days < lastDay; days++) {
      scan = await scanned(world);
      if (world.queue.length === 0) world.pass(dayMs);
    }
    if (world.queue.length === 0) return null;
    return consumed(world, world.queue.splice(0, messagesAtOnce), scan);
  };
  return { next };
}

async function scanned(world: World): Promise<readonly Trip[]> {
  const trips: Trip[] = [];
  await scanDue({ ...world.invocation(), db: recorded(env.DB, (trip) => void trips.push(trip)) });
  return trips;
}

async function consumed(world: World, messages: readonly DueMessage[], scan: readonly Trip[]): Promise<Part> {
  const runs: Trip[][] = [];
  const oursMs = await timed(() =>
    sideBySide(messages, async (message) => {
      const trips: Trip[] = [];
      runs.push(trips);
      const db = recorded(env.DB, (trip) => void trips.push(trip));
      await consumeDue({ ...world.invocation(), db }, { messages: [asMessage(message)] });
    }),
  );
  const bare = bareDatabase();
  await sentAgain(bare, scan);
  const bareMs = await timed(() => sideBySide(runs, (trips) => sentAgain(bare, trips)));
  return { messages: messages.length, oursMs, bareMs, roundTrips: runs.flat().length };
}

/** As many at once as the consumer has customers of a batch. */
async function sideBySide<T>(all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = [...all];
  const lane = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: parallelCustomers }, lane));
}

/** Safe: the consumer looks at nothing else of a message. */
function asMessage(body: DueMessage): Message<DueMessage> {
  return { body, ack: () => undefined, retry: () => undefined } as unknown as Message<DueMessage>;
}

function countRenewed(): Promise<number | null> {
  return env.DB.prepare(
    "SELECT COUNT(*) AS n FROM invoice WHERE reason = 'subscription_cycle' AND status = 'paid'",
  ).first("n");
}
