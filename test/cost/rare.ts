// Statements that only rare days send: faults, sweeps, second factors. Each is sent here by itself; what it finds does not
// matter to its plan.
import { env } from "cloudflare:workers";
import { CustomerId, PaymentId, PriceId, ProductId } from "../../contract/common/id.ts";
import { rials } from "../../server/billing/money.ts";
import { after, dayMs } from "../../server/billing/clock.ts";
import { event } from "../../server/billing/event.ts";
import type { Deps } from "../../server/deps.ts";
import { sweepClaims } from "../../server/store/claim.ts";
import { recalledWrites } from "../../server/store/catalogue.ts";
import { inBatch } from "../../server/store/batch.ts";
import { noteUnnamed, removeTexts } from "../../server/store/document-removal.ts";
import { backOffDue } from "../../server/store/due.ts";
import { archiveNextSegment } from "../../server/store/event-archive.ts";
import { listEventsOfPartner } from "../../server/store/events.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { claimIdempotencyKey, unlockIdempotencyKey } from "../../server/store/idempotency.ts";
import { linkedUser, openSession, useLink } from "../../server/store/login-links.ts";
import { deleteOldReservations, expireReservations } from "../../server/store/old-reservations.ts";
import { countAttempts } from "../../server/store/people.ts";
import { countCompared, listReconciliations, noteStall } from "../../server/store/reconciliation.ts";
import { listInvoices, listPaymentMethods, listPayments, listSubscriptions } from "../../server/store/read.ts";
import { reseal } from "../../server/store/reseal.ts";
import {
  confirmSecondFactor,
  dropSession,
  keepUnconfirmed,
  markSession,
  removeSecondFactor,
  takeBackupCode,
  useStep,
} from "../../server/store/second-factor.ts";
import { sweepAccess } from "../../server/store/stale-access.ts";
import { hasNumberToSignIn } from "../../server/store/user.ts";
import { sweepDeliveries } from "../../server/store/webhook-delivery.ts";
import type { Stage } from "../support/granted.ts";
import { keysOf } from "../support/key-ring.ts";

const nobody = "nobody";
const held = { caller: `user:${nobody}`, key: nobody, claim: nobody };

export async function sendRare(deps: Deps, { sara, ids, productId, priceId, operator }: Stage): Promise<void> {
  const { db } = deps;
  const now = deps.wall();
  const customerId = CustomerId.parse(sara.customerId);
  await sweep(deps);
  await backOffDue(db, customerId, now, "fault");
  await claimIdempotencyKey(db, { ...held, fingerprint: "0".repeat(64), resourceSeed: "0".repeat(36) }, now);
  await unlockIdempotencyKey(db, held);
  await countAttempts(db, [{ key: nobody, windowMs: dayMs }], now);
  await hasNumberToSignIn(db, { mobile: sara.mobile, since: now });
  await useLink(db, { hash: nobody, audience: nobody, at: now });
  await linkedUser(db, { customerId, userId: nobody, at: now });
  await openSession(db, { id: nobody, token: nobody, userId: sara.userId, at: now, endsAt: now });
  for (const list of [listInvoices, listPayments, listPaymentMethods, listSubscriptions])
    await list(db, customerId, { limit: 1, cursor: nobody });
  await inBatch(db, [
    ...recalledWrites(db, event("product.archived", { productId: ProductId.parse(productId) }), now),
    ...recalledWrites(
      db,
      event("price.archived", { priceId: PriceId.parse(priceId), productId: ProductId.parse(productId) }),
      now,
    ),
  ]);
  await reseal({ ...deps, sealer: keysOf(2, 1), unreadable: () => undefined }, null);
  await secondFactor(deps, operator.userId);
  await reconcile(deps, customerId, PaymentId.parse(ids["paymentId"]));
  await listEventsOfPartner(db, housePartnerId, { customerId, limit: 1, after: 1 });
  // Everybody has read what is to leave.
  await env.DB.exec("UPDATE reader_cursor SET position = (SELECT MAX(position) FROM billing_event)");
  await env.DB.exec("UPDATE webhook_delivery SET status = 'failed', next_attempt_at = NULL WHERE status = 'pending'");
  const later = after(now, 500 * dayMs);
  if (!(await archiveNextSegment({ ...deps, wall: () => later }))) throw new Error("Nothing is old enough");
}

async function sweep({ db, documents, wall }: Deps): Promise<void> {
  const later = after(wall(), 400 * dayMs);
  await sweepClaims(db, wall());
  await sweepAccess(db, wall());
  await expireReservations(db, wall());
  await deleteOldReservations(db, wall());
  await sweepDeliveries(db, wall());
  await noteUnnamed(db, "0".repeat(64), wall());
  await removeTexts({ db, documents }, later);
}

/** A day on which the gateway and we do not agree. */
async function reconcile(deps: Deps, customerId: CustomerId, id: PaymentId): Promise<void> {
  const [day] = await listReconciliations(deps.db, { limit: 1 });
  if (!day) throw new Error("No day is reconciled yet");
  await noteStall(deps.db, day, deps.wall());
  const booked = {
    id,
    customerId,
    authority: nobody,
    amountRials: rials(1),
    settledAt: deps.wall(),
    feeRials: rials(0),
  };
  await countCompared(deps, day, [{ payment: booked, gatewaySays: "refused" }]);
}

async function secondFactor(deps: Deps, userId: string): Promise<void> {
  const { db } = deps;
  const by = { actor: `operator:${userId}` } as const;
  await keepUnconfirmed(db, { userId, sealed: await deps.sealer.seal(nobody, nobody), at: deps.wall() });
  await confirmSecondFactor(deps, { userId, codeHashes: ["0".repeat(64)], sessionToken: nobody }, by);
  await useStep(db, userId, 1);
  await markSession(db, nobody, deps.wall());
  await dropSession(db, nobody);
  await takeBackupCode(deps, userId, "0".repeat(64), by);
  await removeSecondFactor(deps, { userId, reason: null }, by);
}
