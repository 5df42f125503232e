// Texts in R2 that are to go. A bucket takes part in no batch: the name of a text is noted here before it is put, and when
// its person is erased, so that whoever dies in between leaves none behind.
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId } from "../../contract/common/id.ts";
import { after, minuteMs, type WallMs } from "../billing/clock.ts";
import { compiledBatch, type Write } from "./compiled.ts";
import type { DocumentBucket } from "./documents.ts";
import { document, documentRemoval } from "./schema.ts";

const mostAtOnce = 50;

/** Under which key of the bucket a text stands. */
export function keyOf(hash: string): string {
  return `documents/${hash}`;
}

/** A text is about to be put that no document names yet: it goes at `removeAt` unless one does by then. */
export async function noteUnnamed(db: D1Database, hash: string, removeAt: WallMs): Promise<void> {
  await drizzle(db)
    .insert(documentRemoval)
    .values({ hash, removeAt })
    .onConflictDoUpdate({ target: documentRemoval.hash, set: { removeAt } });
}

/**
 * Says which document a text is. One that is there already stays, and so does the note of a text that is none. Where two
 * have put the same text at once, nobody knows under whose key it stands.
 */
export async function nameDocument(db: D1Database, row: typeof document.$inferInsert): Promise<void> {
  const orm = drizzle(db);
  const { subjectId, language, edition } = document;
  const known = {
    target: [subjectId, language, edition],
    set: { sealedUnder: null },
    setWhere: sql`hash = excluded.hash`,
  };
  await orm.batch([orm.insert(document).values(row).onConflictDoUpdate(known), dropNoteOfNamed(db, row.hash)]);
}

function dropNoteOfNamed(db: D1Database, hash: string) {
  const isNamed = sql`hash = ${hash} AND EXISTS (SELECT 1 FROM document AS d WHERE d.hash = ${hash})`;
  return drizzle(db).delete(documentRemoval).where(isNamed);
}

/** A minute, so that a sweep that looked before the text was put again does not take its note along. */
const removedAgainAfterMs = minuteMs;

/**
 * After a text that documents name was put again: says under which key it stands (null: nobody knows), and drops its note.
 * When no document names it any more, it goes.
 */
export async function settleNote(
  db: D1Database,
  hash: string,
  { sealedUnder, at }: { readonly sealedUnder: string | null; readonly at: WallMs },
): Promise<void> {
  const orm = drizzle(db);
  await orm.batch([
    orm.update(document).set({ sealedUnder }).where(eq(document.hash, hash)),
    dropNoteOfNamed(db, hash),
    orm
      .update(documentRemoval)
      .set({ removeAt: after(at, removedAgainAfterMs) })
      .where(eq(documentRemoval.hash, hash)),
  ]);
}

/**
 * For the commit that erases a person: their documents are none any more, and their texts go at once; one that is being put
 * again right now goes when that must be over, since a note that went before the put would leave it behind.
 */
export function documentErasure(db: D1Database, customerId: CustomerId, at: WallMs): readonly Write[] {
  const orm = drizzle(db);
  const isTheirs = sql`customer_id = ${customerId}`;
  const texts = sql`SELECT hash, CAST(${at} AS INTEGER) FROM document WHERE ${isTheirs}`;
  return [
    orm
      .insert(documentRemoval)
      .select(texts)
      .onConflictDoUpdate({ target: documentRemoval.hash, set: { removeAt: sql`MAX(remove_at, excluded.remove_at)` } }),
    orm.delete(document).where(isTheirs),
  ];
}

/** Whether there is a text to take out of the bucket. */
export const hasTextsToRemove = sql<number>`EXISTS (
  SELECT 1 FROM document_removal WHERE remove_at <= ${sql.placeholder("now")}
)`;

/** Takes texts out of the bucket whose time has come, at most 50 a call. A note goes after its text: who dies begins again. */
export async function removeTexts(
  { db, documents }: { readonly db: D1Database; readonly documents: DocumentBucket },
  now: WallMs,
): Promise<void> {
  const [due] = await textsDue(db, { now, limit: mostAtOnce });
  for (const { hash, isNamed } of due) if (isNamed === 0) await documents.delete(keyOf(hash));
  const done = JSON.stringify(due.map(({ hash }) => hash));
  // One that was noted anew meanwhile is about to be put again.
  const isDone = sql`hash IN (SELECT value FROM json_each(${done})) AND remove_at <= ${now}`;
  if (due.length > 0) await drizzle(db).delete(documentRemoval).where(isDone);
}

const textsDue = compiledBatch((orm) => {
  const isNamed = sql<number>`EXISTS (SELECT 1 FROM document AS d WHERE d.hash = document_removal.hash)`;
  return [
    orm
      .select({ hash: documentRemoval.hash, isNamed })
      .from(documentRemoval)
      .where(sql`remove_at <= ${sql.placeholder("now")}`)
      .limit(sql.placeholder("limit")),
  ] as const;
});
