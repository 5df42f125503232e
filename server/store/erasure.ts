// What goes with a person: every row that holds something of them or was made for them, in the batch of the commit that
// says so. What stays (the log, invoices, payments, the books) names nobody.
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId } from "../../contract/common/id.ts";
import type { WallMs } from "../billing/clock.ts";
import type { NewEvent } from "../billing/event.ts";
import { account, loginLink, secondFactor, secondFactorCode, session, user, verification } from "./auth-schema.ts";
import { inBatch } from "./batch.ts";
import type { Write } from "./compiled.ts";
import { documentErasure } from "./document-removal.ts";
import { idempotencyKey } from "./idempotency.ts";
import { imported, notice, notificationPreference, person, personDigest, secret, webhookEvent } from "./schema.ts";
import { sealedText } from "./sealer.ts";

/** What stands in the place of a secret that was erased: payment methods go on naming it. */
export const erasedSecret = sealedText("");

/** The statements that erase the person, when the decision says so; children before parents. */
export function erasureWrites(
  db: D1Database,
  customerId: CustomerId,
  { events, at }: { readonly events: readonly NewEvent[]; readonly at: WallMs },
): readonly Write[] {
  if (!events.some(({ type }) => type === "customer.erased")) return [];
  const orm = drizzle(db);
  const isTheirs = sql`customer_id = ${customerId}`;
  return [
    ...documentErasure(db, customerId, at),
    orm.delete(person).where(isTheirs),
    orm.delete(personDigest).where(isTheirs),
    orm.update(secret).set({ sealed: erasedSecret }).where(isTheirs),
    orm.delete(notice).where(isTheirs),
    orm.delete(notificationPreference).where(isTheirs),
    orm.delete(webhookEvent).where(isTheirs),
    orm.delete(loginLink).where(isTheirs),
    // The record stays taken over, so that no later import brings the person back.
    orm
      .update(imported)
      .set({ fingerprint: "" })
      .where(sql`kind = 'customer' AND resource_id = ${customerId}`),
    ...userErasure(db, customerId),
  ];
}

/** The same of who signs in, where that is another database than the customer's. */
export async function eraseUser(home: D1Database, customerId: CustomerId): Promise<void> {
  await inBatch(home, userErasure(home, customerId));
}

function userErasure(db: D1Database, customerId: CustomerId): readonly Write[] {
  const orm = drizzle(db);
  const isTheirs = sql`customer_id = ${customerId}`;
  const users = sql`SELECT id FROM user WHERE ${isTheirs}`;
  return [
    orm.delete(idempotencyKey).where(sql`caller IN (SELECT 'user:' || id FROM user WHERE ${isTheirs})`),
    orm.delete(secondFactorCode).where(sql`user_id IN (${users})`),
    orm.delete(secondFactor).where(sql`user_id IN (${users})`),
    orm.delete(session).where(sql`user_id IN (${users})`),
    orm.delete(account).where(sql`user_id IN (${users})`),
    orm.delete(verification).where(sql`value IN (${users})`),
    orm.delete(user).where(isTheirs),
  ];
}
