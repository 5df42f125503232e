// Compares what a client sends, or gets, by two JSON Schemas. The rules are one another's mirror: of what is sent less
// must not be taken, of what is answered no more must come. Descriptions and examples say nothing here.
import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "../openapi-schema.ts";
import { additive, breaking, type Change } from "./change.ts";

export type Direction = "input" | "output";

/** Two documents' schemas, by component name. */
export interface Schemas {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

export interface Comparison {
  readonly direction: Direction;
  readonly schemas: Schemas;
  /** Pairs of components under way or done, so that none is told twice. */
  readonly seen: Set<string>;
}

/** The changes from one schema to another at a place. */
export function schemaChanges(before: Json, after: Json, where: string, comparison: Comparison): readonly Change[] {
  const pair = JSON.stringify([referenceIn(before), referenceIn(after), comparison.direction]);
  if (referenceIn(before) !== null && referenceIn(after) !== null) {
    if (comparison.seen.has(pair)) return [];
    comparison.seen.add(pair);
  }
  if (isDeepStrictEqual(before, after) && referenceIn(before) === null && !mentions(before)) return [];
  const { schemas } = comparison;
  return formChanges(formsOf(before, schemas.before), formsOf(after, schemas.after), where, comparison);
}

/** A schema without alternatives, by what tells it from other alternatives. */
interface Form {
  readonly key: string;
  readonly schema: JsonObject;
}

function formsOf(json: Json, components: JsonObject): readonly Form[] {
  const schema = resolved(json, components);
  const choices = listIn(schema["anyOf"] ?? schema["oneOf"]);
  if (choices.length > 0) return numbered(choices.flatMap((choice) => formsOf(choice, components)));
  const { type, ...rest } = schema;
  if (Array.isArray(type)) return numbered(type.map((one) => formOf({ ...rest, type: one })));
  return [formOf(schema)];
}

/** Its type, and the fields that have one value: the `type` of an event, the `kind` of a record. */
function formOf(schema: JsonObject): Form {
  const constants = Object.entries(objectIn(schema["properties"])).flatMap(([name, field]) => {
    const value = objectIn(field)["const"];
    return value === undefined ? [] : [`${name}=${JSON.stringify(value)}`];
  });
  return { key: [typeOf(schema), ...constants].join(" "), schema };
}

/** Where several look the same they are told apart by their order. */
function numbered(forms: readonly Form[]): readonly Form[] {
  return forms.map((form, index) => {
    const earlier = forms.slice(0, index).filter(({ key }) => key === form.key).length;
    return earlier === 0 ? form : { ...form, key: `${form.key} #${earlier + 1}` };
  });
}

function typeOf(schema: JsonObject): string {
  const { type, const: value, enum: values } = schema;
  if (typeof type === "string") return type === "integer" ? "number" : type;
  const [sample] = listIn(values);
  const shown = value ?? sample;
  if (shown === undefined) return "anything";
  return shown === null ? "null" : typeof shown;
}

function formChanges(
  before: readonly Form[],
  after: readonly Form[],
  where: string,
  comparison: Comparison,
): readonly Change[] {
  const gone = before.filter(({ key }) => !after.some((form) => form.key === key));
  const come = after.filter(({ key }) => !before.some((form) => form.key === key));
  const kept = before.flatMap((old) => {
    const now = after.find(({ key }) => key === old.key);
    return now ? [{ old, now }] : [];
  });
  const isInput = comparison.direction === "input";
  const types = new Set(before.map(({ schema }) => typeOf(schema)));
  return [
    ...gone.map(({ key }) =>
      (isInput ? breaking : additive)(
        where,
        isInput ? `${key} is not taken any more` : `${key} does not come any more`,
      ),
    ),
    ...come.map(({ key, schema }) => {
      if (isInput) return additive(where, `${key} is taken as well`);
      return (types.has(typeOf(schema)) ? additive : breaking)(where, `may be ${key}`);
    }),
    ...kept.flatMap(({ old, now }) => [
      ...valueChanges(old.schema, now.schema, where, comparison),
      ...objectChanges(old.schema, now.schema, where, comparison),
      ...listChanges(old.schema, now.schema, where, comparison),
    ]),
  ];
}

/** Limits by what a larger number does to how many values there are. */
const limits = {
  minimum: "fewer",
  exclusiveMinimum: "fewer",
  minLength: "fewer",
  minItems: "fewer",
  minProperties: "fewer",
  maximum: "more",
  exclusiveMaximum: "more",
  maxLength: "more",
  maxItems: "more",
  maxProperties: "more",
} as const;

function valueChanges(
  before: JsonObject,
  after: JsonObject,
  where: string,
  { direction }: Comparison,
): readonly Change[] {
  const isInput = direction === "input";
  const changes: Change[] = [...wordChanges(before, after, where, isInput)];
  for (const [name, larger] of Object.entries(limits)) {
    const change = limitChange(before[name], after[name], larger);
    if (change === null) continue;
    const harms = isInput ? change === "narrower" : change === "wider";
    changes.push((harms ? breaking : additive)(where, `${name} is ${shown(after[name])}, was ${shown(before[name])}`));
  }
  for (const name of ["pattern", "format", "multipleOf"]) {
    if (before[name] === after[name]) continue;
    const harms = isInput ? after[name] !== undefined : before[name] !== undefined;
    changes.push((harms ? breaking : additive)(where, `${name} is ${shown(after[name])}, was ${shown(before[name])}`));
  }
  if (before["type"] === "integer" && after["type"] === "number" && !isInput)
    changes.push(breaking(where, "may be a fraction"));
  if (before["type"] === "number" && after["type"] === "integer" && isInput)
    changes.push(breaking(where, "must be whole"));
  if (isInput && !isDeepStrictEqual(before["default"], after["default"])) {
    changes.push(breaking(where, `left out it means ${shown(after["default"])}, meant ${shown(before["default"])}`));
  }
  return changes;
}

function wordChanges(before: JsonObject, after: JsonObject, where: string, isInput: boolean): readonly Change[] {
  const [old, now] = [wordsOf(before), wordsOf(after)];
  if (old === null && now === null) return [];
  if (old === null) return [(isInput ? breaking : additive)(where, `is one of ${shown(now)} now`)];
  if (now === null) return [(isInput ? additive : breaking)(where, `is not one of ${shown(old)} any more`)];
  const gone = old
    .filter((word) => !now.includes(word))
    .map((word) => (isInput ? breaking : additive)(where, `${word} is gone`));
  const come = now.filter((word) => !old.includes(word)).map((word) => additive(where, `may be ${word}`));
  return [...gone, ...come];
}

/** What `enum` or `const` lists, each as JSON; null when anything may stand there. */
function wordsOf(schema: JsonObject): readonly string[] | null {
  if (schema["const"] !== undefined) return [JSON.stringify(schema["const"])];
  const words = schema["enum"];
  return Array.isArray(words) ? words.map((word) => JSON.stringify(word)) : null;
}

function limitChange(before: Json, after: Json, larger: "fewer" | "more"): "narrower" | "wider" | null {
  if (before === after) return null;
  if (typeof before !== "number") return "narrower";
  if (typeof after !== "number") return "wider";
  return after > before === (larger === "more") ? "wider" : "narrower";
}

function objectChanges(
  before: JsonObject,
  after: JsonObject,
  where: string,
  comparison: Comparison,
): readonly Change[] {
  const isInput = comparison.direction === "input";
  const [old, now] = [objectIn(before["properties"]), objectIn(after["properties"])];
  const [wasRequired, isRequired] = [listIn(before["required"]), listIn(after["required"])];
  const changes: Change[] = [];
  for (const [name, field] of Object.entries(old)) {
    const place = `${where}/${name}`;
    if (now[name] === undefined) {
      changes.push(breaking(place, "is gone"));
      continue;
    }
    if (isInput && isRequired.includes(name) && !wasRequired.includes(name))
      changes.push(breaking(place, "is required now"));
    if (!isInput && !isRequired.includes(name) && wasRequired.includes(name))
      changes.push(breaking(place, "may be missing now"));
    changes.push(...schemaChanges(field, now[name], place, comparison));
  }
  for (const name of Object.keys(now).filter((each) => old[each] === undefined)) {
    const isWanted = isInput && isRequired.includes(name);
    changes.push((isWanted ? breaking : additive)(`${where}/${name}`, isWanted ? "is new and required" : "is new"));
  }
  return [...changes, ...otherFieldChanges(before, after, where, comparison)];
}

/** Fields without a name of their own: forbidden (`false`), of one schema, or anything. */
function otherFieldChanges(
  before: JsonObject,
  after: JsonObject,
  where: string,
  comparison: Comparison,
): readonly Change[] {
  const [old, now] = [before["additionalProperties"] ?? true, after["additionalProperties"] ?? true];
  if (isDeepStrictEqual(old, now) && !mentions(old)) return [];
  if (now === false && comparison.direction === "input") return [breaking(where, "takes no other fields any more")];
  if (typeof old === "object" && typeof now === "object") return schemaChanges(old, now, `${where}/*`, comparison);
  return [];
}

function listChanges(before: JsonObject, after: JsonObject, where: string, comparison: Comparison): readonly Change[] {
  if (before["items"] === undefined || after["items"] === undefined) return [];
  return schemaChanges(before["items"], after["items"], `${where}/[]`, comparison);
}

function resolved(json: Json, components: JsonObject): JsonObject {
  const name = referenceIn(json);
  if (name === null) return objectIn(json);
  const { $ref: _, ...beside } = objectIn(json);
  return { ...objectIn(components[name]), ...beside };
}

/** Example: `#/components/schemas/Problem` → `Problem`. */
function referenceIn(json: Json): string | null {
  const reference = objectIn(json)["$ref"];
  return typeof reference === "string" ? reference.slice("#/components/schemas/".length) : null;
}

/** Whether it refers to a component, which may be another one than before under the same name. */
function mentions(json: Json): boolean {
  return JSON.stringify(json).includes('"$ref"');
}

function shown(json: Json | readonly string[]): string {
  return json === undefined ? "nothing" : JSON.stringify(json).slice(0, 120);
}

export function objectIn(json: Json): JsonObject {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? (json as JsonObject) : {};
}

export function listIn(json: Json): readonly Json[] {
  return Array.isArray(json) ? json : [];
}
