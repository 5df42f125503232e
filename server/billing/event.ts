// Events as rules write them: a body that `evolve` and the log understand, and beside it what must not stand in it.
import type { ProductId } from "../../contract/common/id.ts";
import {
  versionOf,
  type BillingEventData,
  type BillingEventType,
  type EventBody,
} from "../../contract/billing-event.ts";

/** What an outside answer said, kept beside the event but never told to partners. Holds no person and no secret. */
export type EventEvidence = { readonly [field: string]: string | number | boolean | null };

/** One event of a decision, before the store numbers and chains it. */
export type NewEvent<T extends BillingEventType = BillingEventType> = Extract<EventBody, { readonly type: T }> & {
  readonly evidence?: EventEvidence;
  /** What was read of messages used: the event is written only while that is so. */
  readonly given?: QuotaReading;
};

/** The version of a product's balance that a decision goes by. */
export interface QuotaReading {
  readonly productId: ProductId;
  readonly version: number;
}

/** An event in the newest version of its type. Example: `event("subscription.activated", { subscriptionId })`. */
export function event<T extends BillingEventType>(
  type: T,
  data: BillingEventData<T>,
  evidence?: EventEvidence,
): NewEvent<T> {
  const body = { type, version: versionOf(type), data, ...(evidence && { evidence }) };
  return asNewEvent(body);
}

/** The same event, on the condition that no message was used since it was read. */
export function givenThat<T extends NewEvent>(given: QuotaReading | null, event: T): T {
  return given === null ? event : { ...event, given };
}

/** `T` and its data were matched by the caller's types; the compiler cannot follow a generic key into the union. */
function asNewEvent<T extends BillingEventType>(body: object): NewEvent<T> {
  return body as NewEvent<T>;
}
