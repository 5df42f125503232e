// The chat that sells the messages: with its partner's key it sets messages aside before a reply and says after it what
// the reply used, now and then late, twice or more than there are. What it was answered is held against the tables.
import type { DatabaseSync } from "node:sqlite";
import { contract } from "../../contract/index.ts";
import type { Reservation } from "../../contract/quota.ts";
import { dataOf, insist, type Answer, type Call } from "./client.ts";
import type { Person } from "./people.ts";
import type { Patience, UseWish } from "./plan.ts";
import type { Random } from "./random.ts";
import { leftOf, type Left } from "./shown.ts";
import type { World } from "./world.ts";

const secondMs = 1_000;
const minuteMs = 60 * secondMs;

/** What the chat was told of one reply. */
export interface Reply {
  readonly id: string;
  readonly messages: number;
  /** What it heard last; what may have been, but was never heard, is not here. */
  heard: "reserved" | "committed" | "released";
  usedMessages: number;
  /** When it heard of it first. */
  readonly heardAt: number;
}

export interface Use {
  readonly world: World;
  readonly person: Person;
  readonly patience: Patience;
  readonly random: Random;
  readonly pause: (ms: number) => Promise<void>;
  readonly during: <T>(work: Promise<T>) => Promise<T>;
  /** Of the command: it begins the ids of its replies. */
  readonly name: string;
}

/** Uses messages as the wish says, of each product that has any left. */
export async function useMessages(use: Use, wish: UseWish): Promise<void> {
  const lefts = leftOf(use.world, use.person.customerId);
  for (const [index, left] of lefts.entries()) await reply({ ...use, name: `${use.name}-${index}` }, wish, left);
}

async function reply(use: Use, { share, how }: UseWish, { productId, rest }: Left): Promise<unknown> {
  const messages = Math.max(1, Math.floor(rest * share));
  const asked = { id: use.name, productId, messages };
  switch (how) {
    case "consume":
      return consume(use, asked);
    case "twice":
      return Promise.all([consume(use, asked), consume(use, asked)]);
    case "at_once":
      return Promise.all([1, 2, 3].map((n) => consume(use, { ...asked, id: `${use.name}-${n}` })));
    default:
      return reserveAndSettle(use, asked, how);
  }
}

interface Asked {
  readonly id: string;
  readonly productId: string;
  readonly messages: number;
}

async function consume(use: Use, asked: Asked): Promise<void> {
  const body = { ...asked, customerId: use.person.customerId };
  const answer = await call(use, { route: contract.quotas.consume, body }, asked.id);
  if (answer?.status === 201) heard(use, asked, "committed", asked.messages);
}

type Settling = Exclude<UseWish["how"], "consume" | "twice" | "at_once">;

const ttlSeconds = 600;

async function reserveAndSettle(use: Use, asked: Asked, how: Settling): Promise<void> {
  const body = { ...asked, customerId: use.person.customerId, ttlSeconds };
  const answer = await call(use, { route: contract.quotas.reserve, body }, asked.id);
  if (answer?.status !== 201) return;
  heard(use, asked, "reserved", 0);
  await use.pause(how === "late" ? use.random.between(11 * minuteMs, 5 * 60 * minuteMs) : 3 * secondMs);
  if (how === "never") return;
  const params = { reservationId: asked.id };
  if (how === "release") {
    const released = await call(
      use,
      { route: contract.quotas.releaseReservation, params, body: {} },
      `${asked.id} back`,
    );
    if (released?.status === 200) heard(use, asked, "released", 0);
    return;
  }
  const usedMessages = usedOf(asked.messages, how);
  const route = contract.quotas.commitReservation;
  const committed = await call(use, { route, params, body: { messages: usedMessages } }, `${asked.id} done`);
  if (committed?.status === 200) heard(use, asked, "committed", usedMessages);
}

function usedOf(messages: number, how: "less" | "as_much" | "more" | "late"): number {
  if (how === "less") return Math.floor(messages / 2);
  return how === "more" ? messages * 2 : messages;
}

function heard({ world }: Use, { id, messages }: Asked, what: Reply["heard"], usedMessages: number): void {
  const known = world.replies.get(id);
  if (known) Object.assign(known, { heard: what, usedMessages });
  else world.replies.set(id, { id, messages, heard: what, usedMessages, heardAt: world.scheduler.now });
}

async function call(use: Use, asked: Omit<Call, "token">, name: string): Promise<Answer | null> {
  const { world, patience } = use;
  world.tell("chat", `${asked.route.path} ${JSON.stringify(asked.body ?? {})}`);
  const careful = { ...patience, twice: false, name: `Chat ${name}` };
  const answer = await use.during(insist(world, { token: chatKey, ...asked }, careful));
  const quota = answer && dataOf<Reservation>(answer)?.quota;
  world.tell("chat", answer ? `hears ${answer.status} ${quota ? JSON.stringify(quota) : ""}` : "hears nothing");
  return answer;
}

/** The key of the house's chat: stored with the ground. */
export const chatKey = `srd_test_${"A".repeat(43)}`;

const graceMs = 5 * minuteMs;

/** Reservations go 90 days after their period, the earliest; an answer may come hours after what it tells of. */
const keptMs = 89 * 24 * 60 * minuteMs;

/** What the tables have other than the chat was told; and what is set aside though its time is long over. */
export function misheard(database: DatabaseSync, replies: ReadonlyMap<string, Reply>, now: number): readonly string[] {
  const rows = database.prepare("SELECT id, status, messages, used_messages, expires_at FROM quota_reservation").all();
  const stored = new Map(rows.map((row) => [String(row["id"]), row]));
  const wrong = [...replies.values()].flatMap((told) => {
    const row = stored.get(told.id);
    if (!row && told.heardAt < now - keptMs) return [];
    const isKept = row?.["messages"] === told.messages && statuses[told.heard].includes(String(row["status"]));
    const isUsed = told.heard !== "committed" || row?.["used_messages"] === told.usedMessages;
    return isKept && isUsed
      ? []
      : [`the chat heard ${JSON.stringify(told)}, and there is ${JSON.stringify(row ?? null)}`];
  });
  const forgotten = rows.filter((row) => row["status"] === "reserved" && Number(row["expires_at"]) < now - graceMs);
  return [...wrong, ...forgotten.map((row) => `set aside for ever: ${JSON.stringify(row)}`)];
}

/** What a reservation may be after so much was heard: what was not heard may have been all the same. */
const statuses: Readonly<Record<Reply["heard"], readonly string[]>> = {
  reserved: ["reserved", "expired", "committed", "released"],
  committed: ["committed"],
  released: ["released", "expired"],
};
