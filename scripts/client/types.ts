// TypeScript types of JSON schemas, as far as the contract's document uses them.
import type { Json, JsonObject } from "../openapi-schema.ts";

/** The type of what a schema lets pass. Example: `{ type: "array", items: { const: 1 } }` is `readonly (1)[]`. */
export function typeOf(schema: Json): string {
  if (!isObject(schema)) return "unknown";
  const { $ref: ref, const: only, enum: choices, anyOf, oneOf, allOf } = schema;
  if (typeof ref === "string") return `Schemas[${JSON.stringify(ref.split("/").at(-1))}]`;
  if (only !== undefined) return JSON.stringify(only);
  if (isList(choices)) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  const either = isList(anyOf) ? anyOf : oneOf;
  if (isList(either)) return either.map((each) => `(${typeOf(each)})`).join(" | ");
  if (isList(allOf)) return allOf.map((each) => `(${typeOf(each)})`).join(" & ");
  return typeOfKind(schema);
}

function typeOfKind(schema: JsonObject): string {
  const { type } = schema;
  if (isList(type)) return type.map((each) => `(${typeOfKind({ ...schema, type: each })})`).join(" | ");
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "integer":
    case "number":
      return "number";
    case "array":
      return `readonly (${typeOf(schema["items"])})[]`;
    case "object":
      return objectType(schema);
    default:
      return "unknown";
  }
}

function objectType({ properties, required, additionalProperties }: JsonObject): string {
  const needed = isList(required) ? required : [];
  const fields = Object.entries(isObject(properties) ? properties : {}).map(
    ([name, field]) => `readonly ${JSON.stringify(name)}${needed.includes(name) ? "" : "?"}: ${typeOf(field)}`,
  );
  if (fields.length > 0) return `{ ${fields.join("; ")} }`;
  return isObject(additionalProperties) ? `{ readonly [name: string]: ${typeOf(additionalProperties)} }` : "object";
}

export function isObject(json: Json): json is JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

export function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}
