// The whole application without its handlers: every route of the contract is mounted and guarded, and nothing else is.
import { describe, expect, test } from "vitest";
import { policyOf } from "../../contract/common/policy.ts";
import { contract } from "../../contract/index.ts";
import { createApp } from "../../server/app.ts";
import { routesOf, type NamedRoute } from "../contract/routes.ts";
import { peopleDeps } from "../support/people.ts";
import { unreachable } from "../support/unreachable.ts";

const app = createApp(peopleDeps(), unreachable());
const routes = routesOf(contract);
const guarded = routes.filter(({ route }) => policyOf(route).who !== "public");

const sampleId = "01kaqzv3m5e0a8r6b1x2n4y7tq";
const prefixes: Readonly<Record<string, string>> = {
  customerId: "cus",
  productId: "prod",
  paymentMethodId: "pm",
  subscriptionId: "sub",
  invoiceId: "inv",
  paymentId: "pay",
  refundId: "ref",
  exceptionId: "pay",
};

function addressOf({ route }: NamedRoute): string {
  return route.path.replace(/:(\w+)/g, (_, name: string) => `${prefixes[name] ?? name}_${sampleId}`);
}

async function statusOf(each: NamedRoute, init: RequestInit = {}): Promise<number> {
  return (await app.request(addressOf(each), { method: each.route.method, ...init })).status;
}

describe.each(guarded)("$name", (each) => {
  test("401 for nobody, for a session or key that was never given, whatever the body is", async () => {
    const body = each.route.method === "GET" ? null : "not json";
    const credentials = ["", "Bearer nonsense", "Bearer srk_test_0000000000000000", "Basic YTpi"];
    for (const authorization of credentials) {
      expect(await statusOf(each, { headers: { authorization }, body })).toBe(401);
    }
    expect(await statusOf(each, { headers: { cookie: "sarresid.session_token=forged.forged" }, body })).toBe(401);
  });
});

describe.each(routes)("$name", (each) => {
  test("405 for another method", async () => {
    const response = await app.request(addressOf(each), { method: "PROPFIND" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, expect.stringContaining(each.route.method)]);
  });
});

test("Better Auth answers under /auth with the headers of every answer", async () => {
  const response = await app.request("/auth/get-session");
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(response.headers.get("x-request-id")).not.toBeNull();
  expect((await app.request("/auth/list-users")).status).toBe(404);
});

test("the code in a reset link is not logged when the database fails", async () => {
  const deps = peopleDeps();
  const away = () => {
    throw new Error("D1 is away");
  };
  const failing = createApp({ ...deps, db: new Proxy(deps.db, { get: () => away }) }, unreachable());
  const address = "/auth/reset-password/a-secret-token?callbackURL=/reset";
  const response = await failing.request(address, { headers: { "cf-connecting-ip": "192.0.2.7" } });
  expect(response.status).toBe(500);
  const [fault, request] = deps.logged;
  expect(fault).toMatchObject({ level: "error", event: "fault", method: "GET", route: "/auth/*" });
  expect(request).toMatchObject({ level: "info", event: "request", route: "/auth/*", status: 500 });
  expect(deps.logged).toHaveLength(2);
  expect(JSON.stringify(deps.logged)).not.toContain("a-secret-token");
});

test.each(["/v1", "/v1/", "/v2/me", "/admin", "/.env", "/V1/me", "/v1//me", "/auth", "/docs/../v1"])(
  "404 at %s",
  async (path) => {
    expect((await app.request(path)).status).toBe(404);
  },
);
