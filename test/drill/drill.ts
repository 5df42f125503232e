// The restore drill: some weeks of billing, a backup, more life that the backup does not know, the loss of the database, the
// way back as `docs/restore.md` tells it, and life after that. At the end the gateway's own book is held against ours.
import { env } from "cloudflare:workers";
import type { Epoch } from "../../contract/epoch.ts";
import type { Exception } from "../../contract/exception.ts";
import type { Refund } from "../../contract/refund.ts";
import { aPrice } from "../support/catalogue.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { aWorld } from "../support/world.ts";
import { accountOf, type Account } from "./account.ts";
import { aFollower } from "./follower.ts";

/** Where the drill's database and bucket are, and how a backup of the database is made and put back. */
export interface Stores {
  readonly db: D1Database;
  readonly documents: R2Bucket;
  /** Keeps the database as it is now. The bucket is never put back: it is not lost with the database. */
  readonly backup: () => Promise<void>;
  readonly restore: () => Promise<void>;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const stepMs = 4 * hourMs;
/** 1 Azar 1405, late morning in Tehran; a month later the first subscriptions are renewed. */
const startsAt = "2026-11-22T08:00:00Z";
const backupAt = Date.parse("2026-12-23T22:30:00Z");
const lossAt = Date.parse("2026-12-25T19:30:00Z");
const endsAt = Date.parse("2026-12-30T19:00:00Z");
const reason = "The drill: the database is lost";

export async function drill(stores: Stores, tell: (line: string) => void): Promise<Account> {
  env.DB = stores.db;
  env.DOCUMENTS = stores.documents;
  const world = aWorld({ startsAt });
  const operator = await anOperator(world);
  const follower = await aFollower(world);
  const priceId = await aPrice(world);
  const passUntil = (at: number) => world.live(Math.max(0, at - world.now()), stepMs);
  const say = (line: string) => tell(`${new Date(world.now()).toISOString().slice(0, 16)}Z  ${line}`);

  const people = new Map<string, Subscriber>();
  const comes = async (name: string) => {
    const person = await aSubscriber(world);
    people.set(name, person);
    return person;
  };
  const subscribes = async (person: Subscriber): Promise<string> => {
    const { status, body } = await person.subscribe(priceId, await person.sign());
    await world.drain();
    if (status !== 201 && status !== 202) throw new Error(`Subscribing answered ${status}`);
    return body.data.id;
  };

  say("a month of billing: subscriptions day by day");
  const ali = await comes("ali");
  await subscribes(ali);
  await passUntil(Date.parse(startsAt) + dayMs);
  const iman = await comes("iman");
  await subscribes(iman);
  await passUntil(Date.parse(startsAt) + 2 * dayMs);
  await subscribes(await comes("babak"));
  // Who has an account before the backup, and becomes a subscriber only after it.
  const [cyrus, dina, hana] = [await comes("cyrus"), await comes("dina"), await comes("hana")];
  await passUntil(Date.parse(startsAt) + 3 * dayMs);
  await subscribes(await comes("elham"));
  const farid = await comes("farid");
  await subscribes(farid);
  await passUntil(Date.parse(startsAt) + 5 * dayMs);
  await subscribes(await comes("golnar"));
  await passUntil(backupAt);

  const renewalOf = async (person: Subscriber) => (await person.payments())[0]?.id ?? "";
  world.hold();
  const waiting = await operator.refund(await renewalOf(iman), { method: "refund" });
  await stores.backup();
  say(
    `the backup; a refund of iman's renewal (${(waiting.body.data.refund ?? waiting.body.data).status}) has not been sent`,
  );
  world.release();
  await world.drain();

  say("life after the backup");
  await passUntil(backupAt + 9 * hourMs);
  await subscribes(cyrus);
  say("cyrus signs and subscribes");
  const paid = await dina.subscribeByPage(priceId);
  await world.drain();
  const page = await dina.checkoutNow(paid.body.data.checkout.id);
  await dina.payPage(page.url);
  say("dina pays on a page");
  const refunded = await operator.refund(await renewalOf(ali), { method: "refund" });
  await world.drain();
  say(`ali's renewal is given back: ${(await operator.refundOf(refundIn(refunded.body.data))).status}`);
  // After midnight in Tehran the day's events are in the bucket; the day after is lost.
  await passUntil(Date.parse("2026-12-25T03:00:00Z"));
  world.simulator.configure({ balances: { [farid.mobile]: 0 } });
  await passUntil(lossAt - 10 * minuteMs);
  const lost = await hana.subscribeByPage(priceId);
  await world.drain();
  await world.simulator.fetch(payingOn((await hana.checkoutNow(lost.body.data.checkout.id)).url));
  say("hana pays on a page and never comes back");
  const taken = world.simulator.ledger().length;
  say(`the database is lost; the gateway has taken money ${taken} times`);

  await stores.restore();
  world.queue.length = 0;
  world.loseDeliveries();
  await passTime(world, hourMs);
  say("the backup is restored; no cron runs");

  const key = () => crypto.randomUUID();
  const stateAfter = async (path: string, body: object) => {
    const answer = await operator.call<Epoch>("POST", path, body, key());
    if (answer.status > 201) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body.data;
  };
  let epoch = await stateAfter("/v1/operator/epochs", { reason });
  say(`epoch ${epoch.epoch} begins: collecting ${epoch.collecting}, the log ends at ${epoch.lastPosition}`);
  for (let calls = 1; epoch.recalling; calls++) {
    if (calls > 200) throw new Error("There is no end of recalling");
    epoch = await stateAfter("/v1/operator/epochs/recall", { reason });
  }
  say(`recalled up to ${epoch.lastPosition}`);
  await passTime(world, minuteMs);
  await world.live(2 * hourMs, 10 * minuteMs);
  const unverified = await operator.call<{ unknown: number }>(
    "POST",
    "/v1/operator/reconciliations/unverified",
    {},
    key(),
  );
  say(`the gateway lists ${unverified.body.data.unknown} paid and unverified that nobody here knows`);

  await operator.call("PUT", "/v1/operator/collecting", { collecting: true, reason }, key());
  await passTime(world, minuteMs);
  await world.live(dayMs, stepMs);
  say("a day of collecting, while what is in doubt is held");
  const inDoubt = (await operator.call<Exception[]>("GET", "/v1/operator/exceptions?kind=debit_in_doubt")).body.data;
  say(`${inDoubt.length} invoices are in doubt`);
  const credited: string[] = [];
  for (const found of await unknownAtGateway(world)) {
    const body = { amountRials: found.amountRials, reason: `Taken before the loss: reference ${found.refId}` };
    const answer = await operator.call("POST", `/v1/operator/customers/${found.customerId}/credit`, body, key());
    if (answer.status > 201) throw new Error(`Credit answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    credited.push(found.authority);
    say(`${nameOf(people, found.customerId)} had paid ${found.refId} in the forgotten time: given as credit`);
  }
  world.simulator.configure({ balances: { [farid.mobile]: 100_000_000 } });
  epoch = await stateAfter("/v1/operator/epochs/settle", { reason });
  say("the doubt is over");
  await passUntil(endsAt);
  say("life goes on");
  const account = await accountOf(world, { people, operator, credited });
  return { ...account, differences: [...account.differences, ...(await follower.differences())] };
}

type World = ReturnType<typeof aWorld>;

/** Time in which nothing runs. */
async function passTime(world: World, ms: number): Promise<void> {
  world.pass(ms);
}

function refundIn(data: Refund & { readonly refund?: Refund }): string {
  return data.refund?.id ?? data.id;
}

function payingOn(url: string | null): Request {
  return new Request(url ?? "", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "action=pay",
    redirect: "manual",
  });
}

function nameOf(people: ReadonlyMap<string, Subscriber>, customerId: string): string {
  return [...people].find(([, person]) => person.customerId === customerId)?.[0] ?? customerId;
}

/** What the gateway's own records name that our books do not: the description of each says whose it is. */
async function unknownAtGateway(world: World) {
  const { sessions } = world.simulator.snapshot();
  const rows = await env.DB.prepare("SELECT authority FROM payment WHERE authority IS NOT NULL").all<{
    authority: string;
  }>();
  const known = new Set(rows.results.map(({ authority }) => authority));
  const captured = world.simulator
    .ledger()
    .filter(({ state, authority }) => state === "captured" && !known.has(authority));
  return captured.map(({ authority, amountRials, refId }) => {
    const { description = "" } = sessions.find((session) => session.authority === authority) ?? {};
    return { authority, amountRials, refId, customerId: description.split(" ")[2] ?? "" };
  });
}

/** A database that another can take the place of, under whoever holds it. */
export function replaceable(first: D1Database): {
  readonly binding: D1Database;
  readonly replace: (next: D1Database) => void;
} {
  let current = first;
  const binding: Pick<D1Database, "prepare" | "batch" | "exec"> = {
    prepare: (query) => current.prepare(query),
    batch: (statements) => current.batch(statements),
    exec: (lines) => current.exec(lines),
  };
  return { binding: asD1(binding), replace: (next) => void (current = next) };
}

/** Safe: the part of the binding that the server and the tests use. */
function asD1(part: Pick<D1Database, "prepare" | "batch" | "exec">): D1Database {
  return part as D1Database;
}
