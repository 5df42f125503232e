// Makes one database like another, row by row.

interface Table {
  readonly name: string;
  readonly sql: string;
}

/** Copies every row of the one into the other, which has the same tables; its triggers sleep meanwhile. */
export async function copied(from: D1Database, to: D1Database): Promise<void> {
  const triggers = await found(to, "trigger");
  await runAll(
    to,
    triggers.map(({ name }) => `DROP TRIGGER "${name}"`),
  );
  const writes: D1PreparedStatement[] = [];
  for (const { name } of await found(from, "table")) {
    const { results } = await from.prepare(`SELECT * FROM "${name}"`).all();
    writes.push(to.prepare(`DELETE FROM "${name}"`));
    for (const row of results) writes.push(insertOf(to, name, row));
  }
  await to.batch([to.prepare("PRAGMA defer_foreign_keys = ON"), ...writes]);
  await runAll(
    to,
    triggers.map(({ sql }) => sql),
  );
}

function insertOf(db: D1Database, table: string, row: Readonly<Record<string, unknown>>): D1PreparedStatement {
  const names = Object.keys(row);
  const columns = names.map((name) => `"${name}"`).join(", ");
  const places = names.map(() => "?").join(", ");
  return db.prepare(`INSERT INTO "${table}" (${columns}) VALUES (${places})`).bind(...Object.values(row));
}

async function found(db: D1Database, type: "table" | "trigger"): Promise<readonly Table[]> {
  const { results } = await db
    .prepare(
      "SELECT name, sql FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_cf_%'",
    )
    .bind(type)
    .all<Table>();
  return results.filter(({ name }) => name !== "d1_migrations");
}

async function runAll(db: D1Database, statements: readonly string[]): Promise<void> {
  if (statements.length > 0) await db.batch(statements.map((statement) => db.prepare(statement)));
}
