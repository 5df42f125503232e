// What happened to an account, in words, for the person whose it is and for whoever helps them. Every type of event has its
// sentence in both languages; which of them are mechanics, of interest to operators alone, is said once, below.
import { billingEventTypes, type BillingEventType, type EventBody } from "../../contract/billing-event.ts";
import { customerWords } from "./activity/customer.ts";
import { otherWords } from "./activity/others.ts";
import { paymentWords } from "./activity/payment.ts";
import { subscriptionWords } from "./activity/subscription.ts";
import type { Words, WordsFor } from "./activity/words.ts";

export type { Words };

const words: WordsFor<BillingEventType> = { ...customerWords, ...subscriptionWords, ...paymentWords, ...otherWords };

/** What an event says, in both languages. */
export function activityText({ type, data }: EventBody): Words {
  const found: Words | ((data: never) => Words) = words[type];
  return typeof found === "function" ? found(ofType(data)) : found;
}

/** Safe: the table ties each sentence to the data of its own type, and the event has both. */
function ofType(data: EventBody["data"]): never {
  return data as never;
}

const mechanics: ReadonlySet<BillingEventType> = new Set<BillingEventType>([
  "customer.resumed",
  "exception.acknowledged",
  "payment_method.declined",
  "payment_method.signing_opened",
  "payment_method.asked",
  "payment_method.signature_found",
  "payment_method.cancellation_asked",
  "revenue.recognized",
  "payment.created",
  "payment.deferred",
  "payment.submitted",
  "payment.opened",
  "payment.verifying",
  "payment.closed",
  "payment.watched",
  "payment.review_ended",
  "payment.asked",
  "payment.needs_review",
  "refund.submitted",
  "refund.asked",
  "refund.needs_review",
  "quota.grant_settled",
  "quota.counted",
]);

/** What customers are shown of their own account. */
export const activityTypes: readonly BillingEventType[] = billingEventTypes.filter((type) => !mechanics.has(type));
