import { contract } from "../../contract/index.ts";
import { answered, asOperator } from "../http/handler.ts";
import { checkInvariants, type CheckedInvariant } from "../store/invariants.ts";

export const listInvariants = asOperator.route(contract.invariants.list, async (_, context) =>
  answered(context, 200, (await checkInvariants(context.deps.db)).map(presentInvariant)),
);

function presentInvariant({ name, sentence, offenders }: CheckedInvariant) {
  return { name, sentence, holds: offenders.length === 0, offenders: offenders.map((row) => ({ ...row })) };
}
