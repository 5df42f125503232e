// What people are told by mail and text message, and what of it they want.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, InvoiceId, PaymentMethodId, ProductId, SubscriptionId } from "./common/id.ts";
import { Rials } from "./common/money.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

export const NoticeChannel = z
  .enum(["email", "sms"])
  .meta({ description: "By mail, or by text message to the proved mobile number.", example: "sms" });

export type NoticeChannel = z.infer<typeof NoticeChannel>;

const at = Instant.meta({ description: "When." });
const atOrNull = Instant.nullable().meta({ description: "When; null while nobody knows.", example: null });
const owes = { invoiceId: InvoiceId, amountRials: Rials };

/** What each kind of notice says, besides words. Never who is told, nor where. */
export const noticeData = {
  renewal_coming: z.object({ subscriptionId: SubscriptionId, amountRials: Rials, at }),
  trial_ending: z.object({ subscriptionId: SubscriptionId, amountRials: Rials, at }),
  payment_succeeded: z.object(owes),
  payment_failed: z.object({ invoiceId: InvoiceId, nextAttemptAt: atOrNull }),
  payment_link: z.object({ invoiceId: InvoiceId }),
  payment_method_expiring: z.object({ paymentMethodId: PaymentMethodId, at }),
  quota_alert: z.object({
    productId: ProductId,
    percent: z.int().meta({ description: "80 or 100.", example: 80 }),
  }),
  price_change: z.object({ subscriptionId: SubscriptionId, toRials: Rials, at }),
} as const;

export type NoticeKind = keyof typeof noticeData;

/** One notice: its kind and what it says. */
export type Notice = {
  [K in NoticeKind]: { readonly kind: K; readonly data: z.infer<(typeof noticeData)[K]> };
}[NoticeKind];

export const noticeKinds = Object.keys(noticeData) as [NoticeKind, ...NoticeKind[]];

/** What the law or a debt makes us tell: nobody can switch it off. */
export const alwaysTold: readonly NoticeKind[] = ["payment_link", "price_change"];

export const NoticeKindName = z.enum(noticeKinds).meta({
  description:
    "A renewal or the end of a trial in three days, a payment that succeeded or failed, an invoice to pay by a link, a " +
    "payment method that ends in 30 days, 80 or 100 % of the messages used, or another price.",
  example: "renewal_coming",
});

const flag = (channel: string) => z.boolean().meta({ description: `Whether it is told ${channel}.`, example: true });

export const NotificationPreference = z
  .object({
    kind: NoticeKindName,
    email: flag("by mail"),
    sms: flag("by text message"),
    always: z.boolean().meta({ description: "Whether it cannot be switched off.", example: false }),
  })
  .meta({ id: "NotificationPreference", description: "Which way somebody is told of one kind of thing." });

export type NotificationPreference = z.infer<typeof NotificationPreference>;

export const NoticeStatus = z.enum(["waiting", "sending", "sent", "refused", "unknown", "dropped"]).meta({
  description:
    "`waiting` for the morning or another try, `sending`, `sent`, `refused` by the provider for good, `unknown` when its " +
    "answer was lost (it is not sent again), or `dropped` since it no longer holds or nobody can be reached.",
  example: "sent",
});

const SentNotice = z
  .object({
    about: z.string().meta({
      description: "The event it tells of; of what was still to come, the subscription and its period.",
      example: "evt_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
    kind: NoticeKindName,
    channel: NoticeChannel,
    status: NoticeStatus,
    attempts: z.int().min(0).meta({ description: "How often it was handed to the provider.", example: 1 }),
    createdAt: Instant,
    endedAt: Instant.nullable().meta({ description: "When its end was known; null while it waits.", example: null }),
  })
  .meta({ id: "SentNotice", description: "A notice in the delivery log: to which customer, never to what address." });

export type SentNotice = z.infer<typeof SentNotice>;

const Preferences = createApiResponseSchema(
  z.object({
    preferences: z.array(NotificationPreference).meta({ description: "One entry for each kind.", example: [] }),
  }),
);

const choice = (channel: string) => flag(channel).optional();

export const notifications = initContract().router({
  getPreferences: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/me/notification-preferences",
      responses: { 200: Preferences },
      summary: "Get my notification preferences",
      description: "Which way the caller is told of each kind of thing.",
    },
  ),
  setPreferences: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["busy"],
      events: ["customer.created", "customer.notifications_chosen"],
    },
    {
      method: "PUT",
      path: "/v1/me/notification-preferences",
      body: z.strictObject({
        preferences: z
          .array(z.strictObject({ kind: NoticeKindName, email: choice("by mail"), sms: choice("by text message") }))
          .max(noticeKinds.length)
          .meta({
            description: "What is to change: kinds and channels that are left out stay as they are.",
            example: [{ kind: "quota_alert", sms: true }],
          }),
      }),
      responses: { 200: Preferences },
      summary: "Set my notification preferences",
      description:
        "Switches kinds on and off by channel, for what happens from now on. 422 for one that cannot be switched off. Safe " +
        "to repeat. Nobody is notified.",
    },
  ),
  listOfCustomer: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId/notices",
      pathParams: z.object({ customerId: CustomerId }),
      responses: { 200: createApiListSchema(SentNotice) },
      summary: "List a customer's latest notices",
      description: "The delivery log of one customer: the last hundred notices, newest first, and what became of each.",
    },
  ),
});
