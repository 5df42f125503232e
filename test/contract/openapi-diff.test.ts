// What `npm run openapi:diff` calls breaking, change by change, and what a version owes to it.
import { describe, expect, it } from "vitest";
import { documentChanges } from "../../scripts/openapi-diff/document.ts";
import { tooSmall, versionIn } from "../../scripts/openapi-diff/version.ts";
import { openApiDocument } from "../../scripts/openapi-document.ts";
import type { Json, JsonObject } from "../../scripts/openapi-schema.ts";

interface Api {
  readonly security?: Json;
  readonly parameters?: Json;
  /** What is sent. */
  readonly input?: JsonObject;
  readonly isBodyRequired?: boolean;
  /** What is answered with 200. */
  readonly output?: JsonObject;
  readonly answers?: JsonObject;
  readonly components?: JsonObject;
  readonly paths?: JsonObject;
}

const json = (schema: JsonObject) => ({ content: { "application/json": { schema } } });

/** A document of one operation. */
function document({
  security = [],
  parameters = [],
  input = {},
  isBodyRequired = true,
  output = {},
  ...api
}: Api): JsonObject {
  const post = {
    security,
    parameters,
    requestBody: { required: isBodyRequired, ...json(input) },
    responses: { "200": json(output), ...api.answers },
  };
  return { paths: { "/a": { post }, ...api.paths }, components: { schemas: api.components ?? {} } };
}

/** Example: `breaking POST /a request body/x is gone`. */
const told = (before: Api, after: Api) =>
  documentChanges(document(before), document(after)).map(({ weight, where, what }) => `${weight} ${where} ${what}`);

const object = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: "object",
  properties,
  required,
});
const text = { type: "string" };
const whole = { type: "integer" };
const word = (...words: readonly string[]) => ({ type: "string", enum: words });
const nullable = (schema: JsonObject) => ({ anyOf: [schema, { type: "null" }] });
const form = (kind: string) => object({ kind: { type: "string", const: kind } }, ["kind"]);

it("nothing is told of a document and itself", { timeout: 60_000 }, () => {
  expect(documentChanges(openApiDocument(), openApiDocument())).toEqual([]);
});

it("descriptions and examples say nothing", () => {
  expect(told({ input: { ...text, description: "a" } }, { input: { ...text, examples: ["x"] } })).toEqual([]);
});

describe("an address", () => {
  const other = { "/b": { get: {} } };
  it("that is gone breaks, a new one does not", () => {
    expect(told({ paths: other }, {})).toEqual(["breaking GET /b is gone"]);
    expect(told({}, { paths: other })).toEqual(["additive GET /b is new"]);
  });

  it("with another method is gone as well", () => {
    expect(told({ paths: other }, { paths: { "/b": { post: {} } } })).toContain("breaking GET /b is gone");
  });

  it("that wants another scope, or any at all, breaks; one more way in does not", () => {
    const [read, write] = [{ partnerKey: ["customers:read"] }, { partnerKey: ["customers:write"] }];
    expect(told({ security: [read] }, { security: [write] })).toContain(
      "breaking POST /a partnerKey customers:read is not enough any more",
    );
    expect(told({}, { security: [read] })).toEqual(["breaking POST /a wants partnerKey customers:read"]);
    expect(told({ security: [read] }, { security: [read, write] })).toEqual([
      "additive POST /a partnerKey customers:write will do",
    ]);
  });
});

describe("a parameter", () => {
  const limit = (required: boolean, schema: JsonObject = whole) => [{ in: "query", name: "limit", required, schema }];
  it.each<[what: string, before: Json, after: Json, told: string[]]>([
    ["that is gone", limit(false), [], ["breaking POST /a query limit is gone"]],
    ["that is new and required", [], limit(true), ["breaking POST /a query limit is new and required"]],
    ["that is new", [], limit(false), ["additive POST /a query limit is new"]],
    ["that is required now", limit(false), limit(true), ["breaking POST /a query limit is required now"]],
    [
      "of another type",
      limit(false),
      limit(false, text),
      [
        "breaking POST /a query limit number is not taken any more",
        "additive POST /a query limit string is taken as well",
      ],
    ],
  ])("%s", (_, before, after, changes) => {
    expect(told({ parameters: before }, { parameters: after })).toEqual(changes);
  });
});

/** Each change, and what it is where it is sent and where it is answered. */
const schemaCases: readonly [
  what: string,
  before: JsonObject,
  after: JsonObject,
  sent: string | null,
  answered: string | null,
][] = [
  ["a field that is gone", object({ x: text }), object({}), "breaking", "breaking"],
  ["a new field", object({}), object({ x: text }), "additive", "additive"],
  ["a new field that is required", object({}), object({ x: text }, ["x"]), "breaking", "additive"],
  ["a field that is required now", object({ x: text }), object({ x: text }, ["x"]), "breaking", null],
  ["a field that may be missing now", object({ x: text }, ["x"]), object({ x: text }), null, "breaking"],
  ["a word less", word("a", "b"), word("a"), "breaking", "additive"],
  ["a word more", word("a"), word("a", "b"), "additive", "additive"],
  ["a list of words where any stood", text, word("a"), "breaking", "additive"],
  ["any word where a list stood", word("a"), text, "additive", "breaking"],
  ["a larger minimum", { ...whole, minimum: 1 }, { ...whole, minimum: 2 }, "breaking", "additive"],
  ["a smaller minimum", { ...whole, minimum: 2 }, { ...whole, minimum: 1 }, "additive", "breaking"],
  ["a smaller maximum", { ...whole, maximum: 9 }, { ...whole, maximum: 8 }, "breaking", "additive"],
  ["a longest length", text, { ...text, maxLength: 5 }, "breaking", "additive"],
  ["no longest length any more", { ...text, maxLength: 5 }, text, "additive", "breaking"],
  ["another pattern", { ...text, pattern: "a" }, { ...text, pattern: "b" }, "breaking", "breaking"],
  ["a pattern where none was", text, { ...text, pattern: "b" }, "breaking", "additive"],
  ["fractions", whole, { type: "number" }, null, "breaking"],
  ["whole numbers only", { type: "number" }, whole, "breaking", null],
  ["null as well", text, nullable(text), "additive", "breaking"],
  ["null no more", nullable(text), text, "breaking", "additive"],
  ["another type", text, whole, "breaking", "breaking"],
  ["another default", { ...text, default: "a" }, { ...text, default: "b" }, "breaking", null],
  ["a form more", { oneOf: [form("a")] }, { oneOf: [form("a"), form("b")] }, "additive", "additive"],
  ["a form less", { oneOf: [form("a"), form("b")] }, { oneOf: [form("a")] }, "breaking", "additive"],
  [
    "fewer items",
    { type: "array", items: text, maxItems: 5 },
    { type: "array", items: text, maxItems: 4 },
    "breaking",
    "additive",
  ],
  [
    "a change of the items",
    { type: "array", items: word("a", "b") },
    { type: "array", items: word("a") },
    "breaking",
    "additive",
  ],
  ["no other fields any more", object({}), { ...object({}), additionalProperties: false }, "breaking", null],
];

describe.each(schemaCases)("%s", (_, before, after, sent, answered) => {
  const worst = (changes: readonly string[]) => {
    const weights = changes.map((change) => change.split(" ")[0]);
    return weights.includes("breaking") ? "breaking" : (weights[0] ?? null);
  };
  it(`is ${sent ?? "nothing"} where it is sent, ${answered ?? "nothing"} where it is answered`, () => {
    expect(worst(told({ input: before }, { input: after }))).toBe(sent);
    expect(worst(told({ output: before }, { output: after }))).toBe(answered);
  });
});

describe("an answer", () => {
  it("with a new success breaks, a new failure does not; the same the other way round", () => {
    const answers = (status: string) => ({ answers: { [status]: json({}) } });
    expect(told({}, answers("202"))).toEqual(["breaking POST /a 202 is a new answer"]);
    expect(told(answers("202"), {})).toEqual(["breaking POST /a 202 is not answered any more"]);
    expect(told({}, answers("409"))).toEqual(["additive POST /a 409 is a new answer"]);
    expect(told(answers("409"), {})).toEqual(["additive POST /a 409 is not answered any more"]);
  });
});

it("a body that is required now breaks", () => {
  expect(told({ isBodyRequired: false }, {})).toEqual(["breaking POST /a request body is required now"]);
});

it("what changes in a component is told where it is used, also when it refers to itself", () => {
  const $ref = "#/components/schemas/Node";
  const node = (value: JsonObject) => ({ Node: object({ value, next: { $ref } }) });
  const changes = told({ output: { $ref }, components: node(text) }, { output: { $ref }, components: node(whole) });
  expect(changes).toContain("breaking POST /a 200/value may be number");
  expect(changes).toHaveLength(2);
});

describe("a version", () => {
  const breaks = [{ weight: "breaking", where: "GET /a", what: "is gone" }] as const;
  const adds = [{ weight: "additive", where: "GET /a", what: "is new" }] as const;
  it("of the same number may change nothing, of a new minor one add, of a new major one break", () => {
    expect(tooSmall("1.2.3", "1.2.3", [])).toBeNull();
    expect(tooSmall("1.2.3", "1.2.4", adds)).toBe("1.2.4 has more than 1.2.3: it must be 1.3.0");
    expect(tooSmall("1.2.3", "1.3.0", adds)).toBeNull();
    expect(tooSmall("1.2.3", "1.3.0", breaks)).toBe("1.3.0 breaks clients of 1.2.3: it must be 2.0.0");
    expect(tooSmall("1.2.3", "2.0.0", breaks)).toBeNull();
  });

  it("that is older than the released one, or none, is refused", () => {
    expect(tooSmall("1.10.0", "1.9.0", [])).toBe("1.9.0 is older than 1.10.0");
    expect(() => versionIn("1")).toThrow("1 is no version");
  });
});
