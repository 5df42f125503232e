import { contract } from "../../contract/index.ts";
import { sumSigned } from "../billing/money.ts";
import { answeredPage, asOperator } from "../http/handler.ts";
import { listRevenue } from "../store/finance.ts";

export const listRevenueHandler = asOperator.route(contract.finance.revenue, async ({ query }, context) => {
  const byDay = Map.groupBy(await listRevenue(context.deps.db, query), ({ day }) => day);
  const days = [...byDay].map(([day, products]) => ({ id: day, products }));
  return answeredPage(context, days, {
    limit: query.limit,
    present: ({ id: day, products }) => ({
      day,
      totalRials: sumSigned(products.map(({ amountRials }) => amountRials)),
      products: products.map(({ productId, amountRials }) => ({ productId, amountRials })),
    }),
  });
});
