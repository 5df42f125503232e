// The `due` table: each customer that is due is claimed once, by whichever scan comes first, and never forgotten.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import type { CustomerId } from "../../contract/common/id.ts";
import { after, instant, minuteMs, secondMs, wallMs, type WallMs } from "../../server/billing/clock.ts";
import { rulesVersion } from "../../server/billing/due-rules.ts";
import { event } from "../../server/billing/event.ts";
import { bucketOf, idsOf, newCustomerId } from "../../server/billing/ids.ts";
import { scanDue } from "../../server/job/tick.ts";
import { commitCustomer } from "../../server/store/commit.ts";
import {
  backOffDue,
  claimDue,
  claimMs,
  dueNow,
  exceptionAttempts,
  settleDue,
  type Seen,
} from "../../server/store/due.ts";
import { loadCustomer } from "../../server/store/load.ts";
import { aPrice } from "../support/catalogue.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import type { World } from "../support/world.ts";

const now = wallMs(Date.parse("2026-11-22T08:00:00Z"));
const random = (count: number) => crypto.getRandomValues(new Uint8Array(count));

interface DueRow {
  readonly due_at: number | null;
  readonly rules_version: number;
  readonly claimed_until: number;
  readonly attempts: number;
  readonly last_error: string | null;
}

beforeEach(async () => void (await env.DB.exec("DELETE FROM due")));

async function aDueRow({ dueAt = now, version = rulesVersion, attempts = 0 }: Partial<Wanted> = {}) {
  const id = newCustomerId(now, random);
  await env.DB.prepare(
    "INSERT INTO due (customer_id, due_at, rules_version, claimed_until, attempts) VALUES (?, ?, ?, 0, ?)",
  )
    .bind(id, dueAt, version, attempts)
    .run();
  return id;
}

interface Wanted {
  readonly dueAt: WallMs | null;
  readonly version: number;
  readonly attempts: number;
}

async function rowOf(id: CustomerId): Promise<DueRow> {
  const row = await env.DB.prepare("SELECT * FROM due WHERE customer_id = ?").bind(id).first<DueRow>();
  if (!row) throw new Error(`${id} has no row`);
  return row;
}

describe("the scan claims", () => {
  it("each customer once, however many scans there are at once", async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => aDueRow()));
    const claims = await Promise.all(Array.from({ length: 6 }, () => claimDue(env.DB, now)));
    expect(claims.flat().toSorted()).toEqual(ids.toSorted());
    expect(await claimDue(env.DB, now)).toEqual([]);
  });

  it("more than one claim can hold, until nobody is left", async () => {
    const world = await aFreshWorld();
    const one = "INSERT INTO due (customer_id, due_at, rules_version, claimed_until, attempts)";
    await env.DB.prepare(
      `${one} WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 730)
       SELECT 'cus_' || i, ?, ?, 0, 0 FROM n`,
    )
      .bind(now, rulesVersion)
      .run();
    expect(await scanDue(world.invocation())).toBe(730);
    expect(new Set(world.queue.map(({ customerId }) => customerId)).size).toBe(730);
  });

  it("everybody who waits, for the queue", async () => {
    const world = await aFreshWorld();
    const late = await aDueRow({ dueAt: after(now, -minuteMs) });
    const later = await aDueRow({ dueAt: after(now, -2 * minuteMs) });
    await scanDue(world.invocation());
    expect(world.queue.map(({ customerId }) => customerId).toSorted()).toEqual([late, later].toSorted());
  });

  it("neither who is not due yet, nor who has nothing to come", async () => {
    await aDueRow({ dueAt: after(now, 1) });
    await aDueRow({ dueAt: null });
    expect(await claimDue(env.DB, now)).toEqual([]);
  });

  it("whose date was computed by older rules, due or not; what newer ones computed is not ours to redo", async () => {
    await aDueRow({ dueAt: null, version: rulesVersion + 1 });
    const ids = [
      await aDueRow({ dueAt: null, version: rulesVersion - 1 }),
      await aDueRow({ dueAt: after(now, minuteMs), version: rulesVersion - 1 }),
    ];
    expect((await claimDue(env.DB, now)).toSorted()).toEqual(ids.toSorted());
  });

  it("a customer again when the claim has ended without a word from the consumer that died", async () => {
    const id = await aDueRow();
    expect(await claimDue(env.DB, now)).toEqual([id]);
    expect(await claimDue(env.DB, after(now, claimMs - 1))).toEqual([]);
    expect(await claimDue(env.DB, after(now, claimMs))).toEqual([id]);
  });
});

describe("a customer whose run throws", () => {
  it("is left alone twice as long each time, an hour at last, and is looked at for ever", async () => {
    const id = await aDueRow();
    const waits: number[] = [];
    let at = now;
    for (let attempt = 1; attempt <= exceptionAttempts + 2; attempt++) {
      expect(await claimDue(env.DB, at)).toEqual([id]);
      await backOffDue(env.DB, id, at, "TypeError");
      const { claimed_until, attempts, last_error } = await rowOf(id);
      expect({ attempts, last_error }).toEqual({ attempts: attempt, last_error: "TypeError" });
      waits.push((claimed_until - at) / secondMs);
      expect(await claimDue(env.DB, after(at, claimed_until - at - 1))).toEqual([]);
      at = wallMs(claimed_until);
    }
    expect(waits).toEqual([15, 30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
    expect(await claimDue(env.DB, at)).toEqual([id]);
  });

  it("is logged without a person and looked at again, and a good run forgets the faults", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world);
    const sara = await aSubscriber(world);
    const methodId = await sara.sign();
    world.hold();
    await sara.subscribe(priceId, methodId);
    world.queue.length = 0;
    world.release();
    const deps = world.invocation();
    const requestPayment = () => Promise.reject(new Error(`no ${sara.mobile}`));
    const broken = { ...deps, gateway: { ...deps.gateway, requestPayment } };
    const quiet = { ...broken, log: (entry: (typeof world.log)[number]) => void world.log.push(entry) };
    await world.deliver([{ customerId: sara.customerId }], quiet);
    expect(await rowOf(sara.customerId)).toMatchObject({ attempts: 1, last_error: "Error" });
    expect(world.log.at(-1)).toMatchObject({ level: "error", event: "customer_run_failed" });
    expect(JSON.stringify(world.log)).not.toContain(sara.mobile);
    await world.live(2 * minuteMs, 30 * secondMs);
    expect(await rowOf(sara.customerId)).toMatchObject({ attempts: 0, last_error: null });
    expect((await sara.payments())[0]?.status).toBe("succeeded");
  });
});

/** A subscriber whose next date is a month away, with what a run that ended just now has seen. */
async function aRestingCustomer() {
  const world = await aFreshWorld();
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  await sara.subscribe(priceId, await sara.sign());
  await world.tick();
  const head = env.DB.prepare("SELECT MAX(seq) AS seq FROM billing_event WHERE stream = ?").bind(sara.customerId);
  world.pass(minuteMs);
  const seen: Seen = {
    seq: (await head.first<number>("seq")) ?? 0,
    loadedAt: wallMs(world.now()),
    switches: 1,
    quotaVersions: 1,
  };
  return { world, sara, seen };
}

const hintTo = (world: World, id: string) =>
  world.fetch(new Request(`https://sarresid.test/v1/callbacks/payments/${id}?Status=OK`));

describe("a run that comes to its end", () => {
  it("sets the next date and ends its claim", async () => {
    const { world, sara, seen } = await aRestingCustomer();
    await settleDue(env.DB, sara.customerId, after(seen.loadedAt, minuteMs), seen);
    expect(await rowOf(sara.customerId)).toMatchObject({ due_at: world.now() + minuteMs, claimed_until: 0 });
    await settleDue(env.DB, sara.customerId, null, seen);
    expect(await rowOf(sara.customerId)).toMatchObject({ due_at: null });
  });

  it("does not lose a hint that came meanwhile", async () => {
    const { world, sara, seen } = await aRestingCustomer();
    world.hold();
    await hintTo(world, (await sara.payments())[0]?.id ?? "");
    await settleDue(env.DB, sara.customerId, after(seen.loadedAt, 30 * minuteMs), seen);
    expect((await rowOf(sara.customerId)).due_at).toBe(world.now());
    expect(await claimDue(env.DB, wallMs(world.now()))).toEqual([sara.customerId]);
  });

  it("does not lose the date of a commit that came meanwhile", async () => {
    const { world, sara, seen } = await aRestingCustomer();
    world.hold();
    await sara.advance("2027-01-22T08:00:00Z");
    const { due_at } = await rowOf(sara.customerId);
    await settleDue(env.DB, sara.customerId, after(seen.loadedAt, 30 * minuteMs), seen);
    expect((await rowOf(sara.customerId)).due_at).toBe(due_at);
    expect(due_at).toBeLessThanOrEqual(world.now());
  });

  it("does not lose that collecting was resumed meanwhile", async () => {
    const { sara, seen } = await aRestingCustomer();
    await settleDue(env.DB, sara.customerId, null, { ...seen, switches: 0 });
    expect((await rowOf(sara.customerId)).due_at).toBe(seen.loadedAt);
  });
});

describe("a run's last commit", () => {
  const committed = async (
    world: World,
    customerId: CustomerId,
    { while: meanwhile = async () => {}, endsClaim = true },
  ) => {
    const deps = world.invocation();
    const loaded = await loadCustomer(env.DB, customerId, deps.wall());
    await env.DB.prepare("UPDATE due SET claimed_until = ? WHERE customer_id = ?")
      .bind(after(deps.wall(), claimMs), customerId)
      .run();
    await meanwhile();
    const ids = idsOf(bucketOf(customerId), deps.wall(), deps.random);
    const harmless = event("test_clock.target_set", { nowAt: instant(deps.wall()), targetAt: instant(deps.wall()) });
    const change = { events: [harmless], actor: "system", at: deps.wall(), endsClaim, ids } as const;
    expect(await commitCustomer(deps, { ...loaded, ...change })).toMatchObject({ kind: "committed", isAtRest: true });
    return rowOf(customerId);
  };

  it("ends its claim, for nothing is left to be done", async () => {
    const { world, sara } = await aRestingCustomer();
    expect(await committed(world, sara.customerId, {})).toMatchObject({ claimed_until: 0 });
  });

  it("leaves the claim alone when it is not the run's, or not its last", async () => {
    const { world, sara } = await aRestingCustomer();
    const row = await committed(world, sara.customerId, { endsClaim: false });
    expect(row.claimed_until).toBe(world.now() + claimMs);
  });

  it("does not lose a hint that came since it was loaded", async () => {
    const { world, sara } = await aRestingCustomer();
    world.hold();
    const [payment] = await sara.payments();
    const hint = async () => void (await hintTo(world, payment?.id ?? ""));
    expect((await committed(world, sara.customerId, { while: hint })).due_at).toBe(0);
    expect(await claimDue(env.DB, wallMs(world.now()))).toEqual([sara.customerId]);
  });
});

describe("a hint", () => {
  it("makes a customer due now, and never later than planned", async () => {
    const id = await aDueRow({ dueAt: after(now, minuteMs) });
    await dueNow(env.DB, id, now);
    expect((await rowOf(id)).due_at).toBe(now);
    await dueNow(env.DB, id, after(now, minuteMs));
    expect((await rowOf(id)).due_at).toBe(now);
    const resting = await aDueRow({ dueAt: null });
    await dueNow(env.DB, resting, now);
    expect((await rowOf(resting)).due_at).toBe(now);
  });
});

describe("a message that got lost", () => {
  it("is made up for by a later scan, once the claim has ended", async () => {
    const { world, sara } = await aRestingCustomer();
    const { due_at } = await rowOf(sara.customerId);
    world.hold();
    world.pass((due_at ?? 0) - world.now());
    await world.tick();
    expect(world.queue).toHaveLength(1);
    world.queue.length = 0;
    world.release();
    await world.tick();
    expect((await sara.invoices()).length).toBe(1);
    await world.live(claimMs + minuteMs);
    expect((await sara.invoices()).length).toBe(2);
  });
});
