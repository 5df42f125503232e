// An example of each event, made of the examples that the contract's schemas give of their fields: one that nobody has to
// keep up.
import * as z from "zod";
import { BillingEvent, billingEventTypes, type BillingEventType } from "../../contract/billing-event.ts";
import type { Json, JsonObject } from "../openapi-schema.ts";

/** One event of this type as the API tells of it. */
export function exampleEvent(type: BillingEventType): JsonObject {
  const schema = members.get(type);
  if (!schema) throw new Error(`${type} is no event`);
  return objectOf(exampleOf(schema));
}

/** The data of one type of event: each field with its schema. */
export function dataFieldsOf(type: BillingEventType): Readonly<Record<string, z.ZodType>> {
  const data = members.get(type)?.shape["data"];
  return data instanceof z.ZodObject ? data.shape : {};
}

/** The event's own schemas, by type. */
const members: ReadonlyMap<string, z.ZodObject> = new Map(
  billingEventTypes.map((type, index) => [type, memberAt(index)]),
);

/** The contract makes the union of one object a type, in the order of the types. */
function memberAt(index: number): z.ZodObject {
  const schema: z.ZodType = BillingEvent;
  const member = schema instanceof z.ZodDiscriminatedUnion ? schema.options[index] : undefined;
  if (!(member instanceof z.ZodObject)) throw new Error("An event's schema is no object");
  return member;
}

function exampleOf(schema: unknown): Json {
  if (!(schema instanceof z.ZodType)) return null;
  const told = schema.meta()?.["example"];
  if (told !== undefined) return asJson(told);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return exampleOf(schema.unwrap());
  }
  if (schema instanceof z.ZodLiteral) return asJson([...schema.values][0]);
  if (schema instanceof z.ZodEnum) return asJson(schema.options[0]);
  if (schema instanceof z.ZodArray) return [exampleOf(schema.element)];
  if (schema instanceof z.ZodDiscriminatedUnion || schema instanceof z.ZodUnion) return exampleOf(schema.options[0]);
  if (schema instanceof z.ZodObject) {
    return Object.fromEntries(Object.entries(schema.shape).map(([name, field]) => [name, exampleOf(field)]));
  }
  if (schema instanceof z.ZodBoolean) return true;
  throw new Error(`No example stands at a ${schema.def.type}`);
}

/** Examples are values of JSON schemas: plain JSON. */
function asJson(value: unknown): Json {
  return value as Json;
}

function objectOf(example: Json): JsonObject {
  if (typeof example !== "object" || example === null || Array.isArray(example))
    throw new Error("An event is an object");
  return example as JsonObject;
}
