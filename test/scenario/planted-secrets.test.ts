// Secrets and persons are planted through the API, everything is done with them, and then every place that could tell of
// them is searched: log lines, answers, errors, events, exports, webhook deliveries, the database and the bucket.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { LoginLink } from "../../contract/login-link.ts";
import type { PartnerKey } from "../../contract/partner-key.ts";
import type { Partner } from "../../contract/partner.ts";
import { policyOf } from "../../contract/common/policy.ts";
import { contract } from "../../contract/index.ts";
import { sealedText } from "../../server/store/sealer.ts";
import { routesOf } from "../contract/routes.ts";
import { aPrice } from "../support/catalogue.ts";
import { everythingKept, placesOf, type Place } from "../support/everything.ts";
import { keysOf, rotateAll } from "../support/key-ring.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { aSubscriber, caller, elsewhere, ownedBy, type Subscriber } from "../support/subscriber.ts";
import { aPartner, aWebhookWorld } from "../support/webhooks.ts";
import { publicUrl, type World } from "../support/world.ts";

const nationalId = "0499370899";
const name = "Planted Ahmadi";
const password = "planted-password-1";
const fresh = () => crypto.randomUUID();

let world: World;
let sara: Subscriber;
let operator: Operator;
let documentPath: string;
let planted: Record<string, string>;
let told: readonly Place[];
/** What was answered after the one answer that may show a secret. */
const answers: Place[] = [];

async function ask(request: Request): Promise<void> {
  const response = await world.fetch(request);
  const text = await response.text();
  const headers = JSON.stringify([...response.headers]);
  answers.push({ where: `answer of ${request.method} ${new URL(request.url).pathname}`, text: text + headers });
}

/** Opened as the server opens it: what nobody else may ever see. */
async function secretsOf({ customerId }: Subscriber): Promise<readonly string[]> {
  const query = env.DB.prepare("SELECT id, sealed FROM secret WHERE customer_id = ? ORDER BY id").bind(customerId);
  const { results } = await query.all<{ id: string; sealed: string }>();
  const { sealer } = world.invocation();
  return Promise.all(results.map(({ id, sealed }) => sealer.open(sealedText(sealed), id)));
}

beforeAll(async () => {
  world = await aWebhookWorld();
  operator = await anOperator(world);
  const hooks = world.receiver("hooks.roundtable.example");
  const endpoint = await (await aPartner(world)).endpoint(hooks.url);
  sara = await aSubscriber(world);
  const buyer = { kind: "natural", name, nationalId, postalCode: "1193653471", address: "Tehran, Planted Street 1" };
  await sara.call("PUT", "/v1/me/buyer-details", buyer, fresh());
  const { body } = await sara.subscribe(await aPrice(world), await sara.sign({ nationalId }));
  const returnUrls = ["https://roundtable.example/billing"];
  const partner = await operator.call<Partner>("POST", "/v1/partners", { name: fresh(), returnUrls }, fresh());
  const order = { partnerId: partner.body.data.id, scopes: ["customers:write", "login-links:write", "keys:read"] };
  const key = await operator.call<PartnerKey & { key: string }>("POST", "/v1/partner-keys", order, fresh());
  const roundtable = caller(world, key.body.data.key);
  const customer = await roundtable<{ id: string }>("POST", "/v1/customers", { externalId: fresh() }, fresh());
  const wanted = { customerId: customer.body.data.id, returnUrl: returnUrls[0] };
  const link = await roundtable<LoginLink>("POST", "/v1/login-links", wanted, fresh());
  const [agreement = "", signature = ""] = await secretsOf(sara);
  planted = {
    nationalId,
    name,
    address: buyer.address,
    mobile: sara.mobile,
    password,
    agreement,
    signature,
    "partner key": key.body.data.key,
    "webhook secret": endpoint.secret,
    "login link": (link.body.data.url ?? "").split("/").at(-1) ?? "",
    "session token": sara.token,
  };
  for (const value of Object.values(planted)) expect(value.length).toBeGreaterThan(9);

  // A password that was set, and one that is wrong.
  const account = { email: `${fresh()}@example.com`, name: "Nima", password };
  const json = { "content-type": "application/json", origin: publicUrl };
  for (const path of ["sign-up", "sign-in"]) {
    const init = { method: "POST", headers: json, body: JSON.stringify(account) };
    await ask(new Request(`${publicUrl}/auth/${path}/email`, init));
  }
  // Everything that can be read, by each who may.
  const owned: Readonly<Record<string, string>> = { ...elsewhere, ...(await ownedBy(sara, body.data)) };
  const tokens = { customer: sara.token, operator: operator.token, partner: key.body.data.key };
  for (const { route } of routesOf(contract).filter(({ route }) => route.method === "GET")) {
    const path = route.path.replace(/:(\w+)/g, (_, id: string) => owned[id] ?? "");
    const isDocument = /\/(?:document|receipt)$/.test(path);
    for (const [who, token] of Object.entries(tokens)) {
      if (!policyOf(route).who.startsWith(who) || isDocument || path === "/v1/me/buyer-details") continue;
      await ask(new Request(`${publicUrl}${path}`, { headers: { authorization: `Bearer ${token}` } }));
    }
  }
  // Requests that are refused, with the secrets in them, and one at which the server itself fails.
  for (const [route, wrong] of [
    ["/v1/me/buyer-details", { ...buyer, postalCode: "1" }],
    ["/v1/payment-methods", { nationalId, mobile: sara.mobile, signature }],
  ] as const) {
    await ask(sara.request(route === "/v1/payment-methods" ? "POST" : "PUT", route, wrong, fresh()));
  }
  const deps = world.invocation();
  const cannotSeal = () => Promise.reject(new Error(`Cannot seal ${nationalId} of ${sara.mobile}`));
  const broken = { ...deps, sealer: { ...deps.sealer, seal: cannotSeal } };
  const asked = sara.request("PUT", "/v1/me/buyer-details", buyer, fresh());
  const fault = await world.fetchWith(broken, asked);
  answers.push({ where: "the answer of a fault", text: await fault.text() });
  expect(fault.status).toBe(500);
  // The document is the buyer's own to see: it is kept sealed.
  documentPath = `/v1/invoices/${body.data.latestInvoiceId}/document`;
  await world.fetch(sara.request("GET", documentPath));
  for (let ticks = 0; ticks < 3; ticks++) await world.tick();
  const delivered = hooks.received.map((one) => ({ where: "a delivery", text: JSON.stringify(one) }));
  expect(delivered.length).toBeGreaterThan(5);
  told = [
    ...answers,
    ...delivered,
    ...world.log.map((entry) => ({ where: `the log line ${entry.event}`, text: JSON.stringify(entry) })),
  ];
}, 60_000);

describe("what was planted", () => {
  it("stands in no log line, answer, error or webhook delivery", () => {
    expect(told.length).toBeGreaterThan(60);
    expect(placesOf(told, planted)).toEqual([]);
  });

  it("stands in no column of the database and in no object of the bucket, but where it must be read in clear", async () => {
    const known = [/^mobile in user\.phone_number$/, /^session token in session\.token$/];
    const places = placesOf(await everythingKept(), planted);
    expect(places.filter((place) => !known.some((each) => each.test(place)))).toEqual([]);
  });

  it("stands under no old key once the keys were rotated, in no cell and no object, and is read without it", async () => {
    const deps = world.invocation();
    const rotating = { ...deps, sealer: keysOf(2, 1) };
    const isUnder = (keyId: string) => async () =>
      (await everythingKept()).flatMap(({ where, text }) =>
        new RegExp(`(^| )${keyId}\\.[\\w-]{16}\\.[\\w-]+$`).test(text) ? [where.replace(/:.*/, "")] : [],
      );
    const before = await isUnder("k1")();
    expect(new Set(before)).toEqual(
      new Set(["person.sealed", "secret.sealed", "webhook_endpoint.secret", "idempotency_key.answer", "r2"]),
    );
    const { rotation } = await rotateAll((request) => world.fetchWith(rotating, request), operator.token);
    expect(rotation.left).toEqual([]);
    expect([await isUnder("k1")(), (await isUnder("k2")()).length]).toEqual([[], before.length]);
    const after = { ...deps, sealer: keysOf(2) };
    const read = async (path: string) => (await world.fetchWith(after, sara.request("GET", path))).text();
    expect(await read("/v1/me/buyer-details")).toContain(name);
    expect(await read(documentPath)).toContain(name);
  });

  it("would be found if it stood there", async () => {
    expect(placesOf([{ where: "here", text: `x${nationalId}x` }], planted)).toEqual(["nationalId in here"]);
    expect(placesOf(await everythingKept(), { customer: sara.customerId })).not.toEqual([]);
  });
});
