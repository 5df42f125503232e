// Messages over months: told when most are used, added on top, carried along, and never paid back while they are used.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { CustomerState } from "../../contract/customer.ts";
import type { AddedMessages, Reservation } from "../../contract/quota.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { rials } from "../../server/billing/money.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { settleDue } from "../../server/store/due.ts";
import { checkInvariants } from "../../server/store/invariants.ts";
import { aPrice } from "../support/catalogue.ts";
import { d1Around } from "../support/d1-around.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { signedInPerson } from "../support/people.ts";
import { aSubscriber, caller, type Call, type Subscriber } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

let world: World;
let roundtable: Call;
let operator: Call;

beforeAll(async () => {
  world = await aFreshWorld();
  const scopes = ["quota:write", "customers:read"] as const;
  const { key } = await createPartnerKey(world.invocation(), { partnerId: housePartnerId, scopes, expiresAt: null });
  roundtable = caller(world, key);
  operator = caller(world, (await signedInPerson(world.auth, { role: "operator" })).token);
});

interface Customer {
  readonly sara: Subscriber;
  readonly id: string;
  readonly customerId: string;
  readonly productId: string;
}

/** Somebody with 600 messages a month, unless it is said otherwise. */
async function aCustomer(price: Parameters<typeof aPrice>[1] = {}): Promise<Customer> {
  const priceId = await aPrice(world, { messageQuota: 600, ...price });
  const sara = await aSubscriber(world);
  const { body } = await sara.subscribe(priceId, await sara.sign());
  return { sara, id: body.data.id, customerId: sara.customerId, productId: body.data.productId };
}

const use = ({ customerId, productId }: Customer, messages: number) =>
  roundtable<Reservation>("POST", "/v1/quota/consume", { id: crypto.randomUUID(), customerId, productId, messages });

const give = ({ customerId, productId }: Customer, messages: number, more: object = {}) =>
  operator<AddedMessages>(
    "POST",
    `/v1/operator/customers/${customerId}/quota-grants`,
    { productId, messages, reason: "a mishap", ...more },
    crypto.randomUUID(),
  );

const stateOf = async ({ customerId }: Customer) =>
  (await roundtable<CustomerState>("GET", `/v1/customers/${customerId}/state`)).body.data;

const toldOf = async ({ sara }: Customer) =>
  (await sara.events()).flatMap(({ type, data }) => (type === "quota.threshold_reached" ? [data] : []));

async function isSound(): Promise<void> {
  expect((await checkInvariants(env.DB)).filter(({ offenders }) => offenders[0])).toEqual([]);
}

describe("at 80 % and at 100 %", () => {
  it("it is told once for each, however many use messages at once and however often somebody looks", async () => {
    const customer = await aCustomer();
    const { customerId, productId } = customer;
    expect(await Promise.all(Array.from({ length: 47 }, () => use(customer, 10)))).toHaveLength(47);
    await world.tick();
    expect(await toldOf(customer)).toEqual([]);
    await Promise.all(Array.from({ length: 6 }, () => use(customer, 10)));
    await Promise.all([world.tick(), world.deliver([{ customerId }]), world.deliver([{ customerId }])]);
    await world.tick();
    expect(await toldOf(customer)).toMatchObject([{ productId, percent: 80, used: 530, granted: 600, periodIndex: 0 }]);
    await Promise.all(Array.from({ length: 10 }, () => use(customer, 10)));
    await world.tick();
    expect((await toldOf(customer)).map(({ percent }) => percent)).toEqual([80, 100]);
    await isSound();
  });

  it("it is told though nobody was to look at the customer before the next period", async () => {
    const customer = await aCustomer();
    await world.tick();
    await use(customer, 480);
    await world.tick();
    expect(await toldOf(customer)).toMatchObject([{ percent: 80, used: 480 }]);
  });

  it("a new period is told of its own use, and not of the one before, though one run brings both", async () => {
    const customer = await aCustomer();
    await use(customer, 600);
    await customer.sara.advance("2026-12-22T19:30:00Z");
    expect((await toldOf(customer)).map(({ periodIndex, percent }) => [periodIndex, percent])).toEqual([
      [0, 80],
      [0, 100],
    ]);
  });

  it("a use that comes while the customer is looked at is not forgotten", async () => {
    const customer = await aCustomer();
    const { sara } = customer;
    const seq = (await sara.events()).length;
    const loadedAt = wallMs(world.now());
    await use(customer, 500);
    // A run that had seen nothing of it comes to its end.
    await settleDue(env.DB, sara.customerId, null, { seq, loadedAt, switches: 1, quotaVersions: 1 });
    await world.tick();
    expect(await toldOf(customer)).toMatchObject([{ percent: 80, used: 500 }]);
  });
});

describe("messages that an operator gives", () => {
  it("count at once, are shown, and go along as far as they are left", async () => {
    const customer = await aCustomer();
    const { sara, productId } = customer;
    const { status, body } = await give(customer, 200);
    expect(status).toBe(201);
    expect(body.data).toMatchObject({ productId, source: "comp", priority: 10, messages: 200, expiresAt: null });
    expect((await use(customer, 700)).status).toBe(201);
    expect((await stateOf(customer)).quotas).toMatchObject([
      { granted: 800, used: 700, remaining: 100, added: [body.data] },
    ]);
    await sara.advance("2026-12-22T19:30:00Z");
    expect((await stateOf(customer)).quotas).toMatchObject([{ granted: 700, used: 0, remaining: 700 }]);
    await isSound();
  });

  it("are gone when they expire, but for what was burnt of them", async () => {
    const customer = await aCustomer();
    await give(customer, 200, { expiresAt: "2026-12-01T20:30:00Z" });
    await use(customer, 50);
    await customer.sara.advance("2026-12-01T20:29:59Z");
    expect((await stateOf(customer)).quotas).toMatchObject([{ granted: 800, remaining: 750 }]);
    await customer.sara.advance("2026-12-01T20:30:00Z");
    expect((await stateOf(customer)).quotas).toMatchObject([{ granted: 650, used: 50, remaining: 600, added: [] }]);
    await isSound();
  });

  it("come on top of a subscription: 409 without one, 404 for a customer who is nobody", async () => {
    const customer = await aCustomer();
    const productId = "prod_01kaqzv3m5e0a8r6b1x2n4y7tq";
    expect(await give({ ...customer, productId }, 5)).toMatchObject({
      status: 409,
      body: { code: "subscription_not_active" },
    });
    expect((await give({ ...customer, customerId: "cus_01kaqzv3m5e0a8r6b1x2n4y7tq" }, 5)).status).toBe(404);
  });
});

describe("what is left", () => {
  it("rolls over as far as the price says", async () => {
    const customer = await aCustomer({ terms: { rolloverMessages: 100 } });
    await use(customer, 450);
    await customer.sara.advance("2026-12-22T19:30:00Z");
    expect((await stateOf(customer)).quotas).toMatchObject([{ granted: 700, used: 0 }]);
    await isSound();
  });
});

describe("when all is used", () => {
  it("a tenth more may be set aside where the product says grace", async () => {
    const customer = await aCustomer({ whenUsedUp: "grace" });
    expect((await use(customer, 600)).status).toBe(201);
    expect((await use(customer, 61)).body.code).toBe("quota_exceeded");
    expect((await use(customer, 60)).status).toBe(201);
    expect((await use(customer, 1)).body.code).toBe("quota_exceeded");
    await isSound();
  });
});

describe("where the price charges for more than was granted", () => {
  const terms = { overageRials: rials(500), overageMessages: 100 };

  it("as many may be used as it says, and the next period's invoice has them on a line of their own", async () => {
    const customer = await aCustomer({ terms });
    expect((await use(customer, 600)).status).toBe(201);
    expect((await use(customer, 101)).body.code).toBe("quota_exceeded");
    expect((await use(customer, 70)).status).toBe(201);
    expect((await use(customer, 31)).body.code).toBe("quota_exceeded");
    await customer.sara.advance("2026-12-22T19:30:00Z");
    const [renewal] = await customer.sara.invoices();
    expect(renewal).toMatchObject({
      status: "paid",
      lines: [{ netRials: 2_990_000 }, { quantity: 70, netRials: 35_000, totalRials: 38_500 }],
      totalRials: 3_327_500,
    });
    expect((await stateOf(customer)).quotas).toMatchObject([{ granted: 600, used: 0, remaining: 600 }]);
    await isSound();
  });

  it("who leaves pays for them by a debit at once, and for nothing twice", async () => {
    const customer = await aCustomer({ terms });
    await use(customer, 600);
    await use(customer, 40);
    const { status } = await customer.sara.post(`/v1/subscriptions/${customer.id}/cancel`, { when: "now" });
    expect(status).toBe(200);
    await world.tick();
    const invoices = await customer.sara.invoices();
    expect(invoices).toHaveLength(2);
    expect(invoices[0]).toMatchObject({ reason: "purchase", status: "paid", totalRials: 22_000, dueRials: 22_000 });
    await world.live(40 * 86_400_000, 86_400_000);
    expect(await customer.sara.invoices()).toHaveLength(2);
    await isSound();
  });
});

describe("a message that is used while a decision goes by what was used", () => {
  it("makes it decide again: nobody is paid back for it", async () => {
    const customer = await aCustomer({ terms: { cancelCredit: "prorated" } });
    const { sara, id } = customer;
    const deps = world.invocation();
    let commits = 0;
    const db = d1Around(env.DB, {
      around: async (queries, effect) => {
        const isCancel = queries.some((query) => /insert into "quota_read"/i.test(query));
        if (isCancel && ++commits === 1) await use(customer, 600);
        return effect();
      },
    });
    const request = new Request(`${publicUrl}/v1/subscriptions/${id}/cancel`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${sara.token}`,
        "content-type": "application/json",
        "idempotency-key": crypto.randomUUID(),
      },
      body: JSON.stringify({ when: "now" }),
    });
    expect((await world.fetchWith({ ...deps, db }, request)).status).toBe(200);
    expect(commits).toBe(1);
    expect((await sara.events()).map(({ type }) => type)).not.toContain("credit_note.issued");
    expect((await sara.call<{ balanceRials: number }>("GET", "/v1/credit")).body.data.balanceRials).toBe(0);
    await isSound();
  });
});

describe("past the end of a period", () => {
  it("whoever asks first begins the next one, and it begins once", async () => {
    const own = await aFreshWorld();
    const scopes = ["quota:write"] as const;
    const { key } = await createPartnerKey(own.invocation(), { partnerId: housePartnerId, scopes, expiresAt: null });
    const sara = await aSubscriber(own);
    const { body } = await sara.subscribe(await aPrice(own, { messageQuota: 600 }), await sara.sign());
    own.pass(Date.parse("2026-12-21T20:30:00Z") - own.now());
    const { productId } = body.data;
    const wanted = { customerId: sara.customerId, productId, messages: 100 };
    const ask = () =>
      caller(own, key)<Reservation>("POST", "/v1/quota/consume", { id: crypto.randomUUID(), ...wanted });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    await own.tick();
    expect((await sara.events()).filter(({ type }) => type === "subscription.renewed")).toHaveLength(1);
    expect(await sara.quota()).toMatchObject({ granted: 600, used: 300 });
  });
});

it("nothing of all this was a fault", () => {
  expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
});
