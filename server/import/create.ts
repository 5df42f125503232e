import { contract } from "../../contract/index.ts";
import type { ImportRecord, ImportResult } from "../../contract/import.ts";
import { housePartnerId } from "../billing/customer.ts";
import { answered, asOperator } from "../http/handler.ts";
import { refusal } from "../http/problem.ts";
import { isPartner } from "../store/import.ts";
import { importPrice, importProduct } from "./catalogue.ts";
import { importCustomer } from "./customer.ts";
import { beginRun, type ImportRun, type Outcome } from "./run.ts";

export const createImport = asOperator.route(contract.imports.create, async ({ body }, context) => {
  const { deps, caller } = context;
  const { partnerId = housePartnerId, dryRun: isDryRun, reason, records } = body;
  if (!(await isPartner(deps.db, partnerId))) return refusal(context, "not_found", `There is no partner ${partnerId}.`);
  const run = await beginRun({ deps, partnerId, actor: `operator:${caller.userId}`, reason, isDryRun }, records);
  const results: ImportResult[] = [];
  // One after the other: a record may name what the one before it has made.
  for (const [index, record] of records.entries()) {
    results.push(presentResult(record, await importRecord(run, record), `/body/records/${index}`));
  }
  return answered(context, 200, { results });
});

function importRecord(run: ImportRun, record: ImportRecord): Promise<Outcome> {
  switch (record.kind) {
    case "product":
      return importProduct(run, record);
    case "price":
      return importPrice(run, record);
    case "customer":
      return importCustomer(run, record);
    default:
      return record satisfies never;
  }
}

function presentResult({ kind, id: externalId }: ImportRecord, outcome: Outcome, place: string): ImportResult {
  const errors = outcome.errors.map((error) => ({ ...error, pointer: `${place}${error.pointer}` }));
  return { kind, externalId, ...outcome, errors };
}
