// Load, decide, commit: what every verb does. Of two racing decisions one is written; the other sees its work and
// decides again.
import type { CustomerId, InvoiceId, PaymentId, PriceId, SubscriptionId } from "../../contract/common/id.ts";
import type { ProblemCode } from "../../contract/common/problem.ts";
import type { Now, WallMs } from "../billing/clock.ts";
import type { NewEvent } from "../billing/event.ts";
import { evolveAll } from "../billing/evolve.ts";
import { bucketOf, idFromSeed, idsOf, type Ids } from "../billing/ids.ts";
import { isRejection, reject, type Rejection } from "../billing/rejection.ts";
import { nowOf, type Slice } from "../billing/state.ts";
import { commitCustomer, type Actor, type CommitPorts } from "./commit.ts";
import type { NewPerson, SealedSecret } from "./commit-rows.ts";
import type { Fact } from "./claim.ts";
import { inDatabaseOf } from "./databases.ts";
import type { NewImported } from "./import.ts";
import { loadCustomer } from "./load.ts";

export interface TransactPorts extends CommitPorts {
  readonly wall: () => WallMs;
  readonly random: (byteCount: number) => Uint8Array;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Decision<C extends ProblemCode> {
  readonly customerId: CustomerId;
  readonly actor: Actor;
  /** Of a request that creates nothing its seed could name: its own event is, and what that has decided stands. */
  readonly requestSeed?: string;
  /** Prices that the decision needs beyond those of the customer's subscriptions. */
  readonly priceIds?: readonly PriceId[];
  /** Payments that it needs however old they are. */
  readonly paymentIds?: readonly PaymentId[];
  /** Invoices that it needs however old they are. */
  readonly invoiceIds?: readonly InvoiceId[];
  /** Subscriptions that it needs however old they are. */
  readonly subscriptionIds?: readonly SubscriptionId[];
  /** Rows that only this decision's events name. Written only when it has events. */
  readonly persons?: readonly NewPerson[];
  readonly secrets?: readonly SealedSecret[];
  /** Claims that the decision makes good. */
  readonly facts?: readonly Fact[];
  /** The record of an existing system that the decision takes over. */
  readonly imported?: NewImported;
  readonly decide: (slice: Slice, now: Now, ids: Ids) => readonly NewEvent[] | Rejection<C>;
  /** What it means that somebody else has the reference which the decision names; without it that is a fault. */
  readonly onConflict?: () => Rejection<C>;
}

const maxTries = 10;
const jitterMs = 40;

/** The state after a decision, or its rejection; `busy` when others were faster ten times in a row. */
export async function transact<C extends ProblemCode>(
  ports: TransactPorts,
  decision: Decision<C>,
): Promise<Slice | Rejection<C | "busy">> {
  const {
    customerId,
    actor,
    requestSeed,
    priceIds,
    paymentIds,
    invoiceIds,
    subscriptionIds,
    persons = [],
    secrets = [],
    facts = [],
    imported,
  } = decision;
  const there = inDatabaseOf(ports, customerId);
  const ownEvent = requestSeed === undefined ? null : idFromSeed("evt", requestSeed, bucketOf(customerId));
  const named = { priceIds, paymentIds, invoiceIds, subscriptionIds, ownEvent };
  for (let tries = 1; tries <= maxTries; tries++) {
    const at = ports.wall();
    const { slice, head } = await loadCustomer(there.db, customerId, at, named);
    if (head.hasDecided) return slice;
    // Whoever was erased while their request was under way is signed out when they try again.
    if (slice.state.customer?.erasedAt && actor.startsWith("user:")) return reject("busy", "The account was erased.");
    const ids = idsOf(bucketOf(customerId), at, ports.random);
    const events = decision.decide(slice, nowOf(slice.state, at), ids);
    if (isRejection(events)) return events;
    if (events.length === 0) return slice;
    const committed = await commitCustomer(there, {
      slice,
      head,
      events,
      actor,
      at,
      loadedAt: at,
      ids,
      ownEvent,
      persons,
      secrets,
      facts,
      imported,
    });
    if (committed.kind === "committed") return committed.slice;
    if (committed.kind === "conflict" && decision.onConflict) return decision.onConflict();
    if (committed.kind === "conflict") throw new Error(`No verb expects a conflict on ${committed.on}`);
    await ports.sleep((jitterMs * tries * (ports.random(1)[0] ?? 0)) / 255);
  }
  return reject("busy", "Others were changing this customer at the same time; try again.");
}

/** A decision that was made and not written: what it would say, and the state that it would lead to. */
export interface Rehearsed {
  readonly events: readonly NewEvent[];
  readonly slice: Slice;
  readonly now: Now;
}

/** Decides as `transact` would now, and writes nothing. */
export async function rehearse<C extends ProblemCode>(
  ports: TransactPorts,
  { customerId, priceIds, decide }: Pick<Decision<C>, "customerId" | "priceIds" | "decide">,
): Promise<Rehearsed | Rejection<C>> {
  const at = ports.wall();
  const { slice } = await loadCustomer(inDatabaseOf(ports, customerId).db, customerId, at, { priceIds });
  const now = nowOf(slice.state, at);
  const events = decide(slice, now, idsOf(bucketOf(customerId), at, ports.random));
  if (isRejection(events)) return events;
  return { events, now, slice: { ...slice, state: evolveAll(slice.state, events, { customerId, at }) } };
}
