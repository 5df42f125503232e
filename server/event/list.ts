import { contract } from "../../contract/index.ts";
import type { BillingEvent } from "../../contract/billing-event.ts";
import { instant } from "../billing/clock.ts";
import { asCustomer } from "../http/handler.ts";
import { problemOf } from "../http/problem.ts";
import { bodyOf, eventsAfter, type StoredEvent } from "../store/chain.ts";

export const listEvents = asCustomer.route(contract.events.list, async ({ query }, context) => {
  const { deps, caller, requestId } = context;
  const { limit, cursor = "0" } = query;
  if (!/^\d{1,15}$/.test(cursor)) {
    const detail = "This cursor is not one of ours.";
    return problemOf("validation_failed", {
      requestId,
      detail,
      errors: [{ pointer: "/query/cursor", code: "invalid_format", detail }],
    });
  }
  const rows = await eventsAfter(deps.db, caller.customerId, Number(cursor), limit + 1);
  const shown = rows.slice(0, limit);
  const nextCursor = rows.length > limit ? String(shown.at(-1)?.seq) : null;
  return { status: 200, body: { data: shown.map(presentEvent), meta: { requestId }, page: { nextCursor } } };
});

function presentEvent(row: StoredEvent): BillingEvent {
  const { id, position, stream, seq, epoch, at, actor, prevHash, evidenceHash, hash } = row;
  return { id, position, stream, seq, epoch, at: instant(at), actor, prevHash, evidenceHash, hash, ...bodyOf(row) };
}
