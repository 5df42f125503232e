// One import request while it runs: what its records name, and what of it is there already.
import type { ImportKind, ImportRecord, ImportResult } from "../../contract/import.ts";
import type { PartnerId, PriceId, ProductId } from "../../contract/common/id.ts";
import type { FieldError } from "../../contract/common/problem.ts";
import type { Offer } from "../billing/state.ts";
import type { Deps } from "../deps.ts";
import { keyedHash } from "../http/keyed-hash.ts";
import { canonicalJson } from "../store/canonical-json.ts";
import { findImported, type ImportName, type NewImported } from "../store/import.ts";

export interface ImportRun {
  readonly deps: Deps;
  readonly partnerId: PartnerId;
  readonly actor: `operator:${string}`;
  readonly reason: string;
  readonly isDryRun: boolean;
  /** What records became, before or in this request. */
  readonly known: Map<string, NewImported>;
  /** What a dry run would have made, for the records after it. */
  readonly products: Map<ProductId, Offer["product"]>;
  readonly offers: Map<PriceId, Offer>;
}

/** What became of one record; pointers begin at the record. */
export type Outcome = Pick<ImportResult, "outcome" | "id" | "errors">;

/** Loads what imports before made of these records and of what they name. */
export async function beginRun(
  run: Omit<ImportRun, "known" | "products" | "offers">,
  records: readonly ImportRecord[],
): Promise<ImportRun> {
  const found = await findImported(run.deps.db, run.partnerId, records.flatMap(namesIn));
  const known = new Map(found.map((row) => [keyOf(row.kind, row.externalId), row]));
  return { ...run, known, products: new Map(), offers: new Map() };
}

function namesIn(record: ImportRecord): readonly ImportName[] {
  const own = { kind: record.kind, id: record.id };
  if (record.kind === "price") return [own, { kind: "product", id: record.productId }];
  if (record.kind === "product") return [own];
  return [own, ...record.subscriptions.map(({ priceId: id }): ImportName => ({ kind: "price", id }))];
}

function keyOf(kind: ImportKind, externalId: string): string {
  return `${kind} ${externalId}`;
}

/** What a record became, of this partner's imports. */
export function knownAs({ known }: ImportRun, kind: ImportKind, externalId: string): NewImported | undefined {
  return known.get(keyOf(kind, externalId));
}

/** Notes what a record became, for those after it. */
export function remember({ known }: ImportRun, row: NewImported): void {
  known.set(keyOf(row.kind, row.externalId), row);
}

/** A record as it is found again. It may hold a person, so only the server can compute its fingerprint. */
export async function importedAs(
  { deps, partnerId }: ImportRun,
  record: ImportRecord,
  resourceId: NewImported["resourceId"],
): Promise<NewImported> {
  const { kind, id: externalId } = record;
  const fingerprint = await keyedHash(deps, "import", canonicalJson(record));
  return { partnerId, kind, externalId, resourceId, fingerprint };
}

/** What a record comes to that an import before had. */
export function foundAgain(before: NewImported, again: NewImported): Outcome {
  const isSame = before.fingerprint === again.fingerprint;
  return { outcome: isSame ? "unchanged" : "differs", id: before.resourceId, errors: [] };
}

/** What a record comes to that is taken over now, or would be. */
export function createdAs({ isDryRun }: ImportRun, { resourceId }: NewImported): Outcome {
  return { outcome: "created", id: isDryRun ? null : resourceId, errors: [] };
}

/** What a record came to that was written: by us, or by another import that was faster; null when by nobody. */
export async function writtenAs(run: ImportRun, row: NewImported): Promise<Outcome | null> {
  const written = await loadImported(run, row);
  if (!written) return null;
  remember(run, written);
  return written.resourceId === row.resourceId ? createdAs(run, row) : foundAgain(written, row);
}

/** What a record became, as it stands now. */
export async function loadImported({ deps }: ImportRun, row: NewImported): Promise<NewImported | undefined> {
  return (await findImported(deps.db, row.partnerId, [{ kind: row.kind, id: row.externalId }]))[0];
}

export function refusedFor(errors: readonly FieldError[]): Outcome {
  return { outcome: "refused", id: null, errors: [...errors] };
}
