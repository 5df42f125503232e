// The breaker is the database's: whatever a consumer believed when it loaded, five unknowns in a row let no new debit be
// submitted for five minutes, and then one.
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { minuteMs, secondMs } from "../../server/billing/clock.ts";
import type { Deps } from "../../server/deps.ts";
import { aPrice } from "../support/catalogue.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";
import { aWorld } from "../support/world.ts";

const noHash = "0".repeat(64);

/** The log keeps everything, so each test lives an hour later than the one before, and begins with a debit that succeeds. */
let start = Date.parse("2026-11-22T08:00:00Z");

beforeEach(async () => {
  start += 60 * minuteMs;
  await submit(start);
  await tell("payment.succeeded", start);
});

/** Appends an event of a stream of its own. */
function tell(type: string, at: number, data: object = {}) {
  return env.DB.prepare(
    `INSERT INTO billing_event (id, stream, seq, epoch, type, version, at, actor, data, prev_hash, hash)
     VALUES (?, ?, 1, 1, ?, 1, ?, 'system', ?, ?, ?)`,
  )
    .bind(`evt_${crypto.randomUUID()}`, crypto.randomUUID(), type, at, JSON.stringify(data), noHash, noHash)
    .run();
}

/** So many unknowns in a row, the last of them at the returned time. */
async function unknowns(count: number): Promise<number> {
  for (let index = 1; index <= count; index++) await tell("payment.unknown", start + index * secondMs);
  return start + count * secondMs;
}

const submit = (at: number) => tell("payment.submitted", at);
const refused = "the breaker is open";

describe("payment.submitted is refused by the database", () => {
  it("for five minutes after five unknowns in a row, and not a moment longer", async () => {
    const last = await unknowns(5);
    await expect(submit(last)).rejects.toThrow(refused);
    await expect(submit(last + 5 * minuteMs - 1)).rejects.toThrow(refused);
    await submit(last + 5 * minuteMs);
  });

  it("neither after four, nor after five of which one was not in the row", async () => {
    const last = await unknowns(4);
    await submit(last);
    await tell("payment.failed", last, { reason: "declined" });
    await submit(await unknowns(4));
  });

  it("and no other event is", async () => {
    const last = await unknowns(5);
    for (const type of ["payment.created", "payment.unknown", "payment.asked", "payment.succeeded"]) {
      expect((await tell(type, last)).meta.changes).toBeGreaterThan(0);
    }
  });

  it("to all but one of eight that come at once when the time is over, and to all for five minutes from then", async () => {
    const at = (await unknowns(5)) + 5 * minuteMs;
    const sent = await Promise.allSettled(Array.from({ length: 8 }, () => submit(at)));
    expect(sent.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    await expect(submit(at + 5 * minuteMs - 1)).rejects.toThrow(refused);
    await submit(at + 5 * minuteMs);
  });
});

describe("after the probe", () => {
  const untilProbed = async () => {
    const at = (await unknowns(5)) + 5 * minuteMs;
    await submit(at);
    return at + secondMs;
  };

  it.each([
    ["a success", "payment.succeeded", {}],
    ["a decline", "payment.failed", { reason: "declined" }],
    ["money that was not taken", "payment.failed", { reason: "not_taken" }],
  ])("%s closes the breaker at once, for everybody", async (_what, type, data) => {
    const at = await untilProbed();
    await expect(submit(at)).rejects.toThrow(refused);
    await tell(type, at, data);
    for (let count = 0; count < 3; count++) await submit(at);
  });

  it.each(["not_sent", "payment_method_not_active", "amount_above_ceiling"])(
    "a failure that never reached the gateway (%s) leaves it open",
    async (reason) => {
      const at = await untilProbed();
      for (let count = 0; count < 6; count++) await tell("payment.failed", at, { reason });
      await expect(submit(at)).rejects.toThrow(refused);
    },
  );

  it("another unknown keeps it open for five minutes more", async () => {
    const at = await untilProbed();
    await tell("payment.unknown", at + minuteMs);
    await expect(submit(at + 6 * minuteMs - 1)).rejects.toThrow(refused);
    await submit(at + 6 * minuteMs);
  });
});

describe("consumers that all saw the breaker half open", () => {
  it("send one debit between them; when that one is lost too, the others wait for the next probe, and all are paid", async () => {
    const meet = barrier(5);
    const disturb = (deps: Deps): Deps => {
      const { gateway } = deps;
      const requestPayment: typeof gateway.requestPayment = async (input) => {
        const answer = await gateway.requestPayment(input);
        await meet();
        return answer;
      };
      return { ...deps, gateway: { ...gateway, requestPayment } };
    };
    const world = aWorld({ startsAt: new Date(start + secondMs).toISOString(), disturb });
    const priceId = await aPrice(world);
    const people: { readonly sara: Subscriber; readonly methodId: string }[] = [];
    for (let index = 0; index < 5; index++) {
      const sara = await aSubscriber(world);
      people.push({ sara, methodId: await sara.sign() });
    }
    for (let index = 0; index < 5; index++) await tell("payment.unknown", world.now());
    world.hold();
    for (const { sara, methodId } of people) await sara.subscribe(priceId, methodId);
    world.queue.length = 0;
    world.pass(5 * minuteMs);

    const checkouts = () => world.simulator.calls().filter(({ call }) => call === "payman/checkout").length;
    world.simulator.fault({ call: "payman/checkout", fault: { kind: "drop_before" } });
    await world.deliver(people.map(({ sara }) => ({ customerId: sara.customerId })));
    world.release();
    await world.live(4 * minuteMs, minuteMs);
    expect(checkouts()).toBe(1);

    await world.live(6 * minuteMs, minuteMs);
    const statuses = await Promise.all(
      people.map(async ({ sara }) => (await sara.payments()).map((one) => one.status)),
    );
    expect(statuses.flat().toSorted()).toEqual(["succeeded", "succeeded", "succeeded", "succeeded", "unknown"]);
    expect(checkouts()).toBe(5);
    expect(world.log.filter(({ level }) => level === "error")).toEqual([]);
  });
});

/** Lets nobody pass until so many have come; afterwards everybody. */
function barrier(count: number): () => Promise<void> {
  let come = 0;
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return async () => {
    if (++come === count) open();
    await opened;
  };
}
