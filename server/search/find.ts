import { contract } from "../../contract/index.ts";
import { instant } from "../billing/clock.ts";
import { answered, asOperator } from "../http/handler.ts";
import { inEachDatabase } from "../store/databases.ts";
import { findCustomers, type FoundCustomer } from "../store/search.ts";
import { questionsOf } from "./questions.ts";

export const findCustomersHandler = asOperator.route(contract.search.find, async ({ body }, context) => {
  const { deps } = context;
  const questions = await questionsOf(deps, body.query);
  const found: FoundCustomer[] = [];
  for (const each of inEachDatabase(deps)) found.push(...(await findCustomers(each.db, questions)));
  return answered(
    context,
    200,
    found.map(({ createdAt, ...each }) => ({ ...each, createdAt: instant(createdAt) })),
  );
});
