// Where there are several databases: in which of them a request does its work. Whoever calls says it, or what the request
// names; of what each database has for itself an operator names one. Anything else is home's.
import type { Policy } from "../../contract/common/policy.ts";
import type { Deps } from "../deps.ts";
import { inDatabase, inDatabaseOf, isOfCustomer } from "../store/databases.ts";
import type { Caller } from "./context.ts";
import { copyToOthers } from "./copy-to-others.ts";
import type { ReadRequest } from "./read-request.ts";

/** By what a caller names a database where no customer says which: its place. Home is 0. */
const header = "sarresid-database";

/** What a request may cause that is home's, and copied. */
const atHomeForAll = /^(?:product|price|coupon|partner|partner_key|price_migration|webhook_endpoint)\.(?!replayed)/;

/** The dependencies of a request, with the database in hand that it is about; null when there is none of that number. */
export function placed(
  deps: Deps,
  {
    policy,
    caller,
    read,
    headers,
  }: {
    readonly policy: Policy;
    readonly caller: Caller;
    readonly read: ReadRequest;
    readonly headers: Headers;
  },
): Deps | null {
  if (!deps.databases) return deps;
  if (caller.kind === "customer") return inDatabaseOf(deps, caller.customerId);
  const named = [read.params, read.query, read.body].flatMap(valuesIn).find(isOfCustomer);
  if (named !== undefined) return inDatabaseOf(deps, named);
  const asked = headers.get(header);
  if (asked === null || caller.kind === "public" || changesForAll(policy)) return deps;
  return /^\d{1,4}$/.test(asked) && Number(asked) < deps.databases.all.length ? inDatabase(deps, Number(asked)) : null;
}

function valuesIn(part: unknown): readonly unknown[] {
  return typeof part === "object" && part !== null ? Object.values(part) : [];
}

function changesForAll({ events }: Policy): boolean {
  return events.some((type) => atHomeForAll.test(type));
}

/** After a change at home: what it changed for all is copied before its caller has the answer. */
export async function copiedAfter(deps: Deps, policy: Policy): Promise<void> {
  if (deps.databases?.at === 0 && changesForAll(policy)) await copyToOthers(deps);
}
