// Money whose news was lost, and each day held against the gateway's.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Reconciliation, ReconciliationDifference } from "../../contract/reconciliation.ts";
import type { Deps } from "../../server/deps.ts";
import { lookForUnverified, reconcile } from "../../server/job/reconcile.ts";
import type { Gateway } from "../../server/zarinpal/gateway.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { mortal } from "../support/mortal.ts";
import { signedInPerson } from "../support/people.ts";
import { anOpenPage, aPaidPurchase, payAndVanish, statusOf } from "../support/purchase.ts";
import { aSubscriber, caller } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Longer than any outage here: the money waits for us. */
const patient = { verifyWindowMs: 24 * hourMs };

let worlds = 0;

/** Stories here last longer than fresh worlds lie apart: each has two days of December to itself. */
function apart(): string {
  return new Date(Date.parse("2026-12-01T08:00:00Z") + 48 * hourMs * worlds++).toISOString();
}

/** A gateway that can be out: no call reaches it, and none is answered. */
async function aWorldWithOutages() {
  const outage = { isOn: false, beginsAfterDebit: false };
  const world = await aFreshWorld({
    gateway: patient,
    disturb: (deps) => ({ ...deps, gateway: during(deps, outage) }),
  });
  return { world, outage };
}

function during({ gateway }: Deps, outage: { isOn: boolean; beginsAfterDebit: boolean }): Gateway {
  const evidence = { call: "payment/inquiry", httpStatus: null, code: null, message: "the gateway is out" } as const;
  const lost = { kind: "unknown", reason: "network", evidence } as const;
  return new Proxy(gateway, {
    get: (target, name: keyof Gateway) => async (input: never) => {
      if (outage.isOn) return lost;
      const outcome = await (target[name] as (of: never) => Promise<unknown>)(input);
      if (name !== "debit" || !outage.beginsAfterDebit) return outcome;
      outage.isOn = true;
      return lost;
    },
  });
}

async function anOperator(world: World) {
  const person = await signedInPerson(world.auth, { role: "operator" });
  return caller(world, person.token);
}

const callsOf = (world: World, name: string) => world.simulator.calls().filter(({ call }) => call === name).length;

async function count(query: string, ...values: readonly (string | number)[]): Promise<number> {
  return (
    (await env.DB.prepare(`SELECT COUNT(*) AS n ${query}`)
      .bind(...values)
      .first<number>("n")) ?? 0
  );
}

describe("within five minutes of the gateway's answering again after hours, money is settled", () => {
  it("that was paid on a page which is still open", async () => {
    const { world, outage } = await aWorldWithOutages();
    const page = await anOpenPage(world, await aSubscriber(world));
    await payAndVanish(world, page);
    outage.isOn = true;
    await world.live(21 * minuteMs, 3 * minuteMs);
    expect(await statusOf(page)).toBe("open");
    outage.isOn = false;
    await world.live(5 * minuteMs);
    expect(await statusOf(page)).toBe("succeeded");
  });

  it("that was paid on a page which has closed since", async () => {
    const { world, outage } = await aWorldWithOutages();
    const page = await anOpenPage(world, await aSubscriber(world));
    await payAndVanish(world, page);
    outage.isOn = true;
    await world.live(3 * hourMs, 15 * minuteMs);
    expect(await statusOf(page)).toBe("closed");
    outage.isOn = false;
    await world.live(5 * minuteMs);
    expect(await statusOf(page)).toBe("succeeded");
    expect(callsOf(world, "payment/verify")).toBe(1);
  });

  it("of a debit whose answers were lost", async () => {
    const { world, outage } = await aWorldWithOutages();
    const sara = await aSubscriber(world);
    const methodId = await sara.sign();
    outage.beginsAfterDebit = true;
    expect((await sara.subscribe(await aPrice(world), methodId)).status).toBe(202);
    await world.live(3 * hourMs, 15 * minuteMs);
    expect(await sara.payments()).toMatchObject([{ status: "unknown" }]);
    Object.assign(outage, { isOn: false, beginsAfterDebit: false });
    await world.live(5 * minuteMs);
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }]);
    expect(callsOf(world, "payman/checkout")).toBe(1);
  });
});

describe("what was paid and not captured", () => {
  it("is looked for every two minutes while a page is open, and found long before its payment's own question", async () => {
    const world = await aFreshWorld({ startsAt: apart(), gateway: patient });
    const page = await anOpenPage(world, await aSubscriber(world));
    await world.live(21 * minuteMs);
    const asked = callsOf(world, "payment/unVerified");
    expect(asked).toBeGreaterThanOrEqual(9);
    expect(asked).toBeLessThanOrEqual(11);
    await payAndVanish(world, page);
    await world.live(3 * minuteMs);
    expect(await statusOf(page)).toBe("succeeded");
  });

  it("is looked for until a day after the last page was left, and not a minute while nobody can pay", async () => {
    const world = await aFreshWorld({ startsAt: apart(), gateway: patient });
    await env.DB.exec("UPDATE payment SET watch_until = NULL WHERE watch_until IS NOT NULL");
    await world.live(4 * minuteMs);
    expect(callsOf(world, "payment/unVerified")).toBe(0);
    const page = await anOpenPage(world, await aSubscriber(world));
    await world.live(34 * minuteMs);
    expect(await statusOf(page)).toBe("closed");
    world.pass(23 * hourMs);
    const before = callsOf(world, "payment/unVerified");
    await world.live(4 * minuteMs);
    expect(callsOf(world, "payment/unVerified")).toBe(before + 2);
    world.pass(hourMs);
    await world.live(4 * minuteMs);
    expect(callsOf(world, "payment/unVerified")).toBe(before + 2);
  });

  it("and waits for another payment of its invoice is not asked about every time", async () => {
    const world = await aFreshWorld({ startsAt: apart(), gateway: patient });
    const page = await anOpenPage(world, await aSubscriber(world));
    await payAndVanish(world, page);
    // Surplus: nothing would move if it were asked about.
    await env.DB.prepare("UPDATE payment SET status = 'surplus' WHERE id = ?").bind(page.paymentId).run();
    await anOpenPage(world, await aSubscriber(world));
    await lookForUnverified(world.invocation());
    world.pass(minuteMs);
    await lookForUnverified(world.invocation());
    expect(callsOf(world, "payment/unVerified")).toBe(1);
    expect(await count("FROM webhook_event WHERE subject_id = ?", page.paymentId)).toBe(0);
  });

  it("is counted for an operator: ours, and what nobody here knows; looked at within a minute", async () => {
    const world = await aFreshWorld({ startsAt: apart(), gateway: patient });
    const call = await anOperator(world);
    const page = await anOpenPage(world, await aSubscriber(world));
    const stranger = await anOpenPage(world, await aSubscriber(world));
    await payAndVanish(world, page);
    await payAndVanish(world, stranger);
    await env.DB.prepare("UPDATE payment SET authority = 'A-of-another' WHERE id = ?").bind(stranger.paymentId).run();
    const path = "/v1/operator/reconciliations/unverified";
    const { status, body } = await call("POST", path, {}, crypto.randomUUID());
    expect([status, body.data]).toEqual([200, { listed: 2, ours: 1, unknown: 1 }]);
    // Two questions about one authority are ten seconds apart.
    await world.live(minuteMs);
    expect(await statusOf(page)).toBe("succeeded");
    expect(await count("FROM webhook_event WHERE source = 'unverified' AND subject_id = ?", page.paymentId)).toBe(1);
    world.simulator.fault({ call: "payment/unVerified", fault: { kind: "http_500", effect: "before" } });
    const refused = await call("POST", path, {}, crypto.randomUUID());
    expect([refused.status, refused.body.code]).toEqual([503, "gateway_unavailable"]);
    const sara = await aSubscriber(world);
    expect((await sara.call("POST", path, {}, crypto.randomUUID())).status).toBe(403);
  });
});

type WithDifferences = Reconciliation & { differences: ReconciliationDifference[] };

/** A world on the morning of a day of its own, before which all is reconciled. */
async function aWorldOn(day: string) {
  await env.DB.exec("DELETE FROM reconciliation_difference");
  await env.DB.exec("DELETE FROM reconciliation");
  const before = new Date(Date.parse(day) - 24 * hourMs).toISOString().slice(0, 10);
  await env.DB.prepare(`INSERT INTO reconciliation VALUES (?, 'completed', 0, 0, 0, 0, 0, 0, '', NULL, 1, 1)`)
    .bind(before)
    .run();
  const world = await aFreshWorld({ startsAt: `${day}T08:00:00Z`, gateway: patient });
  const call = await anOperator(world);
  const result = async () => (await call<WithDifferences>("GET", `/v1/reconciliations/${day}`)).body.data;
  /** To a moment after the day's end: midnight in Tehran is 20:30 UTC. */
  const passTo = (time: string, days = 0) =>
    world.pass(Date.parse(`${day}T${time}Z`) + days * 24 * hourMs - world.now());
  return { world, call, result, passTo };
}

describe("a day that is over", () => {
  it("is held against the gateway: what the bank took back is a difference, and its invoice is owed again", async () => {
    const { world, call, result, passTo } = await aWorldOn("2027-01-10");
    const sara = await aSubscriber(world);
    await aPaidPurchase(world, sara);
    const lost = await aPaidPurchase(world, sara, 3_000_000);
    world.simulator.reverse(lost.authority);
    passTo("20:39:00");
    await world.tick();
    expect(await result()).toBeUndefined();
    passTo("20:41:00");
    await world.live(2 * minuteMs);
    expect(await result()).toMatchObject({
      status: "completed",
      oursCount: 2,
      oursRials: 4_000_000,
      gatewayCount: 1,
      gatewayRials: 1_000_000,
      feesRials: 40_000,
      differenceRials: 3_000_000,
      differences: [{ paymentId: lost.paymentId, amountRials: 3_000_000, gatewaySays: "reversed" }],
    });
    expect(await statusOf(lost)).toBe("reversed");
    expect((await sara.invoices()).map(({ status }) => status).toSorted()).toEqual(["open", "paid"]);
    const { body } = await call<Reconciliation[]>("GET", "/v1/reconciliations?limit=1");
    expect(body.data).toMatchObject([{ day: "2027-01-10", differenceRials: 3_000_000 }]);
    const events = "FROM billing_event WHERE stream = 'system' AND type = 'reconciliation.completed'";
    expect(await count(`${events} AND json_extract(data, '$.day') = '2027-01-10'`)).toBe(1);
    expect((await call("GET", "/v1/reconciliations/2027-01-11")).status).toBe(404);
    expect((await sara.call("GET", "/v1/reconciliations")).status).toBe(403);
  });

  it("books the gateway's fees when the money comes", async () => {
    const { world } = await aWorldOn("2027-01-20");
    const { paymentId } = await aPaidPurchase(world, await aSubscriber(world));
    const sums = await env.DB.prepare(
      "SELECT account, SUM(amount_rials) AS rials FROM ledger_entry WHERE payment_id = ? GROUP BY account ORDER BY account",
    )
      .bind(paymentId)
      .all();
    expect(sums.results).toEqual([
      { account: "gateway_clearing", rials: 990_000 },
      { account: "gateway_fee", rials: 10_000 },
      { account: "receivable", rials: -1_000_000 },
    ]);
  });

  it("leaves out what we have reversed, or are about to", async () => {
    const { world, result, passTo } = await aWorldOn("2027-01-30");
    const sara = await aSubscriber(world);
    const { paymentId } = await aPaidPurchase(world, sara);
    await env.DB.prepare(
      `INSERT INTO refund (id, customer_id, payment_id, invoice_id, source, method, status, amount_rials, net_rials,
        vat_rials, created_at) SELECT 'ref_x', customer_id, id, invoice_id, 'invoice', 'reverse', 'needs_review', amount_rials,
        amount_rials, 0, 1 FROM payment WHERE id = ?`,
    )
      .bind(paymentId)
      .run();
    await aPaidPurchase(world, sara, 2_000_000);
    passTo("20:41:00");
    await world.live(2 * minuteMs);
    expect(await result()).toMatchObject({ status: "completed", oursCount: 1, gatewayCount: 1, differences: [] });
  });

  it("without payments ends at once, and days that were missed follow one another", async () => {
    const { world, call, passTo } = await aWorldOn("2027-02-10");
    passTo("21:00:00", 3);
    await world.tick();
    const { body } = await call<Reconciliation[]>("GET", "/v1/reconciliations?limit=3");
    expect(body.data.map(({ day, status }) => [day, status])).toEqual([
      ["2027-02-13", "completed"],
      ["2027-02-12", "completed"],
      ["2027-02-11", "completed"],
    ]);
  });
});

/** So many payments like one that was really made, with invoices of their own, all settled at its time. */
async function copies(paymentId: string, how: number): Promise<void> {
  const copy = async (table: "invoice" | "payment", changes: Readonly<Record<string, string>>) => {
    const { results } = await env.DB.prepare(`SELECT name FROM pragma_table_info('${table}')`).all<{ name: string }>();
    const columns = results.map(({ name }) => changes[name] ?? `${table}.${name}`);
    await env.DB.prepare(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${how})
       INSERT INTO ${table} SELECT ${columns.join(", ")} FROM n, ${table}
       WHERE ${table}.id = (SELECT ${table === "payment" ? "id" : "invoice_id"} FROM payment WHERE id = ?)`,
    )
      .bind(paymentId)
      .run();
  };
  const tail = (prefix: string) => `printf('${prefix}_%s%06d', substr('${paymentId}', 5, 20), i)`;
  await copy("invoice", { id: tail("inv") });
  await copy("payment", { id: tail("pay"), invoice_id: tail("inv"), authority: tail("A"), ref_id: "NULL" });
}

describe("a day of many payments", () => {
  const verified = async () => ({
    kind: "settled" as const,
    value: { status: "VERIFIED" as const },
    evidence: { call: "payment/inquiry" as const, httpStatus: 200, code: 100, message: null },
  });

  /** 49 payments beside one real one, of a gateway that has taken all of them. */
  async function aFullDay(day: string) {
    const on = await aWorldOn(day);
    const { paymentId } = await aPaidPurchase(on.world, await aSubscriber(on.world));
    await copies(paymentId, 49);
    on.passTo("20:41:00");
    let [now, most, asked] = [0, 0, 0];
    const inquire = async () => {
      asked++;
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
      return verified();
    };
    const invocation = (): Deps => {
      const deps = on.world.invocation();
      return { ...deps, gateway: { ...deps.gateway, inquire } };
    };
    return { ...on, invocation, seen: () => ({ most, asked }) };
  }
  const all = { oursCount: 50, oursRials: 50_000_000, gatewayCount: 50, gatewayRials: 50_000_000, differenceRials: 0 };

  it("is asked about twenty a run, six at once", async () => {
    const { invocation, seen, result } = await aFullDay("2027-03-01");
    await reconcile(invocation());
    expect(seen()).toEqual({ most: 6, asked: 20 });
    expect(await result()).toMatchObject({ status: "running", oursCount: 20 });
    await reconcile(invocation());
    await reconcile(invocation());
    expect(seen().asked).toBe(50);
    expect(await result()).toMatchObject({ status: "completed", ...all, differences: [] });
  });

  it("counts each once, wherever runs die, whatever answers are lost, and when two run at once", async () => {
    const { invocation, result } = await aFullDay("2027-03-11");
    for (let at = 1; at <= 14; at++) {
      for (const how of ["before", "after", "answer_lost"] as const) {
        const victim = mortal(invocation(), at, how);
        await Promise.race([reconcile(victim.deps).catch(() => undefined), victim.died]);
      }
    }
    await Promise.all([reconcile(invocation()), reconcile(invocation()), reconcile(invocation())]);
    for (let runs = 0; runs < 3; runs++) await reconcile(invocation());
    expect(await result()).toMatchObject({ status: "completed", ...all, differences: [] });
    const events = "FROM billing_event WHERE stream = 'system' AND type = 'reconciliation.completed'";
    expect(await count(`${events} AND json_extract(data, '$.day') = '2027-03-11'`)).toBe(1);
  });

  it("waits for a gateway that is out, and after six hours says which payments it did not hear of", async () => {
    const { world, invocation, result } = await aFullDay("2027-03-21");
    const silent = (): Deps => {
      const deps = invocation();
      const evidence = { call: "payment/inquiry", httpStatus: 500, code: null, message: null } as const;
      const inquire = async () => ({ kind: "unknown", reason: "server_error", evidence }) as const;
      return { ...deps, gateway: { ...deps.gateway, inquire } };
    };
    await reconcile(silent());
    world.pass(5 * hourMs);
    await reconcile(silent());
    expect(await result()).toMatchObject({ status: "running", oursCount: 0, differences: [] });
    world.pass(hourMs);
    await reconcile(silent());
    expect(await result()).toMatchObject({ status: "running", oursCount: 6, gatewayCount: 0 });
    for (let runs = 0; runs < 4; runs++) await reconcile(invocation());
    const { status, gatewayCount, differences } = await result();
    expect([status, gatewayCount, differences.map(({ gatewaySays }) => gatewaySays)]).toEqual([
      "completed",
      44,
      Array(6).fill("unanswered"),
    ]);
  });
});
