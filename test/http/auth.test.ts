// People: signing up, proving a mail and a phone, signing in, roles, and what the door to Better Auth lets through.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Policy } from "../../contract/common/policy.ts";
import { allowedCodeAttempts, createAuth, type Auth } from "../../server/http/auth/better-auth.ts";
import { callerOf } from "../../server/http/auth/caller.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { ensureOperator, ensurePartner } from "../../server/http/auth/seed.ts";
import { getSessionUser } from "../../server/http/auth/session.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { d1Around } from "../support/d1-around.ts";
import { peopleDeps, signedInPerson, type PeopleDeps } from "../support/people.ts";

const origin = "http://sarresid.test";
const password = "correct horse battery";

let deps: PeopleDeps;
let auth: Auth;
let people = 0;

beforeEach(() => {
  deps = peopleDeps();
  auth = createAuth(deps);
});

function newEmail(): string {
  return `person-${++people}@example.com`;
}

function newMobile(): string {
  return `0912${String(1_000_000 + ++people)}`;
}

interface Sent {
  readonly body?: unknown;
  readonly token?: string;
  readonly cookie?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

async function call(path: string, { body, token, cookie, method, headers }: Sent = {}): Promise<Response> {
  const request = new Request(`${origin}/auth${path}`, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    redirect: "manual",
    // Each call from an address of its own, so that only what is counted per account counts here.
    headers: {
      "cf-connecting-ip": `10.0.${Math.floor(Math.random() * 255)}.${Math.floor(Math.random() * 255)}`,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { cookie, origin }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return auth.handler(request);
}

function lastMessageTo(to: string): string {
  return deps.messages.findLast((message) => message.to === to)?.text ?? "";
}

function linkIn(text: string): string {
  const [link] = /^http\S+$/m.exec(text) ?? [];
  if (!link) throw new Error("There is no link in this message");
  return link.slice(`${origin}/auth`.length);
}

function codeIn(text: string): string {
  return /^\d{6}$/m.exec(text)?.[0] ?? "";
}

async function signUp(email: string, more: object = {}): Promise<Response> {
  return call("/sign-up/email", { body: { name: "Sara", email, password, ...more } });
}

async function signIn(email: string, secret = password): Promise<{ token: string; cookie: string }> {
  const response = await call("/sign-in/email", { body: { email, password: secret } });
  expect(response.status).toBe(200);
  const cookie = response.headers.getSetCookie().map((line) => line.split(";")[0]);
  return { token: response.headers.get("set-auth-token") ?? "", cookie: cookie.join("; ") };
}

async function newCustomer(): Promise<{ email: string; token: string; cookie: string }> {
  const email = newEmail();
  await signUp(email);
  await call(linkIn(lastMessageTo(email)));
  return { email, ...(await signIn(email)) };
}

async function attemptKeys(): Promise<string> {
  const { results } = await deps.db.prepare("SELECT key FROM attempt").all<{ key: string }>();
  return results.map(({ key }) => key).join(" ");
}

function asked(token: string, method = "GET"): Request {
  return new Request(`${origin}/v1/me`, { method, headers: { authorization: `Bearer ${token}` } });
}

async function newOperator(): Promise<{ email: string; token: string; userId: string }> {
  const email = newEmail();
  const { userId } = await ensureOperator(deps, auth, { email, password });
  return { email, userId, token: (await signIn(email)).token };
}

const policy = (who: Policy["who"]): Policy => ({ who, rate: "read", idempotency: "none", events: [] });

describe("signing up", () => {
  it("gives no session before the address is proved, and one after", async () => {
    const email = newEmail();
    const signedUp = await signUp(email);
    expect(signedUp.status).toBe(200);
    expect(signedUp.headers.getSetCookie()).toEqual([]);
    expect((await call("/sign-in/email", { body: { email, password } })).status).toBe(403);

    const proved = await call(linkIn(lastMessageTo(email)));
    expect(proved.status).toBe(302);
    expect(proved.headers.getSetCookie()).toEqual([]);
    const { token, cookie } = await signIn(email);
    const user = await getSessionUser(auth, asked(token), { fresh: true });
    expect(user).toMatchObject({ email, emailVerified: true, role: "customer", mobile: null, mobileVerified: false });
    expect(user?.customerId).toMatch(/^cus_[0-7][0-9a-z]{25}$/);
    const byCookie = new Request(`${origin}/v1/me`, { headers: { cookie } });
    expect(await getSessionUser(auth, byCookie, { fresh: false })).toEqual(user);
  });

  it.each([{ role: "operator" }, { customerId: "cus_00000000000000000000000001" }, { emailVerified: true }])(
    "takes nobody's word for %j",
    async (claim) => {
      const email = newEmail();
      const { status } = await signUp(email, claim);
      const row = await deps.db
        .prepare("SELECT role, customer_id, email_verified FROM user WHERE email = ?")
        .bind(email)
        .first();
      if (status === 400) return expect(row).toBeNull();
      expect(row).toMatchObject({ role: "customer", email_verified: 0 });
      expect(row?.["customer_id"]).not.toBe("cus_00000000000000000000000001");
    },
  );

  it("answers a taken address with the same fields as a free one", async () => {
    const email = newEmail();
    const first: Record<string, object> = await (await signUp(email)).json();
    const second: Record<string, object> = await (await signUp(email)).json();
    const shapeOf = (answer: Record<string, object>) =>
      Object.entries(answer["user"] ?? {})
        .map(([field, value]) => `${field}:${value === null ? "null" : typeof value}`)
        .toSorted();
    expect(shapeOf(second)).toEqual(shapeOf(first));
    expect(deps.messages).toHaveLength(1);
  });

  it("refuses a password of nine characters", async () => {
    expect((await signUp(newEmail(), { password: "123456789" })).status).toBe(400);
  });

  it("writes no address to any log", async () => {
    const spies = (["log", "warn", "error", "info"] as const).map((name) => vi.spyOn(console, name));
    const email = newEmail();
    await signUp(email);
    await signUp(email);
    await call("/request-password-reset", { body: { email: newEmail() } });
    const written = JSON.stringify([deps.logged, spies.map((spy) => spy.mock.calls)]);
    spies.forEach((spy) => spy.mockRestore());
    expect(written).not.toContain("@example.com");
  });
});

describe("a database that fails", () => {
  it("is a fault for the app to log: thrown, printed nowhere, with nobody's address in it", async () => {
    const spy = vi.spyOn(console, "error");
    const { email, token } = await newCustomer();
    await deps.db.prepare("ALTER TABLE session RENAME TO session_gone").run();
    const faults: unknown[] = [
      await call("/sign-in/email", { body: { email, password } }).catch((error: unknown) => error),
      await getSessionUser(auth, asked(token), { fresh: true }).catch((error: unknown) => error),
    ];
    await deps.db.prepare("ALTER TABLE session_gone RENAME TO session").run();
    const printed = spy.mock.calls.length;
    spy.mockRestore();
    for (const fault of faults) expect(String(fault)).toMatch(/^Error: (D1_ERROR: )?no such table: session/);
    expect(printed).toBe(0);
  });
});

describe("a forgotten password", () => {
  it("is set anew by the mailed code, once, and ends every session", async () => {
    const { email, token } = await newCustomer();
    expect((await call("/request-password-reset", { body: { email } })).status).toBe(200);
    const code = lastMessageTo(email).trim().split("\n").at(-1);
    const reset = { newPassword: "a wholly new secret", token: code };
    expect((await call("/reset-password", { body: reset })).status).toBe(200);
    expect((await call("/reset-password", { body: reset })).status).toBe(400);
    expect(await getSessionUser(auth, asked(token), { fresh: true })).toBeNull();
    expect((await call("/sign-in/email", { body: { email, password } })).status).toBe(401);
    await signIn(email, "a wholly new secret");
  });

  it("does not tell whether the address is known", async () => {
    const { email } = await newCustomer();
    const known = await call("/request-password-reset", { body: { email } });
    const unknown = await call("/request-password-reset", { body: { email: newEmail() } });
    expect(await unknown.text()).toBe(await known.text());
  });
});

describe("a mobile number", () => {
  it("is proved by the right code, however it was written", async () => {
    const { token } = await newCustomer();
    const mobile = newMobile();
    const written = `+98${mobile.slice(1)}`;
    expect((await call("/phone-number/send-otp", { token, body: { phoneNumber: written } })).status).toBe(200);
    const code = codeIn(lastMessageTo(mobile));
    expect((await call("/phone-number/verify", { token, body: { phoneNumber: mobile, code } })).status).toBe(200);
    const user = await getSessionUser(auth, asked(token), { fresh: true });
    expect(user).toMatchObject({ mobile, mobileVerified: true });
  });

  it("is not proved by the right code after too many wrong ones", async () => {
    const { token } = await newCustomer();
    const phoneNumber = newMobile();
    await call("/phone-number/send-otp", { token, body: { phoneNumber } });
    const code = codeIn(lastMessageTo(phoneNumber));
    const wrong = code === "000000" ? "000001" : "000000";
    for (let tried = 0; tried < allowedCodeAttempts; tried++) {
      expect((await call("/phone-number/verify", { token, body: { phoneNumber, code: wrong } })).status).toBe(400);
    }
    expect((await call("/phone-number/verify", { token, body: { phoneNumber, code } })).status).toBe(403);
    expect((await call("/phone-number/verify", { token, body: { phoneNumber, code } })).status).toBe(400);
    expect(await getSessionUser(auth, asked(token), { fresh: true })).toMatchObject({ mobile: null });
  });

  it("belongs to one person only", async () => {
    const [first, second] = [await newCustomer(), await newCustomer()];
    const phoneNumber = newMobile();
    const prove = async (token: string) => {
      await call("/phone-number/send-otp", { token, body: { phoneNumber } });
      return call("/phone-number/verify", { token, body: { phoneNumber, code: codeIn(lastMessageTo(phoneNumber)) } });
    };
    expect((await prove(first.token)).status).toBe(200);
    expect((await prove(second.token)).status).toBe(400);
  });

  it("that nobody has proved gets no text message and signs nobody in, and is answered like any other", async () => {
    const phoneNumber = newMobile();
    const sent = await call("/phone-number/send-otp", { body: { phoneNumber } });
    expect([sent.status, await sent.json()]).toEqual([200, { message: "code sent" }]);
    const wrong = await call("/phone-number/verify", { body: { phoneNumber, code: "123456" } });
    expect([wrong.status, await wrong.json()]).toEqual([400, { code: "INVALID_OTP", message: "Invalid OTP" }]);
    expect((await call("/sign-in/phone-number", { body: { phoneNumber, password } })).status).toBe(404);
    expect(deps.messages).toEqual([]);
  });

  /** Somebody with a proved number, whose row was last touched so long ago. */
  async function knownBy(phoneNumber: string, { role, agoMs }: { role: "customer" | "operator"; agoMs: number }) {
    const person = await signedInPerson(auth, { role, mobile: phoneNumber });
    const touched = deps.db.prepare("UPDATE user SET updated_at = ? WHERE id = ?");
    await touched.bind(deps.wall() - agoMs, person.userId).run();
    return person;
  }

  const dayMs = 86_400_000;

  it("that a customer has proved signs them in by its code, once", async () => {
    const phoneNumber = newMobile();
    const { customerId } = await knownBy(phoneNumber, { role: "customer", agoMs: 179 * dayMs });
    await call("/phone-number/send-otp", { body: { phoneNumber } });
    const code = codeIn(lastMessageTo(phoneNumber));
    const wrong = await call("/phone-number/verify", {
      body: { phoneNumber, code: code === "111111" ? "2" : "111111" },
    });
    expect([wrong.status, await wrong.json()]).toEqual([400, { code: "INVALID_OTP", message: "Invalid OTP" }]);
    const right = await call("/phone-number/verify", { body: { phoneNumber, code } });
    expect(right.status).toBe(200);
    const token = right.headers.get("set-auth-token") ?? "";
    const request = new Request(origin, { headers: { authorization: `Bearer ${token}` } });
    expect(await getSessionUser(auth, request, { fresh: true })).toMatchObject({ customerId, role: "customer" });
    expect((await call("/phone-number/verify", { body: { phoneNumber, code } })).status).toBe(400);
  });

  it.each([
    ["is an operator's", { role: "operator", agoMs: 0 }],
    ["was proved or used more than 180 days ago", { role: "customer", agoMs: 181 * dayMs }],
  ] as const)("that %s signs nobody in, and gets no text message", async (_, person) => {
    const phoneNumber = newMobile();
    await knownBy(phoneNumber, person);
    expect((await call("/phone-number/send-otp", { body: { phoneNumber } })).status).toBe(200);
    expect(deps.messages).toEqual([]);
    expect((await call("/phone-number/verify", { body: { phoneNumber, code: "123456" } })).status).toBe(400);
  });

  it("that nobody is signed in with gets at most five codes an hour, whether anybody has it or not", async () => {
    for (const isKnown of [true, false]) {
      const phoneNumber = newMobile();
      if (isKnown) await knownBy(phoneNumber, { role: "customer", agoMs: 0 });
      const send = async () => (await call("/phone-number/send-otp", { body: { phoneNumber } })).status;
      for (let sent = 0; sent < 5; sent++) expect(await send()).toBe(200);
      expect(await send()).toBe(429);
    }
  });

  it("gets at most five codes an hour", async () => {
    const { token } = await newCustomer();
    const phoneNumber = newMobile();
    const send = () => call("/phone-number/send-otp", { token, body: { phoneNumber } });
    for (let sent = 0; sent < 5; sent++) expect((await send()).status).toBe(200);
    const refused = await send();
    expect(refused.status).toBe(429);
    expect(refused.headers.get("retry-after")).toBe("3600");
    deps.moveWall(3_600_000);
    expect((await send()).status).toBe(200);
  });

  it("is counted under a name that nobody can guess back without our secret", async () => {
    const { email, token } = await newCustomer();
    const phoneNumber = newMobile();
    await call("/phone-number/send-otp", { token, body: { phoneNumber } });
    await call("/request-password-reset", { body: { email } });
    const keys = await attemptKeys();
    for (const person of [phoneNumber, email]) expect(keys).not.toContain(await deps.sha256(person));
    const before = keys.split(" ").length;
    auth = createAuth(peopleDeps({ authSecret: "another secret of at least thirty-two bytes" }));
    await call("/request-password-reset", { body: { email } });
    expect((await attemptKeys()).split(" ").length).toBe(before + 1);
  });

  it("is refused when it is none", async () => {
    const { token } = await signedInPerson(auth, { mobile: newMobile() });
    expect(await getSessionUser(auth, asked(token), { fresh: true })).toMatchObject({ mobileVerified: true });
    for (const phoneNumber of ["", "12345", "09123", "+1 202 555 0100", 9, null, undefined, ["09121234567"]]) {
      expect((await call("/phone-number/send-otp", { token, body: { phoneNumber } })).status).toBe(400);
    }
  });
});

describe("guessing a password", () => {
  it("ends after twenty tries a quarter-hour, from wherever they come", async () => {
    const email = newEmail();
    const guess = () => call("/sign-in/email", { body: { email, password: "a wrong password" } });
    const statuses = await Promise.all(Array.from({ length: 24 }, async () => (await guess()).status));
    expect(statuses.toSorted((one, other) => one - other)).toEqual([...Array(20).fill(401), ...Array(4).fill(429)]);
  });

  it("of a reset code ends after ten tries a minute from one address", async () => {
    const headers = { "cf-connecting-ip": "192.0.2.7" };
    const guess = () => call("/reset-password", { headers, body: { newPassword: password, token: "x" } });
    for (let tried = 0; tried < 10; tried++) expect((await guess()).status).toBe(400);
    const refused = await guess();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("the door", () => {
  it("is shut at what nobody here needs, for operators too", async () => {
    const { token } = await signedInPerson(auth, { role: "operator" });
    const paths = ["/admin/impersonate-user", "/admin/remove-user", "/admin/create-user", "/sign-in/social"];
    for (const path of [...paths, "/update-user", "/delete-user", "/change-email", "/phone-number/reset-password"]) {
      expect((await call(path, { token, body: {} })).status).toBe(404);
    }
  });

  it.each(["{", "[]", "1", '"text"'])("answers 400 to the body %s", async (body) => {
    expect((await call("/sign-in/email", { body })).status).toBe(400);
  });

  it.each([{}, { email: 1, password: {} }, { email: "x", password: "y" }, { email: null }])(
    "never answers 500 to %j",
    async (body) => {
      for (const path of ["/sign-up/email", "/sign-in/email", "/reset-password", "/request-password-reset"]) {
        expect((await call(path, { body })).status).toBeLessThan(500);
      }
    },
  );

  it.each(["/verify-email", "/verify-email?token=x&token=y", "/reset-password/x", "/reset-password/%", "/get-session"])(
    "never answers 500 to a GET of %s",
    async (path) => {
      expect((await call(path)).status).toBeLessThan(500);
    },
  );

  it("reads no more of a body than it takes: 413 above 16 KiB, and not at it", async () => {
    const sized = (size: number) => `{"email":"${"x".repeat(size - 12)}"}`;
    expect((await call("/sign-in/email", { body: sized(16_384) })).status).toBe(400);
    expect((await call("/sign-in/email", { body: sized(16_385) })).status).toBe(413);
    let sentBytes = 0;
    const body = new ReadableStream<Uint8Array>({
      pull: (stream) => {
        sentBytes += 4_096;
        if (sentBytes > 1_000_000) stream.close();
        else stream.enqueue(new Uint8Array(4_096).fill(0x20));
      },
    });
    const request = new Request(`${origin}/auth/sign-in/email`, { method: "POST", body });
    expect((await auth.handler(request)).status).toBe(413);
    expect(sentBytes).toBeLessThan(65_536);
  });

  it("says which method an address takes", async () => {
    const response = await call("/sign-in/email", { method: "PUT", body: {} });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });

  it("refuses a cookie that another site sends along", async () => {
    const { cookie } = await newCustomer();
    const headers = { origin: "https://elsewhere.example" };
    expect((await call("/sign-out", { cookie, headers, body: {} })).status).toBe(403);
    expect((await call("/sign-out", { cookie, body: {} })).status).toBe(200);
  });

  it("sets cookies for https alone when it is reached by https", async () => {
    const { email } = await newCustomer();
    auth = createAuth(peopleDeps({ publicUrl: "https://sarresid.test" }));
    const response = await call("/sign-in/email", { body: { email, password } });
    const cookies = response.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/^__Secure-sarresid\..*HttpOnly; Secure; SameSite=Lax$/);
  });
});

describe("the caller of an endpoint", () => {
  it("is a customer or an operator by role, never one for the other", async () => {
    const [customer, operator] = [await signedInPerson(auth), await signedInPerson(auth, { role: "operator" })];
    expect(await callerOf(asked(customer.token), deps, auth, policy("customer"))).toMatchObject({
      caller: { kind: "customer", userId: customer.userId, customerId: customer.customerId },
    });
    expect(await callerOf(asked(operator.token), deps, auth, policy("operator"))).toMatchObject({
      caller: { kind: "operator", userId: operator.userId },
    });
    const forbidden = { refused: "forbidden" };
    expect(await callerOf(asked(customer.token), deps, auth, policy("operator"))).toEqual(forbidden);
    expect(await callerOf(asked(operator.token), deps, auth, policy("customer"))).toEqual(forbidden);
    expect(await callerOf(asked(customer.token), deps, auth, policy("partner:events:read"))).toEqual(forbidden);
  });

  it("is nobody with a token that proves nothing", async () => {
    const nobody = { refused: "not_signed_in" };
    for (const token of ["x", "srd_test_x", "a.b", "%E0%A4%A"]) {
      expect(await callerOf(asked(token), deps, auth, policy("customer"))).toEqual(nobody);
      expect(await callerOf(asked(token), deps, auth, policy("partner:events:read"))).toEqual(nobody);
    }
    const bare = new Request(`${origin}/v1/me`);
    expect(await callerOf(bare, deps, auth, policy("operator"))).toEqual(nobody);
    expect(await callerOf(bare, deps, auth, policy("public"))).toMatchObject({ caller: { kind: "public" } });
  });

  it("is a partner by a key with the scope, and nobody else's key fits", async () => {
    const { key } = await createPartnerKey(deps, {
      partnerId: housePartnerId,
      scopes: ["events:read"],
      expiresAt: null,
    });
    expect(await callerOf(asked(key), deps, auth, policy("partner:events:read"))).toMatchObject({
      caller: { kind: "partner", partnerId: housePartnerId, scopes: ["events:read"] },
    });
    for (const who of ["partner:customers:read", "customer", "operator"] as const) {
      expect(await callerOf(asked(key), deps, auth, policy(who))).toEqual({ refused: "forbidden" });
    }
  });

  it("is found in one statement by the token of a session, signed or not, and not by one that another's signature follows", async () => {
    const queries: string[] = [];
    const around = <T>(texts: readonly string[], effect: () => Promise<T>) => {
      queries.push(...texts);
      return effect();
    };
    const counting = { ...deps, db: d1Around(deps.db, { around }) };
    const library = createAuth(counting);
    const judged = (token: string) => callerOf(asked(token), counting, library, policy("customer"));
    const [mine, theirs] = [await newCustomer(), await newCustomer()].map(({ token }) => decodeURIComponent(token));
    const [token = "", signature = ""] = mine?.split(".") ?? [];
    for (const valid of [`${token}.${signature}`, encodeURIComponent(`${token}.${signature}`), token]) {
      queries.length = 0;
      expect(await judged(valid)).toMatchObject({ caller: { kind: "customer" }, cookies: [] });
      expect(queries).toHaveLength(1);
    }
    for (const invalid of [`${token}.${theirs?.split(".")[1]}`, `${token}.`, `${token}.${signature.slice(0, -1)}`]) {
      expect(await judged(invalid)).toEqual({ refused: "not_signed_in" });
    }
  });

  it("has a session that goes on for a week when a token is used a day after it began, and none when that is over", async () => {
    const { token } = await newCustomer();
    // The library's own clock.
    deps.moveWall(Date.now() - deps.wall());
    const expiresIn = async (ms: number) => {
      await deps.db
        .prepare("UPDATE session SET expires_at = ?")
        .bind(Date.now() + ms)
        .run();
      return callerOf(asked(token), deps, auth, policy("customer"));
    };
    const daysLeft = async () => {
      const found = await deps.db.prepare("SELECT MAX(expires_at) AS at FROM session").first<number>("at");
      return ((found ?? 0) - Date.now()) / 86_400_000;
    };
    expect(await expiresIn(6.5 * 86_400_000)).toMatchObject({ caller: { kind: "customer" } });
    expect(await daysLeft()).toBeLessThan(6.6);
    expect(await expiresIn(5.5 * 86_400_000)).toMatchObject({ caller: { kind: "customer" } });
    expect(await daysLeft()).toBeGreaterThan(6.9);
    expect(await expiresIn(-1)).toEqual({ refused: "not_signed_in" });
  });

  it("is read from the database for changes, from the cookie for a customer's GET", async () => {
    const { cookie } = await newCustomer();
    const ask = (method: string, who: Policy["who"] = "customer") =>
      callerOf(new Request(`${origin}/v1/me`, { method, headers: { cookie } }), deps, auth, policy(who));
    expect(await ask("GET")).toMatchObject({ caller: { kind: "customer" } });
    await deps.db.prepare("DELETE FROM session").run();
    expect(await ask("GET")).toMatchObject({ caller: { kind: "customer" } });
    expect(await ask("POST")).toEqual({ refused: "not_signed_in" });
    expect(await ask("GET", "operator")).toEqual({ refused: "not_signed_in" });
  });
});

describe("a change that rests on a cookie", () => {
  const elsewhere = { origin: "https://elsewhere.example" };

  async function judged(method: string, headers: Record<string, string>) {
    const request = new Request(`${origin}/v1/me`, { method, headers });
    return callerOf(request, deps, auth, policy("customer"));
  }

  it.each([
    { ...elsewhere },
    { origin: "null" },
    { origin: `${origin}.elsewhere.example` },
    { origin: "https://sarresid.test" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin, "sec-fetch-site": "same-site" },
  ])("is forbidden when another site sends it: %j", async (headers) => {
    const { cookie } = await newCustomer();
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      expect(await judged(method, { cookie, ...headers })).toEqual({ refused: "forbidden" });
    }
    expect(await judged("GET", { cookie, ...headers })).toMatchObject({ caller: { kind: "customer" } });
  });

  it.each([{}, { origin }, { "sec-fetch-site": "same-origin" }, { origin, "sec-fetch-site": "none" }])(
    "is taken from our own pages and from programs: %j",
    async (headers) => {
      const { cookie } = await newCustomer();
      expect(await judged("POST", { cookie, ...headers })).toMatchObject({ caller: { kind: "customer" } });
    },
  );

  it("may come from anywhere with a bearer token, which no browser adds by itself", async () => {
    const { token, cookie } = await newCustomer();
    const authorization = `Bearer ${token}`;
    expect(await judged("POST", { authorization, ...elsewhere })).toMatchObject({ caller: { kind: "customer" } });
    expect(await judged("POST", { authorization, cookie, ...elsewhere })).toMatchObject({
      caller: { kind: "customer" },
    });
  });
});

describe("an operator", () => {
  it("is seeded once, and never from a customer's address", async () => {
    const { email } = await newCustomer();
    await expect(ensureOperator(deps, auth, { email, password })).rejects.toThrow("belongs to a customer");
    const operator = await newOperator();
    expect(await ensureOperator(deps, auth, { email: operator.email, password: "another one entirely" })).toEqual({
      userId: operator.userId,
    });
    await signIn(operator.email);
  });

  it("may change roles, one at a time; a customer may not", async () => {
    const [customer, operator] = [await newCustomer(), await signedInPerson(auth, { role: "operator" })];
    const { userId } = (await getSessionUser(auth, asked(customer.token), { fresh: true })) ?? {};
    const set = (token: string, role: unknown) => call("/admin/set-role", { token, body: { userId, role } });
    expect((await set(customer.token, "operator")).status).toBe(403);
    expect((await set(operator.token, ["customer", "operator"])).status).toBe(400);
    expect((await set(operator.token, "admin")).status).toBe(400);
    expect((await set(operator.token, "operator")).status).toBe(200);
    expect(await getSessionUser(auth, asked(customer.token), { fresh: true })).toMatchObject({ role: "operator" });
  });
});

it("a partner is made once by its name", async () => {
  const id = await ensurePartner(deps, { name: "Roundtable" });
  expect(id).toMatch(/^ptr_/);
  expect(await ensurePartner(deps, { name: "Roundtable" })).toBe(id);
  expect(await ensurePartner(deps, { name: "house" })).toBe(housePartnerId);
});
