// A commit is one batch that takes effect once or not at all: under races, lost answers and violated constraints; and
// what is stored is what its events say.
import { env } from "cloudflare:workers";
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { beforeAll, describe, expect, it } from "vitest";
import type { CustomerId, InvoiceId, PaymentId } from "../../contract/common/id.ts";
import { after, instant } from "../../server/billing/clock.ts";
import { nextDueAt } from "../../server/billing/due-rules.ts";
import { event, type NewEvent } from "../../server/billing/event.ts";
import { evolveAll } from "../../server/billing/evolve.ts";
import { bucketOf, idsOf } from "../../server/billing/ids.ts";
import { rials } from "../../server/billing/money.ts";
import { decideCreatePaymentMethod } from "../../server/billing/payment-method.ts";
import { emptyState, type CustomerState } from "../../server/billing/state.ts";
import { isRejection } from "../../server/billing/rejection.ts";
import type { Deps } from "../../server/deps.ts";
import { bodyOf, eventsAfter } from "../../server/store/chain.ts";
import { commitCustomer, type Committed } from "../../server/store/commit.ts";
import { loadCustomer, type Loaded } from "../../server/store/load.ts";
import * as tables from "../../server/store/schema.ts";
import { setCollecting } from "../../server/store/system.ts";
import { transact } from "../../server/store/transact.ts";
import { aPrice } from "../support/catalogue.ts";
import { d1Around } from "../support/d1-around.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWorld, type World } from "../support/world.ts";
import { aLongStory, type LongStory } from "./long-story.ts";

const dayMs = 86_400_000;

function commitOf(deps: Deps, loaded: Loaded, events: readonly NewEvent[]): Promise<Committed> {
  const at = deps.wall();
  const ids = idsOf(bucketOf(loaded.slice.customerId), at, deps.random);
  return commitCustomer(deps, { ...loaded, events, actor: "system", at, ids });
}

const load = (deps: Deps, customerId: CustomerId) => loadCustomer(deps.db, customerId, deps.wall());

/** Some harmless decision: the clock's next stop. */
const advanced = (ms: number) => [event("test_clock.advanced", { nowAt: new Date(ms).toISOString() })];

async function storedEvents(customerId: CustomerId) {
  return eventsAfter(env.DB, customerId, 0, 10_000);
}

async function aCustomerWithClock(world: World) {
  const sara = await aSubscriber(world);
  await sara.advance(new Date(world.now()).toISOString());
  return sara.customerId;
}

/** These dependencies with a database whose round trips pass through `around`. */
function through(
  deps: Deps,
  around: <T>(queries: readonly string[], effect: () => Promise<T>) => Promise<T>,
): Deps & { readonly db: D1Database } {
  return { ...deps, db: d1Around(env.DB, { around }) };
}

const isCommit = (queries: readonly string[]) => queries.some((query) => /^insert into "billing_event"/i.test(query));

describe("of two racing commits on one customer", () => {
  it("one wins, and of the other nothing at all is written", async () => {
    const world = aWorld();
    const deps = world.invocation();
    const customerId = await aCustomerWithClock(world);
    const [first, second] = await Promise.all([load(deps, customerId), load(deps, customerId)]);
    const before = await storedEvents(customerId);

    const results = await Promise.all([
      commitOf(deps, first, advanced(world.now() + 1)),
      commitOf(deps, second, advanced(world.now() + 2)),
    ]);
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(["committed", "lost_race"]);
    const winner = results.find(({ kind }) => kind === "committed");
    expect(await storedEvents(customerId)).toHaveLength(before.length + 1);
    const { slice } = await load(deps, customerId);
    expect(winner?.kind === "committed" && slice.state.customer).toEqual(
      winner?.kind === "committed" && winner.slice.state.customer,
    );
  });

  it("the other sees the winner's work and decides again", async () => {
    const world = aWorld();
    const customerId = await aCustomerWithClock(world);
    let waiting: (() => void)[] = [];
    /** Lets the first commits go only when both are about to be made. */
    const deps = through(world.invocation(), async (queries, effect) => {
      if (isCommit(queries) && waiting.length < 2) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          if (waiting.length === 2) for (const go of waiting) go();
        });
      }
      return effect();
    });
    const seen: number[][] = [[], []];
    const make = (who: 0 | 1) => {
      const ids = idsOf(bucketOf(customerId), deps.wall(), deps.random);
      const [paymentMethodId, personId] = [ids.next("pm"), ids.next("per")];
      return transact(deps, {
        customerId,
        actor: "system",
        decide: (slice, now) => {
          seen[who]?.push(Object.keys(slice.state.paymentMethods).length);
          return decideCreatePaymentMethod(
            slice,
            {
              customer: { id: customerId, userId: null },
              paymentMethodId,
              personId,
              maxAmountRials: rials(1_000_000),
              maxDailyCount: 1,
              maxMonthlyCount: 1,
              expiresAt: after(now.wall, 40 * dayMs),
              replacesId: null,
            },
            now,
          );
        },
      });
    };
    const results = await Promise.all([make(0), make(1)]);
    waiting = [];
    expect(results.some(isRejection)).toBe(false);
    expect(seen.map((counts) => counts.join()).toSorted()).toEqual(["0", "0,1"]);
    expect(Object.keys((await load(deps, customerId)).slice.state.paymentMethods)).toHaveLength(2);
    const events = await storedEvents(customerId);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  it("ten deciders at once are all heard, since each lost race is another one's win", async () => {
    const world = aWorld();
    const customerId = await aCustomerWithClock(world);
    const before = (await storedEvents(customerId)).length;
    const deps = world.invocation();
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        transact<never>(
          through(deps, (_queries, effect) => effect()),
          {
            customerId,
            actor: "system",
            decide: (_slice, now) => advanced(now.wall + index),
          },
        ),
      ),
    );
    expect(results.filter(isRejection)).toEqual([]);
    expect(await storedEvents(customerId)).toHaveLength(before + 10);
  });
});

const lost = () => {
  throw new Error("D1_ERROR: Network connection lost.");
};

/** What becomes of the round trips of one commit, in order: its batches, and the question that follows each failure. */
const losses: readonly { readonly name: string; readonly plan: readonly ("lose" | "lose_answer" | "ok")[] }[] = [
  { name: "its answer", plan: ["lose_answer", "ok"] },
  { name: "the batch itself", plan: ["lose", "ok", "ok"] },
  { name: "its answer, and the answer to the question after it", plan: ["lose_answer", "lose", "ok"] },
  { name: "the batch, then the answer of the second try", plan: ["lose", "ok", "lose_answer", "ok"] },
  { name: "the batch three times", plan: ["lose", "ok", "lose", "ok", "lose", "ok", "ok"] },
  {
    name: "everything that can be lost",
    plan: ["lose", "lose", "lose", "ok", "lose", "lose", "ok", "lose_answer", "lose", "lose", "ok"],
  },
];

describe("a commit whose way loses", () => {
  it.each(losses)("$name takes effect exactly once", async ({ plan }) => {
    const world = aWorld();
    const customerId = await aCustomerWithClock(world);
    const loaded = await load(world.invocation(), customerId);
    const before = await storedEvents(customerId);
    const todo = [...plan];
    const deps = through(world.invocation(), async (_queries, effect) => {
      const next = todo.shift();
      if (next === "lose") lost();
      const answer = await effect();
      if (next === "lose_answer") lost();
      return answer;
    });
    const committed = await commitOf(deps, loaded, advanced(world.now() + 5));
    expect(committed.kind).toBe("committed");
    expect(todo).toEqual([]);
    const stored = await storedEvents(customerId);
    expect(stored.slice(before.length).map(({ type }) => type)).toEqual(["test_clock.advanced"]);
    const reloaded = await load(deps, customerId);
    if (committed.kind !== "committed") throw new Error("unreachable");
    expect(committed.head).toEqual(reloaded.head);
    expect(committed.slice.state).toEqual(reloaded.slice.state);
  });

  it("every batch is a fault, and nothing is written", async () => {
    const world = aWorld();
    const customerId = await aCustomerWithClock(world);
    const loaded = await load(world.invocation(), customerId);
    const before = await storedEvents(customerId);
    const deps = through(world.invocation(), (queries, effect) => (isCommit(queries) ? lost() : effect()));
    await expect(commitOf(deps, loaded, advanced(world.now() + 5))).rejects.toThrow("Network connection lost");
    expect(await storedEvents(customerId)).toEqual(before);
  });

  it("the batch while somebody else commits has lost the race", async () => {
    const world = aWorld();
    const customerId = await aCustomerWithClock(world);
    const loaded = await load(world.invocation(), customerId);
    let tries = 0;
    const deps = through(world.invocation(), async (queries, effect) => {
      if (isCommit(queries) && tries++ === 0) {
        await commitOf(world.invocation(), loaded, advanced(world.now() + 7));
        lost();
      }
      return effect();
    });
    expect((await commitOf(deps, loaded, advanced(world.now() + 5))).kind).toBe("lost_race");
    expect((await load(deps, customerId)).slice.state.customer?.clockNowAt).toBe(world.now() + 7);
  });
});

async function twoPaymentsUnderWay() {
  const world = aWorld();
  const [first, second] = [await aPrice(world), await aPrice(world)];
  const sara = await aSubscriber(world);
  const methodId = await sara.sign();
  world.hold();
  await sara.subscribe(first, methodId);
  await sara.subscribe(second, methodId);
  const deps = world.invocation();
  const loaded = await load(deps, sara.customerId);
  const payments = Object.values(loaded.slice.state.payments).flatMap((payment) => payment ?? []);
  const [a, b] = payments;
  if (!a || !b) throw new Error("two payments were begun");
  return { world, deps, sara, loaded, payments: [a, b] as const };
}

function submitted(deps: Deps, payment: { id: PaymentId; invoiceId: InvoiceId }, authority: string) {
  const sendBefore = after(deps.wall(), 20_000);
  return event("payment.submitted", {
    paymentId: payment.id,
    invoiceId: payment.invoiceId,
    authority,
    sendBefore: instant(sendBefore),
    settlesAfter: instant(after(sendBefore, 60_000)),
  });
}

describe("a violated constraint", () => {
  it("on an authority or a reference that another payment has is a conflict for the rule to judge", async () => {
    const { deps, loaded, payments } = await twoPaymentsUnderWay();
    const [a, b] = payments;
    const first = await commitOf(deps, loaded, [submitted(deps, a, "A1")]);
    if (first.kind !== "committed") throw new Error("the first one is free");
    const goOn = { ...loaded, ...first };
    expect(await commitOf(deps, goOn, [submitted(deps, b, "A1")])).toEqual({ kind: "conflict", on: "authority" });

    const second = await commitOf(deps, goOn, [submitted(deps, b, "A2")]);
    if (second.kind !== "committed") throw new Error("another authority is free");
    const settledAt = instant(deps.wall());
    const money = { amountRials: a.amountRials, refId: "40123456", feeRials: rials(0), settledAt };
    const paid = await commitOf(deps, { ...loaded, ...second }, [
      event("payment.succeeded", { paymentId: a.id, invoiceId: a.invoiceId, ...money }),
    ]);
    if (paid.kind !== "committed") throw new Error("the reference is free");
    const again = event("payment.succeeded", { paymentId: b.id, invoiceId: b.invoiceId, ...money });
    expect(await commitOf(deps, { ...loaded, ...paid }, [again])).toEqual({ kind: "conflict", on: "ref_id" });
    expect((await load(deps, loaded.slice.customerId)).head).toEqual(paid.head);
  });

  it("of any other kind is a fault, and nothing of the commit is written", async () => {
    const { deps, loaded, payments } = await twoPaymentsUnderWay();
    const [a] = payments;
    const ids = idsOf(bucketOf(loaded.slice.customerId), deps.wall(), deps.random);
    const second = event("payment.created", {
      paymentId: ids.next("pay"),
      invoiceId: a.invoiceId,
      kind: "debit",
      paymentMethodId: a.paymentMethodId ?? ids.next("pm"),
      amountRials: a.amountRials,
      onDemand: true,
      createdAt: instant(deps.wall()),
    });
    await expect(commitOf(deps, loaded, [second])).rejects.toThrow("payment.invoice_id");
    const { customerId, state } = loaded.slice;
    const subscription = Object.values(state.subscriptions)[0];
    if (!subscription) throw new Error("there are two");
    const another = event("subscription.created", {
      subscriptionId: ids.next("sub"),
      productId: subscription.productId,
      priceId: subscription.priceId,
      quantity: 1,
      addOns: [],
      paymentMethodId: null,
      discount: null,
      trialEndsAt: null,
      anchorDay: 1,
      firstIndex: 0,
      startsOn: null,
      periodIndex: 0,
      startsAt: instant(subscription.periodStartsAt),
      endsAt: instant(subscription.periodEndsAt),
      createdAt: instant(deps.wall()),
    });
    await expect(commitOf(deps, loaded, [another])).rejects.toThrow("subscription.product_id");
    expect((await load(deps, customerId)).head).toEqual(loaded.head);
  });

  it("by the stop of collecting is a lost race: the rule sees the stop and decides again", async () => {
    const { deps, loaded, payments } = await twoPaymentsUnderWay();
    await setCollecting(deps, { collecting: false, reason: "a test" }, "system");
    expect((await commitOf(deps, loaded, [submitted(deps, payments[0], "A9")])).kind).toBe("lost_race");
    expect((await load(deps, loaded.slice.customerId)).head).toEqual(loaded.head);
    await setCollecting(deps, { collecting: true, reason: "a test" }, "system");
  });
});

describe("the due date", () => {
  const dueOf = (customerId: CustomerId) =>
    env.DB.prepare("SELECT due_at FROM due WHERE customer_id = ?").bind(customerId).first<number | null>("due_at");

  it("that the rules compute is written in the very batch of the events, before anybody has run the customer", async () => {
    const { deps, sara, loaded, payments } = await twoPaymentsUnderWay();
    expect(await dueOf(sara.customerId)).toBe(nextDueAt(loaded.slice));
    await env.DB.prepare("UPDATE due SET due_at = 1, attempts = 5, last_error = 'x' WHERE customer_id = ?")
      .bind(sara.customerId)
      .run();
    const committed = await commitOf(deps, loaded, [submitted(deps, payments[0], crypto.randomUUID())]);
    if (committed.kind !== "committed") throw new Error("nobody else is here");
    expect(await dueOf(sara.customerId)).toBe(nextDueAt(committed.slice));
    expect(await dueOf(sara.customerId)).not.toBe(1);
    const row = await env.DB.prepare("SELECT * FROM due WHERE customer_id = ?").bind(sara.customerId).first();
    expect(row).toMatchObject({ attempts: 0, last_error: null });
  });
});

describe("what is stored of a long story", () => {
  let story: LongStory;
  const dues: { readonly stored: number | null; readonly computed: number | null }[] = [];

  beforeAll(async () => {
    story = await aLongStory(async ({ world, customerId }) => {
      const { slice } = await load(world.invocation(), customerId);
      const stored = env.DB.prepare("SELECT due_at FROM due WHERE customer_id = ?").bind(customerId);
      dues.push({ stored: await stored.first<number | null>("due_at"), computed: nextDueAt(slice) });
    });
  });

  it("is exactly what its events, folded from nothing, say", async () => {
    const { customerId } = story;
    const events = await storedEvents(customerId);
    const folded = events.reduce<CustomerState>(
      (state, row) => evolveAll(state, [bodyOf(row)], { customerId, at: row.at }),
      emptyState,
    );
    const orm = drizzle(env.DB);
    const { customer, paymentMethod, subscription, invoice, payment, quotaBalance } = tables;
    const byId = (rows: readonly { id: string }[]) => Object.fromEntries(rows.map((row) => [row.id, row]));
    const [customers, methods, subscriptions, invoices, payments, quotas] = await orm.batch([
      orm.select().from(customer).where(eq(customer.id, customerId)),
      orm.select().from(paymentMethod).where(eq(paymentMethod.customerId, customerId)),
      orm.select().from(subscription).where(eq(subscription.customerId, customerId)),
      orm.select().from(invoice).where(eq(invoice.customerId, customerId)),
      orm.select().from(payment).where(eq(payment.customerId, customerId)),
      orm.select().from(quotaBalance).where(eq(quotaBalance.customerId, customerId)),
    ]);
    expect(folded.customer).toEqual(customers[0]);
    expect(folded.paymentMethods).toEqual(byId(methods));
    expect(folded.subscriptions).toEqual(byId(subscriptions));
    expect(folded.invoices).toEqual(byId(invoices));
    expect(folded.payments).toEqual(byId(payments));
    const grants = quotas.map(({ used: _u, reserved: _r, overrun: _o, version: _v, ...grant }) => [
      grant.productId,
      grant,
    ]);
    expect(folded.quotas).toEqual(Object.fromEntries(grants));
    expect(new Set(subscriptions.map(({ status }) => status))).toEqual(
      new Set(["active", "paused", "canceled", "incomplete_expired"]),
    );
    expect(new Set(methods.map(({ status }) => status))).toEqual(
      new Set(["active", "verification_failed", "cancelled_by_user"]),
    );
    expect(new Set(invoices.map(({ status }) => status))).toEqual(new Set(["paid", "void", "uncollectible"]));
    expect(new Set(payments.map(({ status }) => status))).toEqual(new Set(["succeeded", "failed"]));
  });

  it("has ledger entries that sum to zero in every event, and to what the gateway really took", async () => {
    const unbalanced = "SELECT event_id FROM ledger_entry GROUP BY event_id HAVING SUM(amount_rials) <> 0";
    expect((await env.DB.prepare(unbalanced).all()).results).toEqual([]);
    const balances = await env.DB.prepare(
      "SELECT account, SUM(amount_rials) AS rials FROM ledger_entry WHERE customer_id = ? GROUP BY account",
    )
      .bind(story.customerId)
      .all<{ account: string; rials: number }>();
    const balance = Object.fromEntries(balances.results.map(({ account, rials }) => [account, rials]));
    const { debits, debitedRials } = story.world.simulator.totals();
    expect(debits).toBeGreaterThan(6);
    expect((balance["gateway_clearing"] ?? 0) + (balance["gateway_fee"] ?? 0)).toBe(debitedRials);
    expect(balance["receivable"]).toBe(0);
  });

  it("has, after every chapter, the due date that the rules compute", () => {
    expect(dues.filter(({ stored, computed }) => stored !== computed)).toEqual([]);
    expect(dues.length).toBeGreaterThan(15);
  });

  it("has invoice numbers without a gap, in the order of the invoices", async () => {
    const { results } = await env.DB.prepare(
      "SELECT series, number, invoice_id FROM invoice_number ORDER BY 1, 2",
    ).all<{
      series: string;
      number: number;
      invoice_id: string;
    }>();
    const series = Map.groupBy(results, (row) => row.series);
    expect([...series.keys()]).toEqual(["S-1405", "S-1406"]);
    for (const numbers of series.values()) {
      expect(numbers.map(({ number }) => number)).toEqual(numbers.map((_, index) => index + 1));
    }
  });

  it("has no fault in its log", () => {
    expect(story.world.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});
