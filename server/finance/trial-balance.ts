import { contract } from "../../contract/index.ts";
import { dateOfDay, dayOfDate } from "../billing/calendar.ts";
import { differenceOf, sumRials } from "../billing/money.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { ledgerTotals, summedThrough } from "../store/finance.ts";

export const getTrialBalance = asOperator.route(contract.finance.trialBalance, async ({ query }, context) => {
  const { db } = context.deps;
  const latest = await summedThrough(db);
  const asked = query.through === undefined ? null : dayOfDate(query.through);
  if (asked !== null && (latest === null || asked > latest)) {
    const known = latest === null ? "No day has" : `Days through ${dateOfDay(latest)} have`;
    return refusal(context, "not_found", `${known} been summed up.`);
  }
  const totals = await ledgerTotals(db, { through: asked ?? latest, andSince: asked === null });
  return answered(context, 200, {
    through: query.through ?? null,
    accounts: totals.map((sums) => ({ ...sums, balanceRials: differenceOf(sums.debitRials, sums.creditRials) })),
    debitRials: sumRials(totals.map(({ debitRials }) => debitRials)),
    creditRials: sumRials(totals.map(({ creditRials }) => creditRials)),
  });
});
