// A person asks what is known of them, where they are signed in, and to be forgotten; and after that nothing of them stands
// anywhere, whoever dies on the way.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { PersonalDataExport } from "../../contract/account.ts";
import type { Problem } from "../../contract/common/problem.ts";
import { wallMs } from "../../server/billing/clock.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { removeTexts } from "../../server/store/document-removal.ts";
import { aPrice } from "../support/catalogue.ts";
import { everythingKept, objectsKept as everyObject, placesOf } from "../support/everything.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { mortal } from "../support/mortal.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber, caller, type Subscriber } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

const buyer = {
  kind: "natural",
  name: "Sara Planted-Ahmadi",
  nationalId: "0499370899",
  postalCode: "1193653471",
  address: "Tehran, Planted Street 1",
};

/** Somebody with something in every place that holds a person: buyer, payer, documents, notices, hints, choices, answers. */
async function somebodyWhoLived(world: World) {
  const sara = await aSubscriber(world);
  await sara.call("PUT", "/v1/me/buyer-details", buyer, crypto.randomUUID());
  const paymentMethodId = await sara.sign({ nationalId: buyer.nationalId });
  const { body } = await sara.subscribe(await aPrice(world), paymentMethodId);
  const preferences = [{ kind: "quota_alert", sms: true }];
  await sara.call("PUT", "/v1/me/notification-preferences", { preferences }, crypto.randomUUID());
  for (const language of ["fa", "en"]) {
    await show(world, sara, `/v1/invoices/${body.data.latestInvoiceId}/document?language=${language}`);
  }
  await world.tick();
  return { sara, subscription: body.data, paymentMethodId };
}

/** The documents in the bucket; exports of the log stand there as well, and name nobody. */
async function objectsKept() {
  return (await everyObject()).filter(({ where }) => where.startsWith("r2:documents/"));
}

async function show(world: World, { token }: Subscriber, path: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  return (await world.fetch(new Request(`${publicUrl}${path}`, { headers }))).text();
}

async function endEverything(world: World, lived: Awaited<ReturnType<typeof somebodyWhoLived>>) {
  const { sara, subscription, paymentMethodId } = lived;
  await sara.post(`/v1/subscriptions/${subscription.id}/cancel`, { when: "now" });
  await sara.post(`/v1/payment-methods/${paymentMethodId}/cancel`);
  await world.pass48Hours();
}

const planted = (sara: Subscriber) => ({
  name: buyer.name,
  nationalId: buyer.nationalId,
  address: buyer.address,
  postalCode: buyer.postalCode,
  mobile: sara.mobile,
  email: sara.email,
  token: sara.token,
});

const erase = (sara: Subscriber) => sara.call<{ erasedAt: string } & Problem>("DELETE", "/v1/me");

describe("DELETE /v1/me", () => {
  it("409 account_not_settled while anything runs, with its name; then forgets the person everywhere", async () => {
    const world = await aFreshWorld();
    const lived = await somebodyWhoLived(world);
    const { sara, subscription, paymentMethodId } = lived;
    const refused = await erase(sara);
    expect({ status: refused.status, code: refused.body.code }).toEqual({ status: 409, code: "account_not_settled" });
    for (const id of [subscription.id, paymentMethodId]) expect(refused.body.detail).toContain(id);
    await endEverything(world, lived);
    expect(placesOf(await everythingKept(), planted(sara))).not.toEqual([]);
    expect(await objectsKept()).toHaveLength(2);

    const erased = await erase(sara);
    expect(erased.status, JSON.stringify(erased.body)).toBe(200);
    await world.tick();
    expect(placesOf(await everythingKept(), planted(sara))).toEqual([]);
    expect(await objectsKept()).toEqual([]);
    expect((await sara.call("GET", "/v1/me")).status).toBe(401);
  });

  it("leaves no row of theirs where persons stand, and every row of the log, the invoices and the books", async () => {
    const world = await aFreshWorld();
    const lived = await somebodyWhoLived(world);
    const { sara } = lived;
    await endEverything(world, lived);
    const before = await staying(sara);
    expect((await erase(sara)).status).toBe(200);
    await world.tick();
    const gone = ["person", "notice", "notification_preference", "document", "login_link", "webhook_event", "user"];
    for (const table of gone) expect(await rowsOf(table, sara), table).toBe(0);
    const { results } = await env.DB.prepare("SELECT sealed FROM secret WHERE customer_id = ?")
      .bind(sara.customerId)
      .all();
    expect(results).toEqual([{ sealed: "" }, { sealed: "" }]);
    const after = await staying(sara);
    expect(after).toEqual({ ...before, billing_event: (before["billing_event"] ?? 0) + 1 });
    const operator = await anOperator(world);
    const chain = await operator.call<{ isIntact: boolean }>("GET", `/v1/operator/customers/${sara.customerId}/chain`);
    expect(chain.status).toBe(200);
  });

  it("ends the browser's session, and a document asked for afterwards names nobody and is not kept", async () => {
    const world = await aFreshWorld();
    const lived = await somebodyWhoLived(world);
    const { sara, subscription } = lived;
    await endEverything(world, lived);
    const answer = await world.fetch(sara.request("DELETE", "/v1/me"));
    expect(answer.headers.getSetCookie().map((cookie) => cookie.split(";", 2).join(";"))).toEqual([
      "__Secure-sarresid.session_token=; Max-Age=0",
      "__Secure-sarresid.session_data=; Max-Age=0",
      "__Secure-sarresid.dont_remember=; Max-Age=0",
    ]);
    await world.tick();
    const { token } = await anOperator(world);
    const path = `/v1/operator/invoices/${subscription.latestInvoiceId}/document?language=en`;
    const text = await show(world, { ...sara, token }, path);
    expect(text).toContain("3,289,000 Rials");
    expect(text).not.toContain("Planted");
    await world.live(2 * 3_600_000, 3_600_000);
    expect(await objectsKept()).toEqual([]);
  });

  it("of whoever never bought anything leaves a customer with nobody behind it", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    expect((await erase(sara)).status).toBe(200);
    expect(placesOf(await everythingKept(), { mobile: sara.mobile, email: sara.email })).toEqual([]);
  });

  it("is finished by the next tick when the Worker dies anywhere while texts are removed", async () => {
    const world = await aFreshWorld();
    const lived = await somebodyWhoLived(world);
    const { sara } = lived;
    await endEverything(world, lived);
    await erase(sara);
    for (const at of [1, 2, 3, 4]) {
      for (const how of ["before", "after"] as const) {
        const dying = mortal(world.invocation(), at, how);
        await Promise.race([removeTexts(dying.deps, wallMs(world.now())), dying.died]);
      }
    }
    await world.tick();
    expect(await objectsKept()).toEqual([]);
    expect(placesOf(await everythingKept(), planted(sara))).toEqual([]);
  });
});

async function rowsOf(table: string, { customerId }: Subscriber): Promise<number> {
  const count = env.DB.prepare(`SELECT COUNT(*) AS n FROM "${table}" WHERE customer_id = ?`).bind(customerId);
  return (await count.first<number>("n")) ?? -1;
}

/** How many rows of theirs stand where nothing may go. */
async function staying(sara: Subscriber): Promise<Record<string, number>> {
  const tables = ["invoice", "payment", "subscription", "payment_method", "ledger_entry", "credit_note", "refund"];
  const counts = await Promise.all(tables.map(async (table) => [table, await rowsOf(table, sara)] as const));
  const events = env.DB.prepare("SELECT COUNT(*) AS n FROM billing_event WHERE stream = ?").bind(sara.customerId);
  return { ...Object.fromEntries(counts), billing_event: (await events.first<number>("n")) ?? -1 };
}

describe("POST /v1/me/export", () => {
  it("tells in clear everything that is known of the person, and of nobody else", async () => {
    const world = await aFreshWorld();
    const { sara } = await somebodyWhoLived(world);
    const nima = await aSubscriber(world);
    await nima.call("PUT", "/v1/me/buyer-details", { ...buyer, name: "Nima" }, crypto.randomUUID());
    const { status, body } = await sara.call<PersonalDataExport>("POST", "/v1/me/export");
    expect(status).toBe(200);
    const { kind, name, nationalId, postalCode, address } = buyer;
    expect(body.data).toMatchObject({
      email: sara.email,
      mobile: sara.mobile,
      customerId: sara.customerId,
      buyers: [{ kind, name, nationalId, legalId: null, economicCode: null, postalCode, address }],
      payers: [{ mobile: sara.mobile, nationalId }],
      choices: [{ kind: "quota_alert", channel: "sms", enabled: true }],
      nextCursor: null,
    });
    expect(body.data.sessions).toHaveLength(1);
    expect(body.data.events.map(({ type }) => type)).toContain("payment.succeeded");
    expect(JSON.stringify(body)).not.toContain(sara.token);
    expect(JSON.stringify(body)).not.toContain(nima.customerId);
  });

  it("tells a person's own notices, and keeps nothing of what it told", async () => {
    const world = await aFreshWorld();
    const { sara } = await somebodyWhoLived(world);
    const before = (await everythingKept()).length;
    const { body } = await sara.call<PersonalDataExport>("POST", "/v1/me/export", {}, crypto.randomUUID());
    expect(body.data.notices).toMatchObject([{ kind: "payment_succeeded", channel: "email", status: "sent" }]);
    expect((await everythingKept()).length).toBe(before);
  });
});

describe("sessions", () => {
  it("are listed without their tokens, and one that is signed out is refused from then on", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const { internalAdapter } = await world.auth.$context;
    const other = caller(world, (await internalAdapter.createSession(sara.userId)).token);
    expect((await other("GET", "/v1/me")).status).toBe(200);
    const { body } = await other<{ id: string }[]>("GET", "/v1/me/sessions");
    expect(body.data).toHaveLength(2);
    expect(JSON.stringify(body)).not.toContain(sara.token);
    const own =
      (await env.DB.prepare("SELECT id FROM session WHERE token = ?").bind(sara.token).first<string>("id")) ?? "";
    expect((await other("DELETE", `/v1/me/sessions/${own}`)).status).toBe(200);
    expect((await sara.call("GET", "/v1/me")).status).toBe(401);
    expect((await other<object[]>("GET", "/v1/me/sessions")).body.data).toHaveLength(1);
  });

  it("of somebody else are a 404 as those that do not exist, and go on", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const nima = await aSubscriber(world);
    const theirs = (await sara.call<{ id: string }[]>("GET", "/v1/me/sessions")).body.data[0]?.id;
    for (const id of [theirs, "session-of-nobody"]) {
      const { status, body } = await nima.call("DELETE", `/v1/me/sessions/${id}`);
      expect({ status, code: body.code }).toEqual({ status: 404, code: "not_found" });
    }
    expect((await sara.call("GET", "/v1/me")).status).toBe(200);
  });
});

describe("with time", () => {
  it("what has ended goes: sessions and codes at once, counts after a day, links after thirty; what goes on stays", async () => {
    const world = await aFreshWorld();
    const sara = await aSubscriber(world);
    const at = (days: number) => world.now() - days * 86_400_000;
    const add = (sql: string, ...values: readonly unknown[]) =>
      env.DB.prepare(sql)
        .bind(...values)
        .run();
    const session =
      "INSERT INTO session (id, token, user_id, expires_at, created_at, updated_at) VALUES (?, ?, ?, ?, 1, 1)";
    await add(session, "over", "over", sara.userId, at(0));
    await add(session, "open", "open", sara.userId, at(-1));
    const code =
      "INSERT INTO verification (id, identifier, value, expires_at, created_at, updated_at) VALUES (?, '', '', ?, 1, 1)";
    await add(code, "over", at(0));
    await add(code, "open", at(-1));
    const count = "INSERT INTO rate_limit (id, key, count, last_request) VALUES (?, ?, 1, ?)";
    await add(count, "over", "over", at(1));
    await add(count, "open", "open", at(0.9));
    await sara.call("PUT", "/v1/me/buyer-details", buyer, crypto.randomUUID());
    await createPartnerKey(world.invocation(), { partnerId: housePartnerId, scopes: [], expiresAt: null });
    const link = `INSERT INTO login_link (hash, partner_id, partner_key_id, customer_id, audience, return_url, created_at, expires_at)
      SELECT ?, partner_id, id, ?, '', 'https://a.example/', 1, ? FROM partner_key LIMIT 1`;
    await add(link, "a".repeat(64), sara.customerId, at(30));
    await add(link, "b".repeat(64), sara.customerId, at(29.9));
    await world.tick();
    const kept = async (query: string) =>
      (await env.DB.prepare(query).all<{ id: string }>()).results.map(({ id }) => id);
    expect(await kept("SELECT id FROM session WHERE id IN ('over', 'open')")).toEqual(["open"]);
    expect(await kept("SELECT id FROM verification WHERE id IN ('over', 'open')")).toEqual(["open"]);
    expect(await kept("SELECT id FROM rate_limit WHERE id IN ('over', 'open')")).toEqual(["open"]);
    expect(await kept("SELECT hash AS id FROM login_link")).toEqual(["b".repeat(64)]);
  });
});
