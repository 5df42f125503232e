import { contract } from "../../contract/index.ts";
import { idFromSeed } from "../billing/ids.ts";
import { answered, asOperator } from "../http/handler.ts";
import { problemOf } from "../http/problem.ts";
import { findPayout, importPayout, listPayoutDifferences } from "../store/payout.ts";
import { parsePayout } from "./parse.ts";
import { presentPayout } from "./present.ts";

export const createPayout = asOperator.route(contract.payouts.create, async ({ body }, context) => {
  const { deps, caller, requestId, resourceSeed } = context;
  const lines = parsePayout(body.csv);
  if ("errors" in lines) {
    const detail = "The file cannot be read; nothing of it was imported.";
    return problemOf("validation_failed", { requestId, detail, errors: lines.errors });
  }
  const id = idFromSeed("po", resourceSeed, 0);
  if (!(await findPayout(deps.db, id))) {
    const fileHash = await deps.sha256(body.csv);
    await importPayout(deps, { id, lines, fileHash, reason: body.reason }, `operator:${caller.userId}`);
  }
  const payout = await findPayout(deps.db, id);
  if (!payout) throw new Error(`${id} was imported but cannot be read`);
  const differences = await listPayoutDifferences(deps.db, id);
  return answered(context, 201, { ...presentPayout(payout), differences });
});
