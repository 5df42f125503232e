// What a fresh system needs before anybody can use it: an operator, a partner with a key, a catalogue. Written with the
// server's own functions, so that it stands on the audit trail too; safe to run at every start. A process of its own,
// because wrangler's proxy to the database takes over the signals of the process it runs in.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { getPlatformProxy } from "wrangler";
import { PartnerScope } from "../../contract/common/policy.ts";
import { catalogueBucket, createPrice, createProduct } from "../../server/store/catalogue.ts";
import { listProducts } from "../../server/store/read.ts";
import { idsOf } from "../../server/billing/ids.ts";
import { rials } from "../../server/billing/money.ts";
import { depsOf, type Deps } from "../../server/deps.ts";
import { createAuth } from "../../server/http/auth/better-auth.ts";
import { storePartnerKey } from "../../server/http/auth/partner-key.ts";
import { ensureOperator, ensurePartner, ensureSecondFactor } from "../../server/http/auth/seed.ts";
import { operatorEmail, secretsIn, type Secrets } from "./secrets.ts";
import { localSettings } from "./settings.ts";
import { roundtablePlans, type Plan } from "./catalogue.ts";
import { config, stateIn, varsFileIn } from "./worker.ts";

async function main(): Promise<void> {
  const { folder } = localSettings();
  const vars = parseEnv(readFileSync(varsFileIn(folder), "utf8"));
  const persist = { path: join(stateIn(folder), "v3") };
  const proxy = await getPlatformProxy<{ DB: D1Database; DOCUMENTS: R2Bucket }>({
    configPath: config,
    persist,
    envFiles: [],
  });
  try {
    const { DB, DOCUMENTS } = proxy.env;
    const queues = { DUE: noQueue, DELIVERIES: noQueue };
    const deps: Deps = { ...depsOf({ ...vars, DB, DOCUMENTS, ...queues }), log: () => undefined };
    await seed(deps, secretsIn(folder));
  } finally {
    await proxy.dispose();
  }
}

/** Writes what is missing into a migrated database. */
async function seed(deps: Deps, secrets: Secrets): Promise<void> {
  const operator = { email: operatorEmail, password: secrets.operatorPassword };
  const { userId } = await ensureOperator(deps, createAuth(deps), operator);
  await ensureSecondFactor(deps, userId, secrets.operatorTotpSecret);
  // Whoever signs up by themselves is a customer of the house, so the key that reads their quotas is the house's.
  const partnerId = await ensurePartner(deps, { name: "house" });
  await storePartnerKey(deps, secrets.partnerKey, {
    partnerId,
    scopes: PartnerScope.options,
    expiresAt: null,
  });
  const products = await listProducts(deps.db, { limit: 100, cursor: undefined });
  for (const plan of roundtablePlans) {
    const found = products.find(({ name }) => name === plan.name);
    if (!found || found.prices.length === 0) await addPlan(deps, plan, { userId, productId: found?.id });
  }
}

type Product = Parameters<typeof createProduct>[1]["id"];

async function addPlan(
  deps: Deps,
  plan: Plan,
  { userId, productId }: { userId: string; productId: Product | undefined },
): Promise<void> {
  const actor = `operator:${userId}` as const;
  const { amountRials, persian, ...product } = plan;
  const translations = { fa: { name: plan.name, description: persian, features: {} }, en: null };
  const ids = idsOf(catalogueBucket, deps.wall(), deps.random);
  const id = productId ?? ids.next("prod");
  if (productId === undefined)
    await createProduct(deps, { id, ...product, translations, grantOn: "period_start" }, actor);
  const price = {
    id: ids.next("price"),
    productId: id,
    amountRials: rials(amountRials),
    interval: "month",
    latePaymentPolicy: "credit",
    calendar: "jalali",
    taxBehavior: "exclusive",
    unpaidPolicy: "cancel",
  } as const;
  await createPrice(deps, price, actor);
}

/** Seeding makes nothing fall due. */
const noQueue: Queue = {
  send: () => Promise.reject(new Error("Seeding sends nothing")),
  sendBatch: () => Promise.reject(new Error("Seeding sends nothing")),
  metrics: () => Promise.reject(new Error("Seeding asks nothing")),
};

await main();
