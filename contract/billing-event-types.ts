// Every type of billing event with a sentence on what it says and the data it carries. Data holds only the event's own
// resource, and never a person; a type and version never change meaning.
import { catalogueEvents } from "./billing-event-types/catalogue.ts";
import { customerEvents } from "./billing-event-types/customer.ts";
import { invoiceEvents } from "./billing-event-types/invoice.ts";
import { partnerEvents } from "./billing-event-types/partner.ts";
import { paymentMethodEvents } from "./billing-event-types/payment-method.ts";
import { paymentEvents } from "./billing-event-types/payment.ts";
import { priceMigrationEvents } from "./billing-event-types/price-migration.ts";
import { quotaEvents } from "./billing-event-types/quota.ts";
import { refundEvents } from "./billing-event-types/refund.ts";
import { subscriptionEvents } from "./billing-event-types/subscription.ts";
import { systemEvents } from "./billing-event-types/system.ts";
import { webhookEndpointEvents } from "./billing-event-types/webhook-endpoint.ts";

export const types = {
  ...catalogueEvents,
  ...priceMigrationEvents,
  ...customerEvents,
  ...paymentMethodEvents,
  ...subscriptionEvents,
  ...invoiceEvents,
  ...paymentEvents,
  ...refundEvents,
  ...quotaEvents,
  ...systemEvents,
  ...partnerEvents,
  ...webhookEndpointEvents,
} as const;
