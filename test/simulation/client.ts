// A client of the HTTP API as careful people write one: a key for each wish, the same request again when no answer came.
import type { AppRoute } from "@ts-rest/core";
import type { Patience } from "./plan.ts";
import { publicUrl } from "./the-app.ts";
import type { Actor } from "./scheduler.ts";
import type { World } from "./world.ts";

export interface Call {
  readonly route: AppRoute;
  readonly token: string | null;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  readonly key?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  /** Where it sends the browser, if anywhere. */
  readonly location: string | null;
}

/** Sends a call once; null when no answer came. Complains of statuses that the contract does not know, and of faults. */
export async function send(world: World, actor: Actor, call: Call, name: string): Promise<Answer | null> {
  const sent = world.request(requestOf(call), name);
  const { response, isExplained } = await world.scheduler.waitFor(actor, sent);
  if (!response) return null;
  const text = await response.text();
  const body: unknown = response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text;
  const what = `${call.route.method} ${call.route.path} answered ${response.status}`;
  if (!(response.status in call.route.responses)) world.complaints.push(`${what}, which the contract does not declare`);
  if (response.status >= 500 && response.status !== 503 && !isExplained) {
    world.complaints.push(`${what}, and no fault explains it`);
  }
  return { status: response.status, body, location: response.headers.get("location") };
}

/** Sends a call until it is answered with a decision, or patience ends. Two answers under one key must be the same. */
export async function insist(world: World, call: Call, patience: Patience & { readonly name: string }) {
  const actor: Actor = { name: patience.name, waitsFor: 0, isOver: false };
  world.scheduler.follow(actor);
  const tries = async (suffix: string): Promise<Answer | null> => {
    let last: Answer | null = null;
    for (let tried = 0; tried <= patience.retries; tried++) {
      if (tried > 0) await world.scheduler.wait(actor, patience.afterMs);
      last = await send(world, actor, call, `${patience.name}${suffix}${tried > 0 ? ` again ${tried}` : ""}`);
      if (last && !isUndecided(last)) return last;
    }
    return last;
  };
  try {
    const both = await Promise.all(patience.twice && call.key ? [tries(""), tries(" twin")] : [tries("")]);
    const decided = both.filter((answer) => answer !== null && !isUndecided(answer)) as readonly Answer[];
    const [one, other] = decided.map(sameness);
    if (one !== undefined && other !== undefined && one !== other) {
      world.complaints.push(`one key, two answers: ${one} and ${other}`);
    }
    return decided[0] ?? both[0] ?? null;
  } finally {
    actor.isOver = true;
  }
}

/** 409 while the first one is at work, 429, and what the server could not do now: the same request may do it later. */
function isUndecided({ status, body }: Answer): boolean {
  return status === 429 || status >= 500 || (status === 409 && codeOf(body) === "idempotency_key_in_use");
}

/** What must be the same: the status and what was made. 202 and 201 are two moments of one thing. */
function sameness(answer: Answer): string {
  const { status, body } = answer;
  const made = idIn(dataOf<Readonly<Record<string, unknown>>>(answer));
  return `${status < 300 ? "2xx" : status} ${made ?? codeOf(body)}`;
}

function idIn(data: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const named = data?.["subscription"] ?? data?.["paymentMethod"] ?? data?.["refund"];
  const inner = named ?? (data && { id: data["paymentId"], ...data });
  return typeof inner === "object" && inner !== null && "id" in inner ? String(inner.id) : undefined;
}

export function codeOf(body: unknown): string {
  return typeof body === "object" && body !== null && "code" in body ? String(body.code) : "";
}

/** The data of an answer; the mount has checked it against the contract. Undefined when it was a refusal. */
export function dataOf<T>({ body }: Answer): T | undefined {
  return typeof body === "object" && body !== null && "data" in body ? (body.data as T) : undefined;
}

function requestOf({ route, token, params = {}, query = {}, body, key }: Call): Request {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const search = new URLSearchParams(query).toString();
  return new Request(`${publicUrl}${path}${search && `?${search}`}`, {
    method: route.method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body && { "content-type": "application/json" }),
      ...(key && { "idempotency-key": key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}
