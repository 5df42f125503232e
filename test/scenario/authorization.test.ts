// Every endpoint, asked by everybody there is: the answer is the one that its policy implies, cell by cell of
// docs/authorization.md.
import type { AppRoute } from "@ts-rest/core";
import { beforeAll, describe, expect, it } from "vitest";
import { PartnerScope, policyOf } from "../../contract/common/policy.ts";
import type { PartnerId } from "../../contract/common/id.ts";
import { contract } from "../../contract/index.ts";
import { callers, verdictOf, type CallerName } from "../../scripts/authorization.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { createPartnerKey, revokePartnerKey } from "../../server/http/auth/partner-key.ts";
import { routesOf } from "../contract/routes.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { aStage, granted, type Stage } from "../support/granted.ts";
import { signedInPerson } from "../support/people.ts";
import { aOneTimePrice } from "../support/purchase.ts";
import { aSubscriber, caller, elsewhere, requestOf } from "../support/subscriber.ts";

let stage: Stage;
let ids: Readonly<Record<string, string>>;
/** A page of the owner's, which has a payment's id. */
let checkoutId: string;
let tokens: Readonly<Record<CallerName, string | null>>;
/** Keys of the house that may do all but one thing. */
const without = new Map<string, string>();

beforeAll(async () => {
  const world = await aFreshWorld({ startsAt: "2026-11-19T08:00:00Z" });
  stage = await aStage(world);
  const keyOf = (
    scopes: readonly PartnerScope[],
    expiresAt = null as number | null,
    partnerId: PartnerId = housePartnerId,
  ) =>
    createPartnerKey(world.invocation(), {
      partnerId,
      scopes,
      expiresAt: expiresAt === null ? null : wallMs(expiresAt),
    });
  const [house, expired, revoked] = [
    await keyOf(PartnerScope.options),
    await keyOf(PartnerScope.options, world.now() + 1),
    await keyOf(PartnerScope.options),
  ];
  world.pass(1_000);
  await revokePartnerKey(world.invocation(), revoked.keyId);
  for (const scope of PartnerScope.options) {
    without.set(scope, (await keyOf(PartnerScope.options.filter((other) => other !== scope))).key);
  }
  tokens = {
    nobody: null,
    "a revoked key": revoked.key,
    "an expired key": expired.key,
    "a key of another environment": house.key.replace("srd_test_", "srd_live_"),
    "another customer": (await aSubscriber(world)).token,
    "the owner": stage.sara.token,
    "a partner without the scope": null,
    "another partner with it": stage.roundtable.token,
    "the customer's partner with it": house.key,
    "an operator": stage.operator.token,
    "an operator without a second factor": (await signedInPerson(world.auth, { role: "operator", factors: 1 })).token,
  };
  const { body } = await stage.sara.checkout({ priceId: await aOneTimePrice(world) });
  checkoutId = body.data.id;
  ids = { ...elsewhere, ...stage.ids, ...(await madeFor(house.key)), partnerKeyId: house.keyId };
});

/** Things of the house and of everybody, by the names that paths give them. */
async function madeFor(houseKey: string): Promise<Readonly<Record<string, string>>> {
  const { world, operator } = stage;
  const house = caller(world, houseKey);
  const post = async <T>(call: typeof house, path: string, body: object = {}) =>
    (await call<T>("POST", path, body, crypto.randomUUID())).body.data;
  const endpoint = await post<{ id: string }>(house, "/v1/webhook-endpoints", { url: "https://hooks.example/" });
  await post(house, "/v1/customers", { externalId: "rt-1" });
  const made = ["refunds.settle", "priceMigrations.confirm", "coupons.archive", "quotas.commitReservation"];
  const params = await Promise.all(made.map(async (name) => (await granted[name]?.(stage))?.params));
  const period = { from: "2026-11-20", to: "2026-11-21" };
  const { id: exportId } = await post<{ id: string }>(operator.call, "/v1/finance/exports", period);
  await world.live(120_000);
  type Files = { files: { name: string }[] };
  const { files } = (await operator.call<Files>("GET", `/v1/finance/exports/${exportId}`)).body.data;
  const [audit] = (await operator.call<{ name: string }[]>("GET", "/v1/audit/exports?limit=1")).body.data;
  return {
    ...Object.assign({}, ...params),
    webhookEndpointId: endpoint.id,
    // A refund that waits to be paid out by hand is an exception.
    exceptionId: params.find((each) => each?.["refundId"])?.["refundId"] ?? "",
    externalId: "rt-1",
    partnerId: stage.roundtable.id,
    exportId,
    exportName: audit?.name ?? "",
    fileName: files[0]?.name ?? "",
  };
}

/** What must stand in a body for it to be read at all. */
const bodies: Readonly<Record<string, object>> = {
  "subscriptions.setPaymentMethod": { paymentMethodId: null },
  "subscriptions.setAutoTopUp": { autoTopUp: null },
  "webhookEndpoints.replay": { afterPosition: 0 },
};

/** Reading what is there and cannot be shown now. */
const otherwise: Readonly<Record<string, number>> = { "paymentMethods.banks": 409 };

function tokenOf(route: AppRoute, who: CallerName): string | null {
  if (who !== "a partner without the scope") return tokens[who];
  const { who: wanted, orPartner } = policyOf(route);
  const scope = orPartner ?? wanted.replace("partner:", "");
  return without.get(scope) ?? tokens["the customer's partner with it"];
}

/** A mutation that is let in is stopped by a field that nobody declared: it would else be another world for the next. */
function statusWhenServed(name: string, route: AppRoute): number {
  return route.method === "GET" ? (otherwise[name] ?? 200) : 422;
}

const guarded = routesOf(contract).filter(({ route }) => policyOf(route).who !== "public");

describe.each(guarded)("$name", ({ name, route }) => {
  it.each(callers)("%s", async (who) => {
    const key = crypto.randomUUID();
    const verdict = verdictOf(route, who);
    const named = route.path.startsWith("/v1/checkouts/") ? { paymentId: checkoutId } : ids;
    const path = route.path.replace(/:(\w+)/g, (_, id: string) => new Map(Object.entries(named)).get(id) ?? id);
    const body = verdict === "served" ? { surprise: 1 } : bodies[name];
    const sent = route.method === "GET" ? undefined : (body ?? {});
    const { status } = await stage.world.fetch(requestOf(tokenOf(route, who), { ...route, path, body: sent, key }));
    expect(status).toBe(verdict === "served" ? statusWhenServed(name, route) : verdict);
  });
});
