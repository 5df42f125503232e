// Payment methods from the opening to the end: whose they are, what is never shown, and what a bank or a browser may do.
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { PaymentMethod, SigningBank } from "../../contract/payment-method.ts";
import type * as z from "zod";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { mortal } from "../support/mortal.ts";
import { signedInPerson } from "../support/people.ts";
import { aSubscriber, caller, visitBank, type Subscriber } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

interface Opened {
  readonly paymentMethod: PaymentMethod;
  readonly banks: readonly z.infer<typeof SigningBank>[];
}

const limits = (world: World) => ({
  maxAmountRials: 5_000_000,
  maxDailyCount: 2,
  maxMonthlyCount: 10,
  expiresAt: new Date(world.now() + 365 * dayMs).toISOString(),
});

const create = (sara: Subscriber, body: object, key: string = crypto.randomUUID()) =>
  sara.call<Opened>("POST", "/v1/payment-methods", body, key);
const cancel = (sara: Subscriber, id: string) => sara.call<PaymentMethod>("POST", `/v1/payment-methods/${id}/cancel`);
const callsOf = (world: World, name: string) => world.simulator.calls().filter(({ call }) => call === name);
const typesOf = async (sara: Subscriber) => (await sara.events()).map(({ type }) => type);

async function aPerson() {
  const world = await aFreshWorld();
  return { world, sara: await aSubscriber(world) };
}

/** The payer's browser on its way back to us, whatever the gateway says. */
const returnTo = (world: World, id: string, query = "?payman_authority=x&status=OK") =>
  world.fetch(new Request(`${publicUrl}/v1/callbacks/payment-methods/${id}${query}`));

describe("opening a payment method", () => {
  it("201 pending_signature with the banks and where to sign at each", async () => {
    const { world, sara } = await aPerson();
    const { status, body } = await create(sara, limits(world));
    expect(status).toBe(201);
    expect(body.data.paymentMethod).toMatchObject({
      status: "pending_signature",
      ...limits(world),
      cancellation: null,
    });
    expect(body.data.banks.map(({ bankCode }) => bankCode)).toEqual(["SABCIR", "SINAIR"]);
    expect(body.data.banks[1]).toMatchObject({ maxDailyAmountRials: 100_000_000, maxDailyCount: null });
    const banks = await sara.call("GET", `/v1/payment-methods/${body.data.paymentMethod.id}/banks`);
    expect(banks.body.data).toEqual(body.data.banks);
  });

  it("409 mobile_not_verified without a mobile number proved by code; the gateway is not asked", async () => {
    const world = await aFreshWorld();
    const call = caller(world, (await signedInPerson(world.auth)).token);
    const { status, body } = await call("POST", "/v1/payment-methods", limits(world), crypto.randomUUID());
    expect({ status, code: body.code }).toEqual({ status: 409, code: "mobile_not_verified" });
    expect(world.simulator.calls()).toEqual([]);
  });

  it("422 with a pointer for less than 31 days or more than 3 years; exactly 31 days will do", async () => {
    const { world, sara } = await aPerson();
    for (const ms of [31 * dayMs - 1_000, 3 * 366 * dayMs + 1_000, -dayMs]) {
      const { status, body } = await create(sara, {
        ...limits(world),
        expiresAt: new Date(world.now() + ms).toISOString(),
      });
      expect(status).toBe(422);
      expect(body).toMatchObject({ code: "validation_failed", errors: [{ pointer: "/body/expiresAt" }] });
    }
    const shortest = new Date(world.now() + 31 * dayMs).toISOString();
    expect((await create(sara, { ...limits(world), expiresAt: shortest })).status).toBe(201);
    expect(callsOf(world, "payman/request")).toHaveLength(1);
  });

  it("409 payment_method_limit_reached for the sixth that waits to be signed", async () => {
    const { world, sara } = await aPerson();
    for (let count = 0; count < 5; count++) expect((await create(sara, limits(world))).status).toBe(201);
    expect((await create(sara, limits(world))).body).toMatchObject({ code: "payment_method_limit_reached" });
  });

  it("503 while the gateway does not answer, and the same key goes on with the same payment method", async () => {
    const { world, sara } = await aPerson();
    world.simulator.fault({ call: "payman/request", fault: { kind: "http_500", effect: "before" } });
    const key = crypto.randomUUID();
    expect((await create(sara, limits(world), key)).body).toMatchObject({ code: "gateway_unavailable" });
    const [waiting] = (await sara.call<readonly PaymentMethod[]>("GET", "/v1/payment-methods")).body.data;
    const again = await create(sara, limits(world), key);
    expect(again).toMatchObject({ status: 201, body: { data: { paymentMethod: { id: waiting?.id } } } });
  });

  it("409 for the banks of one that is not waiting to be signed", async () => {
    const { sara } = await aPerson();
    const id = await sara.sign();
    const { status, body } = await sara.call("GET", `/v1/payment-methods/${id}/banks`);
    expect({ status, code: body.code }).toEqual({ status: 409, code: "payment_method_not_active" });
  });
});

describe("a payer who comes back from the bank", () => {
  it("having signed has an active payment method, and the page says so in Persian", async () => {
    const { world, sara } = await aPerson();
    const { id, signingUrl } = await sara.open();
    const page = await visitBank(world, signingUrl, "sign");
    expect(page).toContain('dir="rtl"');
    expect(await sara.paymentMethod(id)).toMatchObject({ status: "active" });
    expect(await typesOf(sara)).toEqual([
      "customer.created",
      "payment_method.created",
      "payment_method.signing_opened",
      "payment_method.activated",
    ]);
  });

  it("having refused has none: the gateway is asked once before NOK is believed", async () => {
    const { world, sara } = await aPerson();
    const { id, signingUrl } = await sara.open();
    await visitBank(world, signingUrl, "refuse");
    expect(await sara.paymentMethod(id)).toMatchObject({ status: "verification_failed" });
    expect(callsOf(world, "payman/verify")).toHaveLength(1);
  });

  it("with NOK though they signed has an active one: NOK is only a hint", async () => {
    const { world, sara } = await aPerson();
    const { id, signingUrl } = await sara.open();
    world.simulator.configure({ callback: "missing" });
    await visitBank(world, signingUrl, "sign");
    await returnTo(world, id, "?status=NOK");
    expect(await sara.paymentMethod(id)).toMatchObject({ status: "active" });
  });

  it("never, having signed, has an active one by the tick within 15 minutes", async () => {
    const { world, sara } = await aPerson();
    const { id, signingUrl } = await sara.open();
    world.simulator.configure({ callback: "missing" });
    await visitBank(world, signingUrl, "sign");
    await world.live(14 * minuteMs);
    expect((await sara.paymentMethod(id)).status).toBe("pending_signature");
    await world.live(2 * minuteMs);
    expect((await sara.paymentMethod(id)).status).toBe("active");
  });

  it("with OK within 24 hours of a refusal, having signed after all, has an active one", async () => {
    const { world, sara } = await aPerson();
    world.simulator.configure({ endedPage: "usable_again" });
    const { id, signingUrl } = await sara.open();
    await visitBank(world, signingUrl, "refuse");
    expect((await sara.paymentMethod(id)).status).toBe("verification_failed");
    world.pass(20 * hourMs);
    await visitBank(world, signingUrl, "sign");
    await world.drain();
    expect((await sara.paymentMethod(id)).status).toBe("active");
  });

  it("with a forged OK, unsigned, has none, and ends as not signed after 24 hours", async () => {
    const { world, sara } = await aPerson();
    const { id } = await sara.open();
    await returnTo(world, id);
    expect((await sara.paymentMethod(id)).status).toBe("pending_signature");
    await world.live(25 * hourMs, 10 * minuteMs);
    expect((await sara.paymentMethod(id)).status).toBe("verification_failed");
    expect(callsOf(world, "payman/verify").length).toBeLessThan(8);
  });
});

describe("somebody else", () => {
  it("who brings their own authority, cookie and OK to my address attaches nothing to mine, nor mine to theirs", async () => {
    const { world, sara } = await aPerson();
    const mallory = await aSubscriber(world);
    const mine = await sara.open();
    const theirs = await mallory.open();
    await visitBank(world, theirs.signingUrl, "sign");
    const stolen = world.simulator.snapshot().contracts.find(({ status }) => status === "ACTIVE")?.paymanAuthority;
    const request = new Request(
      `${publicUrl}/v1/callbacks/payment-methods/${mine.id}?payman_authority=${stolen}&status=OK`,
      { headers: { authorization: `Bearer ${mallory.token}` } },
    );
    expect((await world.fetch(request)).status).toBe(200);
    expect((await sara.paymentMethod(mine.id)).status).toBe("pending_signature");
    const theirMethods = (await mallory.call<readonly PaymentMethod[]>("GET", "/v1/payment-methods")).body.data;
    expect(theirMethods.map(({ id }) => id)).toEqual([theirs.id]);
    expect(await typesOf(sara)).not.toContain("payment_method.activated");
  });

  it("can neither see, cancel nor debit it", async () => {
    const { world, sara } = await aPerson();
    const mallory = await aSubscriber(world);
    const id = await sara.sign();
    const priceId = await aPrice(world);
    const answers = [
      await mallory.call("GET", `/v1/payment-methods/${id}`),
      await mallory.call("GET", `/v1/payment-methods/${id}/banks`),
      await cancel(mallory, id),
      await mallory.subscribe(priceId, id),
    ];
    expect(answers.map(({ status, body }) => `${status} ${body.code}`)).toEqual(Array(4).fill("404 not_found"));
    expect((await sara.paymentMethod(id)).status).toBe("active");
  });
});

describe("cancelling", () => {
  it("ends it at once here and then at the bank, and the row and its audit stay", async () => {
    const { world, sara } = await aPerson();
    const id = await sara.sign();
    world.hold();
    expect((await cancel(sara, id)).body.data).toMatchObject({
      status: "cancelled_by_user",
      cancellation: "requested",
    });
    world.release();
    await world.drain();
    expect(await sara.paymentMethod(id)).toMatchObject({ status: "cancelled_by_user", cancellation: "confirmed" });
    expect(world.simulator.snapshot().contracts[0]?.status).toBe("CANCELLED");
    expect(await typesOf(sara)).toContain("payment_method.cancellation_ended");
  });

  it("is safe to repeat: the same answer, and the bank is told once", async () => {
    const { world, sara } = await aPerson();
    const id = await sara.sign();
    const answers = await Promise.all([cancel(sara, id), cancel(sara, id), cancel(sara, id)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    await world.live(hourMs);
    expect((await cancel(sara, id)).status).toBe(200);
    expect(callsOf(world, "payman/cancelContract")).toHaveLength(1);
    expect((await typesOf(sara)).filter((type) => type === "payment_method.cancelled")).toHaveLength(1);
  });

  it.each([
    ["answers late", { kind: "drop_after" }, "same", "confirmed"],
    ["answers late and errs the second time", { kind: "drop_after" }, "error", "presumed"],
    ["cannot be reached", { kind: "drop_before" }, "error", "confirmed"],
    ["errs with 500", { kind: "http_500", effect: "after" }, "error", "presumed"],
    ["answers HTML", { kind: "html", effect: "before" }, "same", "confirmed"],
    ["refuses once", { kind: "decline", code: -200 }, "same", "confirmed"],
    ["asks to be asked later", { kind: "backoff" }, "same", "confirmed"],
  ] as const)("at a bank that %s is told again until it is over", async (_what, fault, cancelTwice, cancellation) => {
    const { world, sara } = await aPerson();
    const id = await sara.sign();
    world.simulator.configure({ cancelTwice });
    world.simulator.fault({ call: "payman/cancelContract", fault });
    await cancel(sara, id);
    await world.drain();
    await world.live(5 * minuteMs, 10_000);
    expect(await sara.paymentMethod(id)).toMatchObject({ status: "cancelled_by_user", cancellation });
    expect(world.simulator.snapshot().contracts[0]?.status).toBe("CANCELLED");
  });

  it("before it was signed ends a late signature at the bank", async () => {
    const { world, sara } = await aPerson();
    const { id, signingUrl } = await sara.open();
    expect((await cancel(sara, id)).body.data).toMatchObject({ status: "cancelled_by_user", cancellation: null });
    await visitBank(world, signingUrl, "sign");
    await world.live(2 * minuteMs);
    expect(await sara.paymentMethod(id)).toMatchObject({ status: "cancelled_by_user", cancellation: "confirmed" });
    expect(world.simulator.snapshot().contracts[0]?.status).toBe("CANCELLED");
  });

  it(
    "may be interrupted at any await: the next ticks end it, and it is told to the bank",
    { timeout: 120_000 },
    async () => {
      const counted = await aPerson();
      const countedId = await counted.sara.sign();
      const life = mortal(counted.world.invocation());
      const requestTo = (sara: Subscriber, id: string) => sara.request("POST", `/v1/payment-methods/${id}/cancel`);
      counted.world.hold();
      await counted.world.fetchWith(life.deps, requestTo(counted.sara, countedId));
      const consumer = mortal(counted.world.invocation());
      await counted.world.deliver([{ customerId: counted.sara.customerId }], consumer.deps);
      const deaths = [
        ...life.operations.map((operation, index) => ({ operation, at: index + 1, in: "request" as const })),
        ...consumer.operations.map((operation, index) => ({ operation, at: index + 1, in: "consumer" as const })),
      ].flatMap((death) => death.operation.hows.filter((how) => how !== "late").map((how) => ({ ...death, how })));
      expect(deaths.length).toBeGreaterThan(15);
      for (const death of deaths) {
        const { world, sara } = await aPerson();
        const id = await sara.sign();
        world.hold();
        const dying = mortal(world.invocation(), death.at, death.how);
        if (death.in === "request") {
          await Promise.race([world.fetchWith(dying.deps, requestTo(sara, id)), dying.died]);
        } else {
          await cancel(sara, id);
          world.queue.length = 0;
          await Promise.race([world.deliver([{ customerId: sara.customerId }], dying.deps), dying.died]);
        }
        world.release();
        await world.live(4 * minuteMs, 20_000);
        const { status, cancellation } = await sara.paymentMethod(id);
        const where = `${death.in} ${death.operation.name} (${death.at}) ${death.how}`;
        if (status === "active") {
          expect(death.in, where).toBe("request");
          expect(world.simulator.snapshot().contracts[0]?.status, where).toBe("ACTIVE");
          continue;
        }
        expect({ status, cancellation }, where).toEqual({ status: "cancelled_by_user", cancellation: "confirmed" });
        expect(world.simulator.snapshot().contracts[0]?.status, where).toBe("CANCELLED");
      }
    },
  );
});

test("an agreement that ends by itself is expired, and is not debited", async () => {
  const { world, sara } = await aPerson();
  const id = await sara.sign({ expiresAt: new Date(world.now() + 32 * dayMs).toISOString() });
  world.pass(32 * dayMs);
  await world.tick();
  expect((await sara.paymentMethod(id)).status).toBe("expired");
  expect((await sara.subscribe(await aPrice(world), id)).body).toMatchObject({ code: "payment_method_not_active" });
});

describe("a signature, an agreement's authority, a national id and a mobile number", () => {
  const nationalId = "0499370899";
  const answers: string[] = [];
  let secrets: readonly string[];
  let world: World;
  let sara: Subscriber;

  beforeAll(async () => {
    world = await aFreshWorld();
    const quiet = world.fetch;
    const told = async (request: Request) => {
      const response = await quiet(request);
      answers.push(JSON.stringify([...response.headers]), await response.clone().text());
      return response;
    };
    const listening = { ...world, fetch: told };
    sara = await aSubscriber(listening);
    const id = await sara.sign({ nationalId });
    const { id: other } = await sara.open({ nationalId });
    await sara.subscribe(await aPrice(world), id);
    world.simulator.fault({ call: "payman/cancelContract", times: 2, fault: { kind: "decline" } });
    for (const path of ["/v1/payment-methods", `/v1/payment-methods/${id}`, "/v1/events?limit=100", "/v1/me"]) {
      await sara.call("GET", path);
    }
    await cancel(sara, id);
    await cancel(sara, other);
    await world.live(10 * minuteMs);
    await sara.call("GET", "/v1/events?limit=100");
    const contracts = world.simulator.snapshot().contracts;
    secrets = [nationalId, ...contracts.flatMap(({ signature }) => signature ?? [])];
  });

  afterAll(() => expect(secrets.length).toBe(2));

  it("stand in no answer; but for the address at which the payer signs", () => {
    const said = answers.join("\n");
    expect(said.length).toBeGreaterThan(5_000);
    for (const secret of [...secrets, sara.mobile]) expect(said.includes(secret), secret).toBe(false);
    const authorities = world.simulator.snapshot().contracts.map(({ paymanAuthority }) => paymanAuthority);
    const signing = answers.filter((text) => authorities.some((authority) => text.includes(authority)));
    expect(signing.every((text) => text.includes("/pg/StartPayman/"))).toBe(true);
  });

  it("stand in no log line", () => {
    const logged = JSON.stringify(world.log);
    for (const secret of [...secrets, sara.mobile]) expect(logged.includes(secret), secret).toBe(false);
  });

  it("stand nowhere in the database in clear, but for the mobile number in the user's own row", async () => {
    const tables = await env.DB.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
    ).all<{ name: string }>();
    const authorities = world.simulator.snapshot().contracts.map(({ paymanAuthority }) => paymanAuthority);
    const found: string[] = [];
    for (const { name } of tables.results) {
      const dump = JSON.stringify((await env.DB.prepare(`SELECT * FROM "${name}"`).all()).results);
      for (const secret of [...secrets, sara.mobile]) if (dump.includes(secret)) found.push(`${name}: ${secret}`);
      if (name !== "webhook_event" && authorities.some((authority) => dump.includes(authority))) found.push(name);
    }
    expect(found).toEqual([`user: ${sara.mobile}`]);
    expect(tables.results.length).toBeGreaterThan(20);
  });
});
