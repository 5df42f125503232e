// A part of the fuzzer's work on every run of the tests, and proof that it sees what it looks for. The rest is
// `npm run fuzz -- --requests 20000`.
import type { AppRoute } from "@ts-rest/core";
import { describe, expect, it } from "vitest";
import { contract } from "../../contract/index.ts";
import type { Handlers } from "../../server/app.ts";
import { problemOf } from "../../server/http/problem.ts";
import { handlers } from "../../server/router.ts";
import { readMigrations } from "../support/migrations.ts";
import type { Draft } from "./draft.ts";
import { fuzz } from "./fuzz.ts";
import { faultsOf } from "./judge.ts";
import type { Effect } from "./world.ts";

const migrations = readMigrations();

it("whatever is sent to any endpoint is answered as declared, and what is refused changes nothing", async () => {
  const { findings, tallies } = await fuzz({ requests: 900, seed: 8, migrations });
  expect(findings).toEqual([]);
  expect(tallies.filter(({ reached }) => reached === 0)).toEqual([]);
});

/** The router's handlers with one of products' replaced. */
function planted(
  verb: keyof Handlers["products"],
  mistake: (args: never, context: never) => Promise<unknown>,
): Handlers {
  return { ...handlers, products: { ...handlers.products, [verb]: mistake } };
}

const productOnly = { requests: 40, seed: 8, migrations } as const;

it("a handler that fails is found, shrunk to a request without a flaw, and replayed by its path", async () => {
  const mistake = planted("list", async () => {
    throw new Error("planted");
  });
  const endpoints = ["products.list"];
  const { findings } = await fuzz({ ...productOnly, endpoints, handlers: mistake });
  expect(findings).toMatchObject([{ faults: [expect.stringContaining("planted"), "a 500"] }]);
  expect(findings[0]?.request).toMatch(/^GET \/v1\/products(\?limit=1)?\nas public/);
  const again = await fuzz({ ...productOnly, endpoints, handlers: mistake, path: findings[0]?.path ?? "" });
  expect(again.findings).toMatchObject([{ request: findings[0]?.request }]);
});

it("a handler that writes before it refuses is found", async () => {
  const mistake = planted(
    "archive",
    async (_args, { deps, requestId }: { deps: { db: D1Database }; requestId: string }) => {
      await deps.db.prepare("UPDATE product SET description = 'half done'").run();
      return { status: 404, body: problemOf("not_found", { requestId }).body };
    },
  );
  const { findings } = await fuzz({ ...productOnly, endpoints: ["products.archive"], handlers: mistake });
  expect(findings).toMatchObject([{ faults: ["a refusal that changed product"] }]);
});

describe("an answer", () => {
  const route: AppRoute = contract.products.list;
  const draft: Draft = {
    method: "GET",
    path: "/v1/products",
    named: [],
    tail: "",
    query: [],
    rawQuery: "",
    headers: [],
    body: undefined,
    edits: [],
    caller: { kind: "public", token: null, owner: null },
    others: [],
  };
  const faults = (status: number, body: object, effect: Partial<Effect> = {}) => {
    const headers = { "content-type": "application/problem+json", "x-request-id": "1" };
    const text = JSON.stringify(body);
    const response = new Response(text, { status, headers });
    return faultsOf(route, draft, {
      response,
      text,
      isReached: true,
      changed: [],
      events: [],
      broken: [],
      errors: [],
      ...effect,
    });
  };
  const problem = { type: "/problems/forbidden", title: "t", detail: "d", requestId: "1" };

  it("of an undeclared status is found, refusal or not", () => {
    expect(faults(203, { data: [] })).toEqual(["the status 203, which is not declared"]);
    expect(faults(403, { ...problem, status: 403, code: "forbidden" })).toEqual([
      "the refusal 403, which is not declared",
    ]);
  });

  it("that is not as its schema says is found", () => {
    expect(faults(200, { data: [{ id: "prod_1" }] })[0]).toContain("not as declared");
  });

  it("with a problem that contradicts itself, or tells of our inside, is found", () => {
    expect(faults(422, { ...problem, status: 400, code: "forbidden" })).toEqual([
      "a problem that says 400",
      "forbidden is no 422",
    ]);
    const inside = { ...problem, status: 422, code: "validation_failed", detail: "D1_ERROR: no such table" };
    expect(faults(422, inside)).toEqual(["a refusal that tells of our inside"]);
    expect(faults(422, { ...problem, status: 422, code: "validation_failed", stack: "x" })[0]).toContain("no problem");
  });

  it("to an event that the policy does not name is found", () => {
    expect(
      faults(422, { ...problem, status: 422, code: "validation_failed" }, { events: ["payment.created"] }),
    ).toEqual(["events that the policy does not name: payment.created"]);
  });
});
