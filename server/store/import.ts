// What was imported: found by the existing system's ids, written with the commits that take it over.
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { PartnerId, ProductId } from "../../contract/common/id.ts";
import type { ImportKind } from "../../contract/import.ts";
import type { Offer } from "../billing/state.ts";
import { partner } from "./auth-schema.ts";
import { imported, product } from "./schema.ts";

export type NewImported = Omit<typeof imported.$inferSelect, "importedAt">;

export interface ImportName {
  readonly kind: ImportKind;
  readonly id: string;
}

/** What these names became, of one partner's import. */
export async function findImported(
  db: D1Database,
  partnerId: PartnerId,
  names: readonly ImportName[],
): Promise<readonly NewImported[]> {
  const named = sql`(kind, external_id) IN (SELECT json_extract(value, '$.kind'), json_extract(value, '$.id')
    FROM json_each(${JSON.stringify(names)}))`;
  return drizzle(db)
    .select()
    .from(imported)
    .where(sql`partner_id = ${partnerId} AND ${named}`);
}

/** A product of ours that has this name, or this id of Roundtable's; null when both are free. */
export async function productLike(
  db: D1Database,
  { name, roundtableId }: Pick<Offer["product"], "name" | "roundtableId">,
): Promise<ProductId | null> {
  const taken = sql`name = ${name} OR roundtable_id = ${roundtableId}`;
  const [row] = await drizzle(db).select({ id: product.id }).from(product).where(taken).limit(1);
  return row?.id ?? null;
}

/** Whether there is such a partner. */
export async function isPartner(db: D1Database, id: PartnerId): Promise<boolean> {
  return (await drizzle(db).select({ id: partner.id }).from(partner).where(eq(partner.id, id))).length > 0;
}
