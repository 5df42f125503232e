// The requests that an endpoint gets: some as the contract wants them, from who may and about what exists, and some of
// those spoilt.
import type { AppRoute } from "@ts-rest/core";
import fc from "fast-check";
import * as z from "zod";
import { policyOf, type Policy } from "../../contract/common/policy.ts";
import { encoded, type Draft } from "./draft.ts";
import type { Inventory } from "./inventory.ts";
import { spoil } from "./nasty.ts";
import { fulfilled, validValue, Wish } from "./valid.ts";
import type { FuzzCaller } from "./world.ts";

/** Requests to one endpoint, about what is in the inventory. */
export function requestsTo(route: AppRoute, inventory: Inventory): fc.Arbitrary<Draft> {
  const spoils = fc.oneof(
    { arbitrary: fc.constant([]), weight: 5 },
    { arbitrary: fc.array(spoil, { minLength: 1, maxLength: 2 }), weight: 4 },
  );
  return fc
    .tuple(validRequests(route, inventory), spoils)
    .map(([draft, ways]) => ways.reduce((spoilt, way) => way(spoilt), draft));
}

/** As the contract wants them. */
export function validRequests(route: AppRoute, inventory: Inventory): fc.Arbitrary<Draft> {
  const parts = fc.record({
    caller: fc.nat(1_000),
    params: partOf(route.pathParams),
    query: partOf(route.query),
    body: partOf("body" in route ? route.body : undefined),
  });
  return parts.map((drawn) => draftOf(route, drawn, inventory));
}

/** Checks that no JSON Schema can say refuse some of what is drawn; then it is drawn again. */
const mostTries = 20;

function partOf(schema: unknown): fc.Arbitrary<unknown> {
  if (!(schema instanceof z.ZodType)) return fc.constant(undefined);
  const value = validValue(schema);
  const draw = () => value;
  return fc.gen().map((generate) => {
    let drawn: unknown;
    for (let tries = 0; tries < mostTries; tries++) {
      drawn = generate(draw);
      if (schema.safeParse(fulfilled(drawn, () => undefined)).success) break;
    }
    return drawn;
  });
}

interface Drawn {
  readonly caller: number;
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

function draftOf(route: AppRoute, drawn: Drawn, inventory: Inventory): Draft {
  const policy = policyOf(route);
  const caller = callerOf(policy, drawn, inventory);
  const fulfil = (wish: Wish) => inventory.find(wish, caller.owner);
  const textsOf = (part: unknown) =>
    Object.entries(fulfilled(part, fulfil) ?? {}).map(([name, value]) => [name, String(value)] as const);
  return {
    method: route.method,
    path: route.path,
    named: textsOf(drawn.params).map(([name, value]) => [name, encoded(value)] as const),
    tail: "",
    query: textsOf(drawn.query),
    rawQuery: "",
    headers: policy.idempotency === "none" ? [] : [["idempotency-key", "fuzz"]],
    body: fulfilled(drawn.body, fulfil),
    edits: [],
    caller,
    others: inventory.callers,
  };
}

/** Somebody whom the policy lets in; who owns what the path names, when that is anybody's. */
function callerOf(policy: Policy, { caller: at, params }: Drawn, { callers, find }: Inventory): FuzzCaller {
  const allowed = callers.filter((caller) => isAllowed(caller, policy));
  const wish = Object.values(params ?? {}).find((value) => value instanceof Wish);
  const owners = wish ? allowed.filter(({ owner }) => owner !== null && find(wish, owner, "own") !== undefined) : [];
  const choices = owners.length > 0 ? owners : allowed;
  const chosen = choices[at % choices.length];
  if (!chosen) throw new Error(`Nobody may call as ${policy.who}`);
  return chosen;
}

export function isAllowed({ kind }: FuzzCaller, { who, orPartner }: Policy): boolean {
  if (who === "public") return true;
  return kind === "partner" ? who.startsWith("partner:") || orPartner !== undefined : kind === who;
}
