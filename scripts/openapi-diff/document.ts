// Compares two OpenAPI documents as a client sees them: addresses, who may call, what is sent and what is answered.
import type { Json, JsonObject } from "../openapi-schema.ts";
import { additive, breaking, type Change } from "./change.ts";
import { listIn, objectIn, schemaChanges, type Comparison, type Direction } from "./schema.ts";

/** Every change from one document to another. */
export function documentChanges(before: JsonObject, after: JsonObject): readonly Change[] {
  const schemas = { before: schemasOf(before), after: schemasOf(after) };
  const seen = new Set<string>();
  const comparing = (direction: Direction): Comparison => ({ direction, schemas, seen });
  const [old, now] = [operationsIn(before), operationsIn(after)];
  const gone = [...old.keys()].filter((name) => !now.has(name)).map((name) => breaking(name, "is gone"));
  const come = [...now.keys()].filter((name) => !old.has(name)).map((name) => additive(name, "is new"));
  const kept = [...old].flatMap(([name, operation]) => {
    const current = now.get(name);
    return current ? operationChanges(operation, current, name, comparing) : [];
  });
  return [...gone, ...come, ...kept];
}

type Comparing = (direction: Direction) => Comparison;

/** By name: `POST /v1/customers`; what we send to others is `webhook event`. */
function operationsIn(document: JsonObject): ReadonlyMap<string, JsonObject> {
  const found = new Map<string, JsonObject>();
  for (const [path, item] of Object.entries(objectIn(document["paths"]))) {
    for (const [method, operation] of Object.entries(objectIn(item))) {
      found.set(`${method.toUpperCase()} ${path}`, objectIn(operation));
    }
  }
  for (const [name, item] of Object.entries(objectIn(document["webhooks"]))) {
    for (const operation of Object.values(objectIn(item))) found.set(`webhook ${name}`, objectIn(operation));
  }
  return found;
}

function operationChanges(
  before: JsonObject,
  after: JsonObject,
  name: string,
  comparing: Comparing,
): readonly Change[] {
  const isOurs = name.startsWith("webhook ");
  return [
    ...securityChanges(before, after, name),
    ...parameterChanges(before, after, name, comparing(isOurs ? "output" : "input")),
    ...bodyChanges(before, after, name, comparing(isOurs ? "output" : "input")),
    ...(isOurs ? [] : answerChanges(before, after, name, comparing("output"))),
  ];
}

/** Each way to be let in, with its scopes, must go on to be one. */
function securityChanges(before: JsonObject, after: JsonObject, name: string): readonly Change[] {
  const [old, now] = [waysIn(before), waysIn(after)];
  if (old.length === 0) return now.length === 0 ? [] : [breaking(name, `wants ${now.join(" or ")}`)];
  if (now.length === 0) return [additive(name, "is public")];
  const gone = old.filter((way) => !now.includes(way)).map((way) => breaking(name, `${way} is not enough any more`));
  return [...gone, ...now.filter((way) => !old.includes(way)).map((way) => additive(name, `${way} will do`))];
}

function waysIn(operation: JsonObject): readonly string[] {
  return listIn(operation["security"]).map((way) =>
    Object.entries(objectIn(way))
      .map(([scheme, scopes]) => [scheme, ...listIn(scopes).map(textIn).toSorted()].join(" "))
      .join(" and "),
  );
}

function parameterChanges(
  before: JsonObject,
  after: JsonObject,
  name: string,
  comparison: Comparison,
): readonly Change[] {
  const [old, now] = [parametersIn(before), parametersIn(after)];
  const kept = [...old].flatMap(([id, parameter]) => {
    const where = `${name} ${id}`;
    const current = now.get(id);
    if (!current) return [breaking(where, "is gone")];
    const isWanted = current["required"] === true && parameter["required"] !== true;
    const demanded = isWanted && comparison.direction === "input" ? [breaking(where, "is required now")] : [];
    return [...demanded, ...schemaChanges(parameter["schema"], current["schema"], where, comparison)];
  });
  const come = [...now].flatMap(([id, parameter]) => {
    if (old.has(id)) return [];
    const isWanted = parameter["required"] === true && comparison.direction === "input";
    return [(isWanted ? breaking : additive)(`${name} ${id}`, isWanted ? "is new and required" : "is new")];
  });
  return [...kept, ...come];
}

function parametersIn(operation: JsonObject): ReadonlyMap<string, JsonObject> {
  const parameters = listIn(operation["parameters"]).map(objectIn);
  return new Map(parameters.map((each) => [`${textIn(each["in"])} ${textIn(each["name"])}`, each]));
}

function bodyChanges(before: JsonObject, after: JsonObject, name: string, comparison: Comparison): readonly Change[] {
  const [old, now] = [objectIn(before["requestBody"]), objectIn(after["requestBody"])];
  const where = `${name} request body`;
  const isDemanded = now["required"] === true && old["required"] !== true && comparison.direction === "input";
  const demanded = isDemanded ? [breaking(where, "is required now")] : [];
  return [...demanded, ...contentChanges(old, now, where, comparison)];
}

/** A failure that is not answered any more harms nobody, and a new one is met by its class; a new success is another matter. */
function answerChanges(before: JsonObject, after: JsonObject, name: string, comparison: Comparison): readonly Change[] {
  const [old, now] = [objectIn(before["responses"]), objectIn(after["responses"])];
  const kept = Object.entries(old).flatMap(([status, answer]) => {
    const where = `${name} ${status}`;
    if (now[status] === undefined)
      return [(isFailure(status) ? additive : breaking)(where, "is not answered any more")];
    return contentChanges(objectIn(answer), objectIn(now[status]), where, comparison);
  });
  const come = Object.keys(now).filter((status) => old[status] === undefined);
  return [
    ...kept,
    ...come.map((status) => (isFailure(status) ? additive : breaking)(`${name} ${status}`, "is a new answer")),
  ];
}

function isFailure(status: string): boolean {
  return /^[45]/.test(status);
}

function contentChanges(
  before: JsonObject,
  after: JsonObject,
  where: string,
  comparison: Comparison,
): readonly Change[] {
  const [old, now] = [objectIn(before["content"]), objectIn(after["content"])];
  return Object.entries(old).flatMap(([type, content]): readonly Change[] => {
    if (now[type] === undefined) return [breaking(where, `${type} is gone`)];
    return schemaChanges(objectIn(content)["schema"], objectIn(now[type])["schema"], where, comparison);
  });
}

function schemasOf(document: JsonObject): JsonObject {
  return objectIn(objectIn(document["components"])["schemas"]);
}

/** The version that a document says it has. */
export function versionOf(document: JsonObject): string {
  return textIn(objectIn(document["info"])["version"]);
}

function textIn(json: Json): string {
  return typeof json === "string" ? json : JSON.stringify(json);
}
