// Events of subscriptions. Figures are absolute: what holds from the event on.
import * as z from "zod";
import { InvoiceId, PaymentMethodId, PriceId, PriceMigrationId, ProductId, SubscriptionId } from "../common/id.ts";
import { Rials } from "../common/money.ts";
import {
  AddOn,
  AutoTopUp,
  CancelFeedback,
  CancelReason,
  Discount,
  PauseReason,
  PendingChange,
  Quantity,
  SubscriptionMigration,
  Terms,
} from "../subscription/schema.ts";
import { at, atOrNull, count, word, type EventTypes } from "./fields.ts";

const subscriptionId = SubscriptionId;

const period = {
  periodIndex: count("Index of the period.", 0),
  startsAt: at("Start of the period."),
  endsAt: at("End of the period, not part of it."),
};

/** From which period on, and from which day, periods are counted anew. */
const schedule = {
  anchorDay: count("Day of the month on which periods begin.", 1),
  firstIndex: count("Index of the first period of this schedule.", 0),
  startsOn: at("Where that period begins."),
};

const addOns = z.array(AddOn).max(2).meta({ description: "Prices on top.", example: [] });
const discount = Discount.nullable().meta({ description: "What a coupon takes off from now on.", example: null });
const freePeriods = count("Periods to come that are free.", 0);

export const subscriptionEvents = {
  "subscription.created": [
    "A customer subscribed; the first period, or the trial, is fixed.",
    {
      subscriptionId,
      productId: ProductId,
      priceId: PriceId,
      quantity: Quantity.default(1),
      addOns: addOns.default([]),
      paymentMethodId: PaymentMethodId.nullable(),
      discount: discount.default(null),
      trialEndsAt: atOrNull("When its trial ends; null without one.").default(null),
      ...period,
      anchorDay: schedule.anchorDay,
      firstIndex: schedule.firstIndex.default(0),
      startsOn: atOrNull("Where the schedule begins; null: with the first period.").default(null),
      createdAt: at("Billing time of the subscribing."),
    },
  ],
  "subscription.trial_started": ["The trial runs; nothing is owed before its end.", { subscriptionId }],
  "subscription.activated": ["The subscription runs.", { subscriptionId }],
  "subscription.incomplete_expired": [
    "The first payment did not succeed; the subscription never ran.",
    { subscriptionId, endedAt: at("Billing time of the end.") },
  ],
  "subscription.renewed": [
    "The next period began.",
    { subscriptionId, ...period, discount: discount.default(null), freePeriods: freePeriods.default(0) },
  ],
  "subscription.rescheduled": [
    "The current period has another span, or periods are counted anew after it.",
    {
      subscriptionId,
      ...period,
      ...schedule,
      reason: z.enum(["changed", "resumed", "extended"]).meta({ description: "Why.", example: "resumed" }),
    },
  ],
  "subscription.past_due": ["A renewal is unpaid; access goes on in grace.", { subscriptionId }],
  "subscription.recovered": ["What was overdue is paid.", { subscriptionId }],
  "subscription.change_begun": [
    "A change takes effect when its invoice is paid, else not at all.",
    { subscriptionId, pendingChange: PendingChange },
  ],
  "subscription.change_failed": [
    "The change was not paid: everything is as it was.",
    { subscriptionId, invoiceId: InvoiceId },
  ],
  "subscription.changed": ["The terms changed.", { subscriptionId, terms: Terms }],
  "subscription.change_scheduled": ["The terms change with the next period.", { subscriptionId, terms: Terms }],
  "subscription.change_withdrawn": ["The terms will not change with the next period.", { subscriptionId }],
  "subscription.migration_announced": [
    "Its price will be another one from the first period after the notice on; the subscriber is to be told.",
    {
      subscriptionId,
      priceMigration: SubscriptionMigration,
      movesAt: atOrNull("Start of that period; null while it is paused."),
      fromRials: Rials.meta({ description: "A whole period now, with VAT, in Rials.", example: 3_289_000 }),
      toRials: Rials.meta({ description: "A whole period then, with VAT, in Rials.", example: 3_619_000 }),
    },
  ],
  "subscription.migration_withdrawn": [
    "The price stays as it is: the plan was stopped.",
    { subscriptionId, migrationId: PriceMigrationId },
  ],
  "subscription.payment_method_changed": [
    "It is paid in another way from now on.",
    {
      subscriptionId,
      paymentMethodId: PaymentMethodId.nullable().meta({
        description: "What is debited; null: a link to pay is sent.",
        example: null,
      }),
    },
  ],
  "subscription.auto_top_up_set": [
    "From now on messages are bought by themselves when few are left, or are not any more.",
    {
      subscriptionId,
      autoTopUp: AutoTopUp.nullable().meta({ description: "What is bought; null: nothing.", example: null }),
    },
  ],
  "subscription.top_up_begun": [
    "Messages are being bought by themselves: the invoice's payment brings them.",
    { subscriptionId, invoiceId: InvoiceId, amountRials: Rials },
  ],
  "subscription.top_up_held": [
    "Few messages are left, and none are bought by themselves for now.",
    { subscriptionId, reason: word("Why.", "day_ceiling"), until: at("Until when none are.") },
  ],
  "subscription.pause_scheduled": [
    "The subscription pauses with the end of its period.",
    { subscriptionId, resumesAt: atOrNull("When it resumes by itself.") },
  ],
  "subscription.pause_withdrawn": ["The subscription does not pause.", { subscriptionId }],
  "subscription.paused": [
    "The subscription rests.",
    {
      subscriptionId,
      reason: PauseReason.default("unpaid"),
      pausedAt: atOrNull("Billing time of the pause.").default(null),
      daysLeft: count("Days of the period that are left to come after the pause.", 12).default(0),
      resumesAt: atOrNull("When it resumes by itself.").default(null),
    },
  ],
  "subscription.resumed": ["The pause is over.", { subscriptionId }],
  "subscription.cancel_scheduled": [
    "The subscription will end with its current period.",
    {
      subscriptionId,
      reason: CancelReason,
      feedback: CancelFeedback.nullable().default(null),
    },
  ],
  "subscription.cancel_withdrawn": ["The subscription goes on after all.", { subscriptionId }],
  "subscription.reactivated": [
    "Money that came late brought the subscription back, in the period it was for.",
    { subscriptionId },
  ],
  "subscription.comped": ["An operator gave periods for free.", { subscriptionId, freePeriods }],
  "subscription.canceled": [
    "The subscription ended.",
    {
      subscriptionId,
      reason: CancelReason,
      feedback: CancelFeedback.nullable().default(null),
      endedAt: at("Billing time of the end."),
    },
  ],
} as const satisfies EventTypes;
