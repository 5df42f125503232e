// What every endpoint of the contract promises, whoever adds it.
import { readFileSync } from "node:fs";
import { ContractNoBody, isAppRouteOtherResponse } from "@ts-rest/core";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { createApiListSchema } from "../../contract/common/response.ts";
import { policyOf } from "../../contract/common/policy.ts";
import { Problem, problems, type ProblemCode } from "../../contract/common/problem.ts";
import { contract } from "../../contract/index.ts";
import { problemOf } from "../../server/http/problem.ts";
import { rateLimits, ratePeriodSeconds } from "../../server/http/rate-limit.ts";
import { problemDetail } from "../../server/text/problems.ts";
import { routesOf } from "./routes.ts";

const routes = routesOf(contract);
const codes = Object.keys(problems) as ProblemCode[];

test("no two routes share a method and an address", () => {
  const addresses = routes.map(({ route }) => `${route.method} ${route.path.replace(/:\w+/g, ":")}`);
  expect(new Set(addresses).size).toBe(addresses.length);
});

describe.each(routes)("$name", ({ route }) => {
  const policy = policyOf(route);

  test("lives under /v1, in lower case", () => {
    expect(route.path).toMatch(/^\/v1(\/(:[a-zA-Z]+|[a-z-]+))+$/);
  });

  test("has a summary of at most eight words and says what it does", () => {
    expect(route.summary?.split(" ").length).toBeLessThanOrEqual(8);
    expect(route.description).toMatch(/\.$/);
  });

  test("declares the failures that its policy and shape imply and its rules name, and no others", () => {
    const implied = [429, 500];
    if (policy.who !== "public") implied.push(401, 403);
    if (policy.idempotency !== "none") implied.push(400, 409, 422);
    if ("body" in route) implied.push(400, 413, 415, 422);
    if (route.pathParams) implied.push(400, 404);
    if (route.query) implied.push(422);
    for (const code of policy.refuses ?? []) implied.push(problems[code].status);
    const failures = Object.keys(route.responses).filter((status) => Number(status) >= 400);
    expect(new Set(failures.map(Number))).toEqual(new Set(implied));
  });

  test("answers failures with problems, and successes in the envelope or as a page", () => {
    for (const [status, declared] of Object.entries(route.responses)) {
      if (status === "304") expect(declared).toBe(ContractNoBody);
      else if (Number(status) >= 400) expect(declared).toBe(Problem);
      else if (declared instanceof z.ZodObject) expect(declared.shape).toMatchObject({ data: {}, meta: {} });
      else expect(isAppRouteOtherResponse(declared)).toBe(true);
    }
  });

  test("declares no headers, and its path's parameters exactly", () => {
    expect(route.headers).toBeUndefined();
    const named = [...route.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
    const declared = route.pathParams instanceof z.ZodObject ? Object.keys(route.pathParams.shape) : [];
    expect(declared).toEqual(named);
  });

  test("a body is closed, so that a field nobody knows is refused and not ignored", () => {
    if (!("body" in route) || !(route.body instanceof z.ZodType) || policy.who === "public") return;
    expect(route.body.safeParse({ status: "active", amount: 1, userId: "u" }).error?.issues).toContainEqual(
      expect.objectContaining({ code: "unrecognized_keys" }),
    );
  });

  test("reading has no Idempotency-Key and causes no event; writing for somebody has one", () => {
    if (policy.who === "public") expect(policy.idempotency).toBe("none");
    else if (route.method === "GET" || /\/(?:preview|export|search)$/.test(route.path)) {
      expect([policy.idempotency, policy.events]).toEqual(["none", []]);
    } else expect(policy.idempotency).not.toBe("none");
  });

  test("every field it takes or answers is described with an example", () => {
    const schemas = [
      route.pathParams,
      route.query,
      "body" in route ? route.body : null,
      ...Object.values(route.responses),
    ];
    const bare = schemas.flatMap((schema) => (schema instanceof z.ZodType ? undescribed(schema, "") : []));
    expect(bare).toEqual([]);
  });
});

const envelopeFields = Object.keys(createApiListSchema(z.object({})).shape);

/** Fields without a description or an example of their own; objects and lists of objects are looked into. */
function undescribed(schema: z.ZodType, at: string): string[] {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) return undescribed(inner.element as z.ZodType, `${at}[]`);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries<z.ZodType>(inner.shape).flatMap(([name, field]) => {
    const isEnvelope = at === "" && envelopeFields.includes(name);
    const isStructure = unwrapped(field) instanceof z.ZodObject;
    const known = isEnvelope || isStructure || isDescribed(field);
    return [...(known ? [] : [`${at}/${name}`]), ...undescribed(field, `${at}/${name}`)];
  });
}

function unwrapped(schema: z.ZodType): z.ZodType {
  const inner = unwrappedOnce(schema);
  return inner === schema ? schema : unwrapped(inner);
}

function unwrappedOnce(schema: z.ZodType): z.ZodType {
  const isWrapper =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  return isWrapper ? (schema.unwrap() as z.ZodType) : schema;
}

function isDescribed(schema: z.ZodType): boolean {
  const own = schema.meta();
  if (own?.description !== undefined && own["example"] !== undefined) return true;
  const inner = unwrappedOnce(schema);
  return inner !== schema && isDescribed(inner);
}

describe("problems", () => {
  test.each(codes)("%s has a text, a status of its own table and an address that explains it", (code) => {
    const { status, body } = problemOf(code, { requestId: "r" });
    expect(Problem.parse(body)).toEqual(body);
    expect([status, body.status, body.type]).toEqual([
      problems[code].status,
      problems[code].status,
      `/problems/${code}`,
    ]);
    expect(problemDetail(code, "en")).toMatch(/^[A-Z].*\.$/);
    expect(problemDetail(code, "fa")).toMatch(/[\u0600-\u06ff].*\.$/);
  });
});

test("the bindings of the deployment count what the server says they count", () => {
  const toml = readFileSync(new URL("../../wrangler.toml", import.meta.url).pathname, "utf8");
  const bound = [
    ...toml.matchAll(/name = "(\w+)_LIMIT"\nnamespace_id = "\d+"\nsimple = \{ limit = (\d+), period = (\d+) \}/g),
  ];
  const numbers = bound.map(([, name = "", limit, period]) => [name.toLowerCase(), [Number(limit), Number(period)]]);
  const said = Object.entries(rateLimits).map(([rate, limit]) => [rate, [limit, ratePeriodSeconds]]);
  expect(Object.fromEntries(numbers)).toEqual(Object.fromEntries(said));
});
