// Reads a request as its route declares it. Everything a client can get wrong ends here in a 4xx; a handler only sees
// what the contract's schemas made of it.
import type { AppRoute } from "@ts-rest/core";
import * as z from "zod";
import type { FieldError } from "../../contract/common/problem.ts";
import { renderProblem, type Refused } from "./answer.ts";

export const maxBodyBytes = 64 * 1024;

const maxDepth = 32;
const maxErrors = 20;

/** What the client sent: `sent` as it came (for the fingerprint), the rest as the schemas made it. */
export interface ReadRequest {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly sent: { readonly query: unknown; readonly body: unknown };
}

interface Incoming {
  readonly route: AppRoute;
  readonly request: Request;
  /** Percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly requestId: string;
}

/**
 * Refuses with 404 when a path parameter is not of its schema (a malformed id names nothing, exactly like one that is
 * somebody else's), 413, 415 or 400 for the body as such, and 422 with a pointer per field.
 */
export async function readRequest(incoming: Incoming): Promise<ReadRequest | Refused> {
  const { route, request, requestId } = incoming;
  const params = parse(route.pathParams, incoming.params, "path");
  if ("errors" in params) return { refused: renderProblem("not_found", { requestId }) };
  const sentQuery = queryOf(request);
  const sentBody = hasBody(route) ? await readBody(route, request, requestId) : { value: undefined };
  if ("refused" in sentBody) return sentBody;
  const query = parse(route.query, sentQuery, "query");
  const body = parse(hasBody(route) ? route.body : undefined, sentBody.value, "body");
  const errors = [...errorsOf(query), ...errorsOf(body)].slice(0, maxErrors);
  if ("errors" in query || "errors" in body) {
    return { refused: renderProblem("validation_failed", { requestId, errors }) };
  }
  const sent = { query: sentQuery, body: sentBody.value };
  return { params: params.value, query: query.value, body: body.value, sent };
}

type WithBody = AppRoute & { readonly body: unknown };

function hasBody(route: AppRoute): route is WithBody {
  return "body" in route;
}

type Parsed = { readonly value: unknown } | { readonly errors: readonly FieldError[] };

function parse(schema: unknown, value: unknown, place: "path" | "query" | "body"): Parsed {
  if (!(schema instanceof z.ZodType)) return { value: undefined };
  const result = schema.safeParse(value);
  if (result.success) return { value: result.data };
  return { errors: result.error.issues.flatMap((issue) => fieldErrorsOf(issue, place)) };
}

function errorsOf(parsed: Parsed): readonly FieldError[] {
  return "errors" in parsed ? parsed.errors : [];
}

function fieldErrorsOf(issue: z.core.$ZodIssue, place: string): FieldError[] {
  const { code, message } = issue;
  if (code !== "unrecognized_keys") return [{ pointer: pointerOf([place, ...issue.path]), code, detail: message }];
  return issue.keys.map((key) => ({
    pointer: pointerOf([place, ...issue.path, key]),
    code: "unrecognized_key",
    detail: "This field is not known here.",
  }));
}

/** RFC 6901. Example: `["body", "a/b", 0]` is `/body/a~1b/0`. */
function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** A parameter given twice is a list, which a schema of one value refuses. */
export function queryOf(request: Request): Record<string, string | string[]> {
  const { url } = request;
  if (!url.includes("?")) return {};
  const { searchParams } = new URL(url);
  const names = [...new Set(searchParams.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const [first = "", ...rest] = searchParams.getAll(name);
      return [name, rest.length > 0 ? [first, ...rest] : first];
    }),
  );
}

async function readBody(route: WithBody, request: Request, requestId: string): Promise<{ value: unknown } | Refused> {
  const bytes = await readLimited(request, maxBodyBytes);
  if (bytes === null) return { refused: renderProblem("payload_too_large", { requestId }) };
  const contentType = request.headers.get("content-type");
  const isMissing = bytes.length === 0 && mayBeMissing(route);
  if (isMissing && isForm(contentType) && takesForms(route)) return { value: undefined };
  if (contentType === null ? bytes.length > 0 : !isJson(contentType)) {
    return { refused: renderProblem("unsupported_media_type", { requestId }) };
  }
  if (isMissing) return { value: undefined };
  const json = jsonOf(bytes);
  return json ?? { refused: renderProblem("malformed_json", { requestId }) };
}

function mayBeMissing({ body }: WithBody): boolean {
  return body instanceof z.ZodType && body.safeParse(undefined).success;
}

/** Only a route that says so, and needs no credentials, can be asked by a form: any site may send one. */
function takesForms(route: WithBody): boolean {
  return "contentType" in route && isForm(route.contentType ?? null);
}

function isForm(contentType: string | null): boolean {
  return contentType?.toLowerCase().startsWith("application/x-www-form-urlencoded") ?? false;
}

function isJson(contentType: string): boolean {
  return /^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i.test(contentType.trim());
}

/** The body's bytes, or null as soon as they are too many: a length that is declared falsely gains nothing. */
export async function readLimited(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const declared = request.headers.get("content-length");
  if (Number(declared ?? 0) > maxBytes) return null;
  if (declared !== null) {
    // Whole, since over the wire no more comes than is declared: chunk by chunk takes several times as long.
    const whole = new Uint8Array(await request.arrayBuffer());
    return whole.length > maxBytes ? null : whole;
  }
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > maxBytes) return null;
    chunks.push(chunk);
  }
  return concat(chunks, length);
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

function jsonOf(bytes: Uint8Array): { value: unknown } | null {
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return isStorable(value, maxDepth) ? { value } : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * Whether JSON survives being stored and hashed: what is nested without end would exhaust the stack of whoever walks
 * it, and SQLite's text holds neither NUL nor half a character.
 */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0");
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  for (const key in value) if (!isStorable(key, 0) || !isStorable(Reflect.get(value, key), depth - 1)) return false;
  return true;
}
