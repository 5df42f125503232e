// Documents that were made: each stands sealed in R2 under the hash of its text, and a row here says which it is. A
// document is made once; whoever asks again gets the same.
import { eq, sql } from "drizzle-orm";
import type { CustomerId, InvoiceId, PaymentId } from "../../contract/common/id.ts";
import type { Language } from "../../contract/document.ts";
import { after, hourMs, type WallMs } from "../billing/clock.ts";
import { compiledBatch } from "./compiled.ts";
import { keyOf, nameDocument, noteUnnamed } from "./document-removal.ts";
import { document } from "./schema.ts";
import { keyIdOf, sealedText, type Sealer } from "./sealer.ts";

/** What keeps texts under keys: R2. */
export interface DocumentBucket {
  /** Null when nothing stands under the key. */
  readonly get: (key: string) => Promise<string | null>;
  readonly put: (key: string, text: string) => Promise<void>;
  /** Does nothing when nothing stands there. */
  readonly delete: (key: string) => Promise<void>;
}

export function documentBucket(bucket: R2Bucket): DocumentBucket {
  return {
    get: async (key) => {
      const bytes = await (await bucket.get(key))?.arrayBuffer();
      // `text()` would drop a byte order mark, and the text would not have its hash any more.
      return bytes ? new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) : null;
    },
    put: async (key, text) => void (await bucket.put(key, text)),
    delete: (key) => bucket.delete([key]),
  };
}

/** A part of a bucket: whatever is named alike in two databases stands under the name of each. */
export function bucketUnder(bucket: DocumentBucket, folder: string): DocumentBucket {
  return {
    get: (key) => bucket.get(`${folder}/${key}`),
    put: (key, text) => bucket.put(`${folder}/${key}`, text),
    delete: (key) => bucket.delete(`${folder}/${key}`),
  };
}

export interface DocumentPorts {
  readonly db: D1Database;
  readonly documents: DocumentBucket;
  readonly sealer: Sealer;
  readonly wall: () => WallMs;
  readonly sha256: (text: string) => Promise<string>;
}

/** Which document: of one invoice or payment, in one language; a voided invoice has another than the one it had. */
export interface DocumentName {
  readonly subjectId: InvoiceId | PaymentId;
  readonly language: Language;
  readonly edition: "issued" | "void";
}

/** Whoever makes one and dies leaves a text that no document names; it goes after this. */
const madeWithinMs = hourMs;

/** The text of a document: as it was made, or made now by `render` and kept. Of two at once the first stands. */
export async function documentOf(
  ports: DocumentPorts,
  name: DocumentName & { readonly customerId: CustomerId },
  render: () => Promise<string>,
): Promise<string> {
  const found = await hashOf(ports.db, name);
  if (found !== null) return read(ports, found);
  const text = await render();
  const hash = await ports.sha256(text);
  const createdAt = ports.wall();
  await noteUnnamed(ports.db, hash, after(createdAt, madeWithinMs));
  const sealed = await ports.sealer.seal(text, hash);
  await ports.documents.put(keyOf(hash), sealed);
  const { subjectId, language, edition, customerId } = name;
  const sealedUnder = keyIdOf(sealed);
  await nameDocument(ports.db, { subjectId, language, edition, customerId, hash, createdAt, sealedUnder });
  const kept = await hashOf(ports.db, name);
  return kept === null || kept === hash ? text : read(ports, kept);
}

/** Throws when R2 has lost it: what is named here was put there before. */
async function read({ documents, sealer }: DocumentPorts, hash: string): Promise<string> {
  const sealed = await documents.get(keyOf(hash));
  if (sealed === null) throw new Error(`The document ${hash} is not in its bucket`);
  return sealer.open(sealedText(sealed), hash);
}

async function hashOf(db: D1Database, { subjectId, language, edition }: DocumentName): Promise<string | null> {
  const [[row]] = await findHash(db, { subjectId, language, edition });
  return row?.hash ?? null;
}

const findHash = compiledBatch(
  (orm) =>
    [
      orm
        .select({ hash: document.hash })
        .from(document)
        .where(
          sql`${eq(document.subjectId, sql.placeholder("subjectId"))}
            AND ${eq(document.language, sql.placeholder("language"))}
            AND ${eq(document.edition, sql.placeholder("edition"))}`,
        ),
    ] as const,
);
