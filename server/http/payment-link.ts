// The text message that asks a customer to pay what no debit can collect.
import type { InvoiceId } from "../../contract/common/id.ts";
import { amountText } from "../text/amount.ts";
import type { Message } from "./messenger.ts";

interface Link {
  /** The billing event that the message is about. */
  readonly eventId: string;
  readonly invoiceId: InvoiceId;
  readonly amountRials: number;
}

/** To a mobile number, in both languages; the link stands alone on its line, so that a phone finds it. */
export function paymentLinkMessage(to: string, publicUrl: string, { eventId, invoiceId, amountRials }: Link): Message {
  return {
    id: eventId,
    channel: "sms",
    to,
    subject: "سررسید: پیوند پرداخت · Sarresid payment link",
    text: `صورت‌حساب ${amountText("fa", amountRials)} ریالی شما در سررسید آماده است. از این پیوند بپردازید.
Please pay your Sarresid invoice of ${amountText("en", amountRials)} Rials:
${publicUrl}/v1/pay/${invoiceId}
`,
  };
}
