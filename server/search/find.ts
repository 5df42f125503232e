import { contract } from "../../contract/index.ts";
import { instant } from "../billing/clock.ts";
import { answered, asOperator } from "../http/handler.ts";
import { findCustomers } from "../store/search.ts";
import { questionsOf } from "./questions.ts";

export const findCustomersHandler = asOperator.route(contract.search.find, async ({ body }, context) => {
  const { deps } = context;
  const found = await findCustomers(deps.db, await questionsOf(deps, body.query));
  return answered(
    context,
    200,
    found.map(({ createdAt, ...each }) => ({ ...each, createdAt: instant(createdAt) })),
  );
});
