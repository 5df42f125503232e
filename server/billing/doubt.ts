// What a restored backup does not know. Whatever fell due before the new epoch began may have been debited, paid on a page
// or given back in the time that nothing tells of: it waits until an operator has looked at the gateway's records.
import { instant, type WallMs } from "./clock.ts";
import { event, type NewEvent } from "./event.ts";
import type { Invoice, PaymentMethod, Refund, Slice } from "./state.ts";

type Doubting = Pick<Slice, "doubtUntil">;

/**
 * Whether an invoice may have been paid without our knowing. One that falls due after the epoch began cannot have been:
 * nothing is debited before it is due. Example: the epoch began on the 5th at 10:00; what was due on the 4th is in doubt
 * whenever its next attempt is, what falls due on the 6th is not.
 */
export function isInDoubt({ doubtUntil }: Doubting, { dueAt }: Pick<Invoice, "dueAt">): boolean {
  return doubtUntil !== null && Number(dueAt) < doubtUntil;
}

/** Whether a refund that was ordered and not sent, as far as we know, may have been sent. */
export function mayHaveBeenSent({ doubtUntil }: Doubting, { createdAt }: Pick<Refund, "createdAt">): boolean {
  return doubtUntil !== null && createdAt < doubtUntil;
}

/** The end of an agreement whose signature was lost with the database: nobody can debit or cancel it; the bank may keep it. */
export function endOfLost(method: PaymentMethod | undefined, at: WallMs): readonly NewEvent[] {
  if (!method) return [];
  const { id: paymentMethodId, status } = method;
  const why = { reason: "its signature was lost with the database" };
  if (status === "active") {
    return [
      event("payment_method.expired", { paymentMethodId }, why),
      event("payment_method.cancellation_ended", { paymentMethodId, cancellation: "presumed" }, why),
    ];
  }
  const askedAt = instant(at);
  if (status !== "pending_signature") return [];
  const unopened = { paymentMethodId, reason: "not_opened", askedAt, nextAskAt: null } as const;
  return [event("payment_method.verification_failed", unopened, why)];
}
