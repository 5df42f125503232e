// How a page asks: our own interface in the same process, with the browser's cookies and its own address, through the
// contract. So a page may do what its reader may do by the API, is counted and judged like it, and nothing more.
import { initClient } from "@ts-rest/core";
import * as z from "zod";
import { contract } from "../../../contract/index.ts";
import { Problem } from "../../../contract/common/problem.ts";
import { Refused, type Trouble } from "./visit.ts";

/** Where a page asks, and how long it may wait. */
export interface Interface {
  readonly publicUrl: string;
  readonly ask: (request: Request) => Promise<Response>;
  readonly sleep: (ms: number) => Promise<void>;
}

/** The browser on whose behalf a page asks. */
interface Asker {
  readonly request: Request;
  /** Begins the Idempotency-Key of each change: the same form gives the same keys. */
  readonly keyBase: string;
}

/** What the browser keeps afterwards. */
interface Jar {
  readonly pairs: Map<string, string>;
  readonly set: string[];
}

export type Api = ReturnType<typeof connect>["api"];
/** Asks Better Auth, and gives what it answers; throws what it refuses. */
export type Auth = (path: string, body: Readonly<Record<string, unknown>>) => Promise<unknown>;

const passedOn = ["cf-connecting-ip", "user-agent"];
const tries = 16;
const waitMs = 500;

/** The contract and Better Auth, asked as this browser; `cookies` are those to set on the answer. */
export function connect(own: Interface, { request, keyBase }: Asker) {
  const jar: Jar = { pairs: pairsIn(request.headers.get("cookie") ?? ""), set: [] };
  let changes = 0;
  const send = async (path: string, method: string, body: BodyInit | null, headers: Record<string, string>) => {
    const all = new Headers(headers);
    for (const name of passedOn) {
      const value = request.headers.get(name);
      if (value !== null) all.set(name, value);
    }
    all.set("cookie", [...jar.pairs].map(([name, value]) => `${name}=${value}`).join("; "));
    // The page has seen that the form is its own, so the request is our own site's.
    all.set("origin", new URL(own.publicUrl).origin);
    all.set("accept-language", "en");
    const response = await own.ask(new Request(path, { method, body, headers: all }));
    response.headers.getSetCookie().forEach((cookie) => keep(jar, cookie));
    return response;
  };
  const api = initClient(contract, {
    baseUrl: own.publicUrl,
    throwOnUnknownStatus: true,
    api: async ({ path, method, headers, body }) => {
      const key = method === "GET" ? {} : { "idempotency-key": `${keyBase}.${changes++}` };
      const text = typeof body === "string" ? body : null;
      const answer = await patiently(own, () => send(path, method, text, { ...headers, ...key }));
      return { ...answer, headers: new Headers() };
    },
  });
  const auth: Auth = async (path, body) => {
    const url = `${own.publicUrl}/auth${path}`;
    const response = await send(url, "POST", JSON.stringify(body), { "content-type": "application/json" });
    if (!response.ok) throw new Refused(await authTrouble(response));
    return bodyOf(response);
  };
  return { api, auth, cookies: jar.set };
}

/** A second click finds the first still at work, and waits for its answer instead of refusing. */
async function patiently({ sleep }: Interface, ask: () => Promise<Response>) {
  for (let asked = 1; ; asked++) {
    const response = await ask();
    const body = await bodyOf(response);
    const isBusy = Problem.safeParse(body).data?.code === "idempotency_key_in_use";
    if (!isBusy || asked === tries) return { status: response.status, body };
    await sleep(waitMs);
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return isJson ? response.json() : response.text();
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The answer when it has one of these statuses; throws what was refused. */
export function accepted<A extends Answer, S extends A["status"]>(answer: A, ...statuses: readonly S[]) {
  if (hasStatus<A, S>(answer, statuses)) return answer;
  throw new Refused(troubleIn(answer));
}

function hasStatus<A extends Answer, S extends A["status"]>(
  answer: A,
  statuses: readonly A["status"][],
): answer is Extract<A, { status: S }> {
  return statuses.includes(answer.status);
}

const fieldOfCode: Readonly<Record<string, string>> = {
  coupon_not_valid: "coupon",
  coupon_used_up: "coupon",
  reference_seen_before: "reference",
  product_exists: "name",
  partner_exists: "name",
  coupon_exists: "code",
  credit_insufficient: "amount",
  credit_limit_reached: "amount",
  refund_exceeds_payment: "amount",
  invoice_not_creditable: "amount",
  INVALID_EMAIL: "email",
  INVALID_OTP: "code",
  INVALID_PASSWORD: "password",
  NOT_FOUND: "userId",
  SECOND_FACTOR_CODE_REQUIRED: "code",
  SECOND_FACTOR_CODE_NOT_VALID: "code",
  OTP_EXPIRED: "code",
  OTP_NOT_FOUND: "code",
  INVALID_PHONE_NUMBER: "mobile",
  PHONE_NUMBER_EXIST: "mobile",
  PASSWORD_TOO_SHORT: "password",
  PASSWORD_TOO_LONG: "password",
};

const fieldOfPointer: Readonly<Record<string, string>> = {
  "/body/couponCode": "coupon",
  "/body/name": "name",
  "/body/nationalId": "nationalId",
  "/body/legalId": "legalId",
  "/body/economicCode": "economicCode",
  "/body/postalCode": "postalCode",
  "/body/address": "address",
  "/body/reason": "reason",
  "/body/reference": "reference",
  "/body/amountRials": "amount",
  "/body/days": "days",
  "/body/periods": "periods",
  "/body/messages": "messages",
  "/body/kind": "kind",
  "/body/query": "query",
  "/body/messageQuota": "messageQuota",
  "/body/roundtableId": "roundtableId",
  "/body/trialDays": "trialDays",
  "/body/code": "code",
  "/body/percentBasisPoints": "percent",
  "/body/durationPeriods": "periods",
  "/body/maxRedemptions": "most",
  "/body/expiresAt": "lastDay",
  "/body/scopes": "scopes",
  "/body/returnUrls": "returnUrls",
  "/body/fromPriceId": "from",
  "/body/toPriceId": "to",
  "/body/url": "url",
  "/body/noticeDays": "noticeDays",
  "/body/retryDays": "retryDays",
  "/body/features": "features",
  "/body/translations/fa/name": "name-fa",
  "/body/translations/fa/description": "description-fa",
  "/body/translations/fa/features": "features-fa",
  "/body/translations/en/name": "name-en",
  "/body/translations/en/description": "description-en",
  "/body/translations/en/features": "features-en",
  "/body/taxClass/goodsId": "goodsId",
  "/body/taxClass/unit": "unit",
  "/body/rolloverMessages": "rolloverMessages",
  "/body/topUpMessages": "topUpMessages",
  "/body/topUpDays": "topUpDays",
  "/body/overageRials": "overageRials",
  "/body/overageMessages": "overageMessages",
  "/body/eventTypes": "types",
  "/body/afterPosition": "after",
  "/body/untilPosition": "until",
};

/** Of a list or a record one field holds all. */
function fieldAt(pointer: string): string | undefined {
  return fieldOfPointer[pointer] ?? fieldOfPointer[pointer.slice(0, pointer.lastIndexOf("/"))];
}

function troubleIn({ status, body }: Answer): Trouble {
  const problem = Problem.safeParse(body).data;
  if (!problem) throw new Error(`Our own interface answered ${status} without a problem`);
  const { code, requestId, errors = [] } = problem;
  const pointed = errors.map(({ pointer }) => fieldAt(pointer)).find((field) => field !== undefined);
  return { code, status, requestId, field: pointed ?? fieldOfCode[code] ?? null };
}

/** Better Auth's own word for it is the closer one. */
const Refusal = z.object({ code: z.string().default("internal_error"), authCode: z.string().optional() });

async function authTrouble(response: Response): Promise<Trouble> {
  const requestId = response.headers.get("x-request-id");
  const body: unknown = await response.json();
  const { authCode, code } = Refusal.parse(body);
  const said = authCode ?? code;
  return { code: said, status: response.status, requestId, field: fieldOfCode[said] ?? null };
}

function pairsIn(header: string): Map<string, string> {
  const pairs = header.split(/; */).flatMap((pair) => {
    const at = pair.indexOf("=");
    return at < 1 ? [] : [[pair.slice(0, at), pair.slice(at + 1)] as const];
  });
  return new Map(pairs);
}

/** For the browser, and for what this page still asks. */
function keep(jar: Jar, cookie: string): void {
  jar.set.push(cookie);
  const [pair = ""] = cookie.split(";", 1);
  for (const [name, value] of pairsIn(pair)) {
    if (/;\s*max-age=0\b/i.test(cookie)) jar.pairs.delete(name);
    else jar.pairs.set(name, value);
  }
}
