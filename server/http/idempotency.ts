// Idempotency-Key: one key, one request, one answer. A key is claimed before the work and holds the answer after it; a
// request that died in between is resumed under the same seed, so that it finds what it had made.
import * as z from "zod";
import type { Policy } from "../../contract/common/policy.ts";
import { newUuid } from "../billing/ids.ts";
import type { Deps } from "../deps.ts";
import { canonicalJson } from "../store/canonical-json.ts";
import {
  claimIdempotencyKey,
  completeIdempotencyKey,
  forgetIdempotencyKey,
  isFirstUse,
  unlockIdempotencyKey,
  type Claimed,
} from "../store/idempotency.ts";
import { isBrokenPremise, onPremisesAtHome, type Founded, type Premise } from "../store/premise.ts";
import type { Sealed } from "../store/sealer.ts";
import { renderProblem, type Refused, type Rendered } from "./answer.ts";
import { logFault } from "./fault.ts";
import { keyedHash } from "./keyed-hash.ts";

/** The request that must have one effect. */
export interface Once {
  readonly deps: Deps;
  readonly requestId: string;
  /** Keys are this caller's own. */
  readonly callerKey: string;
  readonly key: string;
  /** Any JSON that is the same exactly when the request is: method, path, query and body. */
  readonly sameness: unknown;
  /** Fields of the answer's `data` that a repetition has null in: secrets that are shown once. */
  readonly shownOnce: readonly string[];
}

/** Does the work of a request on this database, naming what it creates by the seed. */
export type Work = (db: D1Database, resourceSeed: string) => Promise<Rendered>;

/**
 * The key of a request, bare or as a quoted string; null when there is none and none is demanded. Example: `"a-1"` and
 * `a-1` are the same key. Refused with 400 when it is missing where it is required, or not 1 to 255 visible characters.
 */
export function idempotencyKeyOf(request: Request, policy: Policy, requestId: string): string | null | Refused {
  if (policy.idempotency === "none") return null;
  const header = request.headers.get("idempotency-key")?.trim();
  if (header === undefined) {
    return policy.idempotency === "optional"
      ? null
      : { refused: renderProblem("idempotency_key_missing", { requestId }) };
  }
  const key = unquoted(header);
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  return { refused: renderProblem("idempotency_key_invalid", { requestId }) };
}

/** RFC 8941: within quotes a backslash escapes a quote or itself. */
function unquoted(header: string): string {
  const [, inner] = /^"((?:[^"\\]|\\["\\])*)"$/.exec(header) ?? [];
  return inner?.replace(/\\(["\\])/g, "$1") ?? header;
}

/**
 * Does the work once per key. Repeats the stored answer with `Idempotent-Replayed: true`; 422 when the key was used for
 * another request; 409 while the first one runs. A decision (2xx, 402, 404, 409 …) is kept for 30 days. What decided
 * nothing (400, 401, 403, 422) frees the key; after a fault, a 5xx or a 429 the same request may resume at once.
 *
 * Nearly every key is new: that it is, is one more premise, and the work's first statements claim it. Only of a key that
 * is not new is it asked what it stands for.
 */
export async function once(request: Once, premises: readonly Premise[], work: Work): Promise<Founded<Rendered>> {
  const { deps, requestId } = request;
  const seed = newUuid(deps.wall(), deps.random);
  const claim = {
    caller: request.callerKey,
    key: request.key,
    fingerprint: await keyedHash(deps, "idempotency", canonicalJson(request.sameness)),
    claim: requestId,
    resourceSeed: seed,
  };
  const first = await onPremisesAtHome(deps, [...premises, isFirstUse(claim, deps.wall())], (db) =>
    settle({ ...request, deps: { ...deps, db } }, claim, false, () => work(db, seed)),
  );
  if ("done" in first || first.broken !== "idempotency_key") return first;
  const claimed = await claimIdempotencyKey(deps.db, claim, deps.wall());
  if (claimed.is !== "mine") return { done: await answerOf(request, claimed) };
  const isResumed = claimed.resourceSeed !== seed;
  return { done: await settle(request, claim, isResumed, () => work(deps.db, claimed.resourceSeed)) };
}

async function answerOf(request: Once, claimed: Exclude<Claimed, { is: "mine" }>): Promise<Rendered> {
  const { requestId } = request;
  switch (claimed.is) {
    case "locked":
      return renderProblem("idempotency_key_in_use", { requestId }, { "retry-after": "1" });
    case "reused":
      return renderProblem("idempotency_key_reused", { requestId });
    case "done":
      return replayed(request, claimed.status, claimed.answer);
    default:
      return claimed satisfies never;
  }
}

const Stored = z.object({ headers: z.record(z.string(), z.string()), text: z.string() });

async function replayed(request: Once, status: number, answer: Sealed): Promise<Rendered> {
  const opened = await request.deps.sealer.open(answer, recordOf(request.callerKey, request.key));
  const { headers, text } = Stored.parse(JSON.parse(opened));
  return { status, headers: { ...headers, "idempotent-replayed": "true" }, text };
}

interface Held {
  readonly caller: string;
  readonly key: string;
  readonly claim: string;
}

async function settle(
  { deps, shownOnce }: Once,
  held: Held,
  isResumed: boolean,
  work: () => Promise<Rendered>,
): Promise<Rendered> {
  const rendered = await work().catch(async (fault: unknown) => {
    if (isBrokenPremise(fault)) throw fault;
    await unlockIdempotencyKey(deps.db, held).catch((second: unknown) =>
      // The lock then runs out by itself; the first fault is the one to tell.
      logFault(deps, second, { event: "unlock_failed", requestId: held.claim }),
    );
    throw fault;
  });
  if (isUndecided(rendered.status)) await unlockIdempotencyKey(deps.db, held);
  else if (decidesNothing(rendered.status)) await release(deps, held, isResumed);
  else await keep(deps, held, withoutSecrets(rendered, shownOnce));
  return rendered;
}

/** A handler's 429 is `busy`: like a 5xx it may come after the first of several commits, which the seed finds again. */
function isUndecided(status: number): boolean {
  return status === 429 || status >= 500;
}

function decidesNothing(status: number): boolean {
  return [400, 401, 403, 422].includes(status);
}

/** A resumed request may have done something before it died: it keeps its seed. */
async function release(deps: Deps, held: Held, isResumed: boolean): Promise<void> {
  if (isResumed) await unlockIdempotencyKey(deps.db, held);
  else await forgetIdempotencyKey(deps.db, held);
}

async function keep(deps: Deps, held: Held, { status, headers, text }: Rendered): Promise<void> {
  const answer = await deps.sealer.seal(JSON.stringify({ headers, text }), recordOf(held.caller, held.key));
  await completeIdempotencyKey(deps.db, held, { status, answer });
}

const Enveloped = z.looseObject({ data: z.record(z.string(), z.unknown()) });

function withoutSecrets(rendered: Rendered, shownOnce: readonly string[]): Rendered {
  if (shownOnce.length === 0 || rendered.status >= 300) return rendered;
  const { data, ...rest } = Enveloped.parse(JSON.parse(rendered.text));
  const nulls = Object.fromEntries(shownOnce.map((field) => [field, null]));
  return { ...rendered, text: JSON.stringify({ data: { ...data, ...nulls }, ...rest }) };
}

/** What a sealed answer is bound to. */
function recordOf(caller: string, key: string): string {
  return `idempotency ${caller} ${key}`;
}
