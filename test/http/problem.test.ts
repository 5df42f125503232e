// `/problems/{code}`: the `type` of every problem leads to what it means, in the language of who reads it; and so do the
// problems themselves.
import { createAuthClient } from "better-auth/client";
import { describe, expect, test } from "vitest";
import { Problem, problems } from "../../contract/common/problem.ts";
import { createApp } from "../../server/app.ts";
import { problemOfAuth } from "../../server/http/auth/problem.ts";
import { preferredLanguage } from "../../server/text/languages.ts";
import { peopleDeps } from "../support/people.ts";
import { unreachable } from "../support/unreachable.ts";

const app = createApp(peopleDeps(), unreachable());

const pageOf = (path: string, language?: string) =>
  app.request(path, { headers: { accept: "text/html", ...(language && { "accept-language": language }) } });

const persian = /[\u0600-\u06ff]/;

describe.each(Object.entries(problems))("%s is explained", (code, { status, title }) => {
  test("to programs", async () => {
    const told = await (await app.request(`/problems/${code}`)).json();
    expect(told).toEqual({ code, status, title, detail: expect.stringMatching(/\.$/) });
    const farsi = await app.request(`/problems/${code}`, { headers: { "accept-language": "fa" } });
    expect(farsi.headers.get("content-language")).toBe("fa");
    const own = expect.stringMatching(persian);
    expect(await farsi.json()).toEqual({ code, status, title: own, detail: own });
  });

  test("to people in English and Persian, with an example in their language, and no script", async () => {
    const [english, farsi] = [await pageOf(`/problems/${code}`, "en"), await pageOf(`/problems/${code}`)];
    for (const page of [english, farsi]) {
      expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    }
    const texts = [await english.text(), await farsi.text()] as const;
    expect(texts[0]).toContain(`${status} ${code}`);
    expect(texts[0]).toContain(`&quot;code&quot;: &quot;${code}&quot;`);
    expect(texts[0]).toContain('<html lang="en" dir="ltr">');
    expect(texts[1]).toContain('<html lang="fa" dir="rtl">');
    expect(texts[0].replace("فارسی", "")).not.toMatch(persian);
    expect(/<h1>(.*?)<\/h1>/.exec(texts[1])?.[1]).toMatch(persian);
    for (const text of texts) expect(text).not.toMatch(/<script|\son\w+=|https?:/);
  });
});

test("all of them stand on one page, which leads to each", async () => {
  const page = await (await pageOf("/problems", "en")).text();
  for (const code of Object.keys(problems)) expect(page).toContain(`href="/problems/${code}?language=en"`);
  expect(await (await app.request("/problems")).json()).toHaveLength(Object.keys(problems).length);
});

test("a language that was chosen by its link is the page's, whatever the browser prefers", async () => {
  expect((await pageOf("/problems/not_found?language=en", "fa")).headers.get("content-language")).toBe("en");
  expect((await pageOf("/problems?language=fa", "en")).headers.get("content-language")).toBe("fa");
});

test("404 for a code that nobody ever answered", async () => {
  for (const code of ["teapot", "constructor", "__proto__"]) {
    expect((await app.request(`/problems/${code}`)).status).toBe(404);
  }
});

test("what names fields shows them in its example, in the language of the page", async () => {
  const exampleIn = async (language: string) => (await pageOf("/problems/validation_failed", language)).text();
  for (const text of [await exampleIn("en"), await exampleIn("fa")]) {
    expect(text).toContain("&quot;pointer&quot;: &quot;/query/limit&quot;");
  }
  expect(await exampleIn("en")).toContain("Too big: expected number to be &lt;=100");
  expect(await exampleIn("fa")).toContain("باید حداکثر ۱۰۰ باشد.");
});

test("a field's mistake is told in the caller's language, with the limit", async () => {
  const asked = await app.request("/v1/products?limit=0&colour=red", { headers: { "accept-language": "fa" } });
  const { errors } = Problem.parse(await asked.json());
  expect(errors).toEqual([{ pointer: "/query/limit", code: "too_small", detail: "باید دست‌کم ۱ باشد." }]);
});

test("a problem speaks the caller's language: title and detail, and nothing else of it changes", async () => {
  const english = await app.request("/nothing");
  const farsi = await app.request("/nothing", { headers: { "accept-language": "de, fa-IR;q=0.8, en;q=0.5" } });
  expect(english.headers.get("content-language")).toBe("en");
  expect(farsi.headers.get("content-language")).toBe("fa");
  expect(farsi.headers.get("vary")).toContain("Accept-Language");
  expect(farsi.status).toBe(404);
  const [said, told] = [Problem.parse(await english.json()), Problem.parse(await farsi.json())];
  expect(said).toMatchObject({ title: problems.not_found.title, code: "not_found" });
  const own = expect.stringMatching(persian);
  expect(told).toEqual({ ...said, requestId: expect.any(String), title: own, detail: own });
});

test.each([
  [null, null],
  ["", null],
  ["*", null],
  ["de", null],
  ["en", "en"],
  ["fa-IR", "fa"],
  ["en-US,en;q=0.9", "en"],
  ["de,en;q=0.5,fa-IR;q=0.8", "fa"],
  ["fa;q=0,en;q=0.1", "en"],
])("of %j the language is %j", (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});

describe("what fails under /auth", () => {
  const origin = "http://sarresid.test";
  const send = async (path: string, body: object | string, language = "en") => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const headers = { "content-type": "application/json", "accept-language": language };
    return app.request(`${origin}/auth${path}`, { method: "POST", headers, body: text });
  };
  const email = "nobody@example.com";
  const password = "a secret of some length";

  test.each<[path: string, body: object | string, told: readonly [status: number, code: string, authCode: string]]>([
    ["/sign-in/email", { email, password }, [401, "credentials_not_valid", "INVALID_EMAIL_OR_PASSWORD"]],
    ["/sign-in/email", "{", [400, "malformed_json", "MALFORMED_BODY"]],
    ["/sign-in/email", "x".repeat(20_000), [413, "payload_too_large", "PAYLOAD_TOO_LARGE"]],
    ["/reset-password", { newPassword: password, token: "unknown" }, [400, "token_not_valid", "INVALID_TOKEN"]],
    ["/revoke-sessions", {}, [401, "not_signed_in", "UNAUTHORIZED"]],
    ["/get-session", {}, [405, "method_not_allowed", "METHOD_NOT_ALLOWED"]],
    ["/list-users", {}, [404, "not_found", "NOT_FOUND"]],
  ])("%s %o is a problem like all others", async (path, body, [status, code, authCode]) => {
    const response = await send(path, body);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const problem = await response.json();
    expect(response.status).toBe(status);
    expect(Problem.parse(problem)).toMatchObject({ type: `/problems/${code}`, status, code });
    expect(problem).toMatchObject({ authCode, requestId: response.headers.get("x-request-id") });
    expect(response.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
    const farsi = await (await send(path, body, "fa")).json();
    const own = expect.stringMatching(persian);
    expect(farsi).toMatchObject({ code, authCode, title: own, detail: own, message: own });
  });

  test.each([
    ["email", "no address", password],
    ["password", email, "short"],
  ])("422 points to the %s", async (field, address, secret) => {
    const response = await send("/sign-up/email", { email: address, password: secret, name: "Sara" });
    const { code, errors } = Problem.parse(await response.json());
    expect([response.status, code, errors?.[0]?.pointer]).toEqual([422, "validation_failed", `/body/${field}`]);
  });

  test("429 keeps the time to wait; a success and a redirect stay as they are", async () => {
    const headers = { "retry-after": "7" };
    const tries = Response.json({ code: "TOO_MANY_ATTEMPTS", message: "Too many" }, { status: 429, headers });
    const told = await problemOfAuth(tries, "request");
    expect([told.status, told.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await told.json()).toMatchObject({ code: "rate_limited", message: "Too many" });
    for (const fine of [Response.json({ code: "x" }), new Response(null, { status: 302 })]) {
      expect(await problemOfAuth(fine, "request")).toBe(fine);
    }
  });

  test("is read by Better Auth's own client", async () => {
    const customFetchImpl = async (input: string | URL | Request, init?: RequestInit) =>
      app.request(new Request(input, init));
    const client = createAuthClient({ baseURL: `${origin}/auth`, fetchOptions: { customFetchImpl } });
    const { error } = await client.signIn.email({ email, password });
    expect(error).toMatchObject({ status: 401, code: "credentials_not_valid", message: "Invalid email or password" });
  });
});
