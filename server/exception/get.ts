import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { evidenceFor, findException } from "../store/exceptions.ts";
import { presentException } from "./present.ts";

export const getException = asOperator.route(contract.exceptions.get, async ({ params, query }, context) => {
  const { db } = context.deps;
  const exception = await findException(db, params.exceptionId, query.kind);
  if (!exception) return refusal(context, "not_found");
  const [evidence = []] = await evidenceFor(db, [exception]);
  return answered(context, 200, presentException(exception, evidence));
});
