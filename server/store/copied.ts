// What home has for all: partners with their keys and endpoints, the catalogue, how prices move, the switch. Loads, foreign
// keys and fan-outs ask for it where their customers are, so each other database has a copy. Home's log says when there is
// something to copy; whoever dies half way leaves a cursor that the next run begins from.
import { eq, getTableColumns, getTableName, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { WebhookEndpointId } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import { partner, partnerKey } from "./auth-schema.ts";
import { atHome } from "./databases.ts";
import { copiedFromHome, price, priceMigration, product, systemState, webhookEndpoint } from "./schema.ts";
import { setCollecting } from "./system.ts";
import type { TransactPorts } from "./transact.ts";
import { droppingWrites, openingWrites, wakingWrites } from "./webhook-delivery.ts";
import { statementsOf, type Write } from "./compiled.ts";

/** Parents first. */
const tables: readonly SQLiteTable[] = [partner, partnerKey, product, price, priceMigration, webhookEndpoint];

/** A value of D1 holds 2 MB, a product with all its translations some tens of thousands of bytes. */
const rowsPerStatement = 50;

type Row = Readonly<Record<string, unknown>>;

/** Copies what home has for all to the database in hand, when home's log has something of that which is new to it. */
export async function copyFromHome(ports: TransactPorts): Promise<void> {
  const place = ports.databases?.at ?? 0;
  if (place === 0) return;
  const home = atHome(ports).db;
  const [known] = await drizzle(ports.db).select().from(copiedFromHome).where(eq(copiedFromHome.id, 1));
  if (known && known.place !== place) throw new Error(`The database of place ${known.place} is bound as ${place}`);
  const news = await newsOf(home, known?.position ?? -1);
  if (news.last === (known?.position ?? -1)) return;
  const rows = news.isForAll ? await rowsOfHome(home) : null;
  if (rows && news.isSwitched) await follow(ports, rows.collecting);
  const cursor = drizzle(ports.db)
    .insert(copiedFromHome)
    .values({ id: 1, place, position: news.last })
    .onConflictDoUpdate({ target: copiedFromHome.id, set: { position: news.last } });
  const copied = rows ? [...copyWrites(rows.tables), ...(await endpointWrites(ports, rows.endpoints))] : [];
  await ports.db.batch(statementsOf(ports.db, [...copied, cursor]));
}

/** How far home's log goes; whether any of it after the position is no customer's, and whether the switch was turned. */
async function newsOf(home: D1Database, after: number) {
  const [found] = await drizzle(home).all<Record<"last" | "isForAll" | "isSwitched", number>>(
    sql`SELECT COALESCE(MAX(position), 0) AS last,
      ${after} < 0 OR EXISTS (SELECT 1 FROM billing_event
        WHERE position > ${after} AND stream NOT GLOB 'cus_*') AS isForAll,
      ${after} < 0 OR EXISTS (SELECT 1 FROM billing_event
        WHERE position > ${after} AND stream = 'system' AND type = 'collecting.changed') AS isSwitched FROM billing_event`,
  );
  return { last: found?.last ?? 0, isForAll: found?.isForAll === 1, isSwitched: found?.isSwitched === 1 };
}

async function rowsOfHome(home: D1Database) {
  const found = await home.batch<Row>([
    ...tables.map((table) => home.prepare(`SELECT * FROM ${getTableName(table)} ORDER BY id`)),
    home.prepare("SELECT collecting FROM system_state"),
  ]);
  const endpoints = found.at(-2)?.results ?? [];
  return {
    tables: tables.map((table, index) => ({ table, rows: found[index]?.results ?? [] })),
    endpoints: endpoints.map(({ id, status }) => ({ id: asEndpointId(id), status })),
    collecting: found.at(-1)?.results[0]?.["collecting"] === 1,
  };
}

/** Safe: a column of ids of endpoints. */
function asEndpointId(id: unknown): WebhookEndpointId {
  return id as WebhookEndpointId;
}

/** As operators have set it at home; but what is in doubt after a restore is collected when they say so of it alone. */
async function follow(ports: TransactPorts, collecting: boolean): Promise<void> {
  const [here] = await drizzle(ports.db).select().from(systemState);
  if (here?.collecting === collecting || (collecting && here?.doubtUntil !== null)) return;
  await setCollecting(ports, { collecting, reason: "As it is set in the home database" }, "system");
}

function copyWrites(
  copies: readonly { readonly table: SQLiteTable; readonly rows: readonly Row[] }[],
): readonly Write[] {
  return copies.flatMap(({ table, rows }) => {
    const writes: Write[] = [];
    for (let first = 0; first < rows.length; first += rowsPerStatement) {
      writes.push(copyWrite(table, rows.slice(first, first + rowsPerStatement)));
    }
    return writes;
  });
}

/** What an endpoint is told of begins, in each database, with what comes after it is there. */
const sincePosition = "since_position";

function copyWrite(table: SQLiteTable, rows: readonly Row[]): Write {
  const columns = Object.values(getTableColumns(table)).map(({ name }) => name);
  const values = columns.map((name, index) =>
    name === sincePosition
      ? "(SELECT COALESCE(MAX(position), 0) FROM billing_event)"
      : `json_extract(value, '$[${index}]')`,
  );
  const changed = columns.filter((name) => name !== "id" && name !== sincePosition);
  const text = `INSERT INTO ${getTableName(table)} (${columns.join(", ")})
    SELECT ${values.join(", ")} FROM json_each(?) WHERE true
    ON CONFLICT (id) DO UPDATE SET ${changed.map((name) => `${name} = excluded.${name}`).join(", ")}`;
  return {
    toSQL: () => ({ sql: text, params: [JSON.stringify(rows.map((row) => columns.map((name) => row[name])))] }),
  };
}

/** What enabling or archiving an endpoint means for what waits here. */
async function endpointWrites(
  { db, wall }: { readonly db: D1Database; readonly wall: () => WallMs },
  endpoints: readonly { readonly id: WebhookEndpointId; readonly status: unknown }[],
): Promise<readonly Write[]> {
  const { id, status } = webhookEndpoint;
  const here = new Map(
    (await drizzle(db).select({ id, status }).from(webhookEndpoint)).map((row) => [row.id, row.status]),
  );
  return endpoints.flatMap((endpoint) => {
    const before = here.get(endpoint.id);
    if (before === endpoint.status) return [];
    if (before === undefined) return openingWrites(db, endpoint.id);
    if (endpoint.status === "archived") return droppingWrites(db, endpoint.id);
    return endpoint.status === "enabled" ? wakingWrites(db, endpoint.id, wall()) : [];
  });
}
