// JSON Schemas of the contract's Zod schemas. What has an `id` becomes a component and is referred to by name; the one
// `example` of a field becomes the list that OpenAPI 3.1 wants.
import { isDeepStrictEqual } from "node:util";
import * as z from "zod";

export type Json = string | number | boolean | null | undefined | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Schemas by component name, as one document gathers them. */
export type Components = Map<string, JsonObject>;

/**
 * The JSON Schema of what a client sends (`input`) or gets (`output`). Puts the components it refers to into
 * `components`; throws when a name is taken by another form of the schema.
 */
export function jsonSchemaOf(schema: z.ZodType, io: "input" | "output", components: Components): JsonObject {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => tidy(zodSchema, jsonSchema, io),
  });
  const { $schema: _, $defs, ...rest } = asJson(made);
  for (const [name, component] of Object.entries($defs ?? {})) addComponent(components, name, component);
  return rest;
}

/**
 * Zod leaves examples out where something inside is transformed; the registry still has them. Answers may grow fields,
 * so they are not closed; the pattern of an instant says no more than its format.
 */
function tidy(schema: z.core.$ZodType, json: z.core.JSONSchema.BaseSchema, io: "input" | "output"): void {
  const { example, description } = z.globalRegistry.get(schema) ?? {};
  if (description !== undefined) json.description = description;
  if (example !== undefined) json.examples = [example];
  delete json["example"];
  if (io === "output" && json.additionalProperties === false) delete json.additionalProperties;
  if (json.format === "date-time") delete json.pattern;
}

function addComponent(components: Components, name: string, component: JsonObject): void {
  const { id: _, ...schema } = component;
  const known = components.get(name);
  if (known && !isDeepStrictEqual(known, schema)) throw new Error(`Two schemas are named ${name}`);
  components.set(name, schema);
}

interface Made {
  readonly $schema?: Json;
  readonly $defs?: Readonly<Record<string, JsonObject>>;
  readonly [key: string]: Json;
}

/** Through JSON and back: plain values, references pointing at components. What zod makes is JSON by definition. */
function asJson(made: object): Made {
  return JSON.parse(JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')) as Made;
}
