// Claims where there are several databases. What is to be had once by anybody is claimed at home; what became of it the
// commit says where the customer is, and home's sweep asks there before it lets go. So nobody who dies between the two
// loses a claim that was made good, or keeps one that was not.
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId } from "../../contract/common/id.ts";
import { after, dayMs, type WallMs } from "../billing/clock.ts";
import type { CustomerState } from "../billing/state.ts";
import {
  claimFact,
  findHolder,
  holderOf,
  sweepClaims,
  type Claimed,
  type Fact,
  type Holder,
  type NewClaim,
} from "./claim.ts";
import { atHome, inDatabaseOf, type Placed } from "./databases.ts";
import { claim } from "./schema.ts";

/** `claimFact` at home: what was made good elsewhere is owned all the same. */
export async function claimAtHome(ports: Placed, fact: NewClaim): Promise<Claimed> {
  const claimed = await claimFact(atHome(ports).db, fact);
  if (claimed !== "claimed" || !isElsewhere(ports, fact.customerId)) return claimed;
  return (await heldThere(ports, fact.customerId, fact))?.confirmed ? "owned" : "claimed";
}

/** `holderOf` at home, likewise. */
export async function holderAtHome(ports: Placed, fact: NewClaim): Promise<Holder | null> {
  return asMadeGood(ports, fact, await holderOf(atHome(ports).db, fact));
}

/** `findHolder` at home, likewise. */
export async function findHolderAtHome(ports: Placed, fact: Fact): Promise<Holder | null> {
  return asMadeGood(ports, fact, await findHolder(atHome(ports).db, fact));
}

async function asMadeGood(ports: Placed, fact: Fact, held: Holder | null): Promise<Holder | null> {
  if (!held || held.confirmed || !isElsewhere(ports, held.customerId)) return held;
  return (await heldThere(ports, held.customerId, fact)) ?? held;
}

function isElsewhere(ports: Placed, customerId: CustomerId): boolean {
  return (inDatabaseOf(ports, customerId).databases?.at ?? 0) > 0;
}

function heldThere(ports: Placed, customerId: CustomerId, { kind, key }: Fact): Promise<Holder | null> {
  return findHolder(inDatabaseOf(ports, customerId).db, { kind, key });
}

/** A reference of the gateway is one customer's; said again after so long it is another matter. */
const referenceMs = 60 * dayMs;

/**
 * Claims the references that a decision brings along, where the index of one database does not see those of the others.
 * Answers with the kind of one that another customer has.
 */
export async function takenReference(
  ports: Placed,
  customerId: CustomerId,
  change: { readonly before: CustomerState; readonly after: CustomerState; readonly at: WallMs },
): Promise<"authority" | "ref_id" | null> {
  if (!ports.databases) return null;
  const { before, after: next, at } = change;
  const brought = Object.values(next.payments).flatMap((payment) => {
    const known = payment && before.payments[payment.id];
    const { authority = null, refId = null } = payment ?? {};
    return [
      ...(authority !== null && authority !== known?.authority ? [{ kind: "authority", key: authority } as const] : []),
      ...(refId !== null && refId !== known?.refId ? [{ kind: "ref_id", key: refId } as const] : []),
    ];
  });
  for (const fact of brought) {
    const wanted = { ...fact, customerId, expiresAt: after(at, referenceMs), among: null };
    if ((await claimFact(atHome(ports).db, wanted)) === "taken") return fact.kind;
  }
  return null;
}

/** Who has this authority of the gateway. */
export async function ownerOfAuthority(ports: Placed, authority: string): Promise<CustomerId | null> {
  return (await findHolder(atHome(ports).db, { kind: "authority", key: authority }))?.customerId ?? null;
}

const sweptAtOnce = 100;
/** What an unpaid subscription gives back its coupon in, with much to spare. */
const askedAgainMs = dayMs;

/** `sweepClaims`, where claims may have been made good elsewhere. */
export async function sweepClaimsAtHome(ports: Placed, now: WallMs): Promise<void> {
  if (!ports.databases || ports.databases.at > 0) return sweepClaims(ports.db, now);
  const orm = drizzle(ports.db);
  const stale = await orm
    .select()
    .from(claim)
    .where(sql`confirmed = 0 AND expires_at <= ${now}`)
    .limit(sweptAtOnce);
  for (const row of stale) {
    const isIt = sql`kind = ${row.kind} AND key = ${row.key} AND confirmed = 0 AND expires_at = ${row.expiresAt}`;
    const isGood =
      isElsewhere(ports, row.customerId) && (await heldThere(ports, row.customerId, row))?.confirmed === true;
    if (!isGood) await orm.delete(claim).where(isIt);
    // A coupon's slot is free again when nothing was paid: it is asked for as long as it is taken.
    else if (row.kind === "coupon")
      await orm
        .update(claim)
        .set({ expiresAt: after(now, askedAgainMs) })
        .where(isIt);
    else await orm.update(claim).set({ confirmed: true }).where(isIt);
  }
}
