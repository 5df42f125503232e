// Values that the contract takes, drawn and shrunk by fast-check: made of the JSON Schema of a route's own Zod schemas, so
// that a new field is fuzzed the day it is declared. What must exist, such as an id, is a wish that the world fulfils.
import fc from "fast-check";
import type * as z from "zod";
import { jsonSchemaOf, type Components, type Json, type JsonObject } from "../../scripts/openapi-schema.ts";

/** Something of this kind that is there: the prefix of an id, or the name of a field whose values the world knows. */
export class Wish {
  readonly kind: string;
  readonly at: number;

  constructor(kind: string, at: number) {
    this.kind = kind;
    this.at = at;
  }
}

/** What fulfils wishes: a value, or undefined when nothing of the kind exists. */
export type Fulfil = (wish: Wish) => string | undefined;

/** Fields whose values are nobody's to invent, by name: the world keeps some of each. */
const known = new Set(["externalId", "reservationId", "loginToken", "couponCode", "code", "fileName", "csv"]);

const startsAt = Date.parse("2026-11-22T08:00:00Z");
const dayMs = 86_400_000;
const persian = ["۰", "۴", "۹", "٤", "ک", "ي", "آ", "پ", "\u200c", "ـ", " "];
const mostItems = 4;
const mostCharacters = 200;

/** What a client may send for this schema, by what its JSON Schema says; further checks of the schema may refuse it. */
export function validValue(schema: z.ZodType): fc.Arbitrary<unknown> {
  const components: Components = new Map();
  return valueOf(jsonSchemaOf(schema, "input", components), { components, name: "" });
}

interface Place {
  readonly components: Components;
  /** Of the field; "" at the top and in lists without one. */
  readonly name: string;
}

function valueOf(json: JsonObject, place: Place): fc.Arbitrary<unknown> {
  const reference = json["$ref"];
  if (typeof reference === "string") return valueOf(componentOf(reference, place), place);
  if (json["const"] !== undefined) return fc.constant(json["const"]);
  if (Array.isArray(json["enum"])) return fc.constantFrom(...json["enum"]);
  const choices = objectsIn(json["anyOf"] ?? json["oneOf"]);
  if (choices.length > 0)
    return fc.oneof(...choices.map((choice) => valueOf({ ...choice, ...exampleOf(json) }, place)));
  const parts = objectsIn(json["allOf"]);
  if (parts.length > 0) return fc.tuple(...parts.map((part) => valueOf(part, place))).map(merged);
  return typedValue(json, place);
}

function typedValue(json: JsonObject, place: Place): fc.Arbitrary<unknown> {
  switch (json["type"]) {
    case "string":
      return text(json, place);
    case "integer":
    case "number":
      return number(json);
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return list(json, place);
    case "object":
      return object(json, place);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function text(json: JsonObject, { name }: Place): fc.Arbitrary<unknown> {
  const [example] = examplesOf(json);
  const prefix = typeof example === "string" ? /^([a-z]+)_[0-9a-z]{26}$/.exec(example)?.[1] : undefined;
  if (prefix !== undefined) return fc.nat(10_000).map((at) => new Wish(prefix, at));
  if (known.has(name))
    return fc.oneof(
      fc.nat(10_000).map((at) => new Wish(name, at)),
      freeText(json),
    );
  const free = freeText(json);
  // What a check sum makes right is right in the example.
  const shown = { arbitrary: fc.constant(example), weight: 2 };
  return typeof example === "string" ? fc.oneof(shown, { arbitrary: free, weight: 1 }) : free;
}

function freeText(json: JsonObject): fc.Arbitrary<string> {
  const { format, pattern } = json;
  if (format === "date-time") return days(-400, 800).map((at) => new Date(at).toISOString());
  if (format === "date") return days(-60, 60).map((at) => new Date(at).toISOString().slice(0, 10));
  if (format === "uri") return fc.webUrl({ validSchemes: ["https"] });
  // What forbids some characters allows all others of Unicode, and listing them takes the library seconds.
  if (typeof pattern === "string" && !/\[\^|\\P|\\S/.test(pattern)) return matching(pattern);
  const minLength = numberIn(json, "minLength", 0);
  const maxLength = Math.max(minLength, Math.min(numberIn(json, "maxLength", mostCharacters), mostCharacters));
  return fc.oneof(
    fc.string({ minLength, maxLength, unit: "grapheme" }),
    fc.string({ minLength, maxLength, unit: "grapheme-ascii" }),
    fc.string({ minLength, maxLength, unit: fc.constantFrom(...persian) }),
  );
}

const patterns = new Map<string, fc.Arbitrary<string>>();

function matching(pattern: string): fc.Arbitrary<string> {
  const known = patterns.get(pattern) ?? fc.stringMatching(new RegExp(pattern, "u"));
  patterns.set(pattern, known);
  return known;
}

function days(first: number, last: number): fc.Arbitrary<number> {
  return fc
    .tuple(fc.integer({ min: first, max: last }), fc.nat(dayMs - 1))
    .map(([day, ms]) => startsAt + day * dayMs + ms);
}

function number(json: JsonObject): fc.Arbitrary<number> {
  const min = numberIn(json, "minimum", numberIn(json, "exclusiveMinimum", -1_000));
  const max = Math.max(min, numberIn(json, "maximum", numberIn(json, "exclusiveMaximum", 1_000_000)));
  const any = fc.integer({ min: Math.ceil(min), max: Math.floor(max) });
  const examples = examplesOf(json).filter((example) => typeof example === "number");
  return examples.length > 0 ? fc.oneof(any, fc.constantFrom(...examples)) : any;
}

function list(json: JsonObject, place: Place): fc.Arbitrary<unknown> {
  const minLength = numberIn(json, "minItems", 0);
  const maxLength = Math.max(minLength, Math.min(numberIn(json, "maxItems", mostItems), mostItems));
  return fc.array(valueOf(asObject(json["items"]), place), { minLength, maxLength });
}

function object(json: JsonObject, place: Place): fc.Arbitrary<unknown> {
  const properties = Object.entries(asObject(json["properties"]));
  if (properties.length === 0 && isObject(json["additionalProperties"])) {
    const value = valueOf(json["additionalProperties"], place);
    return fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), value, { maxKeys: mostItems });
  }
  const required = Array.isArray(json["required"]) ? json["required"].map(String) : [];
  const fields = properties.map(([name, field]) => [name, valueOf(asObject(field), { ...place, name })] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: required, noNullPrototype: true });
}

function componentOf(reference: string, { components }: Place): JsonObject {
  const component = components.get(reference.replace("#/components/schemas/", ""));
  if (!component) throw new Error(`${reference} is not there`);
  return component;
}

function merged(parts: readonly unknown[]): unknown {
  return Object.assign({}, ...parts);
}

function examplesOf(json: JsonObject): readonly Json[] {
  return Array.isArray(json["examples"]) ? json["examples"] : [];
}

function exampleOf(json: JsonObject): JsonObject {
  return json["examples"] === undefined ? {} : { examples: json["examples"] };
}

function numberIn(json: JsonObject, key: string, otherwise: number): number {
  const value = json[key];
  return typeof value === "number" ? value : otherwise;
}

function objectsIn(value: Json): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function asObject(value: Json): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value with its wishes fulfilled; a kind of which nothing exists gets an id of nobody. */
export function fulfilled(value: unknown, fulfil: Fulfil): unknown {
  if (value instanceof Wish) return fulfil(value) ?? `${value.kind}_01kaqzv3m5e0a8r6b1x2n4y7tq`;
  if (Array.isArray(value)) return value.map((item) => fulfilled(item, fulfil));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, fulfilled(member, fulfil)]));
}
