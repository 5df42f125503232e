// Nobody sees, moves or even notices what is somebody else's: another's id and one that does not exist look the same, in
// the answer as in the time that it takes.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { AppRoute } from "@ts-rest/core";
import * as z from "zod";
import { PartnerScope, policyOf } from "../../contract/common/policy.ts";
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
import {
  aSubscriber,
  caller,
  elsewhere,
  ownedBy,
  requestOf,
  type Call,
  type Subscriber,
} from "../support/subscriber.ts";
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
/** Another id of the same kind, which nobody has; of what is named by others, another name. */
function missing(id: string): string {
  const known = ["pm", "sub", "inv", "pay", "prod", "cus", "wep", "key"] as const;
  const prefix = known.find((name) => id.startsWith(`${name}_`));
  return prefix ? ids.next(prefix) : `${id}-of-nobody`;
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
  "/v1/quota/reservations/:reservationId/commit": { messages: 1 },
};

/** Whose ids a request names, and by what. */
type Named = Readonly<Record<string, string>>;

async function ask(token: string | null, route: AppRoute, named: Named): Promise<Response> {
  const sent = isMutation(route) ? { body: bodies[route.path] ?? {}, key: crypto.randomUUID() } : {};
  const path = address(route.path, named);
  return world.fetch(requestOf(token, { method: route.method, path, body: undefined, key: undefined, ...sent }));
}

const Problem = z.looseObject({ requestId: z.string() });

/** All of an answer but what is new in every one, and the round trips that it took. */
async function told(...[token, route, named]: Parameters<typeof ask>) {
  trips = 0;
  const response = await ask(token, route, named);
  const { requestId: _, ...body } = Problem.parse(await response.json());
  const { "x-request-id": __, ...headers } = Object.fromEntries(response.headers);
  return { status: response.status, headers, body, trips };
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
      const another = await told(nima.token, route, ownedIn(route));
      const missed = Object.entries(ownedIn(route)).map(([name, id]) => [name, missing(id)]);
      expect(another).toEqual(await told(nima.token, route, Object.fromEntries(missed)));
      expect(another.status).toBe(404);
      expect(await everything()).toBe(before);
      const read = { ...route, method: "GET", path: route.path.replace(/(?<=Id)\/[a-z-]+(\/[a-z]+)?$/, "") } as const;
      expect([200, 409]).toContain((await ask(sara.token, read, ownedIn(route))).status);
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
    for (const token of ["made-up", `srd_test_${"A".repeat(43)}`]) {
      const { status, body } = await told(token, route, owned);
      expect({ status, code: body["code"] }).toEqual({ status: 401, code: "not_signed_in" });
    }
  });
});

it("404 for an operator about a customer who does not exist", async () => {
  const { status, body } = await operator("GET", `/v1/operator/customers/${missing(sara.customerId)}/chain`);
  expect({ status, code: body.code }).toEqual({ status: 404, code: "not_found" });
});

const ofPartners = routes.filter(({ route }) => {
  const { who, orPartner } = policyOf(route);
  return route.path.includes(":") && (who.startsWith("partner:") || orPartner !== undefined);
});

describe("another partner's id", () => {
  let house: string;
  let stranger: string;
  let owned: Named;

  beforeAll(async () => {
    const keyOf = (partnerId: typeof housePartnerId) =>
      createPartnerKey(world.invocation(), { partnerId, scopes: PartnerScope.options, expiresAt: null });
    const createdAt = wallMs(world.now());
    const { key, keyId: partnerKeyId } = await keyOf(housePartnerId);
    house = key;
    stranger = (await keyOf(await upsertPartner(env.DB, { id: ids.next("ptr"), name: crypto.randomUUID(), createdAt })))
      .key;
    const post = (path: string, body: object) =>
      caller(world, house)<{ id: string }>("POST", path, body, crypto.randomUUID());
    const endpoint = await post("/v1/webhook-endpoints", { url: "https://hooks.example/" });
    await post("/v1/customers", { externalId: "rt-1" });
    const { customerId } = sara;
    const [quota] = (await sara.call<{ productId: string }[]>("GET", "/v1/quotas")).body.data;
    await post("/v1/quota/reservations", { id: "reply-1", customerId, productId: quota?.productId, messages: 1 });
    const webhookEndpointId = endpoint.body.data.id;
    owned = { customerId, partnerKeyId, webhookEndpointId, externalId: "rt-1", reservationId: "reply-1" };
    // That a key is in use is noted by its first call.
    await caller(world, stranger)("GET", "/v1/customers");
  });

  it.each(ofPartners)(
    "in $name gets the very answer of one that does not exist, and changes nothing",
    async ({ route }) => {
      const before = await everything();
      const another = await told(stranger, route, owned);
      const missed = Object.entries(owned).map(([name, id]) => [name, missing(id)]);
      expect(another).toEqual(await told(stranger, route, Object.fromEntries(missed)));
      expect(another.status).toBe(404);
      expect(await everything()).toBe(before);
    },
  );

  it.each(ofPartners.filter(({ route }) => !isMutation(route)))(
    "in $name is its owner's to read",
    async ({ route }) => {
      expect((await ask(house, route, owned)).status).toBe(200);
    },
  );
});
