// The two fields of ZarinPal's GraphQL that refunds need, as far as its SDK shows them (zarinpal.md §2.9), and the checks
// that a GraphQL server makes by its schema before anything happens.

import { DocumentError, type Operation, readOperation, type Selection } from "./graphql-document.ts";
import type { Body } from "./fields.ts";

type Shape = { readonly [field: string]: Shape | null };
type Field = {
  readonly kind: Operation["kind"];
  readonly args: { readonly [name: string]: string };
  readonly answers: Shape;
};
type Values = { readonly [argument: string]: string | number | null };

/** An operation that fits the schema, its arguments checked. */
export type Request = { field: keyof typeof schema; selection: Selection; values: Values };

const schema = {
  Session: {
    kind: "query",
    args: {
      terminal_id: "ID!",
      filter: "FilterEnum",
      id: "ID",
      reference_id: "String",
      rrn: "String",
      card_pan: "String",
      email: "String",
      mobile: "CellNumber",
      description: "String",
      limit: "Int",
      offset: "Int",
    },
    answers: { id: null, status: null, amount: null, description: null, created_at: null },
  },
  AddRefund: {
    kind: "mutation",
    args: {
      session_id: "ID!",
      amount: "BigInteger!",
      description: "String",
      method: "InstantPayoutActionTypeEnum",
      reason: "RefundReasonEnum",
    },
    answers: {
      id: null,
      terminal_id: null,
      amount: null,
      timeline: { refund_amount: null, refund_time: null, refund_status: null },
    },
  },
} as const satisfies { readonly [name: string]: Field };

const enums: { readonly [type: string]: readonly string[] } = {
  FilterEnum: ["PAID", "VERIFIED", "TRASH", "ACTIVE", "REFUNDED"],
  InstantPayoutActionTypeEnum: ["PAYA", "CARD"],
  RefundReasonEnum: ["CUSTOMER_REQUEST", "DUPLICATE_TRANSACTION", "SUSPICIOUS_TRANSACTION", "OTHER"],
};

/** Reads `{ query, variables }`. Throws a DocumentError with what a GraphQL server would say. */
export function requestIn(body: Body): Request {
  if (typeof body["query"] !== "string") throw new DocumentError("GraphQL Request must include a query.");
  const operation = readOperation(body["query"]);
  const { name } = operation.field;
  if (!isField(name) || schema[name].kind !== operation.kind)
    throw new DocumentError(`Cannot query field "${name}" on this type.`);
  checkSelection(operation.field, schema[name].answers);
  return { field: name, selection: operation.field, values: valuesOf(operation, schema[name], body["variables"]) };
}

/** Of a value the parts that were asked for, under the names they were asked by. */
export function selected(value: unknown, { fields }: Selection): unknown {
  if (fields.length === 0 || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => selected(one, { name: "", alias: "", fields }));
  const parts = new Map(Object.entries(Object(value)));
  return Object.fromEntries(fields.map((field) => [field.alias, selected(parts.get(field.name), field)]));
}

function isField(name: string): name is keyof typeof schema {
  return Object.hasOwn(schema, name);
}

function checkSelection({ name, fields }: Selection, shape: Shape): void {
  if (fields.length === 0) throw new DocumentError(`Field "${name}" must have a selection of subfields.`);
  for (const field of fields) {
    const inner = shape[field.name];
    if (inner === undefined) throw new DocumentError(`Cannot query field "${field.name}" on "${name}".`);
    if (inner !== null) checkSelection(field, inner);
    else if (field.fields.length > 0) throw new DocumentError(`Field "${field.name}" has no subfields.`);
  }
}

function valuesOf(operation: Operation, field: Field, variables: unknown): Values {
  const given = new Map<string, unknown>(Object.entries(Object(variables)));
  for (const argument of operation.args.keys())
    if (!Object.hasOwn(field.args, argument)) throw new DocumentError(`Unknown argument "${argument}".`);
  const values = Object.entries(field.args).map(([argument, type]) => {
    const variable = operation.args.get(argument);
    return [argument, valueOf(type, variable === undefined ? null : typed(operation, variable, type, given))] as const;
  });
  return Object.fromEntries(values);
}

function typed(operation: Operation, variable: string, type: string, given: ReadonlyMap<string, unknown>): unknown {
  const declared = operation.variables.get(variable);
  if (declared !== type && declared !== `${type}!`)
    throw new DocumentError(`Variable "$${variable}" of type "${declared}" used in position expecting type "${type}".`);
  return given.get(variable) ?? null;
}

function valueOf(type: string, value: unknown): string | number | null {
  const wrong = new DocumentError(`Expected a value of type "${type}".`);
  if (value === null) {
    if (type.endsWith("!")) throw wrong;
    return null;
  }
  const bare = type.replace("!", "");
  const isNumber = typeof value === "number" && Number.isSafeInteger(value);
  if (bare === "Int" || bare === "BigInteger") {
    if (isNumber) return value;
    if (bare === "BigInteger" && typeof value === "string" && /^\d{1,15}$/.test(value)) return Number(value);
    throw wrong;
  }
  if (bare === "ID" && isNumber) return String(value);
  const isFit = typeof value === "string" && (enums[bare]?.includes(value) ?? true);
  if (!isFit) throw wrong;
  return value;
}
