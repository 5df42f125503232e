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
  const text = await readText(request, maxBodyBytes);
  if (text === null) return { refused: renderProblem("payload_too_large", { requestId }) };
  const contentType = request.headers.get("content-type");
  const isMissing = text === "" && mayBeMissing(route);
  if (isMissing && isForm(contentType) && takesForms(route)) return { value: undefined };
  if (contentType === null ? text !== "" : !isJson(contentType)) {
    return { refused: renderProblem("unsupported_media_type", { requestId }) };
  }
  if (isMissing) return { value: undefined };
  return jsonOf(text) ?? { refused: renderProblem("malformed_json", { requestId }) };
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

/** The body as text, or null when it is too much. Whole where its length is declared, since over the wire no more comes. */
async function readText(request: Request, maxBytes: number): Promise<string | null> {
  const declared = request.headers.get("content-length");
  if (declared === null) {
    const bytes = await readLimited(request, maxBytes);
    return bytes && new TextDecoder().decode(bytes);
  }
  if (Number(declared) > maxBytes) return null;
  const text = await request.text();
  return text.length > maxBytes ? null : text;
}

/** The body's bytes, or null as soon as they are too many: a length that is declared falsely gains nothing. */
export async function readLimited(request: Request, maxBytes: number): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) return null;
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

function jsonOf(text: string): { value: unknown } | null {
  try {
    const value: unknown = JSON.parse(text);
    return isPlain(text) || isStorable(value, maxDepth) ? { value } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Nearly every body is: looking at each of its values takes longer than all the rest that is done with it. */
function isPlain(text: string): boolean {
  const opened = text.match(/[[{]/g)?.length ?? 0;
  return opened <= maxDepth && !text.includes("\\u") && !text.includes(lost);
}

/** What stands in the place of bytes that are no UTF-8 once they are text; who sends it has lost a character before. */
const lost = "\ufffd";

/**
 * Whether JSON survives being stored and hashed: what is nested without end would exhaust the stack of whoever walks
 * it, and SQLite's text holds neither NUL nor half a character.
 */
function isStorable(value: unknown, depth: number): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0") && !value.includes(lost);
  if (typeof value !== "object" || value === null) return true;
  if (depth === 0) return false;
  for (const key in value) if (!isStorable(key, 0) || !isStorable(Reflect.get(value, key), depth - 1)) return false;
  return true;
}
