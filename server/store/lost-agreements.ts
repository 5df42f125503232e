// Agreements that were signed after the backup: the log knows of them, but their signatures stood in the database alone.
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { CustomerId, PaymentMethodId } from "../../contract/common/id.ts";
import { endOfLost } from "../billing/doubt.ts";
import { isRejection } from "../billing/rejection.ts";
import type { Actor } from "./commit.ts";
import { transact, type TransactPorts } from "./transact.ts";

/** At most 40 statements each; D1 allows 1,000 per invocation. */
const agreementsPerCall = 20;

/** Ends what nobody can debit or cancel any more; true when no such agreement is left. */
export async function endLostAgreements(ports: TransactPorts, actor: Actor): Promise<boolean> {
  const lost = await lostAgreements(ports.db);
  for (const { customerId, paymentMethodId } of lost) {
    const ended = await transact<never>(ports, {
      customerId,
      actor,
      decide: ({ state }, now) => endOfLost(state.paymentMethods[paymentMethodId], now.wall),
    });
    if (isRejection(ended)) return false;
  }
  return lost.length < agreementsPerCall;
}

/** Whether recalling has more to do, though the log is whole. */
export async function isAnyAgreementLost(db: D1Database): Promise<boolean> {
  return (await lostAgreements(db)).length > 0;
}

interface Lost {
  readonly customerId: CustomerId;
  readonly paymentMethodId: PaymentMethodId;
}

function lostAgreements(db: D1Database): Promise<readonly Lost[]> {
  return drizzle(db).all<Lost>(
    sql`SELECT DISTINCT m.customer_id AS customerId, m.id AS paymentMethodId FROM billing_event r
      JOIN billing_event e ON e.position > json_extract(r.data, '$.fromPosition')
        AND e.position <= json_extract(r.data, '$.toPosition')
        AND e.type IN ('payment_method.signing_opened', 'payment_method.activated')
      JOIN payment_method m ON m.id = json_extract(e.data, '$.paymentMethodId')
      WHERE r.stream = 'epoch:' || (SELECT epoch FROM system_state WHERE id = 1) AND r.type = 'epoch.recalled'
        AND m.status IN ('pending_signature', 'active')
      LIMIT ${sql.raw(String(agreementsPerCall))}`,
  );
}
