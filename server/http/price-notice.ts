// The text message that tells a subscriber of another price.
import type { BillingEventData } from "../../contract/billing-event.ts";
import { amountText } from "../text/amount.ts";
import { shortDateText } from "../text/date.ts";
import type { Message } from "./messenger.ts";

type Notice = Pick<BillingEventData<"subscription.migration_announced">, "priceMigration" | "movesAt" | "toRials">;

/** To a mobile number, in both languages; of a subscription that is paused, from when on at the earliest. */
export function priceNoticeMessage(to: string, eventId: string, { priceMigration, movesAt, toRials }: Notice): Message {
  const at = Date.parse(movesAt ?? priceMigration.notBefore);
  return {
    id: eventId,
    channel: "sms",
    to,
    subject: "سررسید: بهای تازهٔ اشتراک · Sarresid price notice",
    text: `بهای اشتراک شما از ${shortDateText("fa", at)} برای هر دوره ${amountText("fa", toRials)} ریال با مالیات خواهد بود.
From ${shortDateText("en", at)} a period of your subscription costs ${amountText("en", toRials)} Rials, VAT included.
`,
  };
}
