// The client of whoever has nothing but the OpenAPI document: types of every operation, and one function that calls them.
import type { Json, JsonObject } from "../openapi-schema.ts";
import { isList, isObject, typeOf } from "./types.ts";

/** The whole client as TypeScript, made of a document such as the server serves at /openapi.json. */
export function clientSource(document: JsonObject): string {
  const operations = operationsIn(document);
  const schemas = entriesOf(entryOf(entryOf(document, "components"), "schemas"));
  return `// Made from /openapi.json by \`npm run openapi\`, and of nothing else: the client that a partner generates. Not to be edited.

export interface Schemas {
${schemas.map(([name, schema]) => `  readonly ${JSON.stringify(name)}: ${typeOf(schema)};`).join("\n")}
}

export interface Operations {
${operations.map(operationType).join("\n")}
}

const addresses: { readonly [K in keyof Operations]: readonly [method: string, path: string, contentType: string] } = {
${operations.map(({ id, method, path, bodyType }) => `  ${JSON.stringify(id)}: ${JSON.stringify([method, path, bodyType])},`).join("\n")}
};
${runtime}`;
}

interface Operation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly bodyType: string;
  readonly operation: JsonObject;
}

function operationsIn(document: JsonObject): readonly Operation[] {
  return entriesOf(entryOf(document, "paths")).flatMap(([path, methods]) =>
    entriesOf(methods).map(([method, operation]) => {
      const [bodyType = ""] = entriesOf(entryOf(entryOf(operation, "requestBody"), "content")).map(([name]) => name);
      const named = entryOf(operation, "operationId");
      const id = typeof named === "string" ? named : path;
      return { id, method: method.toUpperCase(), path, bodyType, operation: isObject(operation) ? operation : {} };
    }),
  );
}

function operationType({ id, operation }: Operation): string {
  const given = [
    parametersType(operation, "path"),
    parametersType(operation, "query"),
    ...bodyField(operation),
    keyField(operation),
  ].filter((field) => field !== "");
  const answers = entriesOf(entryOf(operation, "responses")).map(
    ([status, response]) => `readonly ${status}: ${answerType(response)}`,
  );
  return `  readonly ${JSON.stringify(id)}: { readonly given: { ${given.join("; ")} }; readonly answers: { ${answers.join("; ")} } };`;
}

function parametersType(operation: JsonObject, place: string): string {
  const found = parametersOf(operation).filter((parameter) => parameter["in"] === place);
  if (found.length === 0) return "";
  const isOptional = found.every((parameter) => parameter["required"] !== true);
  const fields = found.map((parameter) => {
    const mark = parameter["required"] === true ? "" : "?";
    return `readonly ${JSON.stringify(parameter["name"])}${mark}: ${typeOf(parameter["schema"])}`;
  });
  return `readonly ${place}${isOptional ? "?" : ""}: { ${fields.join("; ")} }`;
}

function bodyField(operation: JsonObject): readonly string[] {
  const body = entryOf(operation, "requestBody");
  const schema = entryOf(entryOf(entryOf(body, "content"), "application/json"), "schema", null);
  if (schema === null) return [];
  return [`readonly body${entryOf(body, "required") === true ? "" : "?"}: ${typeOf(schema)}`];
}

function keyField(operation: JsonObject): string {
  const key = parametersOf(operation).find((parameter) => parameter["name"] === "Idempotency-Key");
  if (!key) return "";
  return key["required"] === true ? "readonly idempotencyKey: string" : "readonly idempotencyKey?: string";
}

function parametersOf(operation: JsonObject): readonly JsonObject[] {
  const parameters = entryOf(operation, "parameters");
  return isList(parameters) ? parameters.filter(isObject) : [];
}

function answerType(response: Json): string {
  const [found] = entriesOf(entryOf(response, "content"));
  if (!found) return "null";
  const [contentType, media] = found;
  return contentType.includes("json") ? typeOf(entryOf(media, "schema")) : "string";
}

function entryOf(json: Json, name: string, otherwise: Json = {}): Json {
  return (isObject(json) ? json[name] : undefined) ?? otherwise;
}

function entriesOf(json: Json): readonly (readonly [string, Json])[] {
  return isObject(json) ? Object.entries(json) : [];
}

const runtime = `
type Given<K extends keyof Operations> = Operations[K]["given"];

/** What an operation may answer: the status says which body it is. */
export type Answer<K extends keyof Operations> = {
  readonly [S in keyof Operations[K]["answers"]]: { readonly status: S; readonly body: Operations[K]["answers"][S] };
}[keyof Operations[K]["answers"]];

interface AnyGiven {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

export type Client = ReturnType<typeof createClient>;

/** Calls the API at this address; \`headers\` say who is calling. */
export function createClient(baseUrl: string, headers: Readonly<Record<string, string>>) {
  return async <K extends keyof Operations>(
    name: K,
    ...[given]: object extends Given<K> ? [given?: Given<K>] : [given: Given<K>]
  ): Promise<Answer<K>> => {
    const [method, path, contentType] = addresses[name];
    const { path: parameters = {}, query = {}, body, idempotencyKey }: AnyGiven = given ?? {};
    const address = path.replaceAll(/\\{(\\w+)\\}/g, (_, parameter: string) => encodeURIComponent(parameters[parameter] ?? ""));
    const asked = new URLSearchParams(
      Object.entries(query).flatMap(([key, value]) => (value === undefined ? [] : [[key, String(value)]])),
    );
    const response = await fetch(\`\${baseUrl}\${address}\${asked.size > 0 ? "?" : ""}\${asked.toString()}\`, {
      method,
      headers: {
        ...headers,
        ...(contentType !== "" && { "content-type": contentType }),
        ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return answerOf<K>(response.status, await bodyOf(response));
  };
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return null;
  return (response.headers.get("content-type") ?? "").includes("json") ? JSON.parse(text) : text;
}

/** Safe as far as the server keeps to its document. */
function answerOf<K extends keyof Operations>(status: number, body: unknown): Answer<K> {
  return { status, body } as Answer<K>;
}
`;
