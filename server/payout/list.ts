import { contract } from "../../contract/index.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { clearingBalance, listPayouts } from "../store/payout.ts";
import { presentPayout } from "./present.ts";

export const listPayoutsHandler = asOperator.route(contract.payouts.list, async ({ query }, context) => {
  const { db } = context.deps;
  const payouts = await listPayouts(db, query);
  const page = answeredPage(context, payouts, { limit: query.limit, present: presentPayout });
  return { ...page, body: { ...page.body, clearingRials: await clearingBalance(db) } };
});
