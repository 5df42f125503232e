import { contract } from "../../contract/index.ts";
import { instant } from "../billing/clock.ts";
import { answered, asOperator } from "../http/handler.ts";
import { findCustomers, findInEach } from "../store/search.ts";
import { questionsOf } from "./questions.ts";

export const findCustomersHandler = asOperator.route(contract.search.find, async ({ body }, context) => {
  const { deps } = context;
  const questions = await questionsOf(deps, body.query);
  const found = await (deps.databases ? findInEach(deps, questions) : findCustomers(deps.db, questions));
  return answered(
    context,
    200,
    found.map(({ createdAt, ...each }) => ({ ...each, createdAt: instant(createdAt) })),
  );
});
