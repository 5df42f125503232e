// The partner's story: made by an operator, it opens, sells to two people, answers them, changes its key, and lets one go.
import { randomUUID } from "node:crypto";
import { bodyOf as told, Roundtable } from "../../test/partner/roundtable.ts";
import { signInBy, type SignedIn } from "../../test/partner/browser.ts";
import { PartnerScope } from "../../contract/common/policy.ts";
import type { Addresses } from "../local/running.ts";
import { bodyOf, createClient, until } from "./client.ts";
import { press } from "./gateway.ts";
import { signInOperator } from "./person.ts";
import { expect } from "./stop.ts";
import type { Timeline } from "./timeline.ts";
import { grouped } from "./written.ts";

const patienceMs = 60_000;
const plan = "plan_pro";
const returnUrl = "http://127.0.0.1/roundtable/billing";

/** The last line of the demo. */
export interface PartnerSums {
  readonly partnerId: string;
  readonly customers: number;
  readonly replies: number;
  readonly messagesUsed: number;
  readonly deliveries: number;
  /** Whether every state that Roundtable folded is the one that the API tells. */
  readonly statesAgree: true;
}

/** Lives the story; stops at the first thing that is not as it should be. */
export async function tellPartnerStory(
  at: Addresses,
  { name, timeline }: { readonly name: string; readonly timeline: Timeline },
): Promise<PartnerSums> {
  const { partnerId, key } = await makePartner(at, name, timeline);
  const roundtable = new Roundtable({ api: at.api, key, returnUrl });
  await roundtable.open();
  try {
    timeline.note("Roundtable listens, and asks for all events that were before");
    const customerIds = [await sell(at, roundtable, timeline, "Sara"), await sell(at, roundtable, timeline, "Nima")];
    const counted = await serve(roundtable, customerIds, timeline);
    await agree(roundtable, customerIds, timeline);
    const { deliveries } = roundtable;
    return { partnerId, customers: customerIds.length, ...counted, deliveries, statesAgree: true };
  } finally {
    await roundtable.close();
  }
}

async function makePartner(at: Addresses, name: string, timeline: Timeline) {
  timeline.chapter("An operator makes a partner");
  const token = await signInOperator(at.api, at.operator);
  const operator = createClient(at.api, token);
  const made = await operator.partners.create({ body: { name, returnUrls: [returnUrl] } });
  const { id: partnerId } = bodyOf("POST /v1/partners", made, 201).data;
  const answer = await operator.partnerKeys.create({ body: { partnerId, scopes: [...PartnerScope.options] } });
  const { key } = bodyOf("POST /v1/partner-keys", answer, 201).data;
  expect(key !== null, "The new key was not shown.");
  timeline.note(`${name} is ${partnerId}; its key was shown once`);
  return { partnerId, key };
}

/** Somebody becomes a customer, follows a login link, subscribes and pays. */
async function sell(at: Addresses, roundtable: Roundtable, timeline: Timeline, who: string): Promise<string> {
  timeline.chapter(`${who} subscribes`);
  const customerId = await roundtable.addCustomer(`${who.toLowerCase()}-${randomUUID()}`);
  const link = await roundtable.linkFor(customerId);
  const browser = await signInBy(at.api, link);
  timeline.note(
    `${who} is ${customerId}, and signed in by a link that leads back to ${new URL(browser.returnsTo).pathname}`,
  );
  const again = await signInBy(at.api, link).catch(() => null);
  expect(again === null, "A login link worked twice.");
  await subscribe(browser, timeline);
  await until(
    async () => roundtable.mayWrite(customerId) || null,
    patienceMs,
    `Nobody told Roundtable within a minute that ${customerId} may write.`,
  );
  timeline.note("A webhook says so: Roundtable lets them write");
  return customerId;
}

async function subscribe({ client }: SignedIn, timeline: Timeline): Promise<void> {
  const { data: products } = told(await client("products.list", { query: { limit: 100 } }), 200);
  const offer = products.find(({ roundtableId }) => roundtableId === plan);
  const price = offer?.prices.find(({ active }) => active);
  expect(offer !== undefined && price !== undefined, `There is no price of ${plan}; npm run db:reset brings it back.`);
  const order = { priceId: price.id, collection: "checkout" as const };
  const answer = await client("subscriptions.create", { body: order, idempotencyKey: randomUUID() });
  const url = checkoutUrlIn(answer.body);
  expect(url !== null, `Subscribing answered ${answer.status} without a page to pay on.`);
  await press(url, "pay");
  timeline.note(`${offer.name} for ${grouped(price.amountRials)} Rials and VAT, paid on the gateway's page`);
}

/** The page to pay on, where an answer has one. */
function checkoutUrlIn(body: object | null): string | null {
  const found = /"checkout":\{[^}]*"url":"([^"]+)"/.exec(JSON.stringify(body));
  return found?.[1] ?? null;
}

async function serve(roundtable: Roundtable, customerIds: readonly string[], timeline: Timeline) {
  timeline.chapter("Roundtable answers, message by message");
  let [replies, messagesUsed] = [0, 0];
  for (const [index, customerId] of customerIds.entries()) {
    let remaining = 0;
    for (const took of [3, 5, null, 2 + index]) {
      remaining = await roundtable.reply(customerId, 8, took);
      replies += 1;
      messagesUsed += took ?? 0;
    }
    timeline.note(`Four replies, one given up: ${grouped(remaining)} messages left of ${customerId}'s`);
  }
  await roundtable.rotateKey();
  timeline.note("The key was rotated in between; the old one ends in an hour");
  await roundtable.reply(customerIds[0] ?? "", 1, 1);
  return { replies: replies + 1, messagesUsed: messagesUsed + 1 };
}

async function agree(roundtable: Roundtable, customerIds: readonly string[], timeline: Timeline): Promise<void> {
  timeline.chapter("What Roundtable was told, and what we say");
  for (const customerId of customerIds) {
    let last: string | null = null;
    await until(
      async () => {
        last = await roundtable.difference(customerId);
        return last === null || null;
      },
      patienceMs,
      "",
    ).catch(() => expect(false, `The states of ${customerId} differ. ${String(last)}`));
    timeline.note(`${customerId}: the same, to the last field`);
  }
}
