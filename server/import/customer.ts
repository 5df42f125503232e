// A customer of an existing system, with what runs there: one commit. Who it is is settled before by its external id,
// which is claimed as when a partner creates a customer: one that is there already is that one.
import { PriceId, type CustomerId } from "../../contract/common/id.ts";
import type { ImportedCustomer, ImportedSubscription } from "../../contract/import.ts";
import { after, minuteMs, wallOf } from "../billing/clock.ts";
import { bucketOf, idsOf, type Ids } from "../billing/ids.ts";
import { decideImport, isImportRejection } from "../billing/import.ts";
import type { ImportedMethod, ImportedRunning, ImportInput } from "../billing/import-record.ts";
import { isRejection, type Rejection } from "../billing/rejection.ts";
import type { Slice } from "../billing/state.ts";
import { digestsOf } from "../http/person-digest.ts";
import { buyerFrom, sealBuyer } from "../store/buyer.ts";
import type { Fact } from "../store/claim.ts";
import { findHolderAtHome, holderAtHome } from "../store/claims-at-home.ts";
import type { NewPerson, SealedSecret } from "../store/commit-rows.ts";
import { copyFromHome } from "../store/copied.ts";
import { inDatabaseOf, mintCustomerId } from "../store/databases.ts";
import { sealPayer } from "../store/payer.ts";
import { rehearse, transact, type Decision } from "../store/transact.ts";
import {
  createdAs,
  foundAgain,
  importedAs,
  knownAs,
  loadImported,
  refusedFor,
  writtenAs,
  type ImportRun,
  type Outcome,
} from "./run.ts";

const claimForMs = 5 * minuteMs;

export async function importCustomer(asked: ImportRun, record: ImportedCustomer): Promise<Outcome> {
  const before = knownAs(asked, "customer", record.id);
  if (before) return foundAgain(before, await importedAs(asked, record, before.resourceId));
  const fact = { kind: "external_id", key: `${asked.partnerId}:${record.id}` };
  const customerId = await customerIdOf(asked, fact);
  const run = { ...asked, deps: inDatabaseOf(asked.deps, customerId) };
  const { deps } = run;
  // What the records before this one have added to the catalogue.
  if (!run.isDryRun) await copyFromHome(deps);
  const ids = idsOf(bucketOf(customerId), deps.wall(), deps.random);
  const input = inputOf(run, record, { customerId, ids });
  const decide: Decision<"validation_failed">["decide"] = (slice, now) =>
    decideImport(withOffers(slice, run), input, now);
  const priceIds = input.subscriptions.flatMap(({ priceId }) => priceId ?? []);
  const row = await importedAs(run, record, customerId);
  if (run.isDryRun) {
    const rehearsed = await rehearse(deps, { customerId, priceIds, decide });
    if (isRejection(rehearsed)) return refusedBy(rehearsed);
    return rehearsed.events.length === 0 ? nothingNew(customerId) : createdAs(run, row);
  }
  const written = await transact(deps, {
    customerId,
    priceIds,
    decide,
    actor: run.actor,
    facts: [fact],
    imported: row,
    ...(await sealed(run, record, input)),
    // Another import of the record was faster.
    onConflict: () => ({ rejected: "validation_failed", detail: "It was imported meanwhile." }),
  });
  if (!isRejection(written)) return (await writtenAs(run, row)) ?? nothingNew(customerId);
  // What another import has just taken over is in its own way.
  const other = await loadImported(run, row);
  return other ? foundAgain(other, row) : refusedBy(written);
}

/** The customer is there already, and the record says no more of it. */
function nothingNew(customerId: CustomerId): Outcome {
  return { outcome: "unchanged", id: customerId, errors: [] };
}

/** A dry run claims nothing. */
async function customerIdOf({ deps, isDryRun }: ImportRun, fact: Fact): Promise<CustomerId> {
  const minted = mintCustomerId(deps);
  if (isDryRun) return (await findHolderAtHome(deps, fact))?.customerId ?? minted;
  const expiresAt = after(deps.wall(), claimForMs);
  const holder = await holderAtHome(deps, { ...fact, customerId: minted, expiresAt, among: null });
  if (!holder) throw new Error(`Nobody holds ${fact.key}`);
  return holder.customerId;
}

interface Minted {
  readonly customerId: CustomerId;
  readonly ids: Ids;
}

function inputOf(run: ImportRun, record: ImportedCustomer, { customerId, ids }: Minted): ImportInput {
  const { buyer, paymentMethods, subscriptions } = record;
  return {
    customer: { id: customerId, userId: null, partner: { partnerId: run.partnerId, externalId: record.id } },
    buyer: buyer && { id: ids.next("per"), kind: buyer.kind },
    methods: paymentMethods.map(
      ({ id: externalId, activatedAt, expiresAt, maxAmountRials, maxDailyCount, maxMonthlyCount }): ImportedMethod => ({
        externalId,
        paymentMethodId: ids.next("pm"),
        personId: ids.next("per"),
        signatureId: ids.next("sec"),
        maxAmountRials,
        maxDailyCount,
        maxMonthlyCount,
        activatedAt: wallOf(activatedAt),
        expiresAt: wallOf(expiresAt),
      }),
    ),
    subscriptions: subscriptions.map((subscription) => runningOf(run, subscription, ids)),
    reason: run.reason,
  };
}

function runningOf(run: ImportRun, subscription: ImportedSubscription, ids: Ids): ImportedRunning {
  const { id: externalId, priceId: named, paymentMethodId: paymentMethod, openInvoice, ...rest } = subscription;
  return {
    ...rest,
    externalId,
    paymentMethod,
    subscriptionId: ids.next("sub"),
    priceId: PriceId.safeParse(knownAs(run, "price", named)?.resourceId ?? named).data ?? null,
    openInvoice: openInvoice && { ...openInvoice, invoiceId: ids.next("inv") },
  };
}

function withOffers(slice: Slice, { offers }: ImportRun): Slice {
  return offers.size === 0 ? slice : { ...slice, offers: { ...slice.offers, ...Object.fromEntries(offers) } };
}

/** Persons and signatures, each for the record that its event names. */
async function sealed(
  { deps }: ImportRun,
  { buyer, paymentMethods }: ImportedCustomer,
  input: ImportInput,
): Promise<{ readonly persons: readonly NewPerson[]; readonly secrets: readonly SealedSecret[] }> {
  const persons: NewPerson[] = [];
  const secrets: SealedSecret[] = [];
  if (buyer && input.buyer) {
    const { id } = input.buyer;
    persons.push({ id, sealed: await sealBuyer(deps, id, buyerFrom(buyer)), digests: await digestsOf(deps, buyer) });
  }
  for (const [index, { personId, signatureId }] of input.methods.entries()) {
    const payer = paymentMethods[index];
    if (!payer) throw new Error("A payment method was made of nothing");
    const digests = await digestsOf(deps, payer);
    persons.push({ id: personId, sealed: await sealPayer(deps, personId, payer), digests });
    secrets.push({ id: signatureId, sealed: await deps.sealer.seal(payer.signature, signatureId) });
  }
  return { persons, secrets };
}

function refusedBy(rejection: Rejection): Outcome {
  if (isImportRejection(rejection)) return refusedFor(rejection.errors);
  const { rejected: code, detail } = rejection;
  return refusedFor([{ pointer: "", code, detail }]);
}
