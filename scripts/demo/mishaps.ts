// What goes wrong between a gateway and a shop, one after the other: an answer that is lost, a browser that comes back too
// late and says NOK, and an old page on which somebody pays what was paid already.
import type { BillingEvent } from "../../contract/billing-event.ts";
import type { Payment } from "../../contract/payment.ts";
import type { Addresses } from "../local/running.ts";
import { bodyOf, createClient, until, type Client } from "./client.ts";
import { comeBack, forgetOldPages, letOldPagesBePaid, payOldPage } from "./gateway.ts";
import { signInOperator } from "./person.ts";
import { expect } from "./stop.ts";
import { grouped } from "./written.ts";

/** The gateway is asked at most every ten seconds, and the cron comes every five. */
const foundWithinMs = 60_000;

interface Scene {
  readonly at: Addresses;
  readonly client: Client;
  readonly events: () => Promise<BillingEvent[]>;
}

/** A late, forged NOK of a payment that succeeded; it must change nothing. Answers which payment it was about. */
export async function comeBackTooLate({ at, client }: Scene): Promise<Payment> {
  const [newest] = (await paymentsOf(client)).filter(({ status }) => status === "succeeded");
  expect(newest !== undefined, "No payment has succeeded that a browser could come back from.");
  await comeBack(`${at.api}/v1/callbacks/payments/${newest.id}?Status=NOK`);
  const answer = await client.payments.get({ params: { paymentId: newest.id } });
  const { status } = bodyOf("GET /v1/payments/:id", answer, 200).data;
  expect(status === "succeeded", `A late NOK made a payment ${status}.`);
  return newest;
}

/** Somebody pays the page of a debit that had failed and whose invoice is paid. Answers what was given back. */
export async function payTwice(scene: Scene): Promise<number> {
  const { at, client } = scene;
  const [failed] = (await paymentsOf(client)).filter(({ status }) => status === "failed");
  expect(failed !== undefined, "No debit has failed whose page could still be paid.");
  await letOldPagesBePaid(at.simulator);
  try {
    await payOldPage(at.simulator, authorityOf(await scene.events(), failed));
    await until(() => find(scene, "credit.granted", failed), foundWithinMs, "The money was not found within a minute.");
  } finally {
    await forgetOldPages(at.simulator);
  }
  await giveBack(scene, failed);
  return failed.amountRials;
}

/** Sentence for the timeline. */
export function givenBackInWords(amountRials: number): string {
  return `An operator gave ${grouped(amountRials)} Rials back through the gateway`;
}

async function giveBack({ at, client }: Scene, payment: Payment): Promise<void> {
  const token = await signInOperator(at.api, at.operator);
  const operator = createClient(at.api, token);
  const order = { paymentId: payment.id, method: "reverse", reason: "Paid twice on an old page" } as const;
  const { status } = bodyOf("POST /v1/refunds", await operator.refunds.create({ body: order }), 201).data;
  expect(status === "succeeded", `The refund is ${status}.`);
  const answer = await client.payments.get({ params: { paymentId: payment.id } });
  const after = bodyOf("GET /v1/payments/:id", answer, 200).data;
  expect(after.status === "refunded", `The payment is ${after.status} after it was given back.`);
}

async function paymentsOf(client: Client): Promise<readonly Payment[]> {
  return bodyOf("GET /v1/payments", await client.payments.list({ query: { limit: 100 } }), 200).data;
}

async function find({ events }: Scene, type: "credit.granted", { id }: Payment): Promise<BillingEvent | null> {
  return (await events()).find((event) => event.type === type && event.data.paymentId === id) ?? null;
}

function authorityOf(events: readonly BillingEvent[], { id }: Payment): string {
  const submitted = events.flatMap((event) => (event.type === "payment.submitted" ? [event.data] : []));
  const authority = submitted.find(({ paymentId }) => paymentId === id)?.authority;
  expect(authority !== undefined, `${id} was never submitted.`);
  return authority;
}
