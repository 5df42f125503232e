// Nobody sees, moves or even notices what is somebody else's: another's id and one that does not exist look the same, in
// the answer as in the time that it takes.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { AppRoute } from "@ts-rest/core";
import { policyOf, type PartnerScope } from "../../contract/common/policy.ts";
import { contract } from "../../contract/index.ts";
import { idsOf } from "../../server/billing/ids.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { upsertPartner } from "../../server/store/people.ts";
import { routesOf } from "../contract/routes.ts";
import { aPrice } from "../support/catalogue.ts";
import { d1Around, type Around } from "../support/d1-around.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { signedInPerson } from "../support/people.ts";
import { anOpenPage } from "../support/purchase.ts";
import { aSubscriber, caller, elsewhere, ownedBy, type Call, type Subscriber } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

let world: World;
let sara: Subscriber;
let nima: Subscriber;
let operator: Call;
let owned: Readonly<Record<string, string>>;
/** The same for checkouts, whose ids are those of payments. */
let ownedPage: Readonly<Record<string, string>>;

const ids = idsOf(0, wallMs(Date.parse("2026-11-22T08:00:00Z")), (count) =>
  crypto.getRandomValues(new Uint8Array(count)),
);
const missing = (id: string) => ids.next(prefixOf(id));

function prefixOf(id: string) {
  const prefix = id.split("_")[0];
  const known = ["pm", "sub", "inv", "pay", "prod", "cus"] as const;
  const found = known.find((name) => name === prefix);
  if (!found) throw new Error(`no such prefix: ${prefix}`);
  return found;
}

/** Round trips to the database since it was last set to 0: what an answer's time is made of. */
let trips = 0;
const countTrips: Around["around"] = (_, effect) => {
  trips++;
  return effect();
};

beforeAll(async () => {
  world = await aFreshWorld({ disturb: (deps) => ({ ...deps, db: d1Around(deps.db, { around: countTrips }) }) });
  const priceId = await aPrice(world);
  sara = await aSubscriber(world);
  nima = await aSubscriber(world);
  const paymentMethodId = await sara.sign();
  const { body } = await sara.subscribe(priceId, paymentMethodId);
  await nima.subscribe(priceId, await nima.sign());
  operator = caller(world, (await signedInPerson(world.auth, { role: "operator" })).token);
  owned = await ownedBy(sara, body.data);
  ownedPage = { ...owned, paymentId: (await anOpenPage(world, sara)).paymentId };
});

const routes = routesOf(contract).map(({ route }) => ({ name: `${route.method} ${route.path}`, route }));
const isMutation = (route: AppRoute) => route.method !== "GET";
const address = (path: string, parameters: Readonly<Record<string, string>>) =>
  path.replace(/:(\w+)/g, (_, name: string) => ({ ...elsewhere, ...parameters })[name] ?? "");
const ownedIn = (route: AppRoute) => (route.path.startsWith("/v1/checkouts/") ? ownedPage : owned);

/** What must stand in a body for it to be read at all. */
const bodies: Readonly<Record<string, object>> = {
  "/v1/subscriptions/:subscriptionId/payment-method": { paymentMethodId: null },
  "/v1/subscriptions/:subscriptionId/auto-top-up": { autoTopUp: null },
  "/v1/webhook-endpoints/:webhookEndpointId/replay": { afterPosition: 0 },
};

/** The answer, and how many round trips it took. */
async function timed(...[call, route, path]: Parameters<typeof ask>) {
  trips = 0;
  const answer = await ask(call, route, path);
  return { answer, trips };
}

async function ask(call: Call, route: AppRoute, path: string) {
  const key = isMutation(route) ? crypto.randomUUID() : undefined;
  return call<unknown>(
    route.method,
    path,
    isMutation(route) ? (bodies[route.path.replace(/wep_\w+/, ":webhookEndpointId")] ?? {}) : undefined,
    key,
  );
}

/** A problem without what is new in every answer. */
function told({ status, body }: { status: number; body: object }) {
  const { requestId: _, ...rest } = body as { requestId?: string };
  return { status, ...rest };
}

async function everything(): Promise<string> {
  const tables = ["billing_event", "payment", "invoice", "subscription", "payment_method", "due", "webhook_delivery"];
  const rows = await env.DB.batch(tables.map((name) => env.DB.prepare(`SELECT * FROM ${name} ORDER BY rowid`)));
  return JSON.stringify(rows.map(({ results }) => results));
}

const ofCustomers = routes.filter(({ route }) => policyOf(route).who === "customer");
// A session is named by no id of ours: `personal-data.test.ts` asks for another's.
const withIds = ofCustomers.filter(({ route }) => /:(?!sessionId)/.test(route.path));

describe("another customer's id", () => {
  it.each(withIds)(
    "in $name gets the very answer of one that does not exist, and changes nothing",
    async ({ route }) => {
      const before = await everything();
      const parameters = Object.fromEntries(Object.entries(owned).map(([name, id]) => [name, missing(id)]));
      const { answer: another, ...time } = await timed(nima.call, route, address(route.path, ownedIn(route)));
      const { answer: nobody, ...timeOfNobody } = await timed(nima.call, route, address(route.path, parameters));
      expect(time).toEqual(timeOfNobody);
      expect(another.status).toBe(404);
      expect(told(another)).toEqual(told(nobody));
      expect(await everything()).toBe(before);
      const mine = await ask(
        sara.call,
        { ...route, method: "GET" },
        address(route.path.replace(/(?<=Id)\/[a-z-]+(\/[a-z]+)?$/, ""), ownedIn(route)),
      );
      expect([200, 409]).toContain(mine.status);
    },
  );

  it("is in none of another customer's lists", async () => {
    for (const { route } of ofCustomers.filter(({ route }) => route.method === "GET" && !route.path.includes(":"))) {
      const { status, body } = await nima.call<unknown>("GET", route.path);
      expect(status, route.path).toBe(200);
      const { productId: _, ...others } = owned;
      for (const id of Object.values(others)) expect(JSON.stringify(body), route.path).not.toContain(id);
    }
  });

  it("as a cursor shows nothing that is not one's own", async () => {
    for (const path of ["/v1/payment-methods", "/v1/subscriptions", "/v1/invoices", "/v1/payments"]) {
      for (const cursor of [...Object.values(owned), "~", "' OR 1=1 --", "%"]) {
        const { body } = await nima.call<readonly { id: string }[]>(
          "GET",
          `${path}?cursor=${encodeURIComponent(cursor)}`,
        );
        const { productId: _, ...others } = owned;
        for (const id of Object.values(others)) expect(JSON.stringify(body.data)).not.toContain(id);
      }
    }
  });

  it("an Idempotency-Key of another customer is a key of one's own", async () => {
    const key = crypto.randomUUID();
    const priceId = await aPrice(world, { amountRials: 0 });
    const first = await sara.subscribe(priceId, undefined, key);
    const second = await nima.subscribe(priceId, undefined, key);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.data.id).not.toBe(first.body.data.id);
  });
});

describe("every guarded endpoint", () => {
  const guarded = routes.filter(({ route }) => policyOf(route).who !== "public");
  it.each(guarded)("$name: 401 for a made-up token and a made-up key", async ({ route }) => {
    const path = address(route.path, owned);
    for (const token of ["made-up", `srd_test_${"A".repeat(43)}`]) {
      const { status, body } = await ask(caller(world, token), route, path);
      expect({ status, code: body.code }).toEqual({ status: 401, code: "not_signed_in" });
    }
  });
});

it("404 for an operator about a customer who does not exist", async () => {
  const { status, body } = await operator("GET", `/v1/operator/customers/${missing(sara.customerId)}/chain`);
  expect({ status, code: body.code }).toEqual({ status: 404, code: "not_found" });
});

const ofEndpoints = routes.filter(({ route }) => route.path.includes(":webhookEndpointId"));

describe("another partner's webhook endpoint", () => {
  it.each(ofEndpoints)("in $name gets the very answer of one that does not exist", async ({ route }) => {
    const scopes = ["webhooks:read", "webhooks:write"] as const;
    const wall = wallMs(world.now());
    const another = await upsertPartner(env.DB, { id: ids.next("ptr"), name: crypto.randomUUID(), createdAt: wall });
    const keyOf = async (partnerId: typeof housePartnerId) =>
      caller(world, (await createPartnerKey(world.invocation(), { partnerId, scopes, expiresAt: null })).key);
    const house = await keyOf(housePartnerId);
    const stranger = await keyOf(another);
    const url = "https://hooks.example/";
    const { body } = await house<{ id: string }>("POST", "/v1/webhook-endpoints", { url }, crypto.randomUUID());
    const asked = { ...route, path: route.path.replace(":webhookEndpointId", body.data.id) };
    const before = await everything();
    // That a key is in use is noted by its first call.
    await ask(stranger, route, address(route.path, {}));
    const { answer: theirs, ...time } = await timed(stranger, asked, address(asked.path, {}));
    const path = address(route.path, { webhookEndpointId: ids.next("wep") });
    const { answer: nobodys, ...timeOfNobody } = await timed(stranger, route, path);
    expect(time).toEqual(timeOfNobody);
    expect(theirs.status).toBe(404);
    expect(told(theirs)).toEqual(told(nobodys));
    expect(await everything()).toBe(before);
    expect((await ask(house, { ...asked, method: "GET" }, `/v1/webhook-endpoints/${body.data.id}`)).status).toBe(200);
    await house("POST", `/v1/webhook-endpoints/${body.data.id}/archive`, {}, crypto.randomUUID());
  });
});

describe("a partner's key", () => {
  const path = (id: string) => `/v1/customers/${id}/quotas`;
  const keyOf = async (partnerId: typeof housePartnerId, scopes: readonly PartnerScope[]) => {
    const { key } = await createPartnerKey(world.invocation(), { partnerId, scopes, expiresAt: null });
    return caller(world, key);
  };
  const anotherPartner = () =>
    upsertPartner(env.DB, { id: ids.next("ptr"), name: crypto.randomUUID(), createdAt: wallMs(world.now()) });

  it("sees its own customers", async () => {
    const house = await keyOf(housePartnerId, ["customers:read"]);
    const { status, body } = await house("GET", path(sara.customerId));
    expect(status).toBe(200);
    expect(body.data).toMatchObject([{ productId: owned["productId"], granted: 2_000 }, {}]);
  });

  it("gets for another partner's customer the very answer of one that does not exist", async () => {
    const stranger = await keyOf(await anotherPartner(), ["customers:read"]);
    // That a key is in use is noted by its first call.
    await stranger("GET", "/v1/customers");
    trips = 0;
    const another = await stranger("GET", path(sara.customerId));
    const tripsOfAnother = trips;
    trips = 0;
    const nobody = await stranger("GET", path(missing(sara.customerId)));
    expect(trips).toBe(tripsOfAnother);
    expect(another.status).toBe(404);
    expect(told(another)).toEqual(told(nobody));
  });
});
