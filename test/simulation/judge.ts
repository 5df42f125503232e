// The verdict on a history: the gateway's own ledger against our books to the Rial, and our books against their log.
import { drizzle } from "drizzle-orm/d1";
import { eq } from "drizzle-orm";
import { hash } from "node:crypto";
import type { CustomerId } from "../../contract/common/id.ts";
import { evolve } from "../../server/billing/evolve.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { emptyState, isLive, type CustomerState, type Payment } from "../../server/billing/state.ts";
import { canonicalJson } from "../../server/store/canonical-json.ts";
import { bodyOf, checkChain, eventsAfter } from "../../server/store/chain.ts";
import * as rows from "../../server/store/rows.ts";
import * as tables from "../../server/store/schema.ts";
import type { LedgerEntry } from "../simulator/simulator.ts";
import { sqliteD1 } from "../support/sqlite-d1.ts";
import { added, allowedPairs, type Counts } from "./coverage.ts";
import type { World } from "./world.ts";

export type Offence = "double" | "lost" | "stuck" | "chain" | "fold" | "due" | "unexplained" | "machine";

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
/** A payment that begins in the last day may still wait for the gateway's word, as any other would. */
const ripeMs = 26 * hourMs;
/** The cron comes every minute. */
const dueGraceMs = 3 * 60_000;

const sha256 = async (text: string) => hash("sha256", text);

/** Judges a world in which time has passed and nobody is under way. */
export async function judge(world: World): Promise<Verdict> {
  const db = sqliteD1(world.database);
  const payments = rows.readPayments(await drizzle(db).select().from(tables.payment));
  const trails = await Promise.all(customersIn(world).map((customerId) => trailOf(db, customerId)));
  const pairs = trails.map((trail) => trail.pairs).reduce(added, {});
  const entries = world.simulator.ledger();
  return {
    name: world.plan.name,
    violations: [
      ...doubles(payments, entries),
      ...losses(payments, entries),
      ...stuck(world, payments),
      ...trails.flatMap((trail) => trail.violations),
      ...leftDue(world),
      ...world.complaints.map((what): Violation => ({ offence: "unexplained", what })),
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

/** Money that the gateway has from a payer and did not give back. */
function isKept({ state }: LedgerEntry): boolean {
  return state === "held" || state === "captured";
}

/** Of one authority, or of one invoice, money may be kept once. */
function doubles(payments: readonly Payment[], entries: readonly LedgerEntry[]): readonly Violation[] {
  const kept = entries.filter(isKept);
  const invoiceOf = new Map(payments.map(({ authority, invoiceId }) => [authority, invoiceId]));
  const perAuthority = Map.groupBy(kept, ({ authority }) => authority);
  const perInvoice = Map.groupBy(kept, ({ authority }) => invoiceOf.get(authority) ?? authority);
  const twice = [...perAuthority, ...perInvoice].filter(([, taken]) => taken.length > 1);
  const named = new Set(twice.map(([name, taken]) => `${name}: ${taken.map((entry) => entry.orderId).join(" and ")}`));
  return [...named].map((what) => ({ offence: "double", what: `money kept twice of ${what}` }));
}

/** To the Rial, per authority: what the gateway keeps is what our books say that we have. */
function losses(payments: readonly Payment[], entries: readonly LedgerEntry[]): readonly Violation[] {
  const balance = new Map<string, number>();
  const move = (authority: string, rials: number) => balance.set(authority, (balance.get(authority) ?? 0) + rials);
  for (const entry of entries) if (isKept(entry)) move(entry.authority, entry.amountRials);
  for (const { status, authority, amountRials } of payments) {
    if (status === "succeeded") move(authority ?? "none", -amountRials);
  }
  return [...balance].flatMap(([authority, rials]): readonly Violation[] => {
    if (rials === 0) return [];
    const payment = payments.find((it) => it.authority === authority);
    const ours = payment ? `${payment.id} is ${payment.status}` : "no payment of ours";
    return [
      { offence: "lost", what: `${rials} Rials more at the gateway than in our books for ${authority}: ${ours}` },
    ];
  });
}

function stuck({ scheduler }: World, payments: readonly Payment[]): readonly Violation[] {
  const left = payments.filter(
    (payment) => isLive(payment) && payment.status !== "succeeded" && payment.begunAt < scheduler.now - ripeMs,
  );
  return left.map(({ id, status }) => ({ offence: "stuck", what: `${id} is still ${status}` }));
}

function leftDue({ database, scheduler }: World): readonly Violation[] {
  const late = database
    .prepare("SELECT customer_id, attempts, last_error FROM due WHERE MAX(due_at, claimed_until) < ?")
    .all(scheduler.now - dueGraceMs);
  return late.map((row) => ({ offence: "due", what: `left due: ${JSON.stringify(row)}` }));
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
async function trailOf(db: D1Database, customerId: CustomerId): Promise<Trail> {
  const violations: Violation[] = [];
  const chain = await checkChain(db, sha256, customerId);
  if (!chain.verified) violations.push({ offence: "chain", what: `${customerId} breaks at ${chain.brokenAtSeq}` });
  const { state, pairs } = await foldOf(db, customerId);
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
  let state = emptyState;
  for (const row of await eventsAfter(db, customerId, 0, mostEvents)) {
    const event = bodyOf(row);
    const paymentId = event.type.startsWith("payment.") && "paymentId" in event.data ? event.data.paymentId : null;
    if (paymentId !== null) {
      const pair = `${state.payments[paymentId]?.status ?? "new"} ${event.type}`;
      pairs[pair] = (pairs[pair] ?? 0) + 1;
    }
    state = evolve(state, event, { customerId, at: wallMs(row.at) });
  }
  return { state, pairs };
}

async function storedState(db: D1Database, customerId: CustomerId): Promise<CustomerState> {
  const orm = drizzle(db);
  const [customers, methods, subscriptions, invoices, payments, quotas] = await orm.batch([
    orm.select().from(tables.customer).where(eq(tables.customer.id, customerId)),
    orm.select().from(tables.paymentMethod).where(eq(tables.paymentMethod.customerId, customerId)),
    orm.select().from(tables.subscription).where(eq(tables.subscription.customerId, customerId)),
    orm.select().from(tables.invoice).where(eq(tables.invoice.customerId, customerId)),
    orm.select().from(tables.payment).where(eq(tables.payment.customerId, customerId)),
    orm.select().from(tables.quotaBalance).where(eq(tables.quotaBalance.customerId, customerId)),
  ]);
  return {
    customer: rows.readCustomers(customers)[0] ?? null,
    paymentMethods: byId(rows.readPaymentMethods(methods)),
    subscriptions: byId(rows.readSubscriptions(subscriptions)),
    invoices: byId(rows.readInvoices(invoices)),
    payments: byId(rows.readPayments(payments)),
    quotas: Object.fromEntries(rows.readQuotaGrants(quotas).map((quota) => [quota.productId, quota])),
  };
}

function byId<T extends { readonly id: string }>(entities: readonly T[]): { readonly [id: string]: T } {
  return Object.fromEntries(entities.map((entity) => [entity.id, entity]));
}
