// Writing the catalogue: its own stream, with the same lock and the same audit trail as any customer's.
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { EventBody } from "../../contract/billing-event.ts";
import type { PriceId, ProductId } from "../../contract/common/id.ts";
import { noTranslations, plainTerms, type TaxClass, type Translations } from "../../contract/product.ts";
import type { WallMs } from "../billing/clock.ts";
import { event, type NewEvent } from "../billing/event.ts";
import { idsOf } from "../billing/ids.ts";
import { rials } from "../billing/money.ts";
import { commitStream, type Actor, type Write } from "./commit.ts";
import { importedWrite } from "./commit-rows.ts";
import type { NewImported } from "./import.ts";
import { loadHead } from "./head.ts";
import { price, product } from "./schema.ts";
import type { TransactPorts } from "./transact.ts";

type ProductRow = Omit<typeof product.$inferSelect, "active" | "createdAt">;
type NewProduct = Omit<ProductRow, keyof typeof plainProduct> & Partial<Pick<ProductRow, keyof typeof plainProduct>>;
type PriceRow = Omit<typeof price.$inferSelect, "active" | "createdAt">;
type NewPrice = Omit<PriceRow, keyof typeof plainTerms> & Partial<Pick<PriceRow, keyof typeof plainTerms>>;

/** What a product says when nobody said it. */
const plainProduct = {
  addOn: false,
  features: [],
  translations: noTranslations,
  taxClass: null,
  whenUsedUp: "stop" as const,
};

const stream = "catalogue";
/** The catalogue is no customer's: its ids lie in the first bucket. */
export const catalogueBucket = 0;
const maxTries = 10;

/** Adds a product; null when its name or Roundtable's id is another's. */
export async function createProduct(
  ports: TransactPorts,
  input: NewProduct,
  actor: Actor,
  imported?: NewImported,
): Promise<ProductId | null> {
  const { id: productId, translations, taxClass, ...fields } = { ...plainProduct, ...input };
  // Events of their own: beside name, description and features there is no room for them.
  const detailed = detailsOf(productId, translations, taxClass);
  const orm = drizzle(ports.db);
  const isFree = await appendToCatalogue(ports, actor, (at) => ({
    events: [event("product.created", { productId, ...fields }), ...detailed],
    writes: [orm.insert(product).values({ ...input, active: true, createdAt: at }), ...importedWrites(imported, at)],
  }));
  return isFree ? productId : null;
}

function detailsOf(productId: ProductId, translations: Translations, taxClass: TaxClass | null): readonly NewEvent[] {
  const { fa, en } = translations;
  const named = { fa: fa && namesOf(fa), en: en && namesOf(en) };
  const isPlain = taxClass === null && fa === null && en === null;
  return [
    ...(isPlain ? [] : [event("product.detailed", { productId, translations: named, taxClass })]),
    ...(["fa", "en"] as const).flatMap((language) => {
      const features = translations[language]?.features ?? {};
      const isNone = Object.keys(features).length === 0;
      return isNone ? [] : [event("product.features_described", { productId, language, features })];
    }),
  ];
}

function namesOf({ name, description }: { readonly name: string; readonly description: string }) {
  return { name, description };
}

/** Adds a price to a product that exists. */
export async function createPrice(
  ports: TransactPorts,
  input: NewPrice,
  actor: Actor,
  imported?: NewImported,
): Promise<PriceId> {
  const { id: priceId, ...fields } = { ...plainTerms, ...input };
  const orm = drizzle(ports.db);
  await appendToCatalogue(ports, actor, (at) => ({
    events: [event("price.created", { priceId, ...fields })],
    writes: [orm.insert(price).values({ ...input, active: true, createdAt: at }), ...importedWrites(imported, at)],
  }));
  return priceId;
}

/** No longer for sale. Subscriptions that have it go on. */
export async function archiveProduct(ports: TransactPorts, productId: ProductId, actor: Actor): Promise<void> {
  const orm = drizzle(ports.db);
  await appendToCatalogue(ports, actor, () => ({
    events: [event("product.archived", { productId })],
    writes: [orm.update(product).set({ active: false }).where(eq(product.id, productId))],
  }));
}

export async function archivePrice(
  ports: TransactPorts,
  { priceId, productId }: { readonly priceId: PriceId; readonly productId: ProductId },
  actor: Actor,
): Promise<void> {
  const orm = drizzle(ports.db);
  await appendToCatalogue(ports, actor, () => ({
    events: [event("price.archived", { priceId, productId })],
    writes: [orm.update(price).set({ active: false }).where(eq(price.id, priceId))],
  }));
}

/** What an event of the catalogue says, made again where a restored backup has forgotten it. */
export function recalledWrites(db: D1Database, body: EventBody, createdAt: WallMs): readonly Write[] {
  const orm = drizzle(db);
  switch (body.type) {
    case "product.created": {
      const { productId: id, ...fields } = body.data;
      return [orm.insert(product).values({ ...plainProduct, id, ...fields, active: true, createdAt })];
    }
    case "price.created": {
      const { priceId: id, overageRials, ...fields } = body.data;
      const row: NewPrice = { id, ...fields, overageRials: overageRials === null ? null : rials(overageRials) };
      return [orm.insert(price).values({ ...row, active: true, createdAt })];
    }
    case "product.archived":
      return [orm.update(product).set({ active: false }).where(eq(product.id, body.data.productId))];
    case "price.archived":
      return [orm.update(price).set({ active: false }).where(eq(price.id, body.data.priceId))];
    default:
      return [];
  }
}

function importedWrites(imported: NewImported | undefined, at: WallMs): readonly Write[] {
  return imported ? [importedWrite(imported, at)] : [];
}

type Change = Pick<Parameters<typeof commitStream>[1], "events" | "writes">;

/** False when what is to be added is there already. */
export async function appendToCatalogue(
  ports: TransactPorts,
  actor: Actor,
  changeAt: (at: ReturnType<TransactPorts["wall"]>) => Change,
): Promise<boolean> {
  for (let tries = 1; tries <= maxTries; tries++) {
    const at = ports.wall();
    const head = await loadHead(ports.db, stream);
    const ids = idsOf(catalogueBucket, at, ports.random);
    const { kind } = await commitStream(ports, { head, actor, at, ids, ...changeAt(at) });
    if (kind === "committed") return true;
    if (kind === "conflict") return false;
  }
  throw new Error("Lost the race for the catalogue too often");
}
