// The gateway's payout file, as the simulator writes it, against our books.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Payout, PayoutDifference } from "../../contract/payout.ts";
import { payoutHeader } from "../../contract/payout.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { signedInPerson } from "../support/people.ts";
import { aPaidPurchase, anOpenPage, payAndVanish, statusOf } from "../support/purchase.ts";
import { aSubscriber, caller } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

const hourMs = 3_600_000;

type Imported = Payout & { readonly differences: readonly PayoutDifference[] };
interface Listed {
  readonly data: readonly Payout[];
  readonly clearingRials: number;
}

async function anOffice() {
  const world = await aFreshWorld({ gateway: { verifyWindowMs: 24 * hourMs } });
  const call = caller(world, (await signedInPerson(world.auth, { role: "operator" })).token);
  const send = (csv: string, key: string = crypto.randomUUID()) =>
    call<Imported>("POST", "/v1/payouts", { csv, reason: "Payouts of the panel" }, key);
  const list = async () => (await call("GET", "/v1/payouts")).body as unknown as Listed;
  return { world, call, send, list };
}

/** All that the gateway has settled in this world. */
const fileOf = (world: World) => world.simulator.payoutCsv(0, world.now() + 1);
const withoutHeader = (csv: string) => csv.split("\n").slice(1).join("\n");

async function entriesOf(payoutId: string) {
  const query = `SELECT account, amount_rials AS rials FROM ledger_entry
    WHERE event_id = (SELECT id FROM billing_event WHERE stream = 'payouts' AND json_extract(data, '$.payoutId') = ?)
    ORDER BY line`;
  const { results } = await env.DB.prepare(query).bind(payoutId).all<{ account: string; rials: number }>();
  return results.map(({ account, rials }) => [account, rials]);
}

describe("a payout file of what we have booked", () => {
  it("moves it from the clearing account to the bank, once, however often it is imported", async () => {
    const { world, send, list } = await anOffice();
    const { clearingRials: before } = await list();
    const sara = await aSubscriber(world);
    await aPaidPurchase(world, sara);
    await aPaidPurchase(world, sara, 2_000_000);
    expect((await list()).clearingRials).toBe(before + 2_970_000);
    const { status, body } = await send(fileOf(world));
    expect(status).toBe(201);
    expect(body.data).toMatchObject({
      lineCount: 2,
      matchedCount: 2,
      differenceCount: 0,
      alreadyImportedCount: 0,
      paidOutRials: 2_970_000,
      feeDifferenceRials: 0,
      differences: [],
    });
    expect(await entriesOf(body.data.id)).toEqual([
      ["bank", 2_970_000],
      ["gateway_clearing", -2_970_000],
    ]);
    expect(await list()).toMatchObject({ clearingRials: before, data: [{ id: body.data.id }] });

    const again = await send(fileOf(world) + withoutHeader(fileOf(world)));
    expect(again.body.data).toMatchObject({ lineCount: 4, matchedCount: 0, alreadyImportedCount: 4, paidOutRials: 0 });
    expect(await entriesOf(again.body.data.id)).toEqual([]);
    expect((await list()).clearingRials).toBe(before);
  });

  it("is imported once by one request, and by two at the same time", async () => {
    const { world, send } = await anOffice();
    await aPaidPurchase(world, await aSubscriber(world));
    const key = crypto.randomUUID();
    const [one, other] = await Promise.all([send(fileOf(world)), send(fileOf(world), key)]);
    expect([one, other].map(({ body }) => body.data.matchedCount).toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect((await send(fileOf(world), key)).body).toEqual(other.body);
  });

  it("with another fee than we booked books the difference as a fee, in the same event", async () => {
    const { world, send, list } = await anOffice();
    const { clearingRials: before } = await list();
    const { paymentId } = await aPaidPurchase(world, await aSubscriber(world));
    const { body } = await send(fileOf(world).replace(",10000,payment,", ",12500,payment,"));
    expect(body.data).toMatchObject({ matchedCount: 1, paidOutRials: 987_500, feeDifferenceRials: 2_500 });
    expect(body.data.differences).toMatchObject([{ line: 2, result: "fee_differs", paymentId }]);
    expect(await entriesOf(body.data.id)).toEqual([
      ["bank", 987_500],
      ["gateway_clearing", -987_500],
      ["gateway_fee", 2_500],
      ["gateway_clearing", -2_500],
    ]);
    expect((await list()).clearingRials).toBe(before);
  });
});

describe("a line that is not what we have booked", () => {
  it("of nobody's payment, or of another amount, is a difference and books nothing", async () => {
    const { world, send } = await anOffice();
    await aPaidPurchase(world, await aSubscriber(world));
    const stranger = "77777777,A9,500000,0,payment,2026-11-22T08:00:00.000Z";
    const { body } = await send(`${fileOf(world).replace(",1000000,", ",999999,")}${stranger}\n`);
    expect(body.data).toMatchObject({ matchedCount: 0, differenceCount: 2, paidOutRials: 0 });
    expect(body.data.differences.map(({ result }) => result)).toEqual(["amount_differs", "unknown_payment"]);
    expect(await entriesOf(body.data.id)).toEqual([]);
  });

  it("of money that the bank took back makes us ask: the payment is reversed, and the line is booked the next time", async () => {
    const { world, send, list } = await anOffice();
    const { clearingRials: before } = await list();
    const purchase = await aPaidPurchase(world, await aSubscriber(world));
    world.simulator.reverse(purchase.authority);
    const first = await send(fileOf(world));
    expect(first.body.data).toMatchObject({ matchedCount: 1, differenceCount: 1, paidOutRials: 990_000 });
    expect(first.body.data.differences).toMatchObject([{ type: "reversal", result: "not_booked" }]);
    await world.live(60_000);
    expect(await statusOf(purchase)).toBe("reversed");
    const second = await send(fileOf(world));
    expect(second.body.data).toMatchObject({ matchedCount: 1, alreadyImportedCount: 1, paidOutRials: -1_000_000 });
    expect((await list()).clearingRials).toBe(before);
  });

  it("that differs still makes us ask again with each import, as the gateway's status may lag behind its file", async () => {
    const { world, send } = await anOffice();
    const purchase = await aPaidPurchase(world, await aSubscriber(world));
    const [, refId] = /^(\d+),/m.exec(fileOf(world)) ?? [];
    const file = `${fileOf(world)}${refId},${purchase.authority},1000000,0,reversal,2026-11-22T09:00:00.000Z\n`;
    await send(file);
    await world.live(60_000);
    expect(await statusOf(purchase)).toBe("succeeded");
    world.simulator.reverse(purchase.authority);
    world.pass(hourMs);
    expect((await send(file)).body.data).toMatchObject({ alreadyImportedCount: 2 });
    await world.live(60_000);
    expect(await statusOf(purchase)).toBe("reversed");
  });

  it("of money that we did not know of makes us ask, and it is settled", async () => {
    const { world, send } = await anOffice();
    world.simulator.configure({ autoVerify: "ignored" });
    const page = await anOpenPage(world, await aSubscriber(world));
    await payAndVanish(world, page);
    const { body } = await send(fileOf(world));
    expect(body.data.differences).toMatchObject([{ result: "not_booked", paymentId: page.paymentId }]);
    await world.live(60_000);
    expect(await statusOf(page)).toBe("succeeded");
    expect((await send(fileOf(world))).body.data).toMatchObject({ matchedCount: 1 });
  });

  it("of a debit that was made twice is seen", async () => {
    const { world, send } = await anOffice();
    const { paymentId, authority } = await aPaidPurchase(world, await aSubscriber(world));
    const twice = `99999999,${authority},1000000,10000,payment,2026-11-22T08:00:00.000Z\n`;
    const { body } = await send(fileOf(world) + twice);
    expect(body.data).toMatchObject({ matchedCount: 1, differenceCount: 1 });
    expect(body.data.differences).toMatchObject([{ line: 3, result: "repeated", paymentId, refId: "99999999" }]);
  });
});

describe("422, and nothing is imported, when", () => {
  const good = "40123456,A1,1000000,10000,payment,2026-11-22T08:00:00.000Z";
  it.each([
    ["the header is another", `ref_id;authority\n${good}`, "/body/csv/1"],
    ["there is no line", `${payoutHeader}\n`, "/body/csv/2"],
    ["a field is missing", `${payoutHeader}\n${good}\n40123456,A1,1000000`, "/body/csv/3"],
    ["a field is too many", `${payoutHeader}\n${good},1`, "/body/csv/2"],
    ["a line is empty", `${payoutHeader}\n\n${good}`, "/body/csv/2"],
    ["an amount has a fraction", `${payoutHeader}\n${good.replace("1000000", "1000000.5")}`, "/body/csv/2"],
    ["an amount is below zero", `${payoutHeader}\n${good.replace("1000000", "-1000000")}`, "/body/csv/2"],
    ["an amount is zero", `${payoutHeader}\n${good.replace("1000000", "0")}`, "/body/csv/2"],
    ["an amount is quoted", `${payoutHeader}\n${good.replace("1000000", '"1000000"')}`, "/body/csv/2"],
    ["an amount is beyond all money", `${payoutHeader}\n${good.replace("1000000", "9999999999999999")}`, "/body/csv/2"],
    ["the type is another", `${payoutHeader}\n${good.replace("payment", "chargeback")}`, "/body/csv/2"],
    ["the instant has no zone", `${payoutHeader}\n${good.replace("00.000Z", "00")}`, "/body/csv/2"],
  ])("%s", async (_, csv, pointer) => {
    const { send } = await anOffice();
    const { status, body } = await send(csv);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: "validation_failed", errors: [{ pointer }] });
    expect(await env.DB.prepare("SELECT COUNT(*) AS n FROM payout_line WHERE ref_id = '40123456'").first("n")).toBe(0);
  });

  it("not for another end of lines, and not for a mark at the beginning", async () => {
    const { send } = await anOffice();
    const { status, body } = await send(`\uFEFF${payoutHeader}\r\n${good.replace("40123456", "40999999")}\r\n`);
    expect([status, body.data.lineCount]).toEqual([201, 1]);
  });
});

it("a full file is imported with a few statements, and read by nobody but operators", async () => {
  const { world, call, send } = await anOffice();
  const sara = await aSubscriber(world);
  await aPaidPurchase(world, sara);
  const line = (index: number) => `5${index},B${index},${1_000 + index},0,payment,2026-11-22T08:00:00.000Z\n`;
  const csv = fileOf(world) + Array.from({ length: 900 }, (_, index) => line(10_000 + index)).join("");
  const { status, body } = await send(csv);
  expect([status, body.data.lineCount, body.data.matchedCount, body.data.differences.length]).toEqual([
    201, 901, 1, 900,
  ]);
  expect((await sara.call("GET", "/v1/payouts")).status).toBe(403);
  expect((await call("POST", "/v1/payouts", { csv, reason: "No key" })).status).toBe(400);
});
