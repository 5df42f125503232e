// An event as the outside is told of it: by the API and by webhooks alike.
import type { BillingEvent } from "../../contract/billing-event.ts";
import { instant } from "../billing/clock.ts";
import { bodyOf, type StoredEvent } from "../store/chain.ts";

/** Without its evidence, of which only the hash is told. */
export function presentEvent(row: StoredEvent): BillingEvent {
  const { id, position, stream, seq, epoch, at, actor, prevHash, evidenceHash, hash } = row;
  return { id, position, stream, seq, epoch, at: instant(at), actor, prevHash, evidenceHash, hash, ...bodyOf(row) };
}
