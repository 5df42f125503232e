// A reader of the log: sends the links by which customers pay what no debit can collect, and notices of new prices. At
// least once each, with the event's id as the message's. Nobody's number stands in a log line.
import { CustomerId } from "../../contract/common/id.ts";
import { after, hourMs } from "../billing/clock.ts";
import type { Deps } from "../deps.ts";
import { logFault } from "../http/fault.ts";
import { paymentLinkMessage } from "../http/payment-link.ts";
import { priceNoticeMessage } from "../http/price-notice.ts";
import { bodyOf, type StoredEvent } from "../store/chain.ts";
import { linkReader as reader } from "../store/agenda.ts";
import { findPayable } from "../store/payable.ts";
import { moveReader, readLog } from "../store/reader.ts";
import { findMobileOf } from "../store/user.ts";

const types = ["invoice.payment_link_due", "subscription.migration_announced"] as const;
/** Each link takes a few statements, of which one run has 1,000, and up to ten seconds. */
const maxLinks = 50;
/** A message that is refused keeps the others waiting for so long; the next attempt to collect brings another link. */
const patienceMs = hourMs;

/** Sends the links that have fallen due since the last run, oldest first. */
export async function sendPaymentLinks(deps: Deps): Promise<void> {
  const { cursor, events } = await readLog(deps.db, reader, { types, limit: maxLinks });
  let done = cursor;
  for (const event of events) {
    if (!(await sendLink(deps, event))) break;
    done = event.position;
  }
  if (done !== cursor) await moveReader(deps.db, reader, { from: cursor, to: done });
}

/** True when nothing is left to do about this event. */
async function sendLink(deps: Deps, event: StoredEvent): Promise<boolean> {
  const message = await messageFor(deps, event);
  if (!message) return true;
  try {
    await deps.messenger.send(message);
    return true;
  } catch (fault) {
    logFault(deps, fault, { event: "payment_link_not_sent" });
    return deps.wall() >= after(event.at, patienceMs);
  }
}

/** Null when it was paid or given up in the meantime, or nobody can be reached. */
async function messageFor({ db, config }: Deps, event: StoredEvent) {
  const body = bodyOf(event);
  if (body.type === "subscription.migration_announced") {
    const mobile = await findMobileOf(db, CustomerId.parse(event.stream));
    return mobile === null ? null : priceNoticeMessage(mobile, event.id, body.data);
  }
  if (body.type !== "invoice.payment_link_due") return null;
  const { invoiceId } = body.data;
  const payable = await findPayable(db, invoiceId);
  if (payable?.status !== "open") return null;
  const mobile = await findMobileOf(db, CustomerId.parse(event.stream));
  if (mobile === null) return null;
  return paymentLinkMessage(mobile, config.publicUrl, {
    eventId: event.id,
    invoiceId,
    amountRials: payable.dueRials,
  });
}
