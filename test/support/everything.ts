// Everything that is kept: each cell of each table, and each object of the bucket. For tests that ask where something stands.
import { env } from "cloudflare:workers";

export interface Place {
  /** `table.column`, or `r2:key`. */
  readonly where: string;
  readonly text: string;
}

/** Every text and number there is. Sealed texts are what they are: nobody opens them here. */
export async function everythingKept(): Promise<readonly Place[]> {
  const { results: tables } = await env.DB.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
  ).all<{ name: string }>();
  const rows = await env.DB.batch<Record<string, unknown>>(
    tables.map(({ name }) => env.DB.prepare(`SELECT * FROM "${name}"`)),
  );
  const cells = rows.flatMap(({ results }, index) =>
    results.flatMap((row) =>
      Object.entries(row).map(([column, value]) => ({
        where: `${tables[index]?.name}.${column}`,
        text: String(value),
      })),
    ),
  );
  return [...cells, ...(await objectsKept())];
}

export async function objectsKept(): Promise<readonly Place[]> {
  const { objects } = await env.DOCUMENTS.list();
  return Promise.all(
    objects.map(async ({ key }) => ({
      where: `r2:${key}`,
      text: `${key} ${await (await env.DOCUMENTS.get(key))?.text()}`,
    })),
  );
}

/** Where any of these stands; empty when none does. */
export function placesOf(kept: readonly Place[], sought: Readonly<Record<string, string>>): readonly string[] {
  return kept.flatMap(({ where, text }) =>
    Object.entries(sought).flatMap(([name, value]) => (text.includes(value) ? [`${name} in ${where}`] : [])),
  );
}
