// One call of the gateway from body to answer, with the fault that was planned for it laid over it.

import { type Answer, refusal } from "./envelope.ts";
import { type Fault, type PlannedFault, takeFault } from "./faults.ts";
import { type Body, isRecord } from "./fields.ts";
import { authorityIn } from "./graphql-calls.ts";
import { graphqlBackoff, graphqlRefusal } from "./graphql-envelope.ts";
import { handlers } from "./handlers.ts";
import { decline } from "./payman-checkout.ts";
import type { CallName } from "./records.ts";
import type { Settings } from "./settings.ts";
import { settle } from "./settle.ts";
import { type Desk, maxLateEffects, type State } from "./state.ts";

/** A call that arrived. `answeredKind` is the code that was answered ("100", "-51") or the kind of the fault. */
export type LoggedCall = { call: CallName; at: number; authority?: string; answeredKind: string };

/** All that one running simulator owns. */
export type House = {
  state: State;
  settings: Settings;
  plans: PlannedFault[];
  calls: LoggedCall[];
  now: () => number;
  random: () => number;
  sleep: (ms: number) => Promise<void>;
  /** Told after every change of the memory, before the answer leaves. */
  changed: () => void;
  /** Opens a URL as the payer's browser would, once more; only where there is a network. */
  visit: (url: string) => void;
};

const maxLoggedCalls = 10_000;

/** What fetch throws in process when the connection is said to have dropped. */
export class ConnectionDropped extends TypeError {
  constructor() {
    super("network");
  }
}

/** The memory brought up to this instant. */
export function deskOf(house: House): Desk {
  const desk: Desk = { state: house.state, settings: house.settings, now: house.now(), random: house.random };
  if (settle(desk)) house.changed();
  return desk;
}

/** Answers one call. Throws ConnectionDropped for the faults that drop. */
export async function answerCall(house: House, call: CallName, body: Body): Promise<Response> {
  const line = log(house, call, body);
  const { authority } = line;
  const fault = takeFault(house.plans, call, { authority, payer: () => payerOf(house.state, body, authority) });
  if (fault !== null) {
    line.answeredKind = fault.kind;
    return struck(house, call, body, fault);
  }
  const answer = act(house, call, body);
  line.answeredKind = String(answer.code);
  return respond(answer);
}

/** By the agreement that a debit is made with, or by the money that was taken. */
function payerOf({ contractsBySignature, ledger }: State, body: Body, authority: string | undefined): string | null {
  const { signature } = body;
  const contract = typeof signature === "string" ? contractsBySignature.get(signature) : undefined;
  return contract?.mobile ?? ledger.find((entry) => entry.authority === authority)?.mobile ?? null;
}

export function respond({ status, body }: Answer): Response {
  return Response.json(body, { status });
}

async function struck(house: House, call: CallName, body: Body, fault: Fault): Promise<Response> {
  switch (fault.kind) {
    case "delay":
      return delayed(house, call, body, fault);
    case "drop_before":
      throw new ConnectionDropped();
    case "drop_after":
      act(house, call, body);
      throw new ConnectionDropped();
    case "late":
      postpone(house, call, body, fault.ms);
      throw new ConnectionDropped();
    case "http_500":
      if (fault.effect === "after") act(house, call, body);
      return new Response("Internal Server Error", { status: 500 });
    case "html":
      if (fault.effect === "after") act(house, call, body);
      return new Response(maintenancePage, { status: fault.status, headers: { "content-type": "text/html" } });
    case "truncated":
      return truncated(fault.effect === "after" ? act(house, call, body) : null);
    case "decline":
      return respond(declined(house, call, body, fault.code ?? house.settings.declineCode));
    case "backoff":
      return respond(isGraphql(call) ? graphqlBackoff() : refusal(deskOf(house), -12));
    case "wrong_merchant":
      return respond(refusal(deskOf(house), -74));
    case "duplicate_ref_id":
      return respond(withEarlierRefId(house, body, act(house, call, body)));
    case "graphql_internal":
      if (fault.effect === "after") act(house, call, body);
      return respond(graphqlRefusal(deskOf(house), { message: "Internal server error", category: "internal" }));
    case "contradict":
      contradict(house, body, fault.ms);
      return respond(act(house, call, body));
    case "oversized":
      return oversized(act(house, call, body), fault.bytes);
    default:
      return fault satisfies never;
  }
}

function act(house: House, call: CallName, body: Body): Answer {
  const answer = handlers[call](deskOf(house), body);
  house.changed();
  return answer;
}

async function delayed(house: House, call: CallName, body: Body, fault: { ms: number; effect: "before" | "after" }) {
  if (fault.effect === "before") {
    await house.sleep(fault.ms);
    return respond(act(house, call, body));
  }
  const answer = act(house, call, body);
  await house.sleep(fault.ms);
  return respond(answer);
}

function isGraphql(call: CallName): boolean {
  return call.startsWith("graphql/");
}

function postpone(house: House, call: CallName, body: Body, ms: number): void {
  if (house.state.late.length >= maxLateEffects) return;
  house.state.late.push({ at: house.now() + ms, call, body });
  house.changed();
}

function declined(house: House, call: CallName, body: Body, code: number): Answer {
  const desk = deskOf(house);
  if (isGraphql(call)) return graphqlRefusal(desk, { message: "The operation was refused.", category: "validation" });
  const session = typeof body["authority"] === "string" ? house.state.sessions.get(body["authority"]) : undefined;
  if (call !== "payman/checkout" || session === undefined) return refusal(desk, code);
  const answer = decline(desk, session, code);
  house.changed();
  return answer;
}

/** The newest captured payment of another authority lends its reference. */
function withEarlierRefId(house: House, body: Body, answer: Answer): Answer {
  const earlier = house.state.ledger.findLast(
    ({ authority, state }) => authority !== body["authority"] && state === "captured",
  );
  if (earlier === undefined || !isRecord(answer.body) || !isRecord(answer.body["data"])) return answer;
  if (answer.code !== 100 && answer.code !== 101) return answer;
  return { ...answer, body: { ...answer.body, data: { ...answer.body["data"], ref_id: earlier.refId } } };
}

function contradict(house: House, body: Body, ms: number): void {
  const authority = body["authority"];
  if (typeof authority !== "string" || !house.state.sessions.has(authority)) return;
  house.state.contradicted.set(authority, house.now() + ms);
  house.changed();
}

function truncated(answer: Answer | null): Response {
  const text = JSON.stringify(answer?.body ?? { data: { code: 100, message: "Success" }, errors: [] });
  const headers = { "content-type": "application/json" };
  return new Response(text.slice(0, Math.floor(text.length / 2)), { status: answer?.status ?? 200, headers });
}

function oversized({ status, body }: Answer, bytes: number): Response {
  const padding = " ".repeat(bytes);
  return new Response(JSON.stringify(body) + padding, { status, headers: { "content-type": "application/json" } });
}

function log(house: House, call: CallName, body: Body): LoggedCall {
  const ofGraphql = isGraphql(call) ? authorityIn(house.state, body) : undefined;
  const name = ofGraphql ?? body["authority"] ?? body["payman_authority"];
  const named = typeof name === "string" ? { authority: name.slice(0, 64) } : {};
  const line: LoggedCall = { call, at: house.now(), ...named, answeredKind: "pending" };
  house.calls.push(line);
  if (house.calls.length > maxLoggedCalls) house.calls.splice(0, house.calls.length - maxLoggedCalls);
  return line;
}

const maintenancePage =
  "<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
