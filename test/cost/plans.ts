// How SQLite goes about a statement: which tables it would read from end to end, by its own account.
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { Statement } from "./statements.ts";

/** A table, or an index of it, that is read from end to end, or from one end on. */
export interface Scan {
  readonly table: string;
  /** Null when it is the table itself. */
  readonly index: string | null;
}

/**
 * What a statement reads from end to end; an index that SQLite would make for the purpose counts as well. Left out are the
 * children of a row that is inserted: they are looked for only while a deferred key is open, and then by its index.
 */
export function scansOf(database: DatabaseSync, statement: Statement): readonly Scan[] {
  const details = planOf(database, statement);
  const made = new Set(details.flatMap((detail) => /^(?:CO-ROUTINE|MATERIALIZE) (\S+)/.exec(detail)?.[1] ?? []));
  const children = childrenOfInserted(database, statement.text);
  return details.flatMap((detail) => {
    const [, name, how] = /^SCAN (\S+)(.*)/.exec(detail) ?? /^SEARCH (\S+) (USING AUTOMATIC.*)/.exec(detail) ?? [];
    if (name === undefined || how === undefined || made.has(name) || isMade(name, how)) return [];
    const index = / INDEX (\w+)/.exec(how)?.[1] ?? null;
    const tables = index === null ? tablesCalled(database, name, statement.text) : [tableOf(database, index)];
    return tables.filter((table) => !children.includes(table)).map((table) => ({ table, index }));
  });
}

function planOf(database: DatabaseSync, { text, values }: Statement): readonly string[] {
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values.map(boundAs));
  return rows.map(({ detail }) => String(detail));
}

/** Rows that no table keeps: subqueries, constants, the parts of a JSON text. */
function isMade(name: string, how: string): boolean {
  return /^(?:\(|CONSTANT$|\d+-ROW$)/.test(name) || how.includes("VIRTUAL TABLE");
}

function tableOf(database: DatabaseSync, index: string): string {
  return String(database.prepare("SELECT tbl_name FROM sqlite_schema WHERE name = ?").get(index)?.["tbl_name"]);
}

/** More than one where a statement calls several by one name. */
function tablesCalled(database: DatabaseSync, name: string, text: string): readonly string[] {
  const tables = tablesOf(database);
  if (tables.includes(name)) return [name];
  const called = (table: string) =>
    new RegExp(String.raw`\b${table}["\`]?\s+(?:AS\s+)?["\`]?${name}\b`, "i").test(text);
  const found = tables.filter(called);
  if (found.length === 0) throw new Error(`Which table is ${name}? ${text}`);
  return found;
}

/** Every table that the schema has. */
export function tablesOf(database: DatabaseSync): readonly string[] {
  const query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
  return database
    .prepare(query)
    .all()
    .map(({ name }) => String(name));
}

/** Tables whose keys lead to the one into which a statement inserts, by keys that no deferral leaves open. */
function childrenOfInserted(database: DatabaseSync, text: string): readonly string[] {
  const parent = /^\s*insert into "?(\w+)/i.exec(text)?.[1];
  if (parent === undefined) return [];
  const query = `SELECT DISTINCT s.name, s.sql FROM sqlite_schema s, pragma_foreign_key_list(s.name) k
    WHERE s.type = 'table' AND k."table" = ?`;
  const isDeferred = new RegExp(String.raw`REFERENCES ${parent} \(\w+\)[^,]* DEFERRABLE INITIALLY DEFERRED`);
  return database
    .prepare(query)
    .all(parent)
    .flatMap(({ name, sql }) => (isDeferred.test(String(sql)) ? [] : [String(name)]));
}

/** What the triggers do, as statements: what stands there for a row that is written is a value here. */
export function statementsOfTriggers(database: DatabaseSync): readonly Statement[] {
  const found = database.prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").all();
  return found.flatMap(({ sql }) => {
    const [, when, body] = /^[^]*?(?:\bWHEN\b([^]*?))?\bBEGIN\b([^]*)\bEND\b[^]*$/.exec(String(sql)) ?? [];
    const steps = (body ?? "").split(";").filter((step) => step.trim() !== "");
    return [...(when === undefined ? [] : [`SELECT ${when}`]), ...steps].map((text) => ({
      text: text.replace(/\bRAISE\s*\([^)]*\)/gi, "NULL").replace(/\b(?:NEW|OLD)\.\w+/gi, "?"),
      values: [],
    }));
  });
}

/** Safe: D1 takes what SQLite takes, but for truth. */
function boundAs(value: unknown): SQLInputValue {
  return typeof value === "boolean" ? Number(value) : (value as SQLInputValue);
}
