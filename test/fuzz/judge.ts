// What must be true of every answer, whatever was sent: each sentence that is returned says what is not.
import { ContractNoBody, type AppRoute } from "@ts-rest/core";
import * as z from "zod";
import { policyOf } from "../../contract/common/policy.ts";
import { Problem, problems, type ProblemCode } from "../../contract/common/problem.ts";
import { isAllowed } from "./requests.ts";
import type { Draft } from "./draft.ts";
import type { Effect } from "./world.ts";

/**
 * What may be another after a refusal: the refusal itself under its key, tries that are counted, when a key was last
 * used, the gateway's notice as it came, sessions that are renewed.
 */
const mayChange = new Set(["idempotency_key", "attempt", "rate_limit", "partner_key", "session", "webhook_event"]);

/** Told once a day of whoever used messages, by whatever looks at them next. */
const toldByTheWay = ["quota.counted"];

/** What is wrong with what came of a request; empty when nothing is. */
export function faultsOf(route: AppRoute, draft: Draft, effect: Effect): readonly string[] {
  return [...inAnswer(route, draft, effect), ...inEffect(route, draft, effect)];
}

function inAnswer(route: AppRoute, draft: Draft, { response, text, errors }: Effect): readonly string[] {
  const faults = errors.map((entry) => `logged an error: ${JSON.stringify(entry)}`);
  if (response.status >= 500) faults.push(`a ${response.status}`);
  // What a HEAD would say stands in no body.
  if (draft.method === "HEAD") return faults;
  if (response.status >= 400) return [...faults, ...inProblem(response, text)];
  if (draft.method !== route.method || draft.tail !== "") return faults;
  return [...faults, ...inSuccess(route, response, text)];
}

/** A problem of the table, whole, about this status, and nothing from inside. */
function inProblem(response: Response, text: string): readonly string[] {
  const faults: string[] = [];
  const { headers, status } = response;
  if (headers.get("content-type") !== "application/problem+json") faults.push("a refusal that is no problem+json");
  const problem = Problem.strict().safeParse(json(text));
  if (!problem.success) return [...faults, `a refusal that is no problem: ${z.prettifyError(problem.error)}`];
  if (problem.data.status !== status) faults.push(`a problem that says ${problem.data.status}`);
  if (problems[problem.data.code].status !== status) faults.push(`${problem.data.code} is no ${status}`);
  if (problem.data.requestId !== headers.get("x-request-id")) faults.push("another requestId than the header's");
  if (/SQLITE|D1_ERROR|ZodError|\.ts:\d| at \w+ \(/.test(text)) faults.push("a refusal that tells of our inside");
  return faults;
}

function inSuccess(route: AppRoute, response: Response, text: string): readonly string[] {
  const declared: unknown = route.responses[response.status];
  if (declared === undefined) return [`the status ${response.status}, which is not declared`];
  if (declared === ContractNoBody) return text === "" ? [] : ["a body where none is declared"];
  if (!(declared instanceof z.ZodType)) return [];
  const body = json(text);
  const parsed = declared.safeParse(body);
  if (!parsed.success) return [`an answer that is not as declared: ${z.prettifyError(parsed.error)}`];
  return [];
}

function inEffect(route: AppRoute, draft: Draft, effect: Effect): readonly string[] {
  const { response, isReached, changed, events, broken } = effect;
  const faults: string[] = broken.map((name) => `${name} does not hold afterwards`);
  const policy = policyOf(route);
  const isRefused = response.status >= 400;
  const foreign = changed.filter((table) => !mayChange.has(table));
  // A declined payment is a refusal of the bank's, and has been booked.
  if (isRefused && response.status !== 402 && foreign.length > 0)
    faults.push(`a refusal that changed ${foreign.join(", ")}`);
  if (isReached && draft.method === route.method && draft.tail === "" && !isAllowed(draft.caller, policy)) {
    faults.push(`a handler that a ${draft.caller.kind} may not call`);
  }
  if (isRefused && draft.method === route.method && !isDeclared(route, response.status, effect.text)) {
    faults.push(`the refusal ${response.status}, which is not declared`);
  }
  const mayBeTold = new Set<string>([...policy.events, ...toldByTheWay]);
  const undeclared = events.filter((type) => !mayBeTold.has(type));
  if (undeclared.length > 0) faults.push(`events that the policy does not name: ${undeclared.join(", ")}`);
  return faults;
}

/** What belongs to the address as such is no endpoint's to declare. */
const ofAddresses: readonly ProblemCode[] = ["malformed_request", "method_not_allowed", "not_found"];

function isDeclared({ responses }: AppRoute, status: number, body: string): boolean {
  if (responses[status] !== undefined) return true;
  const code = Problem.safeParse(json(body)).data?.code;
  return code !== undefined && ofAddresses.includes(code);
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
