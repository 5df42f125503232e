// Two years of a subscriber, in both calendars, by a clock that is moved by hand. The dates stand in the margin: what is
// done on a day, and what holds in the evening of it. Evenings are half past eleven in Tehran, when the day's window has
// closed.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { checkInvariants } from "../../server/store/invariants.ts";
import { aPrice } from "../support/catalogue.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { useAllMessages } from "../support/quota.ts";
import { aSubscriber, type Subscriber } from "../support/subscriber.ts";

const calendars = ["jalali", "gregorian"] as const;
const basic = { amountRials: 990_000, messageQuota: 600 };
const pro = { amountRials: 2_990_000, messageQuota: 2_000 };

const evening = (day: string) => `${day}T20:00:00Z`;

type Margin = readonly (readonly [day: string, act: () => Promise<unknown>])[];

/** What is done in the margin, day by day: the clock stands in the evening of each. */
async function live(sara: Subscriber, margin: Margin): Promise<void> {
  for (const [day, act] of margin) {
    const { status } = await sara.advance(evening(day));
    expect(status, day).toBe(202);
    await act();
  }
}

async function holds(sara: Subscriber): Promise<void> {
  // A fresh world forgets whom earlier stories left behind.
  const checked = (await checkInvariants(env.DB)).filter(({ name }) => name !== "nobody_is_forgotten");
  expect(checked.filter(({ offenders }) => offenders.length > 0)).toEqual([]);
  const { results } = await env.DB.prepare(
    "SELECT SUM(amount_rials) AS rials FROM ledger_entry WHERE customer_id = ? AND account = 'receivable'",
  )
    .bind(sara.customerId)
    .all<{ rials: number }>();
  expect(results[0]?.rials).toBe(0);
}

const start = async (sara: Subscriber, priceId: string, paymentMethodId: string, more: object = {}) =>
  (await sara.post("/v1/subscriptions", { priceId, paymentMethodId, ...more })).body.data.id;

/** The paid spans, oldest first, as days in Tehran. */
async function spansOf(sara: Subscriber): Promise<readonly (readonly [string, string])[]> {
  const dayOf = (instant: string | undefined) =>
    new Date(Date.parse(instant ?? "") + 3.5 * 3_600_000).toISOString().slice(0, 10);
  const cycles = (await sara.invoices()).filter(
    ({ reason, status }) => reason !== "subscription_change" && status === "paid",
  );
  const spans = cycles.map(({ lines }) => [dayOf(lines[0]?.startsAt), dayOf(lines[0]?.endsAt)] as const);
  return spans.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const sumTaken = async (sara: Subscriber) =>
  (await sara.payments())
    .filter(({ status }) => status === "succeeded")
    .reduce((sum, { amountRials }) => sum + amountRials, 0);

describe.each(calendars)("two years by the %s calendar", (calendar) => {
  it("of somebody who pays: 25 months, each paid once, without gap or overlap", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const methodId = await sara.sign({ expiresAt: "2029-10-01T00:00:00Z" });
    const id = await start(sara, await aPrice(world, { ...pro, calendar }), methodId);
    await live(sara, [
      ["2027-05-30", async () => expect((await sara.subscription(id)).status).toBe("active")],
      ["2028-11-24", async () => expect((await sara.subscription(id)).status).toBe("active")],
    ]);
    const spans = await spansOf(sara);
    expect(spans).toHaveLength(25);
    for (const [index, [from]] of spans.entries()) if (index > 0) expect(from).toBe(spans[index - 1]?.[1]);
    expect(await sumTaken(sara)).toBe(25 * 3_289_000);
    await holds(sara);
  });

  it("of a bad year: declines, an agreement that ends, a new one, and recovery from each", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const methodId = await sara.sign();
    const id = await start(sara, await aPrice(world, { ...pro, calendar }), methodId);
    const money = (rials: number) => world.simulator.configure({ balances: { [sara.mobile]: rials } });
    const statusIs = (status: string) => async () => expect((await sara.subscription(id)).status).toBe(status);
    await live(sara, [
      ["2026-12-18", async () => money(0)],
      ["2026-12-24", statusIs("past_due")],
      ["2026-12-25", async () => money(900_000_000)],
      ["2026-12-28", statusIs("active")],
      [
        "2027-06-10",
        async () => {
          const answer = await sara.post(`/v1/payment-methods/${methodId}/cancel`);
          expect(answer.status).toBe(200);
        },
      ],
      ["2027-06-24", statusIs("past_due")],
      [
        "2027-06-25",
        async () => {
          const { body } = await sara.pay<{ url: string }>(id, { collection: "checkout" });
          await sara.payPage(body.data.url);
          await statusIs("active")();
        },
      ],
      [
        "2027-06-26",
        async () => {
          const paymentMethodId = await sara.sign({ expiresAt: "2029-10-01T00:00:00Z" });
          const path = `/v1/subscriptions/${id}/payment-method`;
          expect((await sara.call("PUT", path, { paymentMethodId }, crypto.randomUUID())).status).toBe(200);
        },
      ],
      ["2027-07-24", statusIs("active")],
      ["2028-11-24", statusIs("active")],
    ]);
    expect(await sumTaken(sara)).toBe(25 * 3_289_000);
    await holds(sara);
  });

  it("of a gamer: uses all, upgrades late, goes back, tries trials and pauses, and never has more than was paid for", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const methodId = await sara.sign({ expiresAt: "2029-10-01T00:00:00Z" });
    const basicId = await aPrice(world, { ...basic, calendar, terms: { trialDays: 7, cancelCredit: "prorated" } });
    const proId = await aPrice(world, { ...pro, calendar, terms: { trialDays: 7, cancelCredit: "prorated" } });
    let used = 0;
    /** Uses whatever there is, at once. */
    const useAll = async () => void (used += await useAllMessages(world, sara.customerId));
    let id = await start(sara, basicId, methodId);
    await useAll();
    const trialMessages = used;
    const path = () => `/v1/subscriptions/${id}`;
    const change = (priceId: string) => sara.post(`${path()}/change`, { priceId });
    const days: [string, () => Promise<unknown>][] = [
      ["2026-12-01", useAll],
      ["2026-12-20", () => change(proId)],
      ["2026-12-21", useAll],
      ["2026-12-21", () => change(basicId)],
      ["2027-01-05", useAll],
      ["2027-01-06", () => sara.post(`${path()}/cancel`, { when: "now" })],
      [
        "2027-01-07",
        async () => {
          const again = await sara.post("/v1/subscriptions", { priceId: basicId, paymentMethodId: methodId });
          expect(again).toMatchObject({ status: 409, body: { code: "trial_used" } });
          id = await start(sara, basicId, methodId, { trial: false });
        },
      ],
      ["2027-01-08", useAll],
      ["2027-01-09", () => sara.post(`${path()}/pause`, { when: "now" })],
      ["2027-03-01", () => sara.post(`${path()}/resume`)],
      ["2027-03-02", useAll],
      ["2027-04-20", useAll],
      ["2027-04-21", () => change(proId)],
      ["2027-04-22", useAll],
      ["2027-04-23", () => sara.post(`${path()}/cancel`, { when: "now" })],
      ["2027-12-01", async () => (id = await start(sara, proId, methodId, { trial: false }))],
      ["2027-12-02", useAll],
      ["2027-12-03", () => sara.post(`${path()}/cancel`, { when: "now" })],
      ["2028-11-24", useAll],
    ];
    await live(sara, days);
    const paid = (await sumTaken(sara)) / 1.1;
    const { balanceRials } = (await sara.call<{ balanceRials: number }>("GET", "/v1/credit")).body.data;
    const spent = paid - balanceRials / 1.1;
    // The cheapest message is one of Pro's, 1,495 Rials; roundings are in the customer's favour by a Rial or two a change.
    expect(used - trialMessages).toBeLessThanOrEqual(Math.ceil(spent / (pro.amountRials / pro.messageQuota)));
    expect(trialMessages).toBe(600);
    await holds(sara);
  });

  it("over the end of a leap year: the last day is billed once, and the 31st springs back", async () => {
    // 1408 is a leap year of the Jalali calendar: its Esfand has 30 days, the last of them 2030-03-20. So is 2028.
    const [from, to] = calendar === "jalali" ? ["2028-04-20", "2030-04-21"] : ["2026-11-23", "2028-11-24"];
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const methodId = await sara.sign({ expiresAt: "2029-10-01T00:00:00Z" });
    const priceId = await aPrice(world, { ...pro, calendar });
    await sara.advance(evening(from));
    const id = await start(sara, priceId, methodId, { anchorDay: 31 });
    await live(sara, [[to, async () => expect((await sara.subscription(id)).anchorDay).toBe(31)]]);
    const ends = (await spansOf(sara)).map(([, end]) => end);
    const expected =
      calendar === "gregorian"
        ? ["2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]
        : ["2030-02-18", "2030-03-20", "2030-04-20"];
    const first = ends.indexOf(expected[0] ?? "");
    expect(ends.slice(first, first + expected.length)).toEqual(expected);
    await holds(sara);
  });
});
