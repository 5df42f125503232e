// A customer's state, however it was named, or that it is still what the caller has.
import type { Deps } from "../deps.ts";
import type { RequestContext } from "../http/context.ts";
import { answered } from "../http/handler.ts";
import type { CallerFor } from "../http/mount.ts";
import { entityTagOf, isKnown } from "../http/entity-tag.ts";
import { refusal } from "../http/problem.ts";
import { findHolder } from "../store/claim.ts";
import { inDatabaseOf } from "../store/databases.ts";
import { readCustomerSnapshot, type NamedCustomer } from "../store/customers.ts";
import { presentState } from "./present.ts";

type Asked = RequestContext<CallerFor<"partner:customers:read">> & {
  readonly request: Request;
  readonly responseHeaders: Headers;
};

/** A partner's own id does not say which database its customer is in: home knows who has claimed it. */
async function whereNamed({ deps, caller }: Asked, named: NamedCustomer): Promise<Deps> {
  if (!deps.databases || !("externalId" in named)) return deps;
  const fact = { kind: "external_id", key: `${caller.partnerId}:${named.externalId}` };
  const holder = await findHolder(deps.db, fact);
  return holder ? inDatabaseOf(deps, holder.customerId) : deps;
}

export async function answerState(context: Asked, named: NamedCustomer) {
  const { caller, request, responseHeaders } = context;
  const deps = await whereNamed(context, named);
  const snapshot = await readCustomerSnapshot(deps.db, caller.partnerId, named, deps.wall());
  if (!snapshot) return refusal(context, "not_found");
  const state = presentState(snapshot);
  const tag = await entityTagOf(deps, state);
  responseHeaders.set("etag", tag);
  return isKnown(request, tag) ? { status: 304 as const, body: undefined } : answered(context, 200, state);
}
