// An operator's second factor: enrolled, demanded, used once, given up, reset by another; and what it is kept as.
import { base32 } from "@better-auth/utils/base32";
import { createOTP } from "@better-auth/utils/otp";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ensureOperator } from "../../server/http/auth/seed.ts";
import { everythingKept, placesOf } from "../support/everything.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import { requestOf } from "../support/subscriber.ts";
import { publicUrl, type World } from "../support/world.ts";

const password = "correct horse battery";
const stepMs = 30_000;

/** Not the slow hash: nobody here guesses passwords. */
const quick = {
  hash: async (text: string) => `quick:${text.length}:${text}`,
  verify: async (kept: { hash: string; password: string }) => kept.hash === (await quick.hash(kept.password)),
};

let world: World;
let count = 0;

interface Answered {
  readonly status: number;
  readonly code: string | undefined;
  readonly token: string | null;
  readonly body: Record<string, unknown>;
}

async function post(path: string, body: object, token?: string): Promise<Answered> {
  const request = new Request(`${publicUrl}/auth${path}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "cf-connecting-ip": `10.1.${Math.floor(++count / 200)}.${count % 200}`,
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const response = await world.fetch(request);
  const answer = await response.json<Record<string, unknown> & { code?: string }>();
  return { status: response.status, code: answer.code, token: response.headers.get("set-auth-token"), body: answer };
}

async function newOperator() {
  const deps = world.invocation();
  const email = `operator-${crypto.randomUUID()}@example.com`;
  const { userId } = await ensureOperator(deps, world.auth, { email, password });
  const signIn = (more: object = {}) => post("/sign-in/email", { email, password, ...more });
  return { userId, email, signIn };
}

function codeOf(secret: string, steps = 0): Promise<string> {
  return createOTP(new Uint8Array(base32.decode(secret)).buffer).hotp(Math.floor(world.now() / stepMs) + steps);
}

/** An operator whose second factor is confirmed, in a step of its own. */
async function enrolled() {
  const operator = await newOperator();
  const token = (await operator.signIn()).token ?? "";
  const { body } = await post("/second-factor/enrol", { password }, token);
  const secret = String(body["secret"]);
  const confirmed = await post("/second-factor/confirm", { code: await codeOf(secret) }, token);
  expect(confirmed.status, JSON.stringify(confirmed.body)).toBe(200);
  const backupCodes = confirmed.body["backupCodes"] as readonly string[];
  world.pass(3 * stepMs);
  return { ...operator, token, secret, backupCodes };
}

const operate = async (token: string | null) => {
  const response = await world.fetch(
    requestOf(token, { method: "GET", path: "/v1/operator/collecting", body: undefined, key: undefined }),
  );
  return { status: response.status, code: (await response.json<{ code?: string }>()).code };
};

async function eventsAbout(userId: string): Promise<readonly string[]> {
  const query = env.DB.prepare(
    "SELECT type || ' by ' || actor AS told FROM billing_event WHERE stream = 'system' AND data LIKE ? ORDER BY position",
  );
  return (await query.bind(`%${userId}%`).all<{ told: string }>()).results.map(({ told }) => told);
}

beforeAll(async () => {
  world = await aFreshWorld({ disturb: (deps) => ({ ...deps, passwords: quick }) });
});

beforeEach(() => world.pass(3 * stepMs));

describe("an operator without a second factor", () => {
  it("403 second_factor_required at an operator's endpoint, and when setting a role, with the way to enrol", async () => {
    const operator = await newOperator();
    const { token } = await operator.signIn();
    expect(await operate(token)).toEqual({ status: 403, code: "second_factor_required" });
    const promoted = await post("/admin/set-role", { userId: operator.userId, role: "operator" }, token ?? "");
    expect(promoted).toMatchObject({ status: 403, code: "second_factor_required" });
    expect(JSON.stringify(promoted.body)).toContain("/auth/second-factor/enrol");
  });

  it("enrols by the password and a code; their session is good from then on, and their others end", async () => {
    const operator = await newOperator();
    const [token, other] = [(await operator.signIn()).token ?? "", (await operator.signIn()).token ?? ""];
    const wrong = await post("/second-factor/enrol", { password: "another password" }, token);
    expect(wrong).toMatchObject({ status: 422, body: { authCode: "INVALID_PASSWORD" } });
    const { body } = await post("/second-factor/enrol", { password }, token);
    const secret = String(body["secret"]);
    expect(body["uri"]).toContain(`secret=${secret}`);
    expect((await operate(token)).status).toBe(403);
    const refused = await post("/second-factor/confirm", { code: "000000" }, token);
    expect(refused).toMatchObject({ status: 401, code: "second_factor_code_not_valid" });
    const confirmed = await post("/second-factor/confirm", { code: await codeOf(secret) }, token);
    expect(confirmed.body["backupCodes"]).toHaveLength(10);
    expect(await operate(token)).toMatchObject({ status: 200 });
    expect((await operate(other)).status).toBe(401);
    expect(await eventsAbout(operator.userId)).toEqual([
      `operator.second_factor_enrolled by operator:${operator.userId}`,
    ]);
    const again = await post("/second-factor/enrol", { password }, token);
    expect(again).toMatchObject({ status: 409, code: "second_factor_exists" });
    expect((await post("/second-factor/confirm", { code: "000000" }, token)).status).toBe(409);
  });

  it("is the only one who may enrol: 403 for a customer, 401 for nobody, 403 for another site's page", async () => {
    const { internalAdapter } = await world.auth.$context;
    const user = await internalAdapter.createUser(
      { email: `${crypto.randomUUID()}@example.com`, name: "Sara", emailVerified: true },
      { method: "admin" },
    );
    const { token } = await internalAdapter.createSession(user.id);
    expect((await post("/second-factor/enrol", { password }, token)).status).toBe(403);
    expect((await post("/second-factor/enrol", { password })).status).toBe(401);
    const { email } = await newOperator();
    const json = { "content-type": "application/json", origin: publicUrl };
    const signIn = { method: "POST", headers: json, body: JSON.stringify({ email, password }) };
    const signedIn = await world.fetch(new Request(`${publicUrl}/auth/sign-in/email`, signIn));
    const cookie = signedIn.headers.getSetCookie().map((line) => line.split(";")[0]);
    const enrol = async (origin: string) => {
      const init = { method: "POST", headers: { ...json, origin, cookie: cookie.join("; ") }, body: signIn.body };
      return (await world.fetch(new Request(`${publicUrl}/auth/second-factor/enrol`, init))).status;
    };
    expect([await enrol("https://elsewhere.example"), await enrol(publicUrl)]).toEqual([403, 200]);
  });
});

describe("signing in with a second factor", () => {
  it("401 second_factor_code_required after the right password alone, and no session is left of it", async () => {
    const operator = await enrolled();
    const sessions = async () =>
      env.DB.prepare("SELECT COUNT(*) AS n FROM session WHERE user_id = ?").bind(operator.userId).first<number>("n");
    const before = await sessions();
    const answer = await operator.signIn();
    expect(answer).toMatchObject({ status: 401, code: "second_factor_code_required", token: null });
    expect(await sessions()).toBe(before);
    expect(await operator.signIn({ password: "wrong password!" })).toMatchObject({ code: "credentials_not_valid" });
    expect(await operator.signIn({ code: "000000" })).toMatchObject({
      code: "second_factor_code_not_valid",
      token: null,
    });
    expect(await sessions()).toBe(before);
  });

  it("takes a code of this step, the one before or the one after, each once, and none before one it took", async () => {
    const { signIn, secret } = await enrolled();
    const ofStep = async (steps: number) => signIn({ code: await codeOf(secret, steps) });
    expect((await ofStep(-2)).status).toBe(401);
    expect((await ofStep(2)).status).toBe(401);
    const first = await ofStep(-1);
    expect(await operate(first.token)).toMatchObject({ status: 200 });
    expect(await ofStep(-1)).toMatchObject({ status: 401, code: "second_factor_code_not_valid" });
    expect((await ofStep(1)).status).toBe(200);
    expect((await ofStep(0)).status).toBe(401);
  });

  it("of two with the same code at once lets one in", async () => {
    const { signIn, secret } = await enrolled();
    const code = await codeOf(secret);
    const statuses = await Promise.all([1, 2, 3].map(async () => (await signIn({ code })).status));
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401, 401]);
  });

  it("takes each backup code once, on the audit trail", async () => {
    const { signIn, backupCodes, userId } = await enrolled();
    const code = backupCodes[3] ?? "";
    const statuses = await Promise.all(
      [code, code.toUpperCase()].map(async (each) => (await signIn({ code: each })).status),
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 401]);
    expect((await signIn({ code: backupCodes[0] })).status).toBe(200);
    expect(await eventsAbout(userId)).toEqual([
      expect.stringContaining("enrolled"),
      `operator.backup_code_used by operator:${userId}`,
      `operator.backup_code_used by operator:${userId}`,
    ]);
  });

  it("429 after twenty codes in a quarter of an hour, whoever sends them", async () => {
    const { userId, token, secret } = await enrolled();
    const guess = async (code: string) => (await post("/second-factor/disable", { password, code }, token)).status;
    const statuses: number[] = [];
    for (let tries = 0; tries < 10; tries++) statuses.push(await guess("000000"));
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(await guess(await codeOf(secret))).toBe(429);
    world.pass(16 * 60_000);
    expect(await guess(await codeOf(secret))).toBe(200);
    expect(await eventsAbout(userId)).toHaveLength(2);
  });
});

describe("without it again", () => {
  it("by password and code: an event, and every session ends", async () => {
    const operator = await enrolled();
    const { token, secret, userId } = operator;
    const without = await post("/second-factor/disable", { password }, token);
    expect(without).toMatchObject({ status: 401, code: "second_factor_code_required" });
    const wrong = await post(
      "/second-factor/disable",
      { password: "another password", code: await codeOf(secret) },
      token,
    );
    expect(wrong.status).toBe(422);
    const done = await post("/second-factor/disable", { password, code: await codeOf(secret) }, token);
    expect(done.status).toBe(200);
    expect((await operate(token)).status).toBe(401);
    expect((await operate((await operator.signIn()).token)).code).toBe("second_factor_required");
    expect((await eventsAbout(userId)).at(-1)).toBe(`operator.second_factor_disabled by operator:${userId}`);
  });

  it("by another operator, with a reason, when it was lost; never by oneself, nor without a factor of one's own", async () => {
    const [lost, other, bare] = [await enrolled(), await enrolled(), await newOperator()];
    const order = { userId: lost.userId, reason: "Lost the telephone" };
    const bareToken = (await bare.signIn()).token ?? "";
    expect((await post("/second-factor/reset", order, bareToken)).code).toBe("second_factor_required");
    expect((await post("/second-factor/reset", order, lost.token)).status).toBe(403);
    expect((await post("/second-factor/reset", { userId: lost.userId }, other.token)).status).toBe(422);
    expect((await post("/second-factor/reset", { ...order, userId: bare.userId }, other.token)).status).toBe(404);
    expect((await post("/second-factor/reset", order, other.token)).status).toBe(200);
    expect((await operate(lost.token)).status).toBe(401);
    expect((await operate((await lost.signIn()).token)).code).toBe("second_factor_required");
    expect((await eventsAbout(lost.userId)).at(-1)).toBe(`operator.second_factor_reset by operator:${other.userId}`);
  });
});

it("the secret and the backup codes stand nowhere: no cell, no object, no log line", async () => {
  const { secret, backupCodes } = await enrolled();
  const planted = { secret, code: backupCodes[0] ?? "", bare: (backupCodes[0] ?? "").replaceAll("-", "") };
  expect(placesOf(await everythingKept(), planted)).toEqual([]);
  expect(
    placesOf(
      world.log.map((entry) => ({ where: entry.event, text: JSON.stringify(entry) })),
      planted,
    ),
  ).toEqual([]);
});
