// The OpenAPI document: fresh, whole, and saying what the policies say.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { isOpenApiFresh } from "../../scripts/openapi.ts";
import { openApiDocument } from "../../scripts/openapi-document.ts";
import { policyOf } from "../../contract/common/policy.ts";
import { contract } from "../../contract/index.ts";
import { routesOf } from "./routes.ts";

const Operation = z.object({
  operationId: z.string(),
  summary: z.string(),
  description: z.string(),
  security: z.array(z.record(z.string(), z.unknown())),
  parameters: z.array(z.object({ name: z.string(), in: z.string(), required: z.boolean() })),
  requestBody: z.object({ required: z.boolean() }).optional(),
  responses: z.record(
    z.string(),
    z.object({ content: z.record(z.string(), z.unknown()).optional(), description: z.string() }),
  ),
});

const Document = z.object({
  openapi: z.literal("3.1.0"),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    securitySchemes: z.record(z.string(), z.unknown()),
  }),
});

const document = Document.parse(openApiDocument());
const operations = new Map(
  Object.values(document.paths).flatMap((methods) => Object.values(methods).map((each) => [each.operationId, each])),
);

describe("the document", () => {
  test("the committed file is what the contract says now", async () => {
    expect(await isOpenApiFresh(), "run `npm run openapi`").toBe(true);
  });

  test("has every route of the contract under its router path, and no other", () => {
    expect(new Set(operations.keys())).toEqual(new Set(routesOf(contract).map(({ name }) => name)));
  });

  test("every reference leads somewhere, and every component is used", () => {
    const text = JSON.stringify(openApiDocument());
    const names = [...text.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
    expect(new Set(names)).toEqual(new Set(Object.keys(document.components.schemas)));
  });

  test("no answer has a field for a signature, an agreement or a national id, but a person's own export for the last", () => {
    const { PersonalDataExport: own, ...others } = document.components.schemas;
    expect(JSON.stringify(own)).not.toMatch(/"(signature|paymanAuthority)":/);
    const answers = JSON.stringify(others);
    expect(answers).not.toMatch(/"(signature|nationalId|paymanAuthority)":/);
  });
});

describe.each(routesOf(contract))("$name", ({ name, route }) => {
  const policy = policyOf(route);
  const operationNow = () => Operation.parse(operations.get(name));

  test("demands the credentials of its policy", () => {
    const schemes = operationNow().security.flatMap((one) => Object.keys(one));
    const expected =
      policy.who === "public" ? [] : policy.who.startsWith("partner:") ? ["partnerKey"] : ["session", "sessionCookie"];
    expect(schemes).toEqual([...expected, ...(policy.orPartner ? ["partnerKey"] : [])]);
    for (const scheme of schemes) expect(document.components.securitySchemes).toHaveProperty(scheme);
  });

  test("takes an Idempotency-Key as its policy says", () => {
    const key = operationNow().parameters.find((parameter) => parameter.name === "Idempotency-Key");
    expect(key?.required).toBe({ required: true, optional: false, none: undefined }[policy.idempotency]);
  });

  test("declares each status, failures as problems with their codes", () => {
    const { responses } = operationNow();
    expect(Object.keys(responses)).toEqual(Object.keys(route.responses));
    const failures = Object.entries(responses).filter(([status]) => Number(status) >= 400);
    for (const [, failure] of failures) {
      expect(Object.keys(failure.content ?? {})).toEqual(["application/problem+json"]);
      expect(failure.description).toMatch(/^`\w+`: /);
    }
  });

  test("names the events it may cause", () => {
    for (const type of policy.events) expect(operationNow().description).toContain(`\`${type}\``);
  });
});

test("the page of the documentation asks no other host", () => {
  const root = new URL("../../public/", import.meta.url);
  const page = ["docs.html", "docs/init.js"].map((name) => readFileSync(new URL(name, root).pathname, "utf8")).join();
  expect(page).not.toMatch(/https?:|"\/\//);
  expect(page).toContain("validatorUrl: null");
});
