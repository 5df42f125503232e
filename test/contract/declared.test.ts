// How what was answered is compared with what is declared.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { describe, expect, test } from "vitest";
import { endpoint } from "../../contract/common/policy.ts";
import { answerNamer } from "../declared/answer.ts";
import { declaredAnswers, differenceOf } from "../declared/difference.ts";

const responses = { 200: z.object({}) };
const contract = initContract().router({
  orders: {
    get: { method: "GET", path: "/v1/orders/:orderId", responses },
    newest: { method: "GET", path: "/v1/orders/newest", responses },
  },
});

const nameOf = answerNamer(contract);
const at = (path: string, method = "GET") => new Request(`http://sarresid.test${path}`, { method });

describe("an answer", () => {
  test("is named by its endpoint, its status and its code, and can still be read", async () => {
    const problem = Response.json({ code: "gone" }, { status: 410, headers: problemType });
    expect(await nameOf(at("/v1/orders/7?full=1"), problem)).toBe("GET /v1/orders/:orderId 410 gone");
    expect(await problem.json()).toEqual({ code: "gone" });
    expect(await nameOf(at("/v1/orders/7"), new Response("{}"))).toBe("GET /v1/orders/:orderId 200");
  });

  test("of a fixed address is not that of an id", async () => {
    expect(await nameOf(at("/v1/orders/newest"), new Response("{}"))).toBe("GET /v1/orders/newest 200");
  });

  test.each([
    "GET /v1/orders",
    "GET /v1/orders/",
    "GET /v1/orders/7/lines",
    "DELETE /v1/orders/7",
    "HEAD /v1/orders/7",
  ])("of what is no endpoint has no name: %s", async (line) => {
    const [method = "", path = ""] = line.split(" ");
    expect(await nameOf(at(path, method), new Response(null))).toBeNull();
  });
});

const problemType = { "content-type": "application/problem+json" };

test("what an endpoint declares is each success, and each failure with each of its codes", () => {
  const policy = { who: "public", rate: "read", idempotency: "none", events: [], refuses: ["nothing_due"] } as const;
  const paid = endpoint(policy, { method: "GET", path: "/v1/orders/paid", responses });
  expect([...declaredAnswers({ paid })]).toEqual([
    "GET /v1/orders/paid 200",
    "GET /v1/orders/paid 429 rate_limited",
    "GET /v1/orders/paid 500 internal_error",
    "GET /v1/orders/paid 409 nothing_due",
  ]);
});

test("what was never seen and what was never declared are told apart", () => {
  const difference = differenceOf(new Set(["both", "promised"]), new Set(["surprise", "both"]));
  expect(difference).toEqual({ neverSeen: ["promised"], undeclared: ["surprise"] });
});
