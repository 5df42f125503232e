// The log outlives the people in it: no event has a field that could hold one.
import { expect, it } from "vitest";
import * as z from "zod";
import { BillingEvent, billingEventTypes } from "../../contract/billing-event.ts";

const ofPersons = new Set(
  (
    "name first last full given family nick father mobile phone tel telephone email mail address street city postal " +
    "zip national ssn passport birth birthday gender iban sheba card pan account ip agent note notes comment"
  ).split(" "),
);

/** Words of things that are not persons, by event and field. */
const ofThings = new Set([
  "partner.created.name",
  "product.created.name",
  "product.detailed.name",
  "subscription.created.firstIndex",
  "subscription.rescheduled.firstIndex",
  "credit_note.issued.creditNoteId",
]);

type Json = Readonly<Record<string, unknown>>;

const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

const document: Json = { ...z.toJSONSchema(BillingEvent, { unrepresentable: "any" }) };
const definitions = isJson(document["$defs"]) ? document["$defs"] : {};

/** A schema with the definition it refers to in its place. */
function resolved(schema: unknown): unknown {
  const name = isJson(schema) && typeof schema["$ref"] === "string" ? schema["$ref"].split("/").at(-1) : undefined;
  return name === undefined ? schema : definitions[name];
}

/** The names of all fields of a schema, however deep. */
function fieldsOf(unresolved: unknown): readonly string[] {
  const schema = resolved(unresolved);
  if (Array.isArray(schema)) return schema.flatMap(fieldsOf);
  if (!isJson(schema)) return [];
  const properties = isJson(schema["properties"]) ? schema["properties"] : {};
  const parts = ["items", "oneOf", "anyOf", "allOf", "additionalProperties"].map((key) => schema[key]);
  return [...Object.keys(properties), ...[...Object.values(properties), ...parts].flatMap(fieldsOf)];
}

/** The schema of each event by its type. */
function schemasByType(): ReadonlyMap<unknown, unknown> {
  const union = resolved(document);
  const members = isJson(union) && Array.isArray(union["oneOf"]) ? union["oneOf"].map(resolved) : [];
  return new Map(members.map((member: unknown) => [typeOf(member), member]));
}

function typeOf(member: unknown): unknown {
  const properties = isJson(member) && isJson(member["properties"]) ? member["properties"] : {};
  return isJson(properties["type"]) ? properties["type"]["const"] : undefined;
}

function couldHoldPerson(field: string): boolean {
  return field.split(/(?=[A-Z])|_/).some((word) => ofPersons.has(word.toLowerCase()));
}

const schemas = schemasByType();

it("every event is looked at, with its data", () => {
  expect(new Set(schemas.keys())).toEqual(new Set(billingEventTypes));
  expect(fieldsOf(schemas.get("payment.submitted"))).toContain("authority");
});

it.each(billingEventTypes)("%s has no field that could hold a person", (type) => {
  const fields = fieldsOf(schemas.get(type)).filter((field) => !ofThings.has(`${type}.${field}`));
  expect(fields.filter(couldHoldPerson)).toEqual([]);
});

it.each(["mobile", "nationalId", "payerName", "emailAddress", "phone_number", "firstName"])(
  "a field %s would be seen",
  (field) => {
    expect(couldHoldPerson(field)).toBe(true);
  },
);
