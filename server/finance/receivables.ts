import { ReceivableAge } from "../../contract/finance.ts";
import { contract } from "../../contract/index.ts";
import { instant } from "../billing/clock.ts";
import { sumRials, zeroRials } from "../billing/money.ts";
import { answered, asOperator } from "../http/handler.ts";
import { owedByAge } from "../store/finance.ts";

export const getReceivables = asOperator.route(contract.finance.receivables, async (_, context) => {
  const now = context.deps.wall();
  const owed = await owedByAge(context.deps.db, now);
  return answered(context, 200, {
    asOf: instant(now),
    ages: ReceivableAge.options.map(
      (age) => owed.find((each) => each.age === age) ?? { age, count: 0, amountRials: zeroRials },
    ),
    totalRials: sumRials(owed.map(({ amountRials }) => amountRials)),
  });
});
