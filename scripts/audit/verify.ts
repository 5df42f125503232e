// Verifies a file of the audit trail with nothing but the public key: that it was signed, that nothing was signed but this,
// and that the events chain. Reads bytes and not text, so that there is nothing that two readers could read in two ways.
import * as z from "zod";
import { canonicalJson } from "../../server/store/canonical-json.ts";
import { firstPreviousRoot, Heading, headingLine, type Manifest } from "../../server/store/audit-manifest.ts";

/** What is wrong, and where: `line 17: …`. */
export type Finding = string;

export interface Verdict {
  /** Null when not even the first line can be read. */
  readonly manifest: Manifest | null;
  readonly root: string | null;
  /** None of a whole file; the first is where to look. */
  readonly findings: readonly Finding[];
}

export interface Against {
  /** The 32 bytes of the Ed25519 public key in hex. */
  readonly publicKey: string;
  /** The file before, when the link to it is to be verified, too. */
  readonly previous?: Uint8Array | undefined;
}

/** Where each stream stood after its last event. */
type Heads = Map<string, { readonly seq: number; readonly hash: string }>;

const Line = z.looseObject({
  position: z.int(),
  hash: z.string(),
  stream: z.string(),
  seq: z.int(),
  prevHash: z.string(),
});

const newline = 0x0a;

/** Finds any changed bit of a file; says the line in which it is. */
export async function verifyAuditFile(file: Uint8Array, { publicKey, previous }: Against): Promise<Verdict> {
  const heads: Heads = new Map();
  const before = previous === undefined ? null : await read(previous, heads);
  const own = await read(file, heads);
  const { heading, root } = own;
  if (!heading || root === null) return { manifest: null, root, findings: own.findings };
  const { manifest } = heading;
  const findings = [
    ...((await isSigned(heading, publicKey)) ? [] : ["line 1: the manifest is not signed with this key"]),
    ...linkFindings(manifest, before),
    ...own.findings,
  ];
  return { manifest, root, findings };
}

function linkFindings(manifest: Manifest, before: Read | null): readonly Finding[] {
  const isFirst = manifest.firstPosition === 1 && manifest.previousRoot === firstPreviousRoot;
  if (!before) return [];
  if (isFirst) return ["line 1: this is the first file of all; none is before it"];
  return [
    ...before.findings.map((finding) => `the previous file, ${finding}`),
    ...(before.root === manifest.previousRoot ? [] : ["line 1: it follows another file than the previous one"]),
    ...(before.heading && followsIn(before.heading.manifest, manifest)
      ? []
      : ["line 1: its positions do not go on where the previous file ends"]),
  ];
}

/** Without a gap, but that a new epoch begins at a place far beyond. */
function followsIn(previous: Manifest, { epoch, firstPosition }: Manifest): boolean {
  const isNext = firstPosition === previous.lastPosition + 1;
  return isNext || (epoch > previous.epoch && firstPosition > previous.lastPosition);
}

interface Read {
  readonly heading: Heading | null;
  readonly root: string | null;
  readonly findings: readonly Finding[];
}

/** All that can be verified of one file without a key; moves the heads of its streams on. */
async function read(file: Uint8Array, heads: Heads): Promise<Read> {
  const lines = linesOf(file);
  const [first = new Uint8Array()] = lines;
  const heading = headingIn(first);
  if (!heading) return { heading, root: null, findings: ["line 1: this is no manifest as it was written"] };
  const { manifest } = heading;
  const findings: Finding[] = [...shapeFindings(manifest)];
  let next = 1;
  for (const segment of manifest.segments) {
    const end = next + segment.lastPosition - segment.firstPosition + 1;
    const bytes = lines.slice(next, end);
    const inside = await eventFindings(bytes, { line: next + 1, position: segment.firstPosition, heads });
    if ((await sha256(joined(bytes))) !== segment.sha256) {
      findings.push(...inside, `lines ${next + 1} to ${end}: this segment is not the one that was signed`);
    } else findings.push(...inside);
    next = end;
  }
  if (lines.length > next) findings.push(`line ${next + 1}: there is more than what was signed`);
  return { heading, root: await sha256(bytesOf(canonicalJson(manifest))), findings };
}

/** Lines with their ends; what stands after the last end is a line, too. */
function linesOf(file: Uint8Array): readonly Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < file.length;) {
    const end = file.indexOf(newline, from);
    const to = end === -1 ? file.length : end + 1;
    lines.push(file.subarray(from, to));
    from = to;
  }
  return lines;
}

/** Null unless the line is, to the byte, how a heading is written. */
function headingIn(line: Uint8Array): Heading | null {
  const heading = Heading.safeParse(jsonIn(line));
  return heading.success && isSame(line, bytesOf(headingLine(heading.data))) ? heading.data : null;
}

/** The segments are all of the file's positions, one after the other. */
function shapeFindings({ firstPosition, lastPosition, segments }: Manifest): readonly Finding[] {
  let next = firstPosition;
  for (const segment of segments) {
    if (segment.firstPosition !== next || segment.lastPosition < next) return ["line 1: its segments leave a gap"];
    next = segment.lastPosition + 1;
  }
  return next === lastPosition + 1 ? [] : ["line 1: its segments are not all of its positions"];
}

interface Place {
  readonly line: number;
  readonly position: number;
  readonly heads: Heads;
}

async function eventFindings(
  lines: readonly Uint8Array[],
  { line, position, heads }: Place,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const [index, bytes] of lines.entries()) {
    const wrong = await wrongWith(bytes, position + index, heads);
    if (wrong !== null) findings.push(`line ${line + index}: ${wrong}`);
  }
  return findings;
}

async function wrongWith(bytes: Uint8Array, position: number, heads: Heads): Promise<string | null> {
  const parsed = Line.safeParse(jsonIn(bytes));
  if (!parsed.success || !isSame(bytes, bytesOf(`${canonicalJson(parsed.data)}\n`)))
    return "this is no event as it was written";
  const { position: own, hash, ...hashed } = parsed.data;
  const { stream, seq, prevHash } = hashed;
  const head = heads.get(stream) ?? (seq === 1 ? { seq: 0, hash: firstPreviousRoot } : null);
  heads.set(stream, { seq, hash });
  if (own !== position) return `it has the position ${own} and not ${position}`;
  if ((await sha256(bytesOf(canonicalJson(hashed)))) !== hash)
    return `the event of position ${position} is not what its hash says`;
  if (head && (head.seq !== seq - 1 || head.hash !== prevHash))
    return `the event does not follow the one before it in ${stream}`;
  return null;
}

/** What a line says; undefined when it is no JSON in UTF-8. */
function jsonIn(line: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line));
  } catch {
    return undefined;
  }
}

async function isSigned({ manifest, signature }: Heading, publicKey: string): Promise<boolean> {
  if (!/^[0-9a-f]{64}$/.test(publicKey)) return false;
  const key = await crypto.subtle.importKey("raw", bytesIn(publicKey), "Ed25519", false, ["verify"]);
  return crypto.subtle.verify("Ed25519", key, bytesIn(signature), bytesOf(canonicalJson(manifest)));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(text));
}

function bytesIn(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
