// What a partner makes of a customer's events against what the API says of the customer. Where nobody followed by webhook,
// the events are those of the log, as a webhook would tell them.
import type { WebhookPayload } from "../../contract/event.ts";
import type { EventBody } from "../../contract/billing-event.ts";
import type { BillingEventId, CustomerId } from "../../contract/common/id.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { instant, wallMs } from "../../server/billing/clock.ts";
import { presentState } from "../../server/customer/present.ts";
import { canonicalJson } from "../../server/store/canonical-json.ts";
import { bodyOf, eventsAfter, type StoredEvent } from "../../server/store/chain.ts";
import { readCustomerSnapshot } from "../../server/store/customers.ts";
import { Fold } from "../partner/fold.ts";
import type { World } from "./world.ts";

/** A fold that has heard of the catalogue, which no history changes. */
export async function informed(db: D1Database): Promise<Fold> {
  const known = catalogues.get(db) ?? catalogueOf(db);
  catalogues.set(db, known);
  const fold = new Fold();
  for (const payload of await known) fold.receive(payload);
  return fold;
}

const catalogues = new WeakMap<D1Database, Promise<readonly WebhookPayload[]>>();
const mostEvents = 1_000;

async function catalogueOf(db: D1Database): Promise<readonly WebhookPayload[]> {
  const rows = await eventsAfter(db, "catalogue", 0, mostEvents);
  const forSale = rows.filter(({ type }) => /^(?:product|price)\./.test(type));
  return forSale.map((row, index) => told(row, bodyOf(row), forSale[index - 1]?.id ?? null));
}

/** An event as a webhook tells it. */
export function told(row: StoredEvent, body: EventBody, previousEventId: BillingEventId | null): WebhookPayload {
  const { id, position, stream, seq, epoch, actor, prevHash, evidenceHash, hash } = row;
  const at = instant(row.at);
  const named = { id, position, stream, seq, epoch, at, actor, prevHash, evidenceHash, hash };
  return { ...named, ...body, timestamp: at, previousEventId };
}

/** What the fold has other than the API; null when they are the same. */
export async function misbuilt({ d1, scheduler }: World, customerId: CustomerId, fold: Fold): Promise<string | null> {
  const now = wallMs(scheduler.now);
  const snapshot = await readCustomerSnapshot(d1, housePartnerId, { customerId }, now);
  const theirs = canonicalJson(fold.stateOf(customerId, instant(now)));
  const ours = snapshot && canonicalJson(presentState(snapshot));
  return ours === theirs ? null : `the state of ${customerId} is ${ours}, and its partner makes it ${theirs}`;
}
