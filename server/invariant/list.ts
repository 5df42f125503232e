import { contract } from "../../contract/index.ts";
import { asOperator } from "../http/handler.ts";
import { checkSomeInvariants, type CheckedInvariant } from "../store/invariants.ts";

export const listInvariants = asOperator.route(contract.invariants.list, async ({ query }, { deps, requestId }) => {
  const { checked, next } = await checkSomeInvariants(deps.db, query.cursor);
  return {
    status: 200,
    body: { data: checked.map(presentInvariant), meta: { requestId }, page: { nextCursor: next } },
  };
});

function presentInvariant({ name, sentence, offenders }: CheckedInvariant) {
  return { name, sentence, holds: offenders.length === 0, offenders: offenders.map((row) => ({ ...row })) };
}
