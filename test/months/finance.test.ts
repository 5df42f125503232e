// Two months of a shop by its books: what a bookkeeper reads is what the ledger has, to the Rial, and a month that is
// closed stays as it is.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import type { ClosedMonth, Receivables, RevenueDay, TrialBalance, VatReport } from "../../contract/finance.ts";
import { aPrice } from "../support/catalogue.ts";
import { anOperator, broken } from "../support/operator.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWorld } from "../support/world.ts";

const dayMs = 86_400_000;
const reason = "For the tax office";

const world = aWorld({ startsAt: "2026-11-19T08:00:00Z" });

it("the books of two months", { timeout: 120_000 }, async () => {
  const operator = await anOperator(world);
  const read = async <T>(path: string) => (await operator.call<T>("GET", `/v1/finance/${path}`)).body.data;
  const close = (month: string) =>
    operator.call<ClosedMonth>("POST", `/v1/finance/months/${month}/close`, { reason }, crypto.randomUUID());

  // 28 Aban 1405. Sara subscribes and pays; Reza's renewal of next month will find no money.
  const price = await aPrice(world);
  const [sara, reza] = [await aSubscriber(world), await aSubscriber(world)];
  const { body: sold } = await sara.subscribe(price, await sara.sign());
  await reza.subscribe(price, await reza.sign());
  // Owed and taken twice 3,289,000, and the gateway kept 32,890 of each.
  expect(await read<TrialBalance>("trial-balance")).toMatchObject({ through: null, debitRials: 13_221_780 });
  expect(await operator.call("GET", "/v1/finance/trial-balance?through=2026-11-19")).toMatchObject({ status: 404 });
  expect((await close("1405-08")).body).toMatchObject({ code: "month_not_over" });

  // 1 Azar: the month is over, and each of its days is summed up.
  for (let days = 0; days < 3; days++) await world.live(dayMs, dayMs);
  const ofAban = await read<TrialBalance>("trial-balance?through=2026-11-21");
  expect(ofAban.debitRials).toBe(ofAban.creditRials);
  expect(Object.fromEntries(ofAban.accounts.map(({ account, balanceRials }) => [account, balanceRials]))).toMatchObject(
    {
      receivable: 0,
      deferred_revenue: -5_980_000,
      vat_payable: -598_000,
    },
  );
  const closed = await close("1405-08");
  expect([closed.status, closed.body.data.endsAt]).toEqual([201, "2026-11-21T20:30:00.000Z"]);
  expect((await close("1405-08")).status).toBe(200);
  expect((await close("1405-10")).body).toMatchObject({ code: "month_out_of_order" });
  expect((await operator.call<ClosedMonth[]>("GET", "/v1/finance/months")).body.data).toMatchObject([
    { month: "1405-08" },
  ]);

  // A refund of what was sold in the closed month is booked today.
  const [payment] = await sara.payments();
  await operator.settle((await operator.refund(payment?.id ?? "", { amountRials: 1_100_000 })).body.data.id, "1");
  expect(await read("trial-balance?through=2026-11-21")).toEqual(ofAban);
  const late = env.DB.prepare(
    "INSERT INTO ledger_entry (event_id, line, account, amount_rials, at, event_type) SELECT id, 99, 'bank', 1, ?, type FROM billing_event LIMIT 1",
  );
  const midnight = Date.parse("2026-11-21T20:30:00Z");
  await expect(late.bind(midnight - 1).run()).rejects.toThrow("ledger_entry is of a closed month");

  // Five weeks later: one renewal is paid, one is owed, and the first month is revenue.
  const [rezas] = await reza.payments();
  world.simulator.configure({ balances: { [reza.mobile]: 0 } });
  await world.live(34 * dayMs, dayMs / 4);
  expect(rezas?.status).toBe("succeeded");
  const owed = await read<Receivables>("receivables");
  expect(owed.ages.map(({ age, count, amountRials }) => [age, count, amountRials])).toEqual([
    ["not_due", 0, 0],
    ["to_30_days", 1, 3_289_000],
    ["to_60_days", 0, 0],
    ["to_90_days", 0, 0],
    ["older", 0, 0],
  ]);
  const revenue = (await operator.call<RevenueDay[]>("GET", "/v1/finance/revenue?limit=50")).body.data;
  const productId = (await sara.subscription(sold.data.id)).productId;
  expect(revenue).toMatchObject([{ products: [{ productId }] }]);
  expect(revenue.map(({ totalRials }) => totalRials)).toEqual([4_980_000]);
  const autumn = await read<VatReport>("vat/1405-3");
  expect(autumn).toMatchObject({ startsOn: "2026-09-23", endsOn: "2026-12-21", through: "2026-12-21" });
  expect([autumn.taxedRials, autumn.vatRials]).toEqual([11_960_000, 1_196_000]);
  expect([autumn.returnedTaxedRials, autumn.returnedVatRials, autumn.payableRials]).toEqual([
    1_000_000, 100_000, 1_096_000,
  ]);

  // What was summed up day by day is what the ledger has.
  const { results } = await env.DB.prepare(
    "SELECT account, SUM(amount_rials) AS balanceRials FROM ledger_entry GROUP BY account ORDER BY account",
  ).all();
  const now = await read<TrialBalance>("trial-balance");
  const balances = now.accounts.map(({ account, balanceRials }) => ({ account, balanceRials }));
  expect(balances.toSorted((a, b) => a.account.localeCompare(b.account))).toEqual(results);
  expect(await broken(sara)).toEqual([]);
});
