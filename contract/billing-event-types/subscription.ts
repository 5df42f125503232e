// Events of subscriptions.
import { PaymentMethodId, PriceId, ProductId, SubscriptionId } from "../common/id.ts";
import { CancelReason } from "../subscription.ts";
import { at, count, type EventTypes } from "./fields.ts";

const period = {
  periodIndex: count("Index of the period.", 0),
  startsAt: at("Start of the period."),
  endsAt: at("End of the period, not part of it."),
};

export const subscriptionEvents = {
  "subscription.created": [
    "A customer subscribed; the first period is fixed.",
    {
      subscriptionId: SubscriptionId,
      productId: ProductId,
      priceId: PriceId,
      paymentMethodId: PaymentMethodId.nullable(),
      anchorDay: count("Day of the month on which periods begin.", 1),
      ...period,
      createdAt: at("Billing time of the subscribing."),
    },
  ],
  "subscription.activated": ["The subscription runs.", { subscriptionId: SubscriptionId }],
  "subscription.incomplete_expired": [
    "The first payment did not succeed; the subscription never ran.",
    { subscriptionId: SubscriptionId, endedAt: at("Billing time of the end.") },
  ],
  "subscription.renewed": ["The next period began.", { subscriptionId: SubscriptionId, ...period }],
  "subscription.past_due": ["A renewal is unpaid; access goes on in grace.", { subscriptionId: SubscriptionId }],
  "subscription.recovered": ["What was overdue is paid.", { subscriptionId: SubscriptionId }],
  "subscription.paused": ["The subscription rests, unpaid.", { subscriptionId: SubscriptionId }],
  "subscription.cancel_scheduled": [
    "The subscription will end with its current period.",
    { subscriptionId: SubscriptionId, reason: CancelReason },
  ],
  "subscription.reactivated": [
    "Money that came late brought the subscription back, in the period it was for.",
    { subscriptionId: SubscriptionId },
  ],
  "subscription.canceled": [
    "The subscription ended.",
    { subscriptionId: SubscriptionId, reason: CancelReason, endedAt: at("Billing time of the end.") },
  ],
} as const satisfies EventTypes;
