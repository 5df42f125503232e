// Seals anew what stands under an old key: in bounded steps, each text by a write that takes effect only while the text is
// what was read. What is done shows in the texts themselves, so that a run that dies is simply begun again.
import * as z from "zod";
import { SealedPlace } from "../../contract/key-rotation.ts";
import { after, minuteMs, type WallMs } from "../billing/clock.ts";
import { keyOf, noteUnnamed, settleNote } from "./document-removal.ts";
import type { DocumentBucket } from "./documents.ts";
import { keyIdOf, sealedText, type Sealed, type Sealer } from "./sealer.ts";

export interface ResealPorts {
  readonly db: D1Database;
  readonly documents: DocumentBucket;
  readonly sealer: Sealer;
  readonly wall: () => WallMs;
  /** Is told of each text that no key opens. */
  readonly unreadable: (fault: unknown, place: SealedPlace) => void;
}

/** What one step has done, and where the next begins; null when everything was looked at. */
export interface ResealStep {
  readonly resealed: number;
  readonly unreadable: number;
  readonly nextCursor: string | null;
}

/** Of one column of sealed texts: each with the record it is bound to, and how it is replaced while it is what it was. */
interface Column {
  readonly from: string;
  readonly replace: string;
}

const columns: Readonly<Record<Exclude<SealedPlace, "document">, Column>> = {
  person: {
    from: "SELECT rowid AS row, id AS record, sealed FROM person",
    replace: "UPDATE person SET sealed = ? WHERE rowid = ? AND sealed = ?",
  },
  secret: {
    from: "SELECT rowid AS row, id AS record, sealed FROM secret",
    replace: "UPDATE secret SET sealed = ? WHERE rowid = ? AND sealed = ?",
  },
  webhook_secret: {
    from: "SELECT rowid AS row, 'webhook endpoint ' || id AS record, secret AS sealed FROM webhook_endpoint",
    replace: "UPDATE webhook_endpoint SET secret = ? WHERE rowid = ? AND secret = ?",
  },
  previous_webhook_secret: {
    from: "SELECT rowid AS row, 'webhook endpoint ' || id AS record, previous_secret AS sealed FROM webhook_endpoint",
    replace: "UPDATE webhook_endpoint SET previous_secret = ? WHERE rowid = ? AND previous_secret = ?",
  },
  second_factor: {
    from: "SELECT rowid AS row, 'second factor ' || user_id AS record, sealed FROM second_factor",
    replace: "UPDATE second_factor SET sealed = ? WHERE rowid = ? AND sealed = ?",
  },
  stored_answer: {
    from: "SELECT rowid AS row, 'idempotency ' || caller || ' ' || key AS record, answer AS sealed FROM idempotency_key",
    replace: "UPDATE idempotency_key SET answer = ? WHERE rowid = ? AND answer = ?",
  },
};

const textsAtOnce = 100;
const documentsAtOnce = 20;
/** Whoever dies between the put and what follows it leaves a text that goes after this, unless a document names it. */
const putWithinMs = 10 * minuteMs;

const Text = z.object({ row: z.int(), record: z.string(), sealed: z.string().transform(sealedText) });
const Document = z.object({ row: z.int(), hash: z.string() });
const Left = z.object({ place: SealedPlace, keyId: z.string().nullable(), count: z.int() });

const keyIdIn = "substr(sealed, 1, instr(sealed, '.') - 1)";

/** Where a walk stands: behind this row of this place. */
interface Position {
  readonly place: SealedPlace;
  readonly row: number;
}

/** What became of the rows that one query found; `last` is null when it found the last of the place. */
interface Walked {
  readonly resealed: number;
  readonly unreadable: number;
  readonly last: number | null;
}

/** Seals at most 100 texts of the database and 20 documents anew, from the cursor on. A text that was erased stays empty. */
export async function reseal(ports: ResealPorts, cursor: string | null): Promise<ResealStep> {
  const start = positionOf(cursor);
  const ahead = SealedPlace.options.slice(SealedPlace.options.indexOf(start.place));
  let [resealed, unreadable] = [0, 0];
  for (const place of ahead) {
    const position = { place, row: place === start.place ? start.row : 0 };
    const walked = await walk(ports, position, textsAtOnce - resealed - unreadable);
    resealed += walked.resealed;
    unreadable += walked.unreadable;
    if (walked.last !== null) return { resealed, unreadable, nextCursor: `${place}:${walked.last}` };
  }
  return { resealed, unreadable, nextCursor: null };
}

function positionOf(cursor: string | null): Position {
  const [place, row] = (cursor ?? "person:0").split(":");
  return { place: SealedPlace.parse(place), row: Number(row) };
}

function walk(ports: ResealPorts, { place, row }: Position, limit: number): Promise<Walked> {
  return place === "document" ? walkDocuments(ports, row) : walkTexts(ports, { place, row, limit });
}

async function walkTexts(
  ports: ResealPorts,
  { place, row, limit }: Position & { readonly place: keyof typeof columns; readonly limit: number },
): Promise<Walked> {
  const { db, sealer } = ports;
  const { from, replace } = columns[place];
  const [, ...oldKeyIds] = sealer.keyIds;
  const found = await db
    .prepare(
      `SELECT * FROM (${from}) WHERE row > ? AND ${keyIdIn} IN (SELECT value FROM json_each(?)) ORDER BY row LIMIT ?`,
    )
    .bind(row, JSON.stringify(oldKeyIds), limit)
    .all();
  const texts = z.array(Text).parse(found.results);
  const anew = await Promise.all(texts.map((text) => sealedAnew(ports, place, text)));
  const writes = texts.flatMap((text, index) => {
    const sealed = anew[index] ?? null;
    return sealed === null ? [] : [db.prepare(replace).bind(sealed, text.row, text.sealed)];
  });
  if (writes.length > 0) await db.batch(writes);
  const last = texts.length < limit ? null : (texts.at(-1)?.row ?? row);
  return { resealed: writes.length, unreadable: texts.length - writes.length, last };
}

/** Null when no key of today opens it. One such text must not keep all others under the old key. */
async function sealedAnew(
  { sealer, unreadable }: ResealPorts,
  place: SealedPlace,
  { sealed, record }: { readonly sealed: Sealed; readonly record: string },
): Promise<Sealed | null> {
  try {
    return await sealer.seal(await sealer.open(sealed, record), record);
  } catch (fault) {
    unreadable(fault, place);
    return null;
  }
}

async function walkDocuments(ports: ResealPorts, row: number): Promise<Walked> {
  const [keyId] = ports.sealer.keyIds;
  const found = await ports.db
    .prepare("SELECT rowid AS row, hash FROM document WHERE rowid > ? AND sealed_under IS NOT ? ORDER BY rowid LIMIT ?")
    .bind(row, keyId, documentsAtOnce)
    .all();
  const documents = z.array(Document).parse(found.results);
  let [resealed, unreadable] = [0, 0];
  for (const { hash } of documents) {
    const outcome = await resealDocument(ports, hash);
    if (outcome === "resealed") resealed++;
    if (outcome === "unreadable") unreadable++;
  }
  const last = documents.length < documentsAtOnce ? null : (documents.at(-1)?.row ?? row);
  return { resealed, unreadable, last };
}

/**
 * The bucket takes part in no batch. The text is noted as one to remove before it is put, since its person may be erased
 * while it is on its way; once it is put, the note stays only if no document names the text any more.
 */
async function resealDocument(ports: ResealPorts, hash: string): Promise<"resealed" | "unreadable" | "known"> {
  const { db, documents, sealer, wall } = ports;
  const [keyId] = sealer.keyIds;
  await noteUnnamed(db, hash, after(wall(), putWithinMs));
  const kept = await documents.get(keyOf(hash));
  const isKnown = kept !== null && keyIdOf(sealedText(kept)) === keyId;
  const anew =
    kept === null || isKnown ? null : await sealedAnew(ports, "document", { sealed: sealedText(kept), record: hash });
  if (anew !== null) await documents.put(keyOf(hash), anew);
  await settleNote(db, hash, { sealedUnder: isKnown || anew !== null ? keyId : null, at: wall() });
  if (isKnown) return "known";
  return anew === null ? "unreadable" : "resealed";
}

/** What is not known to stand under the key of today, by place and key. Reads every sealed row. */
export async function leftUnderOldKeys({ db, sealer }: Pick<ResealPorts, "db" | "sealer">) {
  const [keyId] = sealer.keyIds;
  const texts = Object.entries(columns).map(([place, { from }]) =>
    db
      .prepare(
        `SELECT ? AS place, ${keyIdIn} AS keyId, COUNT(*) AS count FROM (${from})
         WHERE sealed <> '' AND ${keyIdIn} <> ? GROUP BY 2 ORDER BY 2`,
      )
      .bind(place, keyId),
  );
  const documents = db
    .prepare(
      `SELECT 'document' AS place, sealed_under AS keyId, COUNT(DISTINCT hash) AS count FROM document
       WHERE sealed_under IS NOT ? GROUP BY 2 ORDER BY 2`,
    )
    .bind(keyId);
  const found = await db.batch([...texts, documents]);
  return found.flatMap(({ results }) => z.array(Left).parse(results));
}
