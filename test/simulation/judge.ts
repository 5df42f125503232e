// The verdict on a history: the gateway's own ledger against our books to the Rial, and our books against their log.
import { drizzle } from "drizzle-orm/d1";
import { eq } from "drizzle-orm";
import { hash } from "node:crypto";
import type { CustomerId } from "../../contract/common/id.ts";
import { evolve } from "../../server/billing/evolve.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { emptyState, isLive, type CustomerState, type Payment, type Refund } from "../../server/billing/state.ts";
import { canonicalJson } from "../../server/store/canonical-json.ts";
import { bodyOf, checkChain, eventsAfter } from "../../server/store/chain.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { countUncounted } from "../../server/store/metrics.ts";
import * as rows from "../../server/store/rows.ts";
import * as tables from "../../server/store/schema.ts";
import type { LedgerEntry } from "../simulator/simulator.ts";
import { misheard } from "./chat.ts";
import { added, allowedPairs, type Counts } from "./coverage.ts";
import { misbuilt, mistold } from "./follower.ts";
import type { Plan } from "./plan.ts";
import type { World } from "./world.ts";

export type Offence =
  | "double"
  | "lost"
  | "stuck"
  | "chain"
  | "fold"
  | "due"
  | "unexplained"
  | "machine"
  | "invariant"
  | "intent"
  | "messages"
  | "told"
  | "impossible";

export interface Violation {
  readonly offence: Offence;
  readonly what: string;
}

export interface Figures {
  readonly commits: number;
  readonly gatewayCalls: number;
  readonly faults: number;
  readonly kills: number;
  readonly commands: number;
  readonly customers: number;
  readonly days: number;
  readonly payments: number;
  readonly rials: number;
}

export interface Verdict {
  readonly name: string;
  readonly violations: readonly Violation[];
  readonly figures: Figures;
  /** How often each pair of status and event came. */
  readonly pairs: Counts;
}

const hourMs = 3_600_000;
/**
 * A payment that begins in the last day may still wait for the gateway's word, as any other would; so may one about which
 * the gateway contradicted itself and an operator has decided since: what is called paid is tried for a day again.
 */
const ripeMs = 26 * hourMs;
/** The longest time between two questions of a watch. */
const longestWatchGapMs = 4 * 24 * hourMs;
/** The cron comes every minute. */
const dueGraceMs = 3 * 60_000;
/** A customer whose runs throw is looked at hourly; nobody is kept away longer. */
const longestClaimMs = 2 * hourMs;

const sha256 = async (text: string) => hash("sha256", text);

/** Judges a world in which time has passed and nobody is under way. */
export async function judge(world: World): Promise<Verdict> {
  const db = world.d1;
  const payments = rows.readPayments(await drizzle(db).select().from(tables.payment));
  const trails = await Promise.all(customersIn(world).map((customerId) => trailOf(world, customerId)));
  const pairs = trails.map((trail) => trail.pairs).reduce(added, {});
  const refunds = rows.readRefunds(await drizzle(db).select().from(tables.refund));
  const money = { payments, refunds, entries: world.simulator.ledger(), now: world.scheduler.now };
  return {
    name: world.plan.name,
    violations: [
      ...doubles(money),
      ...losses(money),
      ...stuck(world, payments),
      ...undecided(world),
      ...needlessReviews(world, pairs),
      ...trails.flatMap((trail) => trail.violations),
      ...leftDue(world),
      ...(await broken(db, world.plan)),
      ...intents(world, money.entries),
      ...misheard(world.database, world.replies, world.scheduler.now).map((what): Violation => ({
        offence: "messages",
        what,
      })),
      ...mistold(world).map((what): Violation => ({ offence: "told", what })),
      ...world.complaints.map((what): Violation => ({ offence: "unexplained", what })),
      ...world.impossible.map((what): Violation => ({ offence: "impossible", what })),
    ],
    figures: figuresOf(world, payments),
    pairs,
  };
}

function figuresOf(world: World, payments: readonly Payment[]): Figures {
  const { plan, troubles, simulator } = world;
  return {
    commits: world.commits(),
    gatewayCalls: simulator.calls().length,
    faults: troubles.faults,
    kills: troubles.kills,
    commands: plan.parts.filter(({ kind }) => kind === "command").length,
    customers: plan.customers,
    days: Math.floor(plan.lastsMs / (24 * hourMs)),
    payments: payments.length,
    rials: simulator.totals().debitedRials,
  };
}

/** Rials that the gateway has from a payer and did not give back. */
function keptOf({ state, amountRials, refunds }: LedgerEntry): number {
  if (state !== "held" && state !== "captured") return 0;
  return refunds.reduce((left, refund) => left - refund.amountRials, amountRials);
}

interface Money {
  readonly payments: readonly Payment[];
  readonly refunds: readonly Refund[];
  readonly entries: readonly LedgerEntry[];
  readonly now: number;
}

/** Of one authority money is taken once, and one invoice is paid once: what comes beside it is the customer's credit. */
function doubles({ payments, entries }: Money): readonly Violation[] {
  const kept = entries.filter((entry) => keptOf(entry) > 0);
  const perAuthority = Map.groupBy(kept, ({ authority }) => authority);
  const paying = payments.filter(({ status }) => status === "succeeded");
  const perInvoice = Map.groupBy(paying, ({ invoiceId }) => invoiceId);
  return [
    ...[...perAuthority].filter(([, taken]) => taken.length > 1).map(([authority]) => `authority ${authority}`),
    ...[...perInvoice].filter(([, paid]) => paid.length > 1).map(([invoiceId]) => invoiceId),
  ].map((what) => ({ offence: "double", what: `money kept twice of ${what}` }));
}

/** To the Rial, per authority: what the gateway keeps is what our books say that we have. */
function losses(money: Money): readonly Violation[] {
  const keptFor = new Map<string, number>();
  for (const entry of money.entries) {
    keptFor.set(entry.authority, (keptFor.get(entry.authority) ?? 0) + keptOf(entry));
  }
  const ours = new Map(money.payments.map((payment) => [payment.authority ?? payment.id, payment]));
  const authorities = new Set([...keptFor.keys(), ...ours.keys()]);
  return [...authorities].flatMap((authority): readonly Violation[] => {
    const payment = ours.get(authority);
    const kept = keptFor.get(authority) ?? 0;
    const booked = payment ? bookedOf(payment, money.refunds) : 0;
    if (kept === booked || (payment && isLookedFor(payment, kept, money))) return [];
    const status = payment ? `${payment.id} is ${payment.status}` : "no payment of ours";
    return [
      { offence: "lost", what: `${authority}: the gateway keeps ${kept} Rials, our books say ${booked}: ${status}` },
    ];
  });
}

/** What our books say that the gateway keeps for us of a payment; what an operator paid out was not the gateway's. */
function bookedOf(payment: Payment, refunds: readonly Refund[]): number {
  const isHere =
    payment.status === "succeeded" ||
    payment.status === "refunded" ||
    (payment.status === "surplus" && payment.settledAt !== null);
  if (!isHere) return 0;
  const given = refunds.filter(
    ({ paymentId, method, status }) => paymentId === payment.id && method !== "manual" && status === "succeeded",
  );
  return given.reduce((left, refund) => left - refund.amountRials, payment.amountRials as number);
}

/** Money that came late is found by the next question of its watch; surplus is asked about until it is gone or ours. */
function isLookedFor(payment: Payment, kept: number, { entries, now }: Money): boolean {
  if (payment.nextAskAt === null || kept !== payment.amountRials) return false;
  const isNew = entries.some(({ authority, at }) => authority === payment.authority && at > now - longestWatchGapMs);
  return payment.status === "surplus" || (!isLive(payment) && isNew);
}

function stuck({ database, scheduler }: World, payments: readonly Payment[]): readonly Violation[] {
  const ripe = scheduler.now - ripeMs;
  const left = payments.filter(
    (payment) =>
      isLive(payment) &&
      payment.status !== "succeeded" &&
      payment.begunAt < ripe &&
      (payment.status === "needs_review" || decidedAt(database, payment) < ripe),
  );
  return left.map(({ id, status }) => ({ offence: "stuck", what: `${id} is still ${status}` }));
}

/** When an operator last ended the review of a payment; 0 for never. */
function decidedAt(database: World["database"], { id, customerId }: Payment): number {
  const decided = database
    .prepare(
      `SELECT COALESCE(MAX(at), 0) AS at FROM billing_event
       WHERE stream = ?1 AND json_extract(data, '$.paymentId') = ?2 AND actor GLOB 'operator:*'
         AND type IN ('payment.failed', 'payment.review_ended')`,
    )
    .get(customerId, id);
  return Number(decided?.["at"]);
}

/** A first payment or a change ends, one way or the other: what waits for it cannot do anything else meanwhile. */
function undecided({ database, scheduler }: World): readonly Violation[] {
  const left = database
    .prepare(
      `SELECT s.id, s.status, i.id AS invoice_id FROM subscription s
       JOIN invoice i ON i.id = COALESCE(json_extract(s.pending_change, '$.invoiceId'), s.latest_invoice_id)
       WHERE (s.pending_change IS NOT NULL OR s.status = 'incomplete') AND i.finalized_at < ?`,
    )
    .all(scheduler.now - ripeMs);
  return left.map((row) => ({ offence: "stuck", what: `waits for its payment: ${JSON.stringify(row)}` }));
}

/** Nobody has to decide about a payment unless the gateway contradicted itself. */
function needlessReviews({ troubles }: World, pairs: Counts): readonly Violation[] {
  const reviews = Object.keys(pairs).filter((pair) => pair.endsWith(" payment.needs_review"));
  if (reviews.length === 0 || troubles.contradictions > 0) return [];
  return [{ offence: "stuck", what: `an operator had to decide: ${reviews.join(", ")}` }];
}

function leftDue({ database, scheduler }: World): readonly Violation[] {
  const late = database
    .prepare(
      `SELECT customer_id, attempts, last_error, claimed_until FROM due
        WHERE due_at < ?1 AND (claimed_until < ?1 OR claimed_until > ?1 + ${longestClaimMs})`,
    )
    .all(scheduler.now - dueGraceMs);
  return late.map((row) => ({ offence: "due", what: `left due: ${JSON.stringify(row)}` }));
}

/** The named questions to the database, those that operators can ask live, in some histories once all of the log is counted. */
async function broken(db: D1Database, { isFollowed }: Plan): Promise<readonly Violation[]> {
  if (isFollowed) await countUncounted({ db });
  const checked = await checkInvariants(db);
  return checked.flatMap(({ name, offenders }): readonly Violation[] =>
    offenders.length === 0 ? [] : [{ offence: "invariant", what: `${name}: ${JSON.stringify(offenders)}` }],
  );
}

/** What the witness of money calls has to say. */
function intents({ witness, simulator }: World, entries: readonly LedgerEntry[]): readonly Violation[] {
  const isHeeded = simulator.settings.autoVerify === "heeded";
  return witness.atEnd(entries, isHeeded).map((what) => ({ offence: "intent", what }));
}

function customersIn({ database }: World): readonly CustomerId[] {
  const found = database.prepare("SELECT id FROM customer ORDER BY id").all();
  return found.map(({ id }) => String(id) as CustomerId);
}

interface Trail {
  readonly violations: readonly Violation[];
  readonly pairs: Counts;
}

/** One customer's log: its hashes, what it folds to, and what payments lived through. */
async function trailOf(world: World, customerId: CustomerId): Promise<Trail> {
  const db = world.d1;
  const violations: Violation[] = [];
  const chain = await checkChain(db, sha256, customerId);
  if (!chain.verified) violations.push({ offence: "chain", what: `${customerId} breaks at ${chain.brokenAtSeq}` });
  const { state, pairs, rivals } = await foldOf(db, customerId);
  const wrong = await misbuilt(world, customerId);
  if (wrong !== null) violations.push({ offence: "told", what: wrong });
  violations.push(...rivals.map((what): Violation => ({ offence: "machine", what })));
  const stored = await storedState(db, customerId);
  for (const [kind, folded] of Object.entries(state)) {
    const [ours, theirs] = [canonicalJson(folded), canonicalJson(stored[kind as keyof CustomerState])];
    if (ours !== theirs) violations.push({ offence: "fold", what: `${kind} of ${customerId}: ${ours} but ${theirs}` });
  }
  const strange = Object.keys(pairs).filter((pair) => !(allowedPairs as readonly string[]).includes(pair));
  violations.push(...strange.map((pair): Violation => ({ offence: "machine", what: `${pair} in ${customerId}` })));
  return { violations, pairs };
}

const mostEvents = 100_000;

async function foldOf(db: D1Database, customerId: CustomerId) {
  const pairs: Record<string, number> = {};
  const rivals: string[] = [];
  let state = emptyState;
  for (const row of await eventsAfter(db, customerId, 0, mostEvents)) {
    const event = bodyOf(row);
    const paymentId = event.type.startsWith("payment.") && "paymentId" in event.data ? event.data.paymentId : null;
    if (paymentId !== null) {
      const pair = `${state.payments[paymentId]?.status ?? "new"} ${event.type}`;
      pairs[pair] = (pairs[pair] ?? 0) + 1;
    }
    state = evolve(state, event, { customerId, at: wallMs(row.at) });
    const rivalsOf = paymentId === null ? undefined : state.payments[paymentId]?.invoiceId;
    if (liveOf(state, rivalsOf) > 1) rivals.push(`two live payments of ${rivalsOf} at event ${row.seq}`);
  }
  return { state, pairs, rivals };
}

/** How many payments may take the money of an invoice: what leaves is written before what begins. */
function liveOf({ payments }: CustomerState, invoiceId: string | undefined): number {
  return Object.values(payments).filter((it) => it && it.invoiceId === invoiceId && isLive(it)).length;
}

async function storedState(db: D1Database, customerId: CustomerId): Promise<CustomerState> {
  const orm = drizzle(db);
  const [customers, methods, subscriptions, invoices, payments, quotas, grants, refunds, creditNotes] = await orm.batch(
    [
      orm.select().from(tables.customer).where(eq(tables.customer.id, customerId)),
      orm.select().from(tables.paymentMethod).where(eq(tables.paymentMethod.customerId, customerId)),
      orm.select().from(tables.subscription).where(eq(tables.subscription.customerId, customerId)),
      orm.select().from(tables.invoice).where(eq(tables.invoice.customerId, customerId)),
      orm.select().from(tables.payment).where(eq(tables.payment.customerId, customerId)),
      orm.select().from(tables.quotaBalance).where(eq(tables.quotaBalance.customerId, customerId)),
      orm.select().from(tables.quotaGrant).where(eq(tables.quotaGrant.customerId, customerId)),
      orm.select().from(tables.refund).where(eq(tables.refund.customerId, customerId)),
      orm.select().from(tables.creditNote).where(eq(tables.creditNote.customerId, customerId)),
    ],
  );
  return {
    customer: rows.readCustomers(customers)[0] ?? null,
    paymentMethods: byId(rows.readPaymentMethods(methods)),
    subscriptions: byId(rows.readSubscriptions(subscriptions)),
    invoices: byId(rows.readInvoices(invoices)),
    payments: byId(rows.readPayments(payments)),
    refunds: byId(rows.readRefunds(refunds)),
    creditNotes: byId(rows.readCreditNotes(creditNotes)),
    grants: byId(rows.readAddedMessages(grants)),
    quotas: Object.fromEntries(rows.readQuotaGrants(quotas).map((quota) => [quota.productId, quota])),
  };
}

function byId<T extends { readonly id: string }>(entities: readonly T[]): { readonly [id: string]: T } {
  return Object.fromEntries(entities.map((entity) => [entity.id, entity]));
}
