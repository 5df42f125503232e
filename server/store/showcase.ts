// The catalogue as it is shown, in KV: what is for sale, as of the last minute. One job alone writes it, since KV takes one
// write a second of a key; lists read it, and a purchase never does.
import { sql } from "drizzle-orm";
import * as z from "zod";
import type { PageQuery } from "../../contract/common/page.ts";
import { listProducts } from "./read.ts";
import { isToRead, moveReader, readLog } from "./reader.ts";
import { readPrices, readProducts } from "./rows.ts";

/** What keeps one text: KV. */
export interface Showcase {
  /** Null before anything was put. */
  readonly get: () => Promise<string | null>;
  readonly put: (text: string) => Promise<void>;
}

const key = "catalogue";

export function showcaseIn(namespace: KVNamespace): Showcase {
  return { get: () => namespace.get(key), put: (text) => namespace.put(key, text) };
}

export interface ShowcasePorts {
  readonly db: D1Database;
  /** Without one products are shown from the database. */
  readonly showcase?: Showcase;
}

type ShownProduct = Awaited<ReturnType<typeof listProducts>>[number];

const reader = "showcase";
const eventsAtOnce = 500;
const productsPerPage = 100;
/** A catalogue is small; one that is not is shown from the database. */
const mostProducts = 1_000;

/** Whether the catalogue has changed since it was put into the showcase, or the cursor is to be moved. */
export const hasCatalogueChanged = isToRead(
  reader,
  sql`COALESCE((SELECT position FROM billing_event WHERE stream = 'catalogue' ORDER BY seq DESC LIMIT 1), 0)
    > COALESCE((SELECT position FROM reader_cursor WHERE reader = ${reader}), 0)`,
);

/** Puts what is for sale into the showcase, when it has changed. Moves on only after that: a lost write is made again. */
export async function fillShowcase({ db, showcase }: ShowcasePorts): Promise<void> {
  if (!showcase) return;
  const types = ["product.created", "product.archived", "price.created", "price.archived"] as const;
  const { cursor, events } = await readLog(db, reader, { types, limit: eventsAtOnce });
  const last = events.at(-1);
  if (!last) return;
  await showcase.put(JSON.stringify(await allForSale(db)));
  await moveReader(db, reader, { from: cursor, to: last.position });
}

/** Products for sale, oldest first, one past the limit: as the showcase has them, else from the database. */
export async function shownProducts(
  { db, showcase }: ShowcasePorts,
  page: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly ShownProduct[]> {
  const products = showcase ? productsIn(await showcase.get()) : null;
  if (products === null) return listProducts(db, page);
  return products.filter(({ id }) => page.cursor === undefined || id > page.cursor).slice(0, page.limit + 1);
}

/** Null when there are too many. */
async function allForSale(db: D1Database): Promise<readonly ShownProduct[] | null> {
  const all: ShownProduct[] = [];
  while (all.length < mostProducts) {
    const cursor = all.at(-1)?.id;
    const found = await listProducts(db, { limit: productsPerPage, cursor });
    all.push(...found.slice(0, productsPerPage));
    if (found.length <= productsPerPage) return all;
  }
  return null;
}

const Shown = z.array(z.looseObject({ prices: z.array(z.looseObject({})) })).nullable();

/** The rows that `allForSale` put there; null when it put none. */
function productsIn(text: string | null): readonly ShownProduct[] | null {
  const shown = text === null ? null : Shown.parse(JSON.parse(text));
  return (
    shown?.flatMap(({ prices, ...row }) =>
      readProducts([row]).map((one) => ({ ...one, prices: [...readPrices(prices)] })),
    ) ?? null
  );
}
