// What is signed of each file of the audit trail, and how the file begins. Whoever verifies one needs nothing else of ours:
// this file knows no database.
import * as z from "zod";
import { TehranDate } from "../../contract/common/time.ts";
import { canonicalJson } from "./canonical-json.ts";

const Hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const Position = z.int().min(1);

/** The root that the first file of all follows. */
export const firstPreviousRoot = "0".repeat(64);

export const Manifest = z.strictObject({
  format: z.literal("sarresid-audit-1"),
  keyId: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
  day: TehranDate,
  /** A day of very many events is several files, from 1. */
  file: Position,
  endsDay: z.boolean(),
  epoch: Position,
  /** SHA-256 of the canonical JSON of the manifest before. */
  previousRoot: Hex(32),
  /** Of a file without events the position that its first event would have. */
  firstPosition: Position,
  lastPosition: z.int().min(0),
  segments: z.array(z.strictObject({ firstPosition: Position, lastPosition: Position, sha256: Hex(32) })),
});

export type Manifest = z.infer<typeof Manifest>;

/** The first line of a file: Ed25519 over the manifest's canonical JSON, in hex. */
export const Heading = z.strictObject({ manifest: Manifest, signature: Hex(64) });

export type Heading = z.infer<typeof Heading>;

/** The line as it stands in the file, with its end. */
export function headingLine(heading: Heading): string {
  return `${canonicalJson(heading)}\n`;
}
