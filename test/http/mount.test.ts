// The mount over a small contract: what HTTP, the contract and the policies promise of every route.
import { initContract } from "@ts-rest/core";
import { createFetchHandler, tsr } from "@ts-rest/serverless/fetch";
import * as z from "zod";
import { describe, expect, test } from "vitest";
import { CustomerId, ProductId } from "../../contract/common/id.ts";
import { PageQuery } from "../../contract/common/page.ts";
import { endpoint } from "../../contract/common/policy.ts";
import { Problem } from "../../contract/common/problem.ts";
import { createApiResponseSchema } from "../../contract/common/response.ts";
import type { LogEntry } from "../../server/deps.ts";
import type { RequestContext } from "../../server/http/context.ts";
import type { CallerFor, HandlersOf, Judge } from "../../server/http/mount.ts";
import { refusal } from "../../server/http/problem.ts";
import { commonHeaders, ofDocuments } from "../../server/http/common-headers.ts";
import { createShell } from "../../server/http/shell.ts";
import { peopleDeps } from "../support/people.ts";

const c = initContract();
const open = { who: "public", rate: "public", idempotency: "none", events: [] } as const;
const customers = { who: "customer", rate: "write", idempotency: "none", events: [] } as const;

const Thing = createApiResponseSchema(z.object({ name: z.string() }));
const Echo = createApiResponseSchema(z.object({ echo: z.unknown() }));

const contract = c.router({
  byId: endpoint(open, {
    method: "GET",
    path: "/v1/things/:productId",
    pathParams: z.object({ productId: ProductId }),
    responses: { 200: Thing },
  }),
  preview: endpoint(open, { method: "GET", path: "/v1/things/preview", responses: { 200: Thing } }),
  byName: endpoint(open, {
    method: "GET",
    path: "/v1/names/:name",
    pathParams: z.object({ name: z.string() }),
    responses: { 200: Thing },
  }),
  list: endpoint(open, { method: "GET", path: "/v1/things", query: PageQuery, responses: { 200: Echo } }),
  create: endpoint(customers, {
    method: "POST",
    path: "/v1/things",
    body: z.strictObject({ name: z.string().min(1), tags: z.array(z.string()).optional() }),
    responses: { 201: Thing, 404: Problem },
  }),
  loose: endpoint(open, { method: "POST", path: "/v1/loose", body: z.looseObject({}), responses: { 200: Echo } }),
  touch: endpoint(open, {
    method: "POST",
    path: "/v1/touch",
    body: z.strictObject({}).optional(),
    responses: { 200: Echo },
  }),
  leak: endpoint(open, { method: "GET", path: "/v1/leak", responses: { 200: Thing } }),
  wrong: endpoint(open, { method: "GET", path: "/v1/wrong", responses: { 200: Thing } }),
  fault: endpoint(open, { method: "GET", path: "/v1/fault/:token", responses: { 200: Thing } }),
  page: endpoint(open, {
    method: "GET",
    path: "/v1/page",
    responses: { 200: c.otherResponse({ contentType: "text/html; charset=utf-8", body: z.string() }) },
  }),
});

const meta = { requestId: "r" };
const route = tsr.platformContext<RequestContext>().route;
const named = (name: string) => ({ status: 200 as const, body: { data: { name }, meta } });
const echoed = (echo: unknown) => ({ status: 200 as const, body: { data: { echo }, meta } });

const handlers: HandlersOf<typeof contract> = {
  byId: route(contract.byId, async ({ params }) => named(params.productId)),
  preview: route(contract.preview, async () => named("preview")),
  byName: route(contract.byName, async ({ params }) => named(params.name)),
  list: route(contract.list, async ({ query }) => echoed(query)),
  create: tsr
    .platformContext<RequestContext<CallerFor<"customer">>>()
    .route(contract.create, async ({ body }, context) =>
      body.name === "taken"
        ? refusal(context, "not_found", context.caller.customerId)
        : { status: 201, body: { data: { name: body.name }, meta } },
    ),
  loose: route(contract.loose, async ({ body }) => echoed(body)),
  touch: route(contract.touch, async ({ body }, { responseHeaders }) => {
    responseHeaders.set("location", "/v1/touched");
    return echoed(body ?? "nothing");
  }),
  leak: route(contract.leak, async () => {
    const body = { data: { name: "n", secret: "s" }, meta };
    return { status: 200, body };
  }),
  wrong: async () => JSON.parse('{"status":200,"body":{"data":{},"meta":{"requestId":"r"}}}'),
  fault: async () => {
    throw new Error("Failed query: insert into person params: 09121234567", {
      cause: new Error("D1_ERROR: no such table for sara@example.com 09121234567"),
    });
  },
  page: route(contract.page, async () => ({ status: 200, body: "<p>سلام</p>" })),
};

const customerId = CustomerId.parse("cus_01kaqzv3m5e0a8r6b1x2n4y7tq");
const judge: Judge = async (request, policy) => {
  if (policy.who === "public") return { caller: { kind: "public" }, cookies: [] };
  if (request.headers.get("authorization") === null) return { refused: "not_signed_in" };
  return { caller: { kind: "customer", userId: "u1", customerId }, cookies: ["a=1", "b=2"] };
};

const deps = peopleDeps();
const app = createShell(deps, { contract, handlers, judge });

const Failure = z.object({
  type: z.string(),
  status: z.number(),
  code: z.string(),
  detail: z.string(),
  requestId: z.string(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string() })).optional(),
});

const get = async (path: string, init: RequestInit = {}) => app.request(path, init);

async function send(path: string, body: BodyInit | null, headers: Record<string, string> = {}) {
  const all = { authorization: "yes", "content-type": "application/json", ...headers };
  return app.request(path, { method: "POST", headers: all, body });
}

async function failure(response: Response | Promise<Response>) {
  const answer = await response;
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  const problem = Failure.parse(await answer.json());
  expect(problem.status).toBe(answer.status);
  expect(problem.requestId).toBe(answer.headers.get("x-request-id"));
  return problem;
}

async function echoOf(response: Response | Promise<Response>): Promise<unknown> {
  return z.object({ data: z.object({ echo: z.unknown() }) }).parse(await (await response).json()).data.echo;
}

describe("addresses", () => {
  test("a fixed address wins over a parameter, in whatever order the contract names them", async () => {
    expect(await (await get("/v1/things/preview")).json()).toMatchObject({ data: { name: "preview" } });
  });

  test("parameters are percent-decoded once", async () => {
    expect(await (await get("/v1/names/a%2Fb%20c%2525")).json()).toMatchObject({ data: { name: "a/b c%25" } });
  });

  test("400 when a percent sign begins no character", async () => {
    expect(await failure(get("/v1/names/%zz"))).toMatchObject({ status: 400, code: "malformed_request" });
    expect(await failure(get("/v1/names/%ff"))).toMatchObject({ status: 400, code: "malformed_request" });
  });

  test("404 for an id that is not one, and for an address nobody declared", async () => {
    expect(await failure(get("/v1/things/prod_1"))).toMatchObject({ status: 404, code: "not_found" });
    expect(await failure(get("/v1/things/constructor"))).toMatchObject({ status: 404, code: "not_found" });
    expect(await failure(get("/v1/nothing"))).toMatchObject({ status: 404, code: "not_found" });
    expect(await failure(get("/v1/things/"))).toMatchObject({ status: 404, code: "not_found" });
  });

  test("what is declared has all common headers but documents', what is not has them all, and each the id of its own request", async () => {
    const answers = [await get("/v1/things/preview"), await get("/v1/things/preview"), await get("/v1/nothing")];
    for (const [name, value] of commonHeaders(deps)) {
      const ofJson = ofDocuments.includes(name) ? null : value;
      expect(answers.map(({ headers }) => headers.get(name))).toEqual([ofJson, ofJson, value]);
    }
    expect(answers[0]?.headers.get("ratelimit-policy")).toBe('"public";q=300;w=60');
    const ids = answers.map(({ headers }) => headers.get("x-request-id"));
    expect(ids).toEqual(ids.map(() => expect.stringMatching(/^[0-9a-f-]{36}$/)));
    expect(new Set(ids).size).toBe(3);
  });

  test("HEAD answers like GET, without a body", async () => {
    const response = await get("/v1/things/preview", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe("");
  });

  test("405 with the methods that would do, HEAD included", async () => {
    const response = await get("/v1/things", { method: "DELETE" });
    expect(response.headers.get("allow")).toBe("GET, HEAD, POST, OPTIONS");
    expect(await failure(response)).toMatchObject({ status: 405, code: "method_not_allowed" });
    const head = await get("/v1/touch", { method: "HEAD" });
    expect([head.status, head.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
  });

  test("OPTIONS names the methods and lets no other site in", async () => {
    const response = await get("/v1/things", { method: "OPTIONS", headers: { origin: "https://evil.example" } });
    expect([response.status, response.headers.get("allow")]).toEqual([204, "GET, HEAD, POST, OPTIONS"]);
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  describe("of a page of a site that is listed", () => {
    const site = "https://app.example";
    const listing = createShell(peopleDeps({ allowedOrigins: [site] }), { contract, handlers, judge });
    const asked = (origin: string, method = "GET") => {
      const headers = { origin, "access-control-request-method": "POST" };
      return listing.fetch(new Request("http://sarresid.test/v1/things", { method, headers }));
    };

    test("answers may be read, and only with a token: cookies are never let along", async () => {
      const { headers } = await asked(site);
      expect(headers.get("access-control-allow-origin")).toBe(site);
      expect(headers.get("access-control-allow-credentials")).toBeNull();
      expect(headers.get("access-control-expose-headers")).toContain("x-request-id");
      expect(headers.get("vary")).toContain("origin");
    });

    test("the browser's question beforehand is answered for the headers that clients send", async () => {
      const { status, headers } = await asked(site, "OPTIONS");
      expect(status).toBe(204);
      expect(headers.get("access-control-allow-methods")).toContain("DELETE");
      expect(headers.get("access-control-allow-headers")).toBe(
        "accept-language, authorization, content-type, idempotency-key, if-none-match",
      );
    });

    test.each(["https://app.example.evil.example", "http://app.example", "https://app.example:8443", "null"])(
      "no other is let in: %s",
      async (origin) => {
        for (const method of ["GET", "OPTIONS"]) {
          const { headers } = await asked(origin, method);
          expect(headers.get("access-control-allow-origin")).toBeNull();
          expect(headers.get("access-control-allow-headers")).toBeNull();
          expect(headers.get("vary")).toContain("origin");
        }
      },
    );
  });
});

describe("what is sent", () => {
  test("422 with a pointer per field of body and query", async () => {
    const body = await failure(send("/v1/things", '{"name":"","tags":["a",1],"a/b":1}'));
    expect(body).toMatchObject({ status: 422, code: "validation_failed" });
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(["/body/name", "/body/tags/1", "/body/a~1b"]);
    const query = await failure(get("/v1/things?limit=0&cursor="));
    expect(query.errors?.map(({ pointer }) => pointer)).toEqual(["/query/limit", "/query/cursor"]);
  });

  test("422 when a parameter of one value is given twice", async () => {
    const problem = await failure(get("/v1/things?cursor=a&cursor=b"));
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(["/query/cursor"]);
  });

  test("a handler sees what the schema made: numbers, defaults, nothing unknown", async () => {
    expect(await echoOf(get("/v1/things?limit=7&unknown=1"))).toEqual({ limit: 7 });
    expect(await echoOf(get("/v1/things"))).toEqual({ limit: 20 });
  });

  test.each([
    ["cut off", '{"name":'],
    ["empty", ""],
    ["nested too deep", "[".repeat(40) + "]".repeat(40)],
    ["half a character", '{"name":"\\ud800"}'],
    ["a NUL", '{"name":"\\u0000"}'],
    ["a character that was lost before", '{"name":"\ufffd"}'],
    ["the same, escaped", '{"name":"\\ufffd"}'],
  ])("400 malformed_json for a body that is %s", async (_, body) => {
    expect(await failure(send("/v1/things", body))).toMatchObject({ status: 400, code: "malformed_json" });
  });

  test.each([
    ["declared", { "content-length": "3" }],
    ["not", {}],
  ])("400 malformed_json for bytes that are not UTF-8, their length %s", async (_, headers) => {
    const bytes = new Uint8Array([0x22, 0xff, 0x22]);
    expect(await failure(send("/v1/things", bytes, headers))).toMatchObject({ status: 400, code: "malformed_json" });
  });

  test("a body whose nesting would exhaust the stack is refused like any other", async () => {
    const body = "[".repeat(30_000) + "]".repeat(30_000);
    expect(await failure(send("/v1/things", body))).toMatchObject({ status: 400, code: "malformed_json" });
  });

  test("413 above 64 KiB, declared or streamed, and not at it", async () => {
    const sized = (size: number) => `{"name":"${"x".repeat(size - 11)}"}`;
    expect((await send("/v1/things", sized(65_536))).status).toBe(201);
    expect(await failure(send("/v1/things", sized(65_537)))).toMatchObject({ status: 413, code: "payload_too_large" });
    const stream = new Blob([sized(70_000)]).stream();
    expect(await failure(send("/v1/things", stream))).toMatchObject({ status: 413, code: "payload_too_large" });
  });

  test("415 for what is not JSON, an empty form included", async () => {
    const types = ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"];
    for (const type of types) {
      expect(await failure(send("/v1/things", "{}", { "content-type": type }))).toMatchObject({ status: 415 });
      expect(await failure(send("/v1/touch", "", { "content-type": type }))).toMatchObject({ status: 415 });
    }
    const untyped = await app.request("/v1/loose", { method: "POST", body: new Uint8Array([0x7b, 0x7d]) });
    expect(await failure(untyped)).toMatchObject({ status: 415, code: "unsupported_media_type" });
  });

  test("JSON may name its charset", async () => {
    const response = await send("/v1/things", '{"name":"n"}', { "content-type": "application/json; charset=utf-8" });
    expect(response.status).toBe(201);
  });

  test("a body may be missing where the schema allows it", async () => {
    expect(await echoOf(app.request("/v1/touch", { method: "POST" }))).toBe("nothing");
    expect(await echoOf(send("/v1/touch", "{}"))).toEqual({});
  });

  test("keys that name prototypes change nothing", async () => {
    await send("/v1/loose", '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    await get("/v1/things?__proto__=1&constructor=1");
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
    const problem = await failure(send("/v1/things", '{"name":"n","__proto__":{"name":"m"}}'));
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(["/body/__proto__"]);
  });
});

describe("what is answered", () => {
  test("a field that is not declared never leaves", async () => {
    expect(await (await get("/v1/leak")).json()).toEqual({ data: { name: "n" }, meta });
  });

  test("an answer that the contract does not know is a 500", async () => {
    expect(await failure(get("/v1/wrong"))).toMatchObject({ status: 500, code: "internal_error" });
  });

  test("a page keeps its content type", async () => {
    const response = await get("/v1/page");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(await response.text()).toBe("<p>سلام</p>");
  });

  test("a handler's headers are sent", async () => {
    expect((await send("/v1/touch", "{}")).headers.get("location")).toBe("/v1/touched");
  });

  test("every answer has a request id of its own, is not stored, and is not sniffed or framed", async () => {
    const answers = await Promise.all([
      get("/v1/things"),
      get("/v1/nothing"),
      get("/v1/fault/t"),
      get("/v1/names/%zz"),
    ]);
    for (const { headers } of answers) {
      expect(headers.get("x-request-id")).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    }
    expect(new Set(answers.map(({ headers }) => headers.get("x-request-id"))).size).toBe(4);
  });

  test("a fault is logged once, without SQL, parameters or persons, and its answer tells only the request id", async () => {
    const from = deps.logged.length;
    const problem = await failure(get("/v1/fault/a-secret-token"));
    expect(problem).toMatchObject({ status: 500, code: "internal_error" });
    expect(problem.detail).not.toMatch(/query|D1/);
    const told: LogEntry[] = deps.logged.slice(from);
    const entries = told.filter(({ level }) => level === "error");
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({
      level: "error",
      event: "fault",
      requestId: problem.requestId,
      route: "/v1/fault/:token",
    });
    const line = JSON.stringify(told);
    expect(line).toContain("no such table");
    expect(line).not.toMatch(/insert into|0912|sara@|a-secret-token/);
  });
});

describe("who is calling", () => {
  test("401 says how to do better, before the body is looked at", async () => {
    const response = await app.request("/v1/things", { method: "POST", body: "not json" });
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await failure(response)).toMatchObject({ status: 401, code: "not_signed_in" });
  });

  test("the handler knows the customer, and renewed cookies are sent", async () => {
    const response = await send("/v1/things", '{"name":"taken"}');
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
    expect(await failure(response)).toMatchObject({ status: 404, detail: customerId });
  });

  test("500 and not an answer when somebody else than the policy's caller was let in", async () => {
    const careless: Judge = async () => ({ caller: { kind: "public" }, cookies: [] });
    const open = createShell(deps, { contract, handlers, judge: careless });
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: '{"name":"n"}' };
    expect(await failure(open.request("/v1/things", init))).toMatchObject({ status: 500 });
  });

  test("429 with a time to wait, counted per caller and per class", async () => {
    const keys: string[] = [];
    const write = {
      limit: async ({ key }: { key: string }) => ({ success: keys.push(key) <= 1 }),
    };
    const limited = { ...deps, limits: { ...deps.limits, write } };
    const strict = createShell(limited, { contract, handlers, judge });
    const init = {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "yes" },
      body: '{"name":"n"}',
    };
    expect((await strict.request("/v1/things", init)).status).toBe(201);
    const refused = await strict.request("/v1/things", init);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("ratelimit-policy")).toBe('"write";q=120;w=60');
    expect(await failure(refused)).toMatchObject({ status: 429, code: "rate_limited" });
    expect((await strict.request("/v1/things")).status).toBe(200);
    expect(keys).toEqual(["user:u1", "user:u1"]);
  });

  test("429 for who is refused again and again, counted by address in the public class", async () => {
    const keys: string[] = [];
    const publicly = {
      limit: async ({ key }: { key: string }) => ({ success: keys.push(key) <= 1 }),
    };
    const limited = { ...deps, limits: { ...deps.limits, public: publicly } };
    const strict = createShell(limited, { contract, handlers, judge });
    const init = { method: "POST", headers: { "cf-connecting-ip": "192.0.2.7" }, body: "{}" };
    expect(await failure(strict.request("/v1/things", init))).toMatchObject({ status: 401 });
    const refused = await strict.request("/v1/things", init);
    expect(refused.headers.get("retry-after")).toBe("60");
    expect(refused.headers.get("ratelimit-policy")).toBe('"public";q=300;w=60');
    expect(await failure(refused)).toMatchObject({ status: 429, code: "rate_limited" });
    expect(keys).toEqual(["ip:192.0.2.7", "ip:192.0.2.7"]);
  });
});

describe("what is mounted", () => {
  test("a route without a handler stops the start", () => {
    const { byId: _, ...rest } = handlers;
    const build = () => createShell(deps, { contract, handlers: rest as typeof handlers, judge });
    expect(build).toThrow("byId has no handler");
  });

  test("the same handler runs under the library's own fetch handler", async () => {
    const one = c.router({ byName: contract.byName });
    const context: RequestContext = { deps, caller: { kind: "public" }, requestId: "r", resourceSeed: "s" };
    const handle = createFetchHandler<typeof one, unknown, RequestContext>(
      one,
      { byName: route(one.byName, async ({ params }) => named(params.name)) },
      { responseValidation: true },
    );
    const response: Response = await handle(new Request("http://sarresid.test/v1/names/sara"), context);
    expect(await response.json()).toEqual(await (await get("/v1/names/sara")).json());
  });
});
