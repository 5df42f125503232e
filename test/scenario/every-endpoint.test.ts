// What every endpoint of the contract does when callers come too often or there is a bug, and what every mutation does with
// an Idempotency-Key: lost answers, impatient repetitions, lost races and crashes, and yet one effect and one answer.
import { env } from "cloudflare:workers";
import type { AppRoute } from "@ts-rest/core";
import { beforeAll, describe, expect, it } from "vitest";
import * as z from "zod";
import { codesOf, policyOf } from "../../contract/common/policy.ts";
import { contract } from "../../contract/index.ts";
import { rateLimits, ratePeriodSeconds } from "../../server/http/rate-limit.ts";
import { handlers } from "../../server/router.ts";
import { routesOf } from "../contract/routes.ts";
import { d1Around } from "../support/d1-around.ts";
import { aFreshWorld } from "../support/fresh-world.ts";
import {
  anIndebted,
  aPartnerOf,
  aStage,
  aSubscribed,
  done,
  granted,
  invoiceOf,
  requestOf,
  type Granted,
  type Stage,
} from "../support/granted.ts";
import { anOperator } from "../support/operator.ts";
import { aSubscriber, elsewhere } from "../support/subscriber.ts";
import { handlersAround } from "../support/handlers-around.ts";

/** How it goes in the server: handlers fail, stop before or after their work, others commit first, or callers hurry. */
let mood: "well" | "fails" | "stops" | "dies" | "loses races" | "hurries" = "well";
/** When the last handler that stopped or died has. */
let died = Promise.withResolvers<void>();

const dayMs = 86_400_000;

let stage: Stage;
let strangers: { readonly customer: string; readonly operator: string; readonly partner: string };

beforeAll(async () => {
  const limit = { limit: async () => ({ success: mood !== "hurries" }) };
  const world = await aFreshWorld({
    startsAt: "2026-11-19T08:00:00Z",
    answering: handlersAround(handlers, async (work, { deps }) => {
      if (mood === "fails") throw new Error("a bug");
      if (mood !== "dies" && mood !== "stops") return work();
      // It has begun: its database has been asked, and so its key is claimed.
      if (mood === "dies") await work();
      else await deps.db.prepare("SELECT 1").run();
      died.resolve();
      return new Promise(() => {});
    }),
    disturb: (deps) => ({
      ...deps,
      db: d1Around(deps.db, {
        around: async (queries, effect) => {
          if (mood === "loses races" && isCommit(queries)) throw new Error("D1_ERROR: collecting is stopped");
          return effect();
        },
      }),
      limits: { public: limit, read: limit, write: limit, money: limit, quota: limit },
      sleep: async (ms) => (mood === "loses races" ? undefined : deps.sleep(ms)),
      log: (entry) => {
        if (mood !== "fails") deps.log(entry);
      },
    }),
  });
  stage = await aStage(world);
  strangers = {
    customer: (await aSubscriber(world)).token,
    operator: (await anOperator(world)).token,
    partner: (await aPartnerOf(stage.operator)).token,
  };
});

const isCommit = (queries: readonly string[]) => queries.some((query) => /^insert into "billing_event"/i.test(query));

const routes = routesOf(contract);
const keyed = routes.filter(({ route }) => policyOf(route).idempotency !== "none");

it("a granted request is known of each mutation that takes a key, and of no other", () => {
  expect(Object.keys(granted).toSorted()).toEqual(keyed.map(({ name }) => name).toSorted());
});

/** Somebody whom the policy lets in, about something that need not be there. */
function anyRequest(name: string, route: AppRoute): Granted {
  const kind = policyOf(route).who.split(":")[0] ?? "";
  const token = new Map(Object.entries(strangers)).get(kind) ?? "";
  const ids = { ...elsewhere, ...stage.ids };
  const body = route.method === "GET" ? {} : { body: bodies[name] ?? {} };
  return { token, params: ids, ...body };
}

describe.each(routes)("$name", ({ name, route }) => {
  it("429 with the rule and the time to wait when the caller comes too often", async () => {
    const response = await inMood("hurries", () => ask(route, anyRequest(name, route)));
    expect(response.status).toBe(429);
    const { rate } = policyOf(route);
    const { headers } = response;
    expect(headers.get("ratelimit-policy")).toBe(`"${rate}";q=${rateLimits[rate]};w=${ratePeriodSeconds}`);
    expect(headers.get("retry-after")).toBe(String(ratePeriodSeconds));
    expect(await response.json()).toMatchObject({ code: "rate_limited" });
  });
});

const unkeyed = routes.filter(({ route }) => policyOf(route).idempotency === "none");

describe.each(unkeyed)("$name", ({ name, route }) => {
  it("500 that says only the request's id when there is a bug", async () => {
    const response = await inMood("fails", () => ask(route, anyRequest(name, route)));
    const problem = await response.json();
    expect(problem).toMatchObject({ code: "internal_error", requestId: response.headers.get("x-request-id") });
    expect(JSON.stringify(problem)).not.toContain("a bug");
  });
});

/** What is behind the addresses at which anybody can begin something, by the endpoint's name in the contract. */
const begun: Readonly<Record<string, () => Promise<Granted>>> = {
  "paymentLinks.open": async () => ({
    token: "",
    params: { invoiceId: await invoiceOf(await anIndebted(stage), "open") },
  }),
  "loginLinks.open": async () => {
    const request = await granted["loginLinks.create"]?.(stage);
    const { url } = await done<{ url: string }>(stage.roundtable, "/v1/login-links", request?.body ?? {});
    return { token: "", params: { loginToken: url.split("/").at(-1) ?? "" } };
  },
};

interface Told {
  readonly status: number;
  readonly code: string | undefined;
  readonly text: string;
  readonly isReplayed: boolean;
}

/** What must stand in a request for it to be read at all. */
const bodies: Readonly<Record<string, object>> = {
  "search.find": { query: "0912" },
  "subscriptions.preview": { priceId: elsewhere.priceId },
};

const Coded = z.object({ code: z.string().optional() });

async function ask(route: AppRoute, request: Granted, key?: string): Promise<Response> {
  return stage.world.fetch(requestOf(route, request, key));
}

async function send(route: AppRoute, request: Granted, key?: string): Promise<Told> {
  const response = await ask(route, request, key);
  const text = await response.text();
  const { code } = Coded.parse(JSON.parse(text));
  return { status: response.status, code, text, isReplayed: response.headers.has("idempotent-replayed") };
}

/** Somebody else of the same kind. */
function strangerTo({ token }: Granted): string {
  if (token === stage.operator.token) return strangers.operator;
  return token.startsWith("srd_") ? strangers.partner : strangers.customer;
}

async function inMood<T>(now: typeof mood, act: () => Promise<T>): Promise<T> {
  mood = now;
  try {
    return await act();
  } finally {
    mood = "well";
  }
}

/** A request whose answer never comes. */
async function loseSight(how: "stops" | "dies", act: () => Promise<unknown>): Promise<void> {
  died = Promise.withResolvers();
  await inMood(how, async () => {
    void act();
    await died.promise;
  });
}

/** Of these tables every value counts; of the others, how much is there. */
const small = ["quota_balance", "quota_reservation", "system_state", "webhook_endpoint", "payment_method"];
/** Keys and when they were used, when somebody is looked at again, and claims that nobody has confirmed. */
const byTheWay = ["idempotency_key", "partner_key", "due", "claim"];

/** All that a request may change. */
async function everything(): Promise<object> {
  const { results } = await env.DB.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*'",
  ).all<{ name: string }>();
  const kept = results.filter(({ name }) => !byTheWay.includes(name));
  const what = (name: string) => (small.includes(name) ? "*" : "COUNT(*) AS n");
  const rows = await env.DB.batch(kept.map(({ name }) => env.DB.prepare(`SELECT ${what(name)} FROM "${name}"`)));
  return Object.fromEntries(kept.map(({ name }, index) => [name, rows[index]?.results]));
}

/** A link that nobody has seen is left behind, and ends by itself. */
const leavesMore = ["loginLinks.create"];
/** The gateway has nothing to tell. */
const changesNothing = ["reconciliations.checkUnverified"];

/** Whom it erases is nobody any more, and has no keys. */
const endsItsCaller = ["account.erase"];
/** What was ended is not there to be ended again. */
const isGone = ["account.revokeSession"];

it.each(keyed.filter(({ name }) => endsItsCaller.includes(name)))("$name: 401 for who says it again", async (each) => {
  const request = (await granted[each.name]?.(stage)) ?? { token: "" };
  const key = crypto.randomUUID();
  expect(await send(each.route, request, "")).toMatchObject({ status: 400, code: "idempotency_key_invalid" });
  expect(await inMood("loses races", () => send(each.route, request, key))).toMatchObject({ code: "busy" });
  expect(await inMood("fails", () => send(each.route, request, key))).toMatchObject({ code: "internal_error" });
  await loseSight("stops", () => send(each.route, request, key));
  expect(await send(each.route, request, key)).toMatchObject({ status: 409, code: "idempotency_key_in_use" });
  const other = { ...request, body: {} };
  expect(await send(each.route, other, key)).toMatchObject({ status: 422, code: "idempotency_key_reused" });
  stage.world.pass(61_000);
  expect(await send(each.route, request, key)).toMatchObject({ status: 200 });
  const end = await everything();
  expect(await send(each.route, request, key)).toMatchObject({ status: 401, code: "not_signed_in" });
  expect(await everything()).toEqual(end);
});

describe.each(keyed.filter(({ name }) => !endsItsCaller.includes(name)))("$name", ({ name, route }) => {
  const declared = codesOf(policyOf(route), route);

  it("has one effect and one answer", async () => {
    const request = (await granted[name]?.(stage)) ?? { token: "" };
    const key = crypto.randomUUID();
    const before = await everything();

    // I2, I8: what is refused as such does nothing, and leaves the key free.
    if (policyOf(route).idempotency === "required") {
      expect(await send(route, request)).toMatchObject({ status: 400, code: "idempotency_key_missing" });
    }
    expect(await send(route, request, "")).toMatchObject({ status: 400, code: "idempotency_key_invalid" });
    const surprise = { ...request, body: { ...request.body, surprise: 1 } };
    expect(await send(route, surprise, key)).toMatchObject({ status: 422, code: "validation_failed" });
    expect(await inMood("fails", () => send(route, request, key))).toMatchObject({
      status: 500,
      code: "internal_error",
    });
    if (declared.includes("busy")) {
      expect(await inMood("loses races", () => send(route, request, key))).toMatchObject({ status: 429, code: "busy" });
    }
    expect(await everything()).toEqual(before);

    // I4, I9: it takes effect, and its answer is lost.
    await loseSight("dies", () => send(route, request, key));
    expect(await send(route, request, key)).toMatchObject({ status: 409, code: "idempotency_key_in_use" });
    const effect = await everything();
    stage.world.pass(61_000);
    const answer = await send(route, request, key);
    expect(answer).toMatchObject({ isReplayed: false });
    if (isGone.includes(name)) expect(answer.status).toBe(404);
    else expect(answer.status, answer.text).toBeLessThan(300);
    const end = await everything();
    if (!leavesMore.includes(name)) expect(end).toEqual(effect);

    // I1, I5: the same answer, however the key is written.
    for (const again of [key, `"${key}"`]) {
      expect(await send(route, request, again)).toMatchObject({ status: answer.status, isReplayed: true });
    }
    // I6: another's key is another key.
    const stranger = { ...request, token: strangerTo(request) };
    expect(await inMood("fails", () => send(route, stranger, key))).toMatchObject({ status: 500 });
    // I3
    expect(await send(route, another(route, request), key)).toMatchObject({
      status: 422,
      code: "idempotency_key_reused",
    });
    expect(await everything()).toEqual(end);
    if (!changesNothing.includes(name)) expect(effect).not.toEqual(before);
  });
});

/** The same request but for its payload: another body that the contract takes, where it takes more than one. */
function another(route: AppRoute, request: Granted): Granted {
  const schema = "body" in route && route.body instanceof z.ZodType ? route.body : z.never();
  const varied = Object.entries(request.body ?? {}).flatMap(([field, value]) =>
    variationsOf(value).map((other) => ({ ...request.body, [field]: other })),
  );
  const known = request.other ? [request.other] : varied;
  const body = [...known, {}].find((candidate) => schema.safeParse(candidate).success);
  if (!body || JSON.stringify(body) === JSON.stringify(request.body))
    throw new Error(`${route.path} takes one body only`);
  return { ...request, body };
}

function variationsOf(value: unknown): readonly unknown[] {
  if (typeof value === "number") return [value + 1, value - 1];
  if (typeof value === "boolean") return [!value];
  if (typeof value === "string") {
    const ends = ["0", "7"].map((end) => value.replace(/.$/, end));
    return [`${value}1`, ...ends.filter((other) => other !== value)];
  }
  if (Array.isArray(value)) return [[], ...variationsOf(value[0]).map((first) => [first])];
  if (value === null) return ["pm_01kaqzv3m5e0a8r6b1x2n4y7tq"];
  return Object.entries(value as object).flatMap(([name, inner]) =>
    variationsOf(inner).map((other) => ({ ...value, [name]: other })),
  );
}

const lists = routes.filter(({ route }) => route.query instanceof z.ZodObject && "limit" in route.query.shape);
const Page = z.object({
  data: z.array(z.record(z.string(), z.unknown())),
  page: z.object({ nextCursor: z.string().nullable() }),
});

/** What an item is called, where it has a name. */
const called = (item: Readonly<Record<string, unknown>>) => item["id"] ?? item["name"] ?? JSON.stringify(item);

/** All of a list, page after page; null where there is none. */
async function allOf(route: AppRoute, request: Granted, query = ""): Promise<z.infer<typeof Page>["data"] | null> {
  const items: z.infer<typeof Page>["data"] = [];
  for (let cursor: string | null = "", pages = 0; cursor !== null && pages < 100; pages++) {
    const at: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const response = await ask({ ...route, path: `${route.path}?limit=100${query}${at}` }, request);
    if (response.status === 404) return null;
    const { data, page } = Page.parse(await response.json());
    items.push(...data);
    cursor = page.nextCursor;
  }
  return items;
}

/** What a query can ask for: by which field of the items, which of them it keeps, and what it cannot be. */
interface Filter {
  readonly of: string;
  readonly keeps: (had: string, asked: string) => boolean;
  readonly wrong: readonly string[];
}

const equal = (had: string, asked: string) => had === asked;
const later = (had: string, asked: string) => had >= asked;
const notAWord = ["nonsense", "", "0", "۱"];
const notADay = ["soon", "", "2026-02-30", "2026-1-1", "1405/09/01", "۲۰۲۶-۱۱-۲۲", "2026-11-22T12:30:00.000Z"];
const notAMoment = ["soon", "", "2026-11-22", "2026-02-30T12:30:00.000Z", "2026-11-22T12:30:00+03:30", "۲۰۲۶-۱۱-۲۲"];

/** By the name that queries give it. */
const filters: Readonly<Record<string, Filter>> = {
  kind: { of: "kind", keeps: equal, wrong: notAWord },
  status: { of: "status", keeps: equal, wrong: notAWord },
  paymentId: { of: "paymentId", keeps: equal, wrong: notAWord },
  externalId: { of: "externalId", keeps: equal, wrong: ["", "x".repeat(1_000), "two words"] },
  types: { of: "type", keeps: equal, wrong: notAWord },
  by: { of: "by", keeps: equal, wrong: notAWord },
  customerId: { of: "stream", keeps: equal, wrong: notAWord },
  eventType: { of: "eventType", keeps: equal, wrong: notAWord },
  partnerId: { of: "partnerId", keeps: equal, wrong: notAWord },
  since: { of: "at", keeps: later, wrong: notAMoment },
  until: { of: "at", keeps: (had, asked) => had < asked, wrong: notAMoment },
  from: { of: "day", keeps: later, wrong: notADay },
  to: { of: "day", keeps: (had, asked) => had <= asked, wrong: notADay },
};

const shapeOf = ({ query }: AppRoute): z.ZodRawShape => (query instanceof z.ZodObject ? query.shape : {});
const filtered = lists.flatMap(({ name, route }) =>
  Object.keys(shapeOf(route))
    .filter((field) => field !== "limit" && field !== "cursor")
    .map((field) => ({ name, route, field })),
);

/** Somebody who has a list, and some things in it. */
async function whoHas(name: string, route: AppRoute): Promise<Granted> {
  const { who, orPartner } = policyOf(route);
  const kind = who === "customer" && orPartner ? "partner" : who.split(":")[0];
  const { operator, roundtable, sara } = stage;
  const token = kind === "partner" ? roundtable.token : kind === "operator" ? operator.token : sara.token;
  const made = thingsMade.get(name) ?? things[name]?.();
  if (made) thingsMade.set(name, made);
  return { token, params: { ...elsewhere, ...stage.ids, ...(await made)?.params } };
}

const thingsMade = new Map<string, Promise<Granted>>();

async function doneNow(name: string, wanted?: Granted): Promise<Granted> {
  const request = wanted ?? (await granted[name]?.(stage)) ?? { token: "" };
  const route = routes.find((each) => each.name === name)?.route;
  if (route) await ask(route, request, crypto.randomUUID());
  return request;
}

/** What a list shows, where the stage alone has too little of it for a filter to leave something out. */
const things: Readonly<Record<string, () => Promise<Granted>>> = {
  "refunds.list": async () => {
    await doneNow("refunds.create");
    return doneNow("refunds.fail");
  },
  "exceptions.list": async () => {
    await granted["exceptions.resolve"]?.(stage);
    return (await granted["exceptions.acknowledge"]?.(stage)) ?? { token: "" };
  },
  "customers.list": async () => {
    await doneNow("customers.create");
    return doneNow("customers.create");
  },
  "webhookEndpoints.deliveries": async () => {
    const first = await doneNow("webhookEndpoints.replayOne");
    const path = "/v1/events?limit=1&types=customer.created";
    const eventId = (await stage.roundtable.call<{ id: string }[]>("GET", path)).body.data[0]?.id ?? "";
    await doneNow("webhookEndpoints.replayOne", { ...first, params: { ...first.params, eventId } });
    const fails = "UPDATE webhook_delivery SET status = 'failed', next_attempt_at = NULL WHERE event_id = ?";
    await env.DB.prepare(fails).bind(eventId).run();
    return first;
  },
  "events.list": () => doneNow("customers.create"),
  "finance.revenue": async () => {
    for (let days = 0; days < 2; days++) {
      const { sara, params } = await aSubscribed(stage);
      await done(sara, `/v1/subscriptions/${params.subscriptionId}/cancel`, { when: "now" });
      await stage.world.live(dayMs, dayMs);
    }
    return { token: "" };
  },
};

describe.each(filtered)("$name by $field", ({ name, route, field }) => {
  it("is so much of the list as it asks for, and 422 with a pointer for what it cannot be", async () => {
    const request = await whoHas(name, route);
    const filter = filters[field];
    if (!filter) throw new Error(`nobody knows what ${field} asks for`);
    const whole = (await allOf(route, request)) ?? [];
    const had = (item: (typeof whole)[number]) => String(item[filter.of]);
    const schema = z.object(shapeOf(route)).pick({ [field]: true });
    const keptBy = (asked: string) => whole.filter((item) => filter.keeps(had(item), asked));
    const possible = whole.map(had).filter((value) => schema.safeParse({ [field]: value }).success);
    const asked = possible.find((value) => keptBy(value).length > 0 && keptBy(value).length < whole.length) ?? "";
    const found = await allOf(route, request, `&${field}=${encodeURIComponent(asked)}`);
    expect(found?.map(called)).toEqual(keptBy(asked).map(called));
    expect(found?.length).toBeLessThan(whole.length);
    expect(found).not.toEqual([]);
    for (const wrong of filter.wrong) {
      const path = `${route.path}?${field}=${encodeURIComponent(wrong)}`;
      const problem = await (await ask({ ...route, path }, request)).json();
      const pointer = expect.stringMatching(new RegExp(`^/query/${field}`));
      expect(problem, wrong).toMatchObject({ code: "validation_failed", errors: [{ pointer }] });
    }
  });
});

const spans = [
  ["since", "until", "T12:30:00.000Z"],
  ["from", "to", ""],
] as const;
const spanned = lists.flatMap(({ name, route }) =>
  spans.filter(([first]) => first in shapeOf(route)).map(([first, last, time]) => ({ name, route, first, last, time })),
);

describe.each(spanned)("$name from $first $last", ({ name, route, first, last, time }) => {
  it("422 when the end comes before the beginning, or more than 366 days later", async () => {
    const request = await whoHas(name, route);
    const told = async (from: string, to: string) => {
      const [begins, ends] = [encodeURIComponent(from + time), encodeURIComponent(to + time)];
      const path = `${route.path}?${first}=${begins}&${last}=${ends}`;
      const response = await ask({ ...route, path }, request);
      const { errors } = z
        .object({ errors: z.array(z.object({ pointer: z.string() })).optional() })
        .parse(await response.json());
      return [response.status, errors?.map(({ pointer }) => pointer)];
    };
    expect(await told("2026-11-22", "2026-11-21")).toEqual([422, [`/query/${last}`]]);
    expect(await told("2025-01-01", "2026-01-03")).toEqual([422, [`/query/${last}`]]);
    expect(await told("2025-01-01", "2026-01-02")).toEqual([200, undefined]);
    expect(await told("2026-11-22", "2026-11-22")).toEqual([200, undefined]);
  });
});

describe.each(lists)("$name", ({ name, route }) => {
  it("in pages of seven is the same list in the same order as in one of a hundred", async () => {
    const request = anyRequest(name, route);
    const mine = policyOf(route).who === "customer" ? { ...request, token: stage.sara.token } : request;
    const pageOf = async (query: string) => {
      const response = await ask({ ...route, path: `${route.path}?${query}` }, mine);
      return response.status === 404 ? null : Page.parse(await response.json());
    };
    const whole = await pageOf("limit=100");
    // Of what nobody has there is no list.
    if (!whole) return expect(route.path).toContain("/:");
    const items: unknown[] = [];
    for (let pages = 0, cursor = ""; items.length < whole.data.length && pages < 100; pages++) {
      const next = await pageOf(`limit=7${cursor}`);
      items.push(...(next?.data ?? []).map(called));
      cursor = `&cursor=${encodeURIComponent(next?.page.nextCursor ?? "")}`;
    }
    expect(items.slice(0, whole.data.length)).toEqual(whole.data.map(called));
    expect(new Set(items).size).toBe(items.length);
  });
});

const racing = unkeyed.filter(({ route }) => codesOf(policyOf(route), route).includes("busy"));

it.each(racing)("$name: 429 busy when others always come first", async ({ name, route }) => {
  const request = (await begun[name]?.()) ?? { token: "" };
  expect(await inMood("loses races", () => send(route, request))).toMatchObject({ status: 429, code: "busy" });
});
