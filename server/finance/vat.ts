import { contract } from "../../contract/index.ts";
import { daysOfSeason } from "../billing/books.ts";
import { dateOfDay } from "../billing/calendar.ts";
import { differenceOf } from "../billing/money.ts";
import { answered, asOperator } from "../http/handler.ts";
import { vatOf } from "../store/finance.ts";

export const getVat = asOperator.route(contract.finance.vat, async ({ params }, context) => {
  const days = daysOfSeason(params.season);
  const sums = await vatOf(context.deps.db, days);
  return answered(context, 200, {
    season: params.season,
    startsOn: dateOfDay(days.first),
    endsOn: dateOfDay(days.last),
    ...sums,
    payableRials: differenceOf(sums.vatRials, sums.returnedVatRials),
  });
});
