// A request before it is sent: still in parts, so that it can be spoilt in any of them.
import type { FuzzCaller } from "./world.ts";

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Draft {
  readonly method: string;
  /** As the contract has it, with `:names`. */
  readonly path: string;
  /** What stands for them, percent-encoded. */
  readonly named: readonly (readonly [name: string, segment: string])[];
  /** After the path. */
  readonly tail: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  /** Appended to the query as it is. */
  readonly rawQuery: string;
  /** Later ones win; an empty one takes the header away. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined for none. */
  readonly body: unknown;
  /** What becomes of the body's bytes, one after the other. */
  readonly edits: readonly ((bytes: Bytes) => Bytes)[];
  readonly caller: FuzzCaller;
  /** Everybody there is. */
  readonly others: readonly FuzzCaller[];
}

/** The request as it goes over the wire; a header that HTTP itself cannot carry is left out. */
export function requestOf(draft: Draft, origin: string): Request {
  const { method } = draft;
  const headers = headersOf(draft);
  const bytes = method === "GET" || method === "HEAD" ? null : bytesOf(draft);
  return new Request(`${origin}${addressOf(draft)}`, { method, headers, body: bytes });
}

function headersOf({ caller, headers: given, body }: Draft): Headers {
  const headers = new Headers();
  if (caller.token !== null) headers.set("authorization", `Bearer ${caller.token}`);
  if (body !== undefined) headers.set("content-type", "application/json");
  for (const [name, value] of given) {
    try {
      if (value === "") headers.delete(name);
      else headers.set(name, value);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  return headers;
}

/** Example: `/v1/products/prod_…?limit=20`. */
function addressOf({ path, named, tail, query, rawQuery }: Draft): string {
  const filled = named.reduce((all, [name, segment]) => all.replace(`:${name}`, () => segment), path);
  const pairs = query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  const search = [...pairs, rawQuery].filter(Boolean).join("&");
  return `${filled}${tail}${search && `?${search}`}`;
}

/** Half a character has no percent-encoding. */
export function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function bytesOf({ body, edits }: Draft): Bytes | null {
  if (body === undefined && edits.length === 0) return null;
  const text = body === undefined ? "" : JSON.stringify(body);
  return edits.reduce((bytes, edit) => edit(bytes), Uint8Array.from(new TextEncoder().encode(text)));
}

const mostShown = 600;

/** For a person: what was sent, long parts cut, what is no text in hexadecimal, and who called. */
export function shown(draft: Draft): string {
  const headers = [...headersOf(draft)].filter(([name]) => name !== "authorization");
  const { kind, owner } = draft.caller;
  const lines = [
    `${draft.method} ${cut(addressOf(draft))}`,
    `as ${kind}${owner === null ? "" : ` ${owner}`}`,
    ...headers.map(([name, value]) => `${name}: ${cut(value)}`),
  ];
  const bytes = bytesOf(draft);
  return bytes === null ? lines.join("\n") : [...lines, "", cut(textOf(bytes))].join("\n");
}

function textOf(bytes: Bytes): string {
  const text = Buffer.from(bytes).toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : `0x${Buffer.from(bytes).toString("hex")}`;
}

function cut(text: string): string {
  return text.length <= mostShown ? text : `${text.slice(0, mostShown)}… (${text.length} characters)`;
}
