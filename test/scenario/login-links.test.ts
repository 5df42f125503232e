// Signing in by a partner's link: once, soon, as this customer and nobody else, and back to where it was agreed.
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Account } from "../../contract/account.ts";
import type { BillingEvent } from "../../contract/billing-event.ts";
import type { Customer } from "../../contract/customer.ts";
import type { LoginLink } from "../../contract/login-link.ts";
import type { PartnerKey } from "../../contract/partner-key.ts";
import type { Partner } from "../../contract/partner.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { anOperator, type Operator } from "../support/operator.ts";
import { signedInPerson } from "../support/people.ts";
import { aSubscriber, caller, type Call } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

const returnUrl = "https://roundtable.example/billing?seat=7";

let world: World;
let operator: Operator;
let roundtable: Call;
let partner: Partner;
let customer: Customer;

const fresh = () => crypto.randomUUID();

async function aPartner(returnUrls: readonly string[]): Promise<{ partner: Partner; call: Call }> {
  const made = await operator.call<Partner>("POST", "/v1/partners", { name: fresh(), returnUrls }, fresh());
  const order = { partnerId: made.body.data.id, scopes: ["customers:write", "login-links:write", "events:read"] };
  const key = await operator.call<PartnerKey & { key: string }>("POST", "/v1/partner-keys", order, fresh());
  return { partner: made.body.data, call: caller(world, key.body.data.key) };
}

async function aCustomerOf(call: Call): Promise<Customer> {
  return (await call<Customer>("POST", "/v1/customers", { externalId: fresh() }, fresh())).body.data;
}

beforeAll(async () => {
  world = await aFreshWorld();
  operator = await anOperator(world);
  ({ call: roundtable, partner } = await aPartner(["https://roundtable.example/billing"]));
  customer = await aCustomerOf(roundtable);
});

const linkFor = (order: object = {}, call = roundtable) =>
  call<LoginLink>("POST", "/v1/login-links", { customerId: customer.id, returnUrl, ...order }, fresh());

async function aLink(order: object = {}): Promise<string> {
  const { status, body } = await linkFor(order);
  expect(status).toBe(201);
  return body.data.url ?? "";
}

const pageAt = (url: string, language = "en") =>
  world.fetch(new Request(url, { headers: { "accept-language": language } }));

const press = (url: string) =>
  world.fetch(
    new Request(url, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "accept-language": "en", origin: publicUrl },
    }),
  );

/** The signed token in an answer's session cookie, which may be sent as a bearer token as well; null when there is none. */
function tokenIn(response: Response): string | null {
  const cookie = response.headers.getSetCookie().find((each) => each.startsWith("__Secure-sarresid.session_token="));
  return cookie === undefined ? null : (/=([^;]+);/.exec(cookie)?.[1] ?? null);
}

const unusable = "This link cannot be used any more";

describe("a login link", () => {
  it("signs the customer in with a cookie of ours alone, and leads back to where it was agreed", async () => {
    const url = await aLink();
    expect(url.startsWith(`${publicUrl}/v1/login-links/`)).toBe(true);
    expect(await (await pageAt(url)).text()).toContain("roundtable.example");
    const response = await press(url);
    const page = await response.text();
    expect(page).toContain(`content="0;url=${returnUrl}"`);
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    const cookies = response.headers.getSetCookie();
    expect(cookies[0]).toMatch(
      /^__Secure-sarresid\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(cookies[1]).toMatch(/^__Secure-sarresid\.session_data=; Max-Age=0;/);
    const account = await caller(world, tokenIn(response))<Account>("GET", "/v1/me");
    expect([account.status, account.body.data.customerId, account.body.data.email]).toEqual([200, customer.id, null]);
  });

  it("is as good as the cookie that Better Auth gives", async () => {
    const response = await press(await aLink());
    const [cookie = ""] = response.headers.getSetCookie()[0]?.split(";") ?? [];
    const answer = await world.fetch(new Request(`${publicUrl}/auth/get-session`, { headers: { cookie } }));
    // Better Auth goes by the machine's clock and the link by the test's; of what has ended it says nothing.
    const session: unknown = await answer.json();
    const isOver = world.now() + 7 * 86_400_000 <= Date.now();
    if (isOver) expect(session).toBeNull();
    else expect(session).toMatchObject({ user: { customerId: customer.id, role: "customer" } });
  });

  it("lets the customer do what customers do, as the same user each time", async () => {
    const first = tokenIn(await press(await aLink()));
    const second = tokenIn(await press(await aLink()));
    const accounts = await Promise.all(
      [first, second].map(async (token) => (await caller(world, token)<Account>("GET", "/v1/me")).body.data),
    );
    expect(accounts[0]).toEqual(accounts[1]);
    expect(first).not.toBe(second);
    const { status } = await caller(world, second)("GET", "/v1/subscriptions");
    expect(status).toBe(200);
    const { body } = await roundtable<BillingEvent[]>("GET", `/v1/events?customerId=${customer.id}&limit=100`);
    const signedIn = body.data.filter(({ type }) => type === "customer.signed_in");
    expect(signedIn.at(-1)).toMatchObject({
      actor: `user:${accounts[0]?.userId}`,
      data: { userId: accounts[0]?.userId, partnerKeyId: expect.stringMatching(/^key_/) as string },
    });
  });

  it("works once, also for many who press at the same moment", async () => {
    const url = await aLink();
    const answers = await Promise.all(Array.from({ length: 8 }, () => press(url)));
    expect(answers.filter((answer) => tokenIn(answer) !== null)).toHaveLength(1);
    const pages = await Promise.all(answers.map((answer) => answer.text()));
    expect(pages.filter((page) => page.includes(unusable))).toHaveLength(7);
    expect(await (await pageAt(url)).text()).toContain(unusable);
  });

  it("is not used up by looking at it, however often", async () => {
    const url = await aLink();
    for (let looks = 0; looks < 3; looks++) expect(await (await pageAt(url)).text()).not.toContain(unusable);
    expect(tokenIn(await press(url))).not.toBeNull();
  });

  it("ends when it was said to, five minutes later unless asked otherwise", async () => {
    const [usual, short] = [await aLink(), await aLink({ ttlSeconds: 60 })];
    world.pass(60_000);
    expect(tokenIn(await press(short))).toBeNull();
    world.pass(4 * 60_000);
    expect(tokenIn(await press(usual))).toBeNull();
    expect(await (await pageAt(usual, "fa")).text()).toContain("این پیوند دیگر کار نمی‌کند");
  });

  it("is good in this deployment alone, though another one had the same database and secret", async () => {
    const url = await aLink();
    const deps = world.invocation();
    const elsewhere = { ...deps, config: { ...deps.config, publicUrl: "https://elsewhere.test" } };
    const response = await world.fetchWith(elsewhere, new Request(url, { method: "POST" }));
    expect([response.status, response.headers.getSetCookie()]).toEqual([200, []]);
    expect(tokenIn(await press(url))).not.toBeNull();
  });

  it("is shown once, and its secret is in no table, event or log", async () => {
    const key = fresh();
    const order = { customerId: customer.id, returnUrl };
    const first = await roundtable<LoginLink>("POST", "/v1/login-links", order, key);
    const again = await roundtable<LoginLink>("POST", "/v1/login-links", order, key);
    expect([again.status, again.body.data]).toEqual([201, { ...first.body.data, url: null }]);
    const secret = first.body.data.url?.split("/").at(-1) ?? "";
    expect(secret).toHaveLength(43);
    await press(first.body.data.url ?? "");
    const tables = ["login_link", "billing_event", "idempotency_key", "session", "user"];
    const rows = await env.DB.batch(tables.map((name) => env.DB.prepare(`SELECT * FROM ${name}`)));
    expect(JSON.stringify([rows.map(({ results }) => results), world.log])).not.toContain(secret);
  });

  it.each([
    ["another host", "https://elsewhere.example/billing"],
    ["another path", "https://roundtable.example/billing/../admin"],
    ["a path that only begins alike", "https://roundtable.example/billing-of-others"],
    ["a host that only begins alike", "https://roundtable.example.evil.example/billing"],
    ["a backslash before another host", "https://roundtable.example\\.evil.example/billing"],
    ["another port", "https://roundtable.example:8443/billing"],
    ["plain http", "http://roundtable.example/billing"],
  ])("422 for %s: no link leads where no operator has allowed it", async (_, wanted) => {
    const { status, body } = await linkFor({ returnUrl: wanted });
    expect([status, body.code]).toEqual([422, "validation_failed"]);
  });

  it("leads nowhere any more once its way back is not allowed", async () => {
    const { call, partner: other } = await aPartner(["https://other.example/"]);
    const theirs = await aCustomerOf(call);
    const order = { customerId: theirs.id, returnUrl: "https://other.example/" };
    const { body } = await linkFor(order, call);
    await operator.call("PUT", `/v1/partners/${other.id}/return-urls`, { returnUrls: [] });
    expect(tokenIn(await press(body.data.url ?? ""))).toBeNull();
    await operator.call("PUT", `/v1/partners/${other.id}/return-urls`, { returnUrls: other.returnUrls });
    expect(tokenIn(await press(body.data.url ?? ""))).not.toBeNull();
  });

  it("404 for another partner's customer, as for one who does not exist", async () => {
    const { call } = await aPartner(["https://roundtable.example/billing"]);
    const [theirs, nobodys] = [
      await linkFor({}, call),
      await linkFor({ customerId: "cus_01kaqzv3m5e0a8r6b1x2n4y7tq" }, call),
    ];
    expect([theirs.status, theirs.body.detail]).toEqual([404, nobodys.body.detail]);
    expect(nobodys.status).toBe(404);
  });

  it("403 for a key without the scope", async () => {
    const order = { partnerId: partner.id, scopes: ["customers:write"] };
    const { body } = await operator.call<PartnerKey & { key: string }>("POST", "/v1/partner-keys", order, fresh());
    expect((await linkFor({}, caller(world, body.data.key))).status).toBe(403);
  });

  it("409 for a person with an account of their own: the house signs nobody in, operators least of all", async () => {
    await operator.call("PUT", `/v1/partners/${housePartnerId}/return-urls`, {
      returnUrls: ["https://roundtable.example/billing"],
    });
    const scopes = ["login-links:write"] as const;
    const { key } = await createPartnerKey(world.invocation(), { partnerId: housePartnerId, scopes, expiresAt: null });
    const sara = await aSubscriber(world);
    await sara.call("POST", "/v1/test-clock/advance", { to: new Date(world.now() + 1_000).toISOString() }, fresh());
    const { status, body } = await linkFor({ customerId: sara.customerId }, caller(world, key));
    expect([status, body.code]).toEqual([409, "login_link_not_possible"]);
  });

  it("signs nobody in who got an account of their own after it was made", async () => {
    const theirs = await aCustomerOf(roundtable);
    const { body } = await linkFor({ customerId: theirs.id });
    const { userId } = await signedInPerson(world.auth);
    await env.DB.prepare("UPDATE user SET customer_id = ? WHERE id = ?").bind(theirs.id, userId).run();
    expect(tokenIn(await press(body.data.url ?? ""))).toBeNull();
  });
});
