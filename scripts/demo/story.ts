// The story: one subscriber from signing up to leaving, over five months of their own time.
import type { BillingEvent } from "../../contract/billing-event.ts";
import type { Subscription } from "../../contract/subscription.ts";
import type { Addresses } from "../local/running.ts";
import { allOf, bodyOf, createClient, until, type Client } from "./client.ts";
import { declineNextDebit, loseNextAnswer, signAt } from "./gateway.ts";
import { comeBackTooLate, givenBackInWords, payTwice } from "./mishaps.ts";
import { newPerson, proveMobile, signIn, signUp } from "./person.ts";
import { expect } from "./stop.ts";
import type { Timeline } from "./timeline.ts";
import { grouped } from "./written.ts";

const dayMs = 86_400_000;
const clockWithinMs = 120_000;
const plan = "plan_pro";

export interface Told {
  readonly client: Client;
  readonly subscriptionId: Subscription["id"];
  /** Whether the gateway could be told to decline a debit. */
  readonly isDeclineTold: boolean;
}

interface Scene {
  readonly at: Addresses;
  readonly client: Client;
  readonly timeline: Timeline;
}

/** Lives the whole story; stops at the first answer that is not as it should be. */
export async function tellStory(at: Addresses, timeline: Timeline): Promise<Told> {
  const client = await arrive(at, timeline);
  const scene: Scene = { at, client, timeline };
  const paymentMethodId = await signPaymentMethod(scene);
  const subscriptionId = await subscribe(scene, paymentMethodId);
  for (const month of ["second", "third"]) await renew(scene, subscriptionId, `The ${month} month: renewed by itself`);
  await renewUnheard(scene, subscriptionId);
  const isDeclineTold = await renewDeclined(scene, subscriptionId);
  if (isDeclineTold) await goWrong(scene);
  await leave(scene, subscriptionId);
  return { client, subscriptionId, isDeclineTold };
}

/** Every billing event of the customer, oldest first. */
export async function eventsOf(client: Client): Promise<BillingEvent[]> {
  return allOf(async (cursor) => {
    return bodyOf("GET /v1/events", await client.events.list({ query: { limit: 100, ...cursor } }), 200);
  });
}

async function arrive({ api, mailbox }: Addresses, timeline: Timeline): Promise<Client> {
  timeline.chapter("Somebody arrives");
  const person = newPerson();
  await signUp(api, mailbox, person);
  const token = await signIn(api, person);
  timeline.note(`${person.email} signed up and proved the address`);
  await proveMobile(api, mailbox, { token, mobile: person.mobile });
  const client = createClient(api, token);
  const me = bodyOf("GET /v1/me", await client.account.get(), 200).data;
  timeline.note(`The code sent to ${me.mobile} came back; billed as ${me.customerId}`);
  return client;
}

async function signPaymentMethod({ client, timeline }: Scene) {
  timeline.chapter("A direct debit is signed, once");
  const expiresAt = new Date(Date.now() + 365 * dayMs).toISOString();
  const limits = { maxAmountRials: 5_000_000, maxDailyCount: 20, maxMonthlyCount: 50, expiresAt };
  const answer = await client.paymentMethods.create({ body: limits });
  const { paymentMethod, banks } = bodyOf("POST /v1/payment-methods", answer, 201).data;
  const [bank] = banks;
  expect(bank !== undefined, "There is no bank to sign at.");
  timeline.note(`${banks.length} banks to choose from; signing at ${bank.bankCode}`);
  await signAt(bank.signingUrl);
  const { id } = paymentMethod;
  const status = await until(
    async () => {
      const answer = await client.paymentMethods.get({ params: { paymentMethodId: id } });
      const { status } = bodyOf(`GET /v1/payment-methods/${id}`, answer, 200).data;
      return status === "pending_signature" ? null : status;
    },
    30_000,
    "The signature was not found within 30 seconds.",
  );
  expect(status === "active", `The payment method is ${status} after signing, not active.`);
  await show({ client, timeline });
  return id;
}

type PaymentMethodId = Awaited<ReturnType<typeof signPaymentMethod>>;

async function subscribe(scene: Scene, paymentMethodId: PaymentMethodId): Promise<Subscription["id"]> {
  const { client, timeline } = scene;
  timeline.chapter("Subscribing");
  const products = bodyOf("GET /v1/products", await client.products.list({ query: { limit: 100 } }), 200).data;
  const offers = products.flatMap(({ name, prices }) => prices.map((price) => `${name} ${grouped(price.amountRials)}`));
  timeline.note(`For sale, in Rials a month: ${offers.join(", ")}`);
  const price = products.find(({ roundtableId }) => roundtableId === plan)?.prices.find(({ active }) => active);
  expect(price !== undefined, `There is no price of ${plan}; npm run db:reset brings the catalogue back.`);
  const answer = await client.subscriptions.create({ body: { priceId: price.id, paymentMethodId } });
  const id =
    answer.status === 202 ? answer.body.data.subscription.id : bodyOf("POST /v1/subscriptions", answer, 201).data.id;
  const { status } = await until(
    async () => {
      const subscription = await subscriptionOf(client, id);
      return subscription.status === "incomplete" ? null : subscription;
    },
    60_000,
    `${id} is still incomplete after a minute.`,
  );
  expect(status === "active", `${id} is ${status} after subscribing, not active.`);
  await show(scene);
  return id;
}

/** A debit that takes effect, and whose answer never arrives. */
async function renewUnheard(scene: Scene, id: Subscription["id"]): Promise<void> {
  const isLost = await loseNextAnswer(scene.at.simulator);
  await renew(scene, id, `The fourth month: renewed${isLost ? ", though the bank's answer is lost" : " by itself"}`);
}

/** A browser that comes back too late with bad news, and money that comes twice and is given back. */
async function goWrong(scene: Scene): Promise<void> {
  const { at, client, timeline } = scene;
  const parts = { at, client, events: () => eventsOf(client) };
  timeline.chapter("A browser comes back late and says NOK");
  const { amountRials } = await comeBackTooLate(parts);
  timeline.note(`Nobody believes it: the ${grouped(amountRials)} Rials are here, as the gateway itself says`);
  timeline.chapter("Somebody pays an old page: money comes twice");
  const givenBackRials = await payTwice(parts);
  await show(scene);
  timeline.note(givenBackInWords(givenBackRials));
}

async function renew(scene: Scene, id: Subscription["id"], title: string): Promise<void> {
  scene.timeline.chapter(title);
  const before = await subscriptionOf(scene.client, id);
  await advanceTo(scene, Date.parse(before.currentPeriod.endsAt) + dayMs);
  const { status, currentPeriod } = await subscriptionOf(scene.client, id);
  expect(status === "active", `${id} is ${status} after its renewal, not active.`);
  const isNext = currentPeriod.index === before.currentPeriod.index + 1;
  expect(isNext, `Period ${currentPeriod.index} follows period ${before.currentPeriod.index}.`);
}

/** A renewal that the bank declines on its due day and pays on the second day after. */
async function renewDeclined(scene: Scene, id: Subscription["id"]): Promise<boolean> {
  const { at, client, timeline } = scene;
  if (!(await declineNextDebit(at.simulator))) {
    timeline.note("This gateway cannot be told to decline; that part is left out");
    return false;
  }
  timeline.chapter("The fifth month: the account is empty, two days later it is not");
  const before = await subscriptionOf(client, id);
  await advanceTo(scene, Date.parse(before.currentPeriod.endsAt) + dayMs);
  const unpaid = await subscriptionOf(client, id);
  expect(unpaid.status === "past_due", `${id} is ${unpaid.status} after a declined renewal, not past_due.`);
  expect(unpaid.latestInvoiceId !== null, "A declined renewal has no invoice.");
  const answer = await client.invoices.get({ params: { invoiceId: unpaid.latestInvoiceId } });
  const { nextAttemptAt } = bodyOf("GET /v1/invoices/:id", answer, 200).data;
  expect(nextAttemptAt !== null, "No further attempt is planned after one decline.");
  await advanceTo(scene, Date.parse(nextAttemptAt) + 3_600_000);
  const recovered = await subscriptionOf(client, id);
  expect(recovered.status === "active", `${id} is ${recovered.status} after the second attempt, not active.`);
  return true;
}

async function leave(scene: Scene, id: Subscription["id"]): Promise<void> {
  const { client, timeline } = scene;
  timeline.chapter("Leaving");
  const answer = await client.subscriptions.cancel({ params: { subscriptionId: id }, body: {} });
  const { cancelAtPeriodEnd, currentPeriod } = bodyOf("POST /v1/subscriptions/:id/cancel", answer, 200).data;
  expect(cancelAtPeriodEnd, "Canceling did not set cancelAtPeriodEnd.");
  await show(scene);
  await advanceTo(scene, Date.parse(currentPeriod.endsAt) + 2 * dayMs);
}

async function subscriptionOf(client: Client, subscriptionId: Subscription["id"]): Promise<Subscription> {
  const answer = await client.subscriptions.get({ params: { subscriptionId } });
  return bodyOf(`GET /v1/subscriptions/${subscriptionId}`, answer, 200).data;
}

/** Moves the customer's clock and waits until all that fell due on the way is done. */
async function advanceTo(scene: Scene, atMs: number): Promise<void> {
  const { client } = scene;
  const to = new Date(atMs).toISOString();
  bodyOf("POST /v1/test-clock/advance", await client.testClock.advance({ body: { to } }), 202);
  await until(
    async () => {
      const { status, nowAt } = bodyOf("GET /v1/test-clock", await client.testClock.get(), 200).data;
      return status === "ready" ? nowAt : null;
    },
    clockWithinMs,
    `The test clock did not arrive at ${to} within two minutes.`,
  );
  await show(scene);
}

async function show({ client, timeline }: Pick<Scene, "client" | "timeline">): Promise<void> {
  const events = await eventsOf(client);
  const products = bodyOf("GET /v1/products", await client.products.list({ query: { limit: 100 } }), 200).data;
  const invoices = bodyOf("GET /v1/invoices", await client.invoices.list({ query: { limit: 100 } }), 200).data;
  timeline.events(events, { products, invoices });
}
