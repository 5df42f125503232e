// Products and prices of an existing system, as operators create them: in the catalogue's stream, each once.
import { ProductId } from "../../contract/common/id.ts";
import type { ImportedPrice, ImportedProduct } from "../../contract/import.ts";
import { idsOf } from "../billing/ids.ts";
import type { Offer } from "../billing/state.ts";
import { catalogueBucket, createPrice, createProduct } from "../store/catalogue.ts";
import { productLike } from "../store/import.ts";
import { findProduct } from "../store/read.ts";
import {
  createdAs,
  foundAgain,
  importedAs,
  knownAs,
  refusedFor,
  remember,
  writtenAs,
  type ImportRun,
  type Outcome,
} from "./run.ts";

export async function importProduct(run: ImportRun, record: ImportedProduct): Promise<Outcome> {
  const { deps } = run;
  const { kind, id: externalId, ...fields } = record;
  const id = idsOf(catalogueBucket, deps.wall(), deps.random).next("prod");
  const row = await importedAs(run, record, id);
  const before = knownAs(run, kind, externalId);
  if (before) return foundAgain(before, row);
  const isTaken = [...run.products.values()].some((product) => isLike(product, fields));
  if (isTaken || (await productLike(deps.db, fields)) !== null) return refusedFor([taken]);
  if (run.isDryRun) {
    run.products.set(id, { id, ...fields, active: true });
    remember(run, row);
    return createdAs(run, row);
  }
  await createProduct(deps, { id, ...fields }, run.actor, row);
  return (await writtenAs(run, row)) ?? refusedFor([taken]);
}

const taken = {
  pointer: "/name",
  code: "product_exists",
  detail: "Its name, or Roundtable's id of it, is taken; let its prices name that product by our id.",
};

function isLike(a: Pick<Offer["product"], "name" | "roundtableId">, b: typeof a): boolean {
  return a.name === b.name || (a.roundtableId !== null && a.roundtableId === b.roundtableId);
}

export async function importPrice(run: ImportRun, record: ImportedPrice): Promise<Outcome> {
  const { deps } = run;
  const { kind, id: externalId, productId: named, ...fields } = record;
  const id = idsOf(catalogueBucket, deps.wall(), deps.random).next("price");
  const row = await importedAs(run, record, id);
  const before = knownAs(run, kind, externalId);
  if (before) return foundAgain(before, row);
  const product = await productNamed(run, named);
  if (!product) {
    return refusedFor([{ pointer: "/productId", code: "not_found", detail: `There is no product ${named}.` }]);
  }
  const price = { id, productId: product.id, ...fields };
  if (run.isDryRun) {
    run.offers.set(id, { price: { ...price, currency: "IRR", active: true }, product });
    remember(run, row);
    return createdAs(run, row);
  }
  await createPrice(deps, price, run.actor, row);
  const written = await writtenAs(run, row);
  if (!written) throw new Error(`${id} was created but cannot be read`);
  return written;
}

async function productNamed(run: ImportRun, named: string): Promise<Offer["product"] | null> {
  const ours = ProductId.safeParse(knownAs(run, "product", named)?.resourceId ?? named).data;
  if (ours === undefined) return null;
  return run.products.get(ours) ?? (await findProduct(run.deps.db, ours));
}
