// Reservations of messages: exact however they come, never more than the grant and its tolerance, and nothing that was
// used is lost.
import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ProductId,
  type CustomerId,
  type PartnerId,
  type PriceId,
  type SubscriptionId,
} from "../../contract/common/id.ts";
import {
  billingMs,
  dayMs,
  instant,
  minuteMs,
  wallMs,
  type BillingMs,
  type WallMs,
} from "../../server/billing/clock.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { event, type NewEvent } from "../../server/billing/event.ts";
import { bucketOf, idsOf, newCustomerId } from "../../server/billing/ids.ts";
import { runJobs } from "../../server/job/index.ts";
import { commitCustomer } from "../../server/store/commit.ts";
import { loadCustomer } from "../../server/store/load.ts";
import { upsertPartner } from "../../server/store/people.ts";
import { commitReservation, findReservation, releaseReservation, reserveMessages } from "../../server/store/quota.ts";
import { deleteOldReservations, expireReservations } from "../../server/store/old-reservations.ts";
import { listQuotas } from "../../server/store/read.ts";
import { quotaInvariants } from "../../server/store/invariant/quota.ts";
import { d1Around } from "../support/d1-around.ts";
import { aPrice } from "../support/catalogue.ts";
import { aWorld } from "../support/world.ts";

const startsAt = wallMs(Date.parse("2026-11-22T08:00:00Z"));
const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));
const world = aWorld();

interface Granted {
  readonly customerId: CustomerId;
  readonly productId: ProductId;
  readonly subscriptionId: SubscriptionId;
}

const validUntil = billingMs(startsAt + 30 * dayMs);

/** A customer of the house with a grant, as a commit writes it. */
async function aGrant(messages: number): Promise<Granted> {
  const ids = idsOf(0, startsAt, random);
  const customerId = newCustomerId(startsAt, random);
  const priceId = await aPrice(world);
  const productId = await productOf(priceId);
  const subscriptionId = ids.next("sub");
  const at = new Date(startsAt).toISOString();
  await append(customerId, [
    event("customer.created", { customerId, partnerId: housePartnerId, userId: null, externalId: null }),
  ]);
  await env.DB.prepare(
    `INSERT INTO subscription (id, customer_id, product_id, price_id, quantity, add_ons, status, anchor_day, starts_on,
       first_index, period_index, period_starts_at, period_ends_at, free_periods, cancel_at_period_end,
       pause_at_period_end, paused_days_left, created_at, ended_at)
     VALUES (?1, ?2, ?3, ?4, 1, '[]', 'canceled', 1, ?5, 0, 0, ?5, ?5 + 1, 0, 0, 0, 0, ?5, ?5)`,
  )
    .bind(subscriptionId, customerId, productId, priceId, Date.parse(at))
    .run();
  const grant = { customerId, productId, subscriptionId };
  await give(grant, messages);
  return grant;
}

async function productOf(priceId: PriceId): Promise<ProductId> {
  const found = await env.DB.prepare("SELECT product_id FROM price WHERE id = ?").bind(priceId).first("product_id");
  return ProductId.parse(found);
}

/** Grants messages of a period, through the commit. */
async function give(grant: Granted, messages: number, periodIndex = 0, until: BillingMs = validUntil): Promise<void> {
  const { customerId, productId, subscriptionId } = grant;
  const data = { productId, subscriptionId, periodIndex, messages, rolledOver: 0, validUntil: instant(until) };
  await append(customerId, [event("quota.granted", data)]);
}

async function append(customerId: CustomerId, events: readonly NewEvent[]): Promise<void> {
  const deps = world.invocation();
  const loaded = await loadCustomer(env.DB, customerId, startsAt);
  const ids = idsOf(bucketOf(customerId), startsAt, random);
  const committed = await commitCustomer(deps, { ...loaded, events, actor: "system", at: startsAt, ids });
  expect(committed.kind).toBe("committed");
}

interface Asked {
  readonly id?: string;
  readonly partnerId?: PartnerId;
  readonly ttlSeconds?: number | null;
  readonly at?: WallMs;
}

async function reserve({ customerId, productId }: Granted, messages: number, asked: Asked = {}) {
  const { id = crypto.randomUUID(), partnerId = housePartnerId, ttlSeconds = 600, at = startsAt } = asked;
  return reserveMessages(env.DB, { partnerId, id, customerId, productId, messages, ttlSeconds }, at);
}

const key = (id: string) => ({ partnerId: housePartnerId, id });
const commit = (id: string, used: number | null = null, at = startsAt) => commitReservation(env.DB, key(id), used, at);
const release = (id: string, at = startsAt) => releaseReservation(env.DB, key(id), at);
const later = (minutes: number) => wallMs(startsAt + minutes * minuteMs);

async function counts({ customerId, productId }: Granted) {
  const quotas = await listQuotas(env.DB, customerId, startsAt);
  const found = quotas.find((quota) => quota.productId === productId);
  if (!found) throw new Error("there is no balance");
  const { granted, used, reserved, overrun } = found;
  return { granted, used, reserved, overrun };
}

/** Of all customers of this file. */
async function isSound(): Promise<void> {
  for (const { name, sql } of quotaInvariants) {
    expect({ name, offenders: (await env.DB.prepare(sql).all()).results }).toEqual({ name, offenders: [] });
  }
}

describe("a reservation", () => {
  it("of five at once who want 500 of 600 is one (Q1)", async () => {
    const grant = await aGrant(600);
    const got = await Promise.all(Array.from({ length: 5 }, () => reserve(grant, 500)));
    expect(got.map(({ kind }) => kind).toSorted()).toEqual([
      "exceeded",
      "exceeded",
      "exceeded",
      "exceeded",
      "standing",
    ]);
    expect(await counts(grant)).toEqual({ granted: 600, used: 0, reserved: 500, overrun: 0 });
  });

  it("may take the last message, and not one more", async () => {
    const grant = await aGrant(10);
    expect((await reserve(grant, 11)).kind).toBe("exceeded");
    expect((await reserve(grant, 10)).kind).toBe("standing");
    expect((await reserve(grant, 1)).kind).toBe("exceeded");
  });

  it("asked for again with its id is the same one, counted once; another request with that id is refused", async () => {
    const grant = await aGrant(100);
    const other = await aGrant(100);
    const [first, second] = await Promise.all([
      reserve(grant, 60, { id: "r" + grant.customerId }),
      reserve(grant, 60, { id: "r" + grant.customerId }),
    ]);
    expect(first).toEqual(second);
    const id = `r${grant.customerId}`;
    expect(await reserve(grant, 60, { id })).toEqual(first);
    const others = [
      reserve(grant, 61, { id }),
      reserve(grant, 60, { id, ttlSeconds: 601 }),
      reserve(grant, 60, { id, ttlSeconds: null }),
      reserve(other, 60, { id }),
    ];
    expect((await Promise.all(others)).map(({ kind }) => kind)).toEqual(["exists", "exists", "exists", "exists"]);
    expect(await counts(grant)).toMatchObject({ used: 0, reserved: 60 });
    expect(await counts(other)).toMatchObject({ used: 0, reserved: 0 });
  });

  it("of one partner is not another's, and neither are its customers", async () => {
    const grant = await aGrant(100);
    const ids = idsOf(0, startsAt, random);
    const partnerId = await upsertPartner(env.DB, {
      id: ids.next("ptr"),
      name: crypto.randomUUID(),
      createdAt: startsAt,
    });
    const id = crypto.randomUUID();
    expect(await reserve(grant, 10, { partnerId, id })).toEqual({ kind: "unknown_customer" });
    expect(await counts(grant)).toMatchObject({ used: 0, reserved: 0 });
    await reserve(grant, 10, { id });
    expect(await commitReservation(env.DB, { partnerId, id }, 1, startsAt)).toBeNull();
    expect(await releaseReservation(env.DB, { partnerId, id }, startsAt)).toBeNull();
    expect(await findReservation(env.DB, { partnerId, id }, startsAt)).toBeNull();
    expect(await counts(grant)).toMatchObject({ used: 0, reserved: 10 });
  });

  it("is refused from the instant at which the grant ends by the customer's own clock", async () => {
    const grant = await aGrant(100);
    const end = wallMs(validUntil);
    expect((await reserve(grant, 1, { at: wallMs(end - 1) })).kind).toBe("standing");
    expect(await reserve(grant, 1, { at: end })).toMatchObject({ kind: "exceeded", balance: { isOver: true } });
    await append(grant.customerId, [
      event("test_clock.target_set", { nowAt: instant(startsAt), targetAt: instant(startsAt) }),
    ]);
    expect((await reserve(grant, 1, { at: end })).kind).toBe("standing");
    await append(grant.customerId, [event("test_clock.advanced", { nowAt: instant(end) })]);
    expect((await reserve(grant, 1)).kind).toBe("exceeded");
  });

  it("that expired gives its messages back to whoever reserves next, without any sweep (Q2)", async () => {
    const grant = await aGrant(100);
    const id = crypto.randomUUID();
    await reserve(grant, 100, { id });
    expect((await reserve(grant, 1, { at: wallMs(later(10) - 1) })).kind).toBe("exceeded");
    expect((await reserve(grant, 100, { at: later(10) })).kind).toBe("standing");
    expect(await findReservation(env.DB, key(id), later(10))).toMatchObject({
      reservation: { status: "expired", settledAt: later(10), usedMessages: 0 },
    });
    expect(await counts(grant)).toMatchObject({ used: 0, reserved: 100 });
  });

  it("that expired is swept by the cron's jobs, and told as expired before that", async () => {
    const grant = await aGrant(100);
    const id = crypto.randomUUID();
    await reserve(grant, 100, { id });
    await expireReservations(env.DB, wallMs(later(10) - 1));
    expect(await counts(grant)).toMatchObject({ reserved: 100 });
    expect(await findReservation(env.DB, key(id), later(10))).toMatchObject({ reservation: { status: "expired" } });
    await runJobs(aWorld({ startsAt: new Date(later(10)).toISOString() }).invocation());
    expect(await counts(grant)).toMatchObject({ reserved: 0 });
  });

  it("whose answer is lost took effect once, however often it is asked for again", async () => {
    const grant = await aGrant(100);
    const id = crypto.randomUUID();
    const deaf = d1Around(env.DB, {
      around: async (_queries, effect) => {
        await effect();
        throw new Error("the answer is lost");
      },
    });
    const wanted = { partnerId: housePartnerId, id, ...grant, messages: 70, ttlSeconds: 600 };
    await expect(reserveMessages(deaf, wanted, startsAt)).rejects.toThrow("lost");
    expect((await reserve(grant, 70, { id })).kind).toBe("standing");
    await expect(commitReservation(deaf, key(id), 50, startsAt)).rejects.toThrow("lost");
    await commit(id, 50);
    expect(await counts(grant)).toMatchObject({ used: 50, reserved: 0 });
  });
});

describe("a commit", () => {
  async function reserved(granted: number, messages: number) {
    const grant = await aGrant(granted);
    const id = crypto.randomUUID();
    expect((await reserve(grant, messages, { id })).kind).toBe("standing");
    return { grant, id };
  }

  it("of less gives the rest back, of as many uses them", async () => {
    const { grant, id } = await reserved(100, 60);
    expect(await commit(id, 20)).toMatchObject({ reservation: { status: "committed", usedMessages: 20 } });
    expect(await counts(grant)).toMatchObject({ used: 20, reserved: 0 });
    const equal = await reserved(100, 60);
    await commit(equal.id);
    expect(await counts(equal.grant)).toMatchObject({ used: 60, reserved: 0, overrun: 0 });
  });

  it("of more counts as used up to a tenth beyond the grant; the rest is overrun, and nothing more is set aside", async () => {
    const { grant, id } = await reserved(109, 100);
    expect(await commit(id, 125)).toMatchObject({ reservation: { usedMessages: 125, overrunMessages: 6 } });
    expect(await counts(grant)).toEqual({ granted: 109, used: 119, reserved: 0, overrun: 6 });
    expect((await reserve(grant, 1)).kind).toBe("exceeded");
  });

  it("of more leaves others what is set aside for them, and what they give back makes up for the overrun first", async () => {
    const { grant, id } = await reserved(100, 50);
    const other = crypto.randomUUID();
    await reserve(grant, 50, { id: other });
    await commit(id, 75);
    expect(await counts(grant)).toEqual({ granted: 100, used: 60, reserved: 50, overrun: 15 });
    await release(other);
    expect((await reserve(grant, 26)).kind).toBe("exceeded");
    expect((await reserve(grant, 25)).kind).toBe("standing");
  });

  it("that is late is recorded whole: used as far as there is room within the tolerance, overrun beyond", async () => {
    const { grant, id } = await reserved(100, 60);
    await reserve(grant, 90, { at: later(10) });
    expect(await commit(id, 60, later(11))).toMatchObject({
      reservation: { status: "committed", usedMessages: 60, overrunMessages: 40 },
    });
    expect(await counts(grant)).toEqual({ granted: 100, used: 20, reserved: 90, overrun: 40 });
  });

  it("takes effect once, the first number counts, and a released one stays released", async () => {
    const { grant, id } = await reserved(100, 60);
    const [first] = await Promise.all([commit(id, 30), commit(id, 30), commit(id, 30)]);
    expect(first).toMatchObject({ reservation: { usedMessages: 30 } });
    expect(await commit(id, 31)).toMatchObject({ reservation: { usedMessages: 30 } });
    expect(await release(id)).toMatchObject({ reservation: { status: "committed" } });
    expect(await counts(grant)).toMatchObject({ used: 30, reserved: 0 });
    const other = await reserved(100, 60);
    await release(other.id);
    expect(await commit(other.id, 5)).toMatchObject({ reservation: { status: "released", usedMessages: 0 } });
    expect(await counts(other.grant)).toMatchObject({ used: 0, reserved: 0 });
  });

  it("of one that is nobody's is nothing", async () => {
    expect(await commit("nobody's", 1)).toBeNull();
    expect(await release("nobody's")).toBeNull();
  });
});

describe("a period", () => {
  it("that is granted anew begins at nothing, whatever the one before had used or set aside", async () => {
    const grant = await aGrant(100);
    const [used, open] = [crypto.randomUUID(), crypto.randomUUID()];
    await reserve(grant, 30, { id: used, ttlSeconds: null });
    await reserve(grant, 70, { id: open });
    await give(grant, 200, 1);
    expect(await counts(grant)).toEqual({ granted: 200, used: 0, reserved: 0, overrun: 0 });
    expect(await commit(open, 95)).toMatchObject({
      reservation: { usedMessages: 95, overrunMessages: 0, periodIndex: 0 },
    });
    expect(await counts(grant)).toEqual({ granted: 200, used: 0, reserved: 0, overrun: 0 });
  });

  it("that is granted twice has one grant, and keeps what was used (Q3)", async () => {
    const grant = await aGrant(100);
    await reserve(grant, 30, { ttlSeconds: null });
    await reserve(grant, 20);
    await give(grant, 100);
    await give(grant, 100);
    expect(await counts(grant)).toEqual({ granted: 100, used: 30, reserved: 20, overrun: 0 });
  });

  it("whose messages become another product's takes what is used and set aside along, and counts it to the end", async () => {
    const grant = await aGrant(100);
    const id = crypto.randomUUID();
    await reserve(grant, 30, { ttlSeconds: null });
    await reserve(grant, 20, { id });
    const productId = await productOf(await aPrice(world));
    const { productId: fromProductId, subscriptionId } = grant;
    const to = { productId, subscriptionId, periodIndex: 0, messages: 300, validUntil: instant(validUntil) };
    await append(grant.customerId, [event("quota.changed", { fromProductId, ...to })]);
    const after = { ...grant, productId };
    expect(await counts(after)).toEqual({ granted: 300, used: 30, reserved: 20, overrun: 0 });
    expect((await reserve(grant, 1)).kind).toBe("exceeded");
    await commit(id, 40);
    expect(await counts(after)).toEqual({ granted: 300, used: 70, reserved: 0, overrun: 0 });
  });

  it("that is granted less than is used allows nothing more, and loses nothing", async () => {
    const grant = await aGrant(100);
    const id = crypto.randomUUID();
    await reserve(grant, 50, { ttlSeconds: null });
    await reserve(grant, 40, { id });
    await give(grant, 0);
    expect((await reserve(grant, 1)).kind).toBe("exceeded");
    await commit(id, 45);
    expect(await counts(grant)).toEqual({ granted: 0, used: 90, reserved: 0, overrun: 5 });
  });
});

/** What may happen, in any order; `which` names one of the reservations there are. */
const step = fc.oneof(
  fc.record({
    do: fc.constant("reserve" as const),
    messages: fc.integer({ min: 1, max: 80 }),
    ttl: fc.constantFrom(60, 600, 3_600),
  }),
  fc.record({ do: fc.constant("consume" as const), messages: fc.integer({ min: 1, max: 80 }) }),
  fc.record({
    do: fc.constant("commit" as const),
    which: fc.nat(9),
    messages: fc.option(fc.integer({ min: 0, max: 150 })),
  }),
  fc.record({ do: fc.constant("release" as const), which: fc.nat(9) }),
  fc.record({ do: fc.constant("pass" as const), minutes: fc.constantFrom(1, 10, 60) }),
  fc.record({ do: fc.constant("sweep" as const) }),
);

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

describe("whatever is done, in whatever order and at once", () => {
  it("used and reserved stay within the grant and its tolerance, and are what the reservations say", async () => {
    const granted = 200;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 12 }), async (rounds) => {
        const grant = await aGrant(granted);
        const names: string[] = [];
        let at = startsAt;
        const act = async (what: Step) => {
          const chosen = "which" in what ? (names[what.which % Math.max(1, names.length)] ?? "none") : "";
          switch (what.do) {
            case "reserve":
            case "consume": {
              const id = crypto.randomUUID();
              names.push(id);
              return reserve(grant, what.messages, { id, at, ttlSeconds: what.do === "reserve" ? what.ttl : null });
            }
            case "commit":
              return commit(chosen, what.messages, at);
            case "release":
              return release(chosen, at);
            case "pass":
              at = wallMs(at + what.minutes * minuteMs);
              return;
            case "sweep":
              return expireReservations(env.DB, at);
            default:
              return what satisfies never;
          }
        };
        for (const round of rounds) {
          await Promise.all(round.map(act));
          const { used, reserved } = await counts(grant);
          expect(used + reserved).toBeLessThanOrEqual(granted + granted / 10);
          expect(await counts(grant)).toEqual({ granted, ...(await saidBy(grant)) });
        }
      }),
      { numRuns: 25 },
    );
  });

  it("leaves the invariants sound", isSound);
});

/** The sums of a customer's reservations, made here and not in SQL. */
async function saidBy({ customerId }: Granted) {
  const { results } = await env.DB.prepare("SELECT * FROM quota_reservation WHERE customer_id = ?")
    .bind(customerId)
    .all<{ status: string; messages: number; used_messages: number; overrun_messages: number }>();
  return results.reduce(
    (sum, row) => ({
      used: sum.used + row.used_messages - row.overrun_messages,
      reserved: sum.reserved + (row.status === "reserved" ? row.messages : 0),
      overrun: sum.overrun + row.overrun_messages,
    }),
    { used: 0, reserved: 0, overrun: 0 },
  );
}

describe("an old reservation", () => {
  const days = (count: number) => wallMs(startsAt + count * dayMs);
  const isKept = async (id: string) => (await findReservation(env.DB, key(id), startsAt)) !== null;
  const sweep = (at: WallMs) => deleteOldReservations(env.DB, at);
  const periodsLeft = async ({ subscriptionId }: Granted) => {
    const query = "SELECT period_index, used_until FROM past_quota_period WHERE subscription_id = ?";
    return (await env.DB.prepare(query).bind(subscriptionId).all()).results;
  };

  it("goes 90 days after its period and its own end, and not before", async () => {
    const grant = await aGrant(100);
    const [used, late, next] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
    await reserve(grant, 30, { id: used, ttlSeconds: null });
    await reserve(grant, 10, { id: late });
    await give(grant, 200, 1, billingMs(startsAt + 400 * dayMs));
    await reserve(grant, 5, { id: next, ttlSeconds: null });
    await commit(late, 12, days(40));
    await sweep(wallMs(days(120) - 1));
    expect(await Promise.all([used, late, next].map(isKept))).toEqual([true, true, true]);
    await sweep(days(120));
    expect(await Promise.all([used, late, next].map(isKept))).toEqual([false, true, true]);
    expect(await periodsLeft(grant)).toEqual([{ period_index: 0, used_until: days(40) }]);
    await sweep(days(130));
    expect(await Promise.all([late, next].map(isKept))).toEqual([false, true]);
    expect(await periodsLeft(grant)).toEqual([]);
    expect(await counts(grant)).toEqual({ granted: 200, used: 5, reserved: 0, overrun: 0 });
  });

  it("stays while a balance counts it, however old it is", async () => {
    const grant = await aGrant(100);
    const id = crypto.randomUUID();
    await reserve(grant, 30, { id, ttlSeconds: null });
    const { productId: fromProductId, subscriptionId, customerId } = grant;
    const productId = await productOf(await aPrice(world));
    const to = { productId, subscriptionId, periodIndex: 0, messages: 300, validUntil: instant(validUntil) };
    await append(customerId, [event("quota.changed", { fromProductId, ...to })]);
    await give({ ...grant, productId }, 300, 1);
    await sweep(days(500));
    expect(await isKept(id)).toBe(true);
    expect(await periodsLeft(grant)).toContainEqual({ period_index: 0, used_until: days(500) });
  });

  it("goes by the cron's jobs, and leaves the invariants sound", async () => {
    const grants = await Promise.all([aGrant(100), aGrant(100)]);
    const ids = grants.map(() => crypto.randomUUID());
    for (const [index, grant] of grants.entries()) {
      await reserve(grant, 30, { id: ids[index] ?? "", ttlSeconds: null });
      await give(grant, 100, 1);
    }
    const muchLater = aWorld({ startsAt: new Date(days(121)).toISOString() });
    await runJobs(muchLater.invocation());
    expect(await Promise.all(ids.map(isKept))).toEqual([false, false]);
    await isSound();
  });
});

describe("the table of reservations", () => {
  it.each([
    ["a period that is another", "UPDATE quota_reservation SET period_index = 7", "keeps its period"],
    ["going", "DELETE FROM quota_reservation", "is kept while a balance counts it"],
    ["use without a commit", "UPDATE quota_reservation SET used_messages = 1 WHERE status = 'released'", "CHECK"],
    ["more overrun than use", "UPDATE quota_reservation SET overrun_messages = used_messages + 1", "CHECK"],
  ])("refuses %s", async (_what, statement, why) => {
    await expect(env.DB.prepare(statement).run()).rejects.toThrow(why);
  });
});
