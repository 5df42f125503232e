// Idempotency-Key, cases I1 to I9 of the draft's conformance list, over real D1: one key, one request, one effect.
import { initContract } from "@ts-rest/core";
import { env } from "cloudflare:workers";
import * as z from "zod";
import { beforeEach, describe, expect, test } from "vitest";
import { CustomerId } from "../../contract/common/id.ts";
import { endpoint } from "../../contract/common/policy.ts";
import { createApiResponseSchema } from "../../contract/common/response.ts";
import { dayMs } from "../../server/billing/clock.ts";
import type { RequestContext } from "../../server/http/context.ts";
import type { HandlersOf, Judge } from "../../server/http/mount.ts";
import { problemOf } from "../../server/http/problem.ts";
import { createShell } from "../../server/http/shell.ts";
import { canonicalJson } from "../../server/store/canonical-json.ts";
import { sweepIdempotency } from "../../server/store/idempotency.ts";
import { peopleDeps } from "../support/people.ts";

const c = initContract();
const refuses = ["payment_declined", "not_found", "subscription_exists", "gateway_unavailable", "busy"] as const;
const path = "/v1/orders";
const contract = c.router({
  order: endpoint(
    { who: "customer", rate: "money", idempotency: "required", events: [], refuses },
    {
      method: "POST",
      path,
      body: z.strictObject({ item: z.string().min(1) }),
      responses: {
        201: createApiResponseSchema(z.object({ id: z.string() })),
      },
    },
  ),
  touch: endpoint(
    { who: "customer", rate: "write", idempotency: "optional", events: [] },
    { method: "POST", path: "/v1/touch", body: z.looseObject({}).optional(), responses: { 200: z.object({}) } },
  ),
});

type Work = HandlersOf<typeof contract>["order"];
type Refusing = "payment_declined" | "not_found" | "subscription_exists" | "validation_failed" | "forbidden";

/** The seeds the handler was called with, in order: one entry per time that the work was done. */
let seeds: string[] = [];
let work: Work;

/** What every handler does first: asks its database. Under a key that is not new it comes no further. */
async function begin({ deps, resourceSeed }: RequestContext): Promise<void> {
  await deps.db.prepare("SELECT 1").run();
  seeds.push(resourceSeed);
}

const succeed: Work = async (_, context) => {
  const { resourceSeed, requestId } = context;
  await begin(context);
  return { status: 201, body: { data: { id: resourceSeed }, meta: { requestId } } };
};

const refuse =
  (code: Refusing | "gateway_unavailable" | "busy"): Work =>
  async (_, context) => {
    const { requestId } = context;
    await begin(context);
    return problemOf(code, { requestId });
  };

const die: Work = async (_, context) => {
  await begin(context);
  throw new Error("killed");
};

/** Does the work and answers only when `gate` opens. */
const heldAt =
  (gate: Promise<void>, inner: Work, onStart = () => {}): Work =>
  async (args, context) => {
    const answer = await inner(args, context);
    onStart();
    await gate;
    return answer;
  };

/** A request whose isolate dies after the effect: nothing of it runs on. */
async function orderAndDie(key: string): Promise<void> {
  await heldOrder(key, succeed).started;
}

/** A request that has done its work and answers when it is opened. */
function heldOrder(key: string, inner: Work) {
  const [started, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  work = heldAt(gate.promise, inner, started.resolve);
  return { response: order({ key }), started: started.promise, open: gate.resolve };
}

const customerId = CustomerId.parse("cus_01kaqzv3m5e0a8r6b1x2n4y7tq");
const judge: Judge = async (request) => {
  const userId = request.headers.get("authorization") ?? "";
  return { caller: { kind: "customer", userId, customerId }, cookies: [] };
};

const deps = peopleDeps();
const handlers: HandlersOf<typeof contract> = {
  order: (args, context) => work(args, context),
  touch: async (_, context) => {
    await begin(context);
    return { status: 200, body: {} };
  },
};
const app = createShell(deps, { contract, handlers, judge });

let keyCount = 0;
const freshKey = () => `key-${++keyCount}`;

interface Sent {
  readonly key?: string;
  readonly body?: string;
  readonly user?: string;
}

async function order({ key, body = '{"item":"tea"}', user = "sara" }: Sent, at = app) {
  const headers = { "content-type": "application/json", authorization: user };
  return at.request(path, {
    method: "POST",
    headers: key === undefined ? headers : { ...headers, "idempotency-key": key },
    body,
  });
}

async function codeOf(response: Response | Promise<Response>) {
  const { status, code } = z.object({ status: z.number(), code: z.string() }).parse(await (await response).json());
  return [status, code];
}

beforeEach(() => {
  seeds = [];
  work = succeed;
});

describe("the key", () => {
  test("I1 quoted and bare are the same key", async () => {
    const key = freshKey();
    await order({ key });
    expect((await order({ key: `"${key}"` })).headers.get("idempotent-replayed")).toBe("true");
    expect(seeds).toHaveLength(1);
  });

  test("I2 400 when it is missing where it is required, and nothing is done", async () => {
    expect(await codeOf(order({}))).toEqual([400, "idempotency_key_missing"]);
    expect(seeds).toEqual([]);
  });

  test.each(["", '""', "a b", "a\tb", "x".repeat(256), "a, b"])("400 for the key `%s`", async (key) => {
    expect(await codeOf(order({ key }))).toEqual([400, "idempotency_key_invalid"]);
  });

  test("255 visible characters are a key", async () => {
    expect((await order({ key: "y".repeat(255) })).status).toBe(201);
  });

  test("where it is optional, requests without one are each done, and none is stored", async () => {
    const rows = () => env.DB.prepare("SELECT count(*) AS n FROM idempotency_key").first("n");
    const before = await rows();
    const init = { method: "POST", headers: { authorization: "sara" } };
    await app.request("/v1/touch", init);
    await app.request("/v1/touch", init);
    expect(new Set(seeds).size).toBe(2);
    expect(await rows()).toBe(before);
  });

  test("I6 another caller's key is another key", async () => {
    const key = freshKey();
    await order({ key });
    expect((await order({ key, user: "omid" })).headers.get("idempotent-replayed")).toBeNull();
    expect(new Set(seeds).size).toBe(2);
  });

  test("I6 after 30 days the key is new again, and the sweep takes what is left", async () => {
    const [key, left] = [freshKey(), freshKey()];
    await order({ key });
    await order({ key: left });
    deps.moveWall(30 * dayMs - 1);
    expect((await order({ key })).headers.get("idempotent-replayed")).toBe("true");
    deps.moveWall(1);
    expect((await order({ key })).headers.get("idempotent-replayed")).toBeNull();
    expect(await sweepIdempotency(env.DB, deps.wall())).toBeGreaterThan(0);
    expect(await sweepIdempotency(env.DB, deps.wall())).toBe(0);
    expect((await order({ key })).headers.get("idempotent-replayed")).toBe("true");
  });
});

describe("the same request", () => {
  test("I5 the same answer to the byte, and its effect once", async () => {
    const key = freshKey();
    const [first, second] = [await order({ key }), await order({ key })];
    expect([second.status, await second.text()]).toEqual([201, await first.text()]);
    expect(second.headers.get("content-type")).toBe("application/json");
    expect([first, second].map(({ headers }) => headers.get("idempotent-replayed"))).toEqual([null, "true"]);
    expect(seeds).toHaveLength(1);
  });

  test.each(["payment_declined", "not_found", "subscription_exists"] as const)(
    "I5 a refusal is an answer too: %s is repeated and not tried again",
    async (code) => {
      const key = freshKey();
      work = refuse(code);
      const first = await order({ key });
      work = succeed;
      const second = await order({ key });
      expect([second.status, await second.text()]).toEqual([first.status, await first.text()]);
      expect(second.headers.get("content-type")).toBe("application/problem+json");
      expect(seeds).toHaveLength(1);
    },
  );

  test("the order of the body's fields makes no other request", async () => {
    const key = freshKey();
    await order({ key, body: '{ "item" : "tea" }' });
    expect((await order({ key })).headers.get("idempotent-replayed")).toBe("true");
  });

  test("I4 409 while the first one runs, with a time to wait; of twenty at once one is done", async () => {
    const key = freshKey();
    const gate = Promise.withResolvers<void>();
    work = heldAt(gate.promise, succeed);
    const all = Array.from({ length: 20 }, () => order({ key }));
    const early = await Promise.race(all);
    expect(early.headers.get("retry-after")).toBe("1");
    expect(await codeOf(early)).toEqual([409, "idempotency_key_in_use"]);
    gate.resolve();
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    expect(seeds).toHaveLength(1);
  });

  test("what is stored is sealed", async () => {
    const key = freshKey();
    await order({ key });
    const answer = await env.DB.prepare("SELECT answer FROM idempotency_key WHERE key = ?").bind(key).first("answer");
    expect(answer).toMatch(/^k1\./);
    expect(answer).not.toContain("data");
  });
});

describe("what tells requests apart", () => {
  const fingerprint = (key: string) =>
    env.DB.prepare("SELECT fingerprint FROM idempotency_key WHERE key = ?").bind(key).first("fingerprint");

  test("cannot be guessed back without our secret: a body may hold a person's number", async () => {
    const [key, later] = [freshKey(), freshKey()];
    await order({ key });
    const plain = await deps.sha256(canonicalJson(["POST", path, {}, { item: "tea" }]));
    expect(await fingerprint(key)).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprint(key)).not.toBe(plain);
    const other = peopleDeps({ authSecret: "another secret of at least thirty-two bytes" });
    await order({ key: later }, createShell(other, { contract, handlers, judge }));
    expect(await fingerprint(later)).not.toBe(await fingerprint(key));
  });
});

describe("another request", () => {
  test("I3 422 for another payload, done or still running", async () => {
    const key = freshKey();
    await order({ key });
    expect(await codeOf(order({ key, body: '{"item":"coffee"}' }))).toEqual([422, "idempotency_key_reused"]);
    expect(seeds).toHaveLength(1);
  });

  test("I3 422 for another address", async () => {
    const key = freshKey();
    await order({ key });
    const headers = { authorization: "sara", "content-type": "application/json", "idempotency-key": key };
    const elsewhere = app.request("/v1/touch", { method: "POST", headers, body: '{"item":"tea"}' });
    expect(await codeOf(elsewhere)).toEqual([422, "idempotency_key_reused"]);
  });

  test("I8 a request refused by validation leaves the key to the corrected one", async () => {
    const key = freshKey();
    expect(await codeOf(order({ key, body: '{"item":""}' }))).toEqual([422, "validation_failed"]);
    expect((await order({ key })).status).toBe(201);
  });

  test.each(["validation_failed", "forbidden"] as const)("I8 so does a handler that says %s", async (code) => {
    const key = freshKey();
    work = refuse(code);
    await order({ key, body: '{"item":"coffee"}' });
    work = succeed;
    expect((await order({ key })).status).toBe(201);
  });
});

describe("a request that died", () => {
  test("I9 killed without a word: 409 for 60 seconds, then the retry resumes under the same seed", async () => {
    const key = freshKey();
    await orderAndDie(key);
    work = succeed;
    deps.moveWall(59_999);
    expect(await codeOf(order({ key }))).toEqual([409, "idempotency_key_in_use"]);
    deps.moveWall(1);
    expect((await order({ key })).status).toBe(201);
    expect(seeds).toEqual([seeds[0], seeds[0]]);
    expect((await order({ key })).headers.get("idempotent-replayed")).toBe("true");
  });

  test("I9 of many retries after the lock has run out, one resumes", async () => {
    const key = freshKey();
    await orderAndDie(key);
    deps.moveWall(60_000);
    const gate = Promise.withResolvers<void>();
    work = heldAt(gate.promise, succeed);
    const all = Array.from({ length: 10 }, () => order({ key }));
    await Promise.race(all);
    gate.resolve();
    const statuses = (await Promise.all(all)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(seeds).toEqual([seeds[0], seeds[0]]);
  });

  test("a slow one whose lock was taken over neither stores its answer nor frees the key", async () => {
    const key = freshKey();
    const slow = heldOrder(key, refuse("payment_declined"));
    await slow.started;
    deps.moveWall(60_000);
    const second = heldOrder(key, succeed);
    await second.started;
    slow.open();
    expect((await slow.response).status).toBe(402);
    expect(await codeOf(order({ key }))).toEqual([409, "idempotency_key_in_use"]);
    second.open();
    expect((await second.response).status).toBe(201);
    expect((await order({ key })).status).toBe(201);
  });

  test.each([
    ["a fault", die],
    ["503", refuse("gateway_unavailable")],
    ["busy, heard when something may be done already,", refuse("busy")],
  ])("after %s the same request may try again at once, under the same seed", async (_, failing) => {
    const key = freshKey();
    work = failing;
    expect((await order({ key })).status).toBeGreaterThanOrEqual(429);
    expect(await codeOf(order({ key, body: '{"item":"coffee"}' }))).toEqual([422, "idempotency_key_reused"]);
    work = succeed;
    expect((await order({ key })).status).toBe(201);
    expect(seeds).toEqual([seeds[0], seeds[0]]);
  });

  test("a resumed request that decides nothing keeps its seed", async () => {
    const key = freshKey();
    work = die;
    await order({ key });
    work = refuse("validation_failed");
    await order({ key });
    work = succeed;
    await order({ key });
    expect(new Set(seeds).size).toBe(1);
    expect(seeds).toHaveLength(3);
  });
});
