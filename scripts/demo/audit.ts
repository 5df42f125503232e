// Whether the story adds up: our books against themselves, against the gateway's ledger, and the trail against its own
// hashes.
import type { BillingEvent, BillingEventType } from "../../contract/billing-event.ts";
import type { Addresses } from "../local/running.ts";
import { brokenAt } from "./chain.ts";
import { allOf, bodyOf, createClient, type Client } from "./client.ts";
import { ledgerOf } from "./gateway.ts";
import { signInOperator } from "./person.ts";
import { expect } from "./stop.ts";
import { eventsOf, type Told } from "./story.ts";
import { grouped } from "./written.ts";

/** The last line of the demo. */
export interface Sums {
  readonly debits: number;
  readonly debitedRials: number;
  readonly gatewayLedgerRials: number;
  readonly invoices: number;
  readonly events: number;
  readonly chainVerified: true;
  /** How many hold, of everything that must hold of the whole database: all. */
  readonly invariants: number;
}

/** Adds everything up; stops with the sentence of the first thing that does not fit. */
export async function audit(at: Addresses, told: Told): Promise<Sums> {
  const events = await eventsOf(told.client);
  checkOrder(events, told.isDeclineTold);
  await checkEnd(told);
  const { invoices, debits, debitedRials, paymentIds } = await checkBooks(told);
  const entries = (await ledgerOf(at.simulator)).filter(({ orderId }) => orderId !== null && paymentIds.has(orderId));
  const gatewayLedgerRials = sum(entries.map(({ amountRials }) => amountRials));
  expect(entries.length === debits, `The gateway debited ${entries.length} times, our books say ${debits}.`);
  expect(
    gatewayLedgerRials === debitedRials,
    `The gateway took ${grouped(gatewayLedgerRials)} Rials, our books say ${grouped(debitedRials)}.`,
  );
  const operator = createClient(at.api, await signInOperator(at.api, at.operator));
  await checkChain(operator, told, events);
  const invariants = await checkInvariants(operator);
  return { debits, debitedRials, gatewayLedgerRials, invoices, events: events.length, chainVerified: true, invariants };
}

const renewal = ["subscription.renewed", "payment.succeeded"] as const;
const declinedRenewal = [
  "subscription.renewed",
  "payment.failed",
  "subscription.past_due",
  "payment.succeeded",
  "subscription.recovered",
] as const;

/** The milestones of the story, in the only order that makes sense. */
function milestones(isDeclineTold: boolean): readonly BillingEventType[] {
  return [
    "payment_method.activated",
    "subscription.created",
    "payment.succeeded",
    "subscription.activated",
    ...renewal,
    ...renewal,
    ...renewal,
    ...(isDeclineTold ? declinedRenewal : []),
    "subscription.cancel_scheduled",
    "subscription.canceled",
  ];
}

function checkOrder(events: readonly BillingEvent[], isDeclineTold: boolean): void {
  const wanted = milestones(isDeclineTold);
  const seen = events
    .map(({ type }) => type)
    .filter((type) => wanted.includes(type) || /^subscription\.|^payment\.(failed|lapsed|needs_review)/.test(type));
  const index = wanted.findIndex((type, place) => seen[place] !== type);
  const place = index === -1 ? wanted.length : index;
  const isSame = index === -1 && seen.length === wanted.length;
  const where = `Milestone ${place + 1} is ${seen[place] ?? "missing"}, not ${wanted[place] ?? "the end"}`;
  expect(isSame, `The events are not in the expected order. ${where}.`);
}

async function checkEnd({ client, subscriptionId }: Told): Promise<void> {
  const answer = await client.subscriptions.get({ params: { subscriptionId } });
  const { status, endedAt, currentPeriod } = bodyOf("GET /v1/subscriptions/:id", answer, 200).data;
  expect(status === "canceled", `The subscription is ${status} at the end, not canceled.`);
  expect(endedAt === currentPeriod.endsAt, `The subscription ended at ${endedAt}, not with its period.`);
}

async function checkBooks({ client }: Told) {
  const payments = await allOf(async (cursor) =>
    bodyOf("GET /v1/payments", await client.payments.list({ query: { limit: 100, ...cursor } }), 200),
  );
  const invoices = await allOf(async (cursor) =>
    bodyOf("GET /v1/invoices", await client.invoices.list({ query: { limit: 100, ...cursor } }), 200),
  );
  const debits = payments.filter(({ status }) => status === "succeeded");
  const paid = invoices.filter(({ status }) => status === "paid");
  expect(debits.length === paid.length, `${debits.length} debits succeeded, but ${paid.length} invoices are paid.`);
  for (const { id, totalRials } of paid) {
    const taken = debits.filter(({ invoiceId }) => invoiceId === id).map(({ amountRials }) => amountRials);
    const isOnce = taken.length === 1 && taken[0] === totalRials;
    expect(
      isOnce,
      `${id} over ${grouped(totalRials)} Rials was paid by ${taken.map(grouped).join(" + ") || "nothing"}.`,
    );
  }
  const owed = invoices.filter(({ status }) => status === "open");
  expect(owed.length === 0, `${owed.length} invoices are still open at the end.`);
  return {
    invoices: invoices.length,
    debits: debits.length,
    debitedRials: sum(debits.map(({ amountRials }) => amountRials)),
    paymentIds: new Set<string>(payments.map(({ id }) => id)),
  };
}

/** Twice: here from what was told, and by the operator's own check, which sees the raw evidence too. */
async function checkChain(operator: Client, { client }: Told, events: readonly BillingEvent[]): Promise<void> {
  const broken = brokenAt(events);
  expect(broken === null, `The audit trail is broken at event ${broken}.`);
  const { customerId } = bodyOf("GET /v1/me", await client.account.get(), 200).data;
  const answer = await operator.operator.checkChain({ params: { customerId } });
  const check = bodyOf("GET /v1/operator/customers/:id/chain", answer, 200).data;
  expect(check.verified, `The server says that the audit trail is broken at event ${check.brokenAtSeq}.`);
  expect(check.events === events.length, `The server checked ${check.events} events, we were told ${events.length}.`);
}

/** Everything that must hold of the whole database, other customers' rows included. */
async function checkInvariants(operator: Client, cursor?: string): Promise<number> {
  const query = cursor === undefined ? {} : { cursor };
  const { data, page } = bodyOf("GET /v1/invariants", await operator.invariants.list({ query }), 200);
  for (const { name, sentence, holds, offenders } of data) {
    expect(holds, `${name} does not hold. ${sentence} ${JSON.stringify(offenders)}`);
  }
  if (page.nextCursor !== null) await checkInvariants(operator, page.nextCursor);
  return data.length;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
