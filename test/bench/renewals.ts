// Thousands of renewals that are due, with a gateway that answers at once: the real scan and the real consumer, and then the
// same statements alone, over a database that was like theirs. Four calls over HTTP for each come on top.
import { env } from "cloudflare:workers";
import { billingMs } from "../../server/billing/clock.ts";
import { collectionWindow } from "../../server/billing/collection-window.ts";
import { tehranDayOf, timeOfDay } from "../../server/billing/tehran.ts";
import type { DueMessage, LogEntry } from "../../server/deps.ts";
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
const hourMs = 3_600_000;
const messagesAtOnce = 500;

let running: AsyncGenerator<Part> | undefined;

/** `do` is `template`, `begin` with its `dueAt`, `next`, or `count`. */
export async function renewals(search: URLSearchParams): Promise<object> {
  switch (search.get("do")) {
    case "template":
      return template();
    case "begin":
      running = parts(Number(search.get("dueAt")));
      return {};
    case "next":
      return { part: (await running?.next())?.value ?? null };
    default:
      return { ours: await countRenewed(env.DB), bare: await countRenewed(bareDatabase()) };
  }
}

/** Somebody whose first period is about to end. */
async function template(): Promise<Template> {
  const world = aWorld({ startsAt });
  const sara = await aSubscriber(world);
  const { status, body } = await sara.subscribe(await aPrice(world), await sara.sign());
  if (status !== 201) throw new Error(`subscribing answered ${status}`);
  const dueAt = Date.parse(body.data.currentPeriod.endsAt);
  await world.live(dueAt - world.now() - hourMs, 24 * hourMs);
  return { customerId: sara.customerId, userId: sara.userId, dueAt };
}

/**
 * All of them, some at a time. They are due twice: when the period ends, which makes the invoice, and in the collection
 * window of that day. At its last second everybody's own has come; a day later at the same hour it would be closed, and
 * each would wait for the next one, without end.
 */
async function* parts(dueAt: number): AsyncGenerator<Part> {
  const world = aWorld({
    startsAt: new Date(dueAt).toISOString(),
    disturb: (deps) => ({ ...deps, gateway: promptGateway(), log: failOnError }),
  });
  await reseal(env.DB, world.invocation().sealer);
  for (const at of [dueAt, lastSecondToCollect(dueAt)]) {
    world.pass(at - world.now());
    yield scanned(world);
    while (world.queue.length > 0) yield consumed(world, world.queue.splice(0, messagesAtOnce));
  }
}

/** A fault would be written off and tried again later, without end: nothing here may have one. */
function failOnError(entry: LogEntry): void {
  if (entry.level === "error") throw new Error(JSON.stringify(entry));
}

function lastSecondToCollect(dueAt: number): number {
  return timeOfDay(tehranDayOf(billingMs(dueAt)), collectionWindow.closesMs) - 1_000;
}

async function scanned(world: World): Promise<Part> {
  const trips: Trip[] = [];
  const db = recorded(env.DB, (trip) => void trips.push(trip));
  const oursMs = await timed(() => scanDue({ ...world.invocation(), db }));
  const bareMs = await timed(() => sentAgain(bareDatabase(), trips));
  return { messages: 0, oursMs, bareMs, roundTrips: trips.length };
}

async function consumed(world: World, messages: readonly DueMessage[]): Promise<Part> {
  const runs: Trip[][] = [];
  const oursMs = await timed(() =>
    sideBySide(messages, async (message) => {
      const trips: Trip[] = [];
      runs.push(trips);
      const db = recorded(env.DB, (trip) => void trips.push(trip));
      await consumeDue({ ...world.invocation(), db }, { messages: [asMessage(message)] });
    }),
  );
  const bareMs = await timed(() => sideBySide(runs, (trips) => sentAgain(bareDatabase(), trips)));
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

async function countRenewed(db: D1Database): Promise<number> {
  const query = "SELECT COUNT(*) AS n FROM invoice WHERE reason = 'subscription_cycle' AND status = 'paid'";
  return (await db.prepare(query).first<number>("n")) ?? 0;
}
