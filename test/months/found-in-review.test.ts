// What an independent reviewer proved wrong, by running it; each proof stays here so that it stays right.
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import type { PaymentMethod } from "../../contract/payment-method.ts";
import type { Quota } from "../../contract/quota.ts";
import { dayMs, hourMs, minuteMs, secondMs } from "../../server/billing/clock.ts";
import type { Deps } from "../../server/deps.ts";
import { runCustomer } from "../../server/job/driver.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { signedInPerson } from "../support/people.ts";
import { useMessages } from "../support/quota.ts";
import { aSubscriber, caller, type Subscriber } from "../support/subscriber.ts";
import { merchantId, publicUrl, type World, type WorldOptions } from "../support/world.ts";

type Gateway = Deps["gateway"];

interface DueRow {
  readonly due_at: number | null;
  readonly claimed_until: number;
  readonly attempts: number;
}

async function dueOf({ customerId }: Subscriber): Promise<DueRow> {
  const row = await env.DB.prepare("SELECT * FROM due WHERE customer_id = ?").bind(customerId).first<DueRow>();
  if (!row) throw new Error(`${customerId} has no row`);
  return row;
}

async function aSignedSubscriber(options: WorldOptions = {}) {
  const world = await aFreshWorld(options);
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  return { world, sara, priceId, methodId: await sara.sign() };
}

async function aRunningSubscription(options: WorldOptions = {}) {
  const signed = await aSignedSubscriber(options);
  const { body } = await signed.sara.subscribe(signed.priceId, signed.methodId);
  return { ...signed, subscription: body.data };
}

/** Passes the time, nothing happening meanwhile. */
function passTo(world: World, at: number): void {
  world.pass(at - world.now());
}

const checkouts = (world: World) => world.simulator.calls().filter(({ call }) => call === "payman/checkout").length;

/** These dependencies with a gateway that is partly another. */
const withGateway = (deps: Deps, change: (gateway: Gateway) => Partial<Gateway>): Deps => {
  return { ...deps, gateway: { ...deps.gateway, ...change(deps.gateway) } };
};

async function anOperator(world: World) {
  const { token } = await signedInPerson(world.auth, { role: "operator" });
  const call = caller(world, token);
  const collect = (collecting: boolean) => call("PUT", "/v1/operator/collecting", { collecting, reason: "a test" });
  return { call, collect };
}

afterEach(async () => void (await env.DB.exec("UPDATE system_state SET collecting = 1")));

describe("a full batch", () => {
  it.each([0, 30, 60, 90])(
    "that may spend only %i more statements leaves nobody between submitted and the money call",
    async (statements) => {
      const { world, sara, priceId, methodId } = await aSignedSubscriber();
      world.hold();
      await sara.subscribe(priceId, methodId);
      await runCustomer(world.invocation(), sara.customerId, { statements });
      expect(["created", "succeeded"]).toContain((await sara.payments())[0]?.status);
      world.release();
      await world.tick();
      expect(await sara.payments()).toMatchObject([{ status: "succeeded" }]);
    },
  );

  it("of ten renewals due at once debits all ten, once each", async () => {
    const world = await aFreshWorld();
    const priceId = await aPrice(world);
    const people: Subscriber[] = [];
    let endsAt = 0;
    for (let index = 0; index < 10; index++) {
      const sara = await aSubscriber(world);
      const { body } = await sara.subscribe(priceId, await sara.sign());
      endsAt = Date.parse(body.data.currentPeriod.endsAt);
      people.push(sara);
    }
    passTo(world, endsAt + secondMs);
    await world.tick();
    const lastDue = await env.DB.prepare("SELECT MAX(due_at) AS at FROM due").first<number>("at");
    passTo(world, (lastDue ?? 0) + secondMs);
    await world.deliver(people.map(({ customerId }) => ({ customerId })));
    const newest = async () => Promise.all(people.map(async (sara) => (await sara.payments())[0]?.status));
    expect(await newest()).not.toContain("submitted");
    await world.drain();
    expect(await newest()).toEqual(people.map(() => "succeeded"));
    expect(world.simulator.totals().debits).toBe(20);
  });
});

describe("a terminal that is suspended", () => {
  it("for 26 hours after a debit whose answer was lost is no reason to debit again: it settles when it answers (lesson 4)", async () => {
    let suspendsAtDebit = false;
    const suspend = (isSuspended: boolean) =>
      world.simulator.configure({ merchants: { [merchantId]: { refusedWith: isSuspended ? -15 : null } } });
    const debitLost = (gateway: Gateway): Partial<Gateway> => ({
      debit: async (input) => {
        const answer = await gateway.debit(input);
        if (suspendsAtDebit) suspend(true);
        return answer;
      },
    });
    const { world, sara, subscription } = await aRunningSubscription({
      gateway: { checkoutEndsAs: "VERIFIED" },
      disturb: (deps) => withGateway(deps, debitLost),
    });
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "drop_after" } });
    suspendsAtDebit = true;
    passTo(world, Date.parse(subscription.currentPeriod.endsAt) + secondMs);
    await world.tick();
    passTo(world, (await dueOf(sara)).due_at ?? 0);
    await world.live(26 * hourMs, 30 * minuteMs);
    expect((await sara.payments()).map(({ status }) => status)).toEqual(["unknown", "succeeded"]);
    expect((await sara.subscription(subscription.id)).status).toBe("active");

    suspend(false);
    await world.live(6 * dayMs, 3 * hourMs);
    expect((await sara.payments()).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
    expect(world.simulator.totals().debits).toBe(2);
    expect((await sara.subscription(subscription.id)).status).toBe("active");
  });
});

describe("collecting that is resumed between a load and its commit", () => {
  /** Dependencies whose commit of such an event is preceded by the operator's resuming. */
  function resumedAtCommit(deps: Deps, type: string, resume: () => Promise<unknown>): Deps {
    let isResumed = false;
    const sha256 = async (text: string) => {
      if (!isResumed && text.includes(type)) {
        isResumed = true;
        await resume();
      }
      return deps.sha256(text);
    };
    return { ...deps, sha256 };
  }

  /** Collecting is stopped, and it is the second at which a renewal is collected. */
  async function aRenewalInTheStop() {
    const running = await aRunningSubscription();
    const { world, sara, subscription } = running;
    const { collect } = await anOperator(world);
    await collect(false);
    passTo(world, Date.parse(subscription.currentPeriod.endsAt) + secondMs);
    await world.tick();
    passTo(world, (await dueOf(sara)).due_at ?? 0);
    return { ...running, resume: () => collect(true) };
  }

  it("wakes the customer whose renewal was being made: debited without anybody's help", async () => {
    const { world, sara, resume } = await aRenewalInTheStop();
    const deps = resumedAtCommit(world.invocation(), "payment.created", resume);
    await world.deliver([{ customerId: sara.customerId }], deps);
    expect(await sara.payments()).toMatchObject([{ status: "created" }, { status: "succeeded" }]);
    expect((await dueOf(sara)).due_at).toBeLessThanOrEqual(world.now());
    await world.live(minuteMs);
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }, { status: "succeeded" }]);
  });

  it("wakes the customer whose own request was being written, even when the queue loses its message", async () => {
    const { world, sara, resume } = await aRenewalInTheStop();
    const { id } = await sara.open();
    await world.tick();
    expect(await sara.payments()).toMatchObject([{ status: "created" }, { status: "succeeded" }]);
    expect((await dueOf(sara)).due_at).toBeGreaterThan(world.now());
    world.hold();
    const deps = resumedAtCommit(world.invocation(), "payment_method.cancelled", resume);
    const cancel = sara.request("POST", `/v1/payment-methods/${id}/cancel`);
    expect((await world.fetchWith(deps, cancel)).status).toBe(200);
    world.queue.length = 0;
    world.release();
    await world.live(minuteMs);
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }, { status: "succeeded" }]);
  });
});

describe("a customer whose run threw nine times", () => {
  it("is looked at again, and recovers once the cause is gone", async () => {
    let isBroken = false;
    const faults: string[] = [];
    const brokenAtTimes = (deps: Deps): Deps => ({
      ...withGateway(deps, (gateway) => ({
        requestPayment: (input) => (isBroken ? Promise.reject(new Error("a bug")) : gateway.requestPayment(input)),
      })),
      log: ({ level, event }) => void (level === "error" && faults.push(event)),
    });
    const { world, sara } = await aRunningSubscription({ disturb: brokenAtTimes });
    isBroken = true;
    await sara.advance("2026-12-22T20:00:00Z");
    for (let attempt = 2; attempt <= 9; attempt++) {
      passTo(world, (await dueOf(sara)).claimed_until);
      await world.tick();
      expect((await dueOf(sara)).attempts).toBe(attempt);
    }
    expect(faults).toContain("customer_needs_an_operator");
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }]);

    isBroken = false;
    await world.live(hourMs, 5 * minuteMs);
    expect(await sara.payments()).toMatchObject([{ status: "succeeded" }, { status: "succeeded" }]);
    expect((await dueOf(sara)).attempts).toBe(0);
    expect(world.simulator.totals().debits).toBe(2);
  });
});

describe("a quota", () => {
  const quotasOf = async (sara: Subscriber) => (await sara.call<readonly Quota[]>("GET", "/v1/quotas")).body.data;

  async function anEndedSubscription() {
    const running = await aRunningSubscription();
    const { world, sara, subscription } = running;
    await useMessages(world, sara.customerId, 1_500);
    await sara.call("POST", `/v1/subscriptions/${subscription.id}/cancel`);
    return running;
  }

  it("whose time is over shows nothing to use, on the test clock as on the real one", async () => {
    const { world, sara, subscription } = await anEndedSubscription();
    expect(await quotasOf(sara)).toMatchObject([{ granted: 2_000, used: 1_500, remaining: 500 }]);
    passTo(world, Date.parse(subscription.currentPeriod.endsAt) - secondMs);
    expect(await quotasOf(sara)).toMatchObject([{ remaining: 500 }]);
    world.pass(secondMs);
    expect(await quotasOf(sara)).toMatchObject([{ granted: 2_000, used: 1_500, remaining: 0 }]);

    const other = await anEndedSubscription();
    await other.sara.advance("2027-01-01T08:00:00Z");
    expect(await quotasOf(other.sara)).toMatchObject([{ granted: 2_000, used: 1_500, remaining: 0 }]);
  });

  it("of a new subscription is whole, though the old one's was used up in the same period number", async () => {
    const { sara, priceId, methodId } = await anEndedSubscription();
    await sara.advance("2027-01-01T08:00:00Z");
    expect((await sara.subscribe(priceId, methodId)).status).toBe(201);
    expect(await quotasOf(sara)).toMatchObject([{ granted: 2_000, used: 0, reserved: 0, remaining: 2_000 }]);
  });
});

describe("whoever reads the whole database", () => {
  /** Every row of every table there is. */
  async function dump(): Promise<string> {
    const { results } = await env.DB.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
    ).all<{ name: string }>();
    const tables = await env.DB.batch(results.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)));
    return JSON.stringify(tables.map(({ results: rows }, index) => [results[index]?.name, rows]));
  }

  it("finds no payman authority and no signature, not even in what browsers and notices brought", async () => {
    const secrets: string[] = [];
    const overhear = (deps: Deps): Deps =>
      withGateway(deps, (gateway) => ({
        requestAgreement: async (input) => {
          const answer = await gateway.requestAgreement(input);
          if (answer.kind === "settled") secrets.push(answer.value.paymanAuthority);
          return answer;
        },
        verifyAgreement: async (input) => {
          const answer = await gateway.verifyAgreement(input);
          if (answer.kind === "settled") secrets.push(answer.value.signature);
          return answer;
        },
      }));
    const { world, sara, methodId } = await aRunningSubscription({ disturb: overhear });
    const [authority = "", signature = ""] = secrets;
    const brought = new URLSearchParams({ payman_authority: authority, Payman_Authority: authority, status: "OK" });
    await world.fetch(new Request(`${publicUrl}/v1/callbacks/payment-methods/${methodId}?${brought.toString()}`));
    const notice = { payman_authority: authority, signature, PaymanSignature: signature };
    const posted = caller(world, null)("POST", "/v1/webhooks/zarinpal", notice);
    expect((await posted).status).toBe(200);
    await sara.call("POST", `/v1/payment-methods/${methodId}/cancel`);
    await world.tick();
    const kept = await env.DB.prepare("SELECT source, body FROM webhook_event").all<{ source: string; body: string }>();
    expect(kept.results.map(({ source }) => source)).toEqual(expect.arrayContaining(["return", "notice"]));

    const everything = await dump();
    expect(everything).toContain(sara.email);
    expect(secrets.map((secret) => secret.length)).toEqual([expect.any(Number), 416]);
    for (const secret of secrets) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(encodeURIComponent(secret));
      expect(everything).not.toContain(secret.slice(8, 32));
    }
  });
});

describe("the answer of a money call", () => {
  /** One run whose money call is answered only after something else has been written to the customer's stream. */
  async function debitDuring(setup: Awaited<ReturnType<typeof aSignedSubscriber>>, meanwhile: () => Promise<unknown>) {
    const { world, sara, priceId, methodId } = setup;
    world.hold();
    await sara.subscribe(priceId, methodId);
    world.queue.length = 0;
    const slow = (gateway: Gateway): Partial<Gateway> => ({
      debit: async (input) => {
        const answer = await gateway.debit(input);
        await meanwhile();
        return answer;
      },
    });
    const logged = world.log.length;
    await world.deliver([{ customerId: sara.customerId }], withGateway(world.invocation(), slow));
    expect(world.log.slice(logged)).toContainEqual(expect.objectContaining({ event: "commit_unsure" }));
    expect(checkouts(world)).toBe(1);
    return (await sara.payments())[0];
  }

  it("that took the money survives a lost race: booked at once, by the same run", async () => {
    const setup = await aSignedSubscriber();
    const payment = await debitDuring(setup, () => setup.sara.open());
    expect(payment).toMatchObject({ status: "succeeded" });
    expect((await setup.sara.call<readonly object[]>("GET", "/v1/subscriptions")).body.data).toMatchObject([
      { status: "active" },
    ]);
  });

  it("that is a refusal survives a lost race: failed at once, by the same run", async () => {
    const setup = await aSignedSubscriber({ gateway: { inquiryOfUntouched: "FAILED" } });
    setup.world.simulator.fault({ call: "payman/checkout", fault: { kind: "decline" } });
    const payment = await debitDuring(setup, () => setup.sara.open());
    expect(payment).toMatchObject({ status: "failed" });
    expect(setup.world.simulator.totals().debits).toBe(0);
  });

  it("that is a refusal counts even when it comes after others have begun to ask what became of it", async () => {
    const setup = await aSignedSubscriber({ gateway: { inquiryOfUntouched: "FAILED" } });
    const { world, sara } = setup;
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "decline" } });
    let meanwhile: unknown;
    const payment = await debitDuring(setup, async () => {
      world.pass(80 * secondMs);
      await world.deliver([{ customerId: sara.customerId }]);
      meanwhile = (await sara.payments())[0]?.status;
    });
    expect(meanwhile).toBe("unknown");
    expect(payment).toMatchObject({ status: "failed" });
  });

  it("is not forestalled by a forged return of the browser while the call is on its way", async () => {
    const setup = await aSignedSubscriber({ gateway: { inquiryOfUntouched: "FAILED" } });
    const { world, sara } = setup;
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "decline" } });
    let meanwhile: unknown;
    const payment = await debitDuring(setup, async () => {
      world.pass(15 * secondMs);
      const id = (await sara.payments())[0]?.id;
      await world.fetch(new Request(`${publicUrl}/v1/callbacks/payments/${id}?Status=OK`));
      await world.deliver([{ customerId: sara.customerId }]);
      meanwhile = (await sara.payments())[0]?.status;
      await sara.open();
    });
    expect(meanwhile).toBe("submitted");
    expect(payment).toMatchObject({ status: "failed" });
  });
});

describe("a payment method", () => {
  it("that failed verification 43 days ago can still be cancelled", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const { id } = await sara.open();
    await world.live(2 * dayMs, 6 * hourMs);
    expect((await sara.paymentMethod(id)).status).toBe("verification_failed");
    world.pass(41 * dayMs);
    await world.tick();
    const answer = await sara.call<PaymentMethod>("POST", `/v1/payment-methods/${id}/cancel`);
    expect(answer).toMatchObject({ status: 200, body: { data: { status: "cancelled_by_user" } } });
    expect((await sara.paymentMethod(id)).status).toBe("cancelled_by_user");
  });
});

describe("a product whose text holds control characters", () => {
  it.each([
    ["name", "Pro\u0007"],
    ["description", "\u0001".repeat(400)],
    ["roundtableId", "plan\u001b[2J"],
  ])("in its %s is refused: 422 with a pointer", async (field, text) => {
    const world = await aFreshWorld();
    const { call } = await anOperator(world);
    const product = { name: crypto.randomUUID(), description: "", roundtableId: null, messageQuota: 1 };
    const body = { ...product, grantOn: "payment", [field]: text };
    const answer = await call("POST", "/v1/products", body, crypto.randomUUID());
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: [{ pointer: `/body/${field}` }] });
  });
});
