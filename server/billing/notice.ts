// What people are told, and when: the log says what happened, this says which of it is news for the customer. Text messages
// wait for the morning.
import type { EventBody } from "../../contract/billing-event.ts";
import { alwaysTold, type Notice, type NoticeChannel, type NoticeKind } from "../../contract/notification.ts";
import { tehranDay } from "./calendar.ts";
import { billingMs, dayMs, hourMs, wallMs, type WallMs } from "./clock.ts";
import { newCustomer, type NewCustomer } from "./customer.ts";
import { event, type NewEvent } from "./event.ts";
import type { Slice } from "./state.ts";
import { tehranDayOf, timeOfDay } from "./tehran.ts";

/** So long before a period ends somebody is told what the next one costs. */
export const comingWithinMs = 3 * dayMs;

/** Types of events that may be news. */
export const toldTypes = [
  "payment.succeeded",
  "invoice.attempt_failed",
  "invoice.payment_link_due",
  "payment_method.expiring",
  "quota.threshold_reached",
  "subscription.migration_announced",
] as const;

/** The notice of an event; null when it is none. */
export function noticeOf(event: EventBody): Notice | null {
  switch (event.type) {
    case "payment.succeeded": {
      const { invoiceId, amountRials } = event.data;
      return { kind: "payment_succeeded", data: { invoiceId, amountRials } };
    }
    case "invoice.attempt_failed": {
      const { invoiceId, nextAttemptAt } = event.data;
      return { kind: "payment_failed", data: { invoiceId, nextAttemptAt } };
    }
    case "invoice.payment_link_due":
      return { kind: "payment_link", data: { invoiceId: event.data.invoiceId } };
    case "payment_method.expiring": {
      const { paymentMethodId, expiresAt: at } = event.data;
      return { kind: "payment_method_expiring", data: { paymentMethodId, at } };
    }
    case "quota.threshold_reached": {
      const { productId, percent } = event.data;
      return { kind: "quota_alert", data: { productId, percent } };
    }
    case "subscription.migration_announced": {
      const { subscriptionId, toRials, movesAt, priceMigration } = event.data;
      return { kind: "price_change", data: { subscriptionId, toRials, at: movesAt ?? priceMigration.notBefore } };
    }
    default:
      return null;
  }
}

/** Text messages that people would miss; all else is told by mail unless somebody asks for more. */
const byTextMessage: readonly NoticeKind[] = [
  "renewal_coming",
  "trial_ending",
  "payment_failed",
  "payment_link",
  "payment_method_expiring",
  "price_change",
];

/** What holds for whoever has chosen nothing. */
export function isToldByDefault(kind: NoticeKind, channel: NoticeChannel): boolean {
  return channel === "email" || byTextMessage.includes(kind);
}

export function isAlwaysTold(kind: NoticeKind): boolean {
  return alwaysTold.includes(kind);
}

/** Whether somebody wants to be told of a kind of thing by a channel. */
export interface Preference {
  readonly kind: NoticeKind;
  readonly channel: NoticeChannel;
  readonly enabled: boolean;
}

/** Whether somebody who has chosen this is told of a kind of thing by a channel. */
export function isWanted(
  chosen: readonly Preference[],
  { kind, channel }: Pick<Preference, "kind" | "channel">,
): boolean {
  if (isAlwaysTold(kind)) return true;
  const own = chosen.find((each) => each.kind === kind && each.channel === channel);
  return own?.enabled ?? isToldByDefault(kind, channel);
}

/** Of what somebody chooses, that which is not so already; nothing when all of it is. */
export function decideChooseNotices(
  slice: Slice,
  customer: NewCustomer,
  { chosen, wanted }: { readonly chosen: readonly Preference[]; readonly wanted: readonly Preference[] },
): readonly NewEvent[] {
  const choices = wanted.filter((choice) => isWanted(chosen, choice) !== choice.enabled);
  if (choices.length === 0) return [];
  return [...newCustomer(slice.state, customer), event("customer.notifications_chosen", { choices })];
}

const quiet = { endsMs: 8 * hourMs, beginsMs: 22 * hourMs } as const;

/**
 * When a notice may go out: mails at once, text messages between 08:00 and 22:00 in Tehran. Example: 23:00 → 08:00 on the
 * next day.
 */
export function sendableAt(channel: NoticeChannel, now: WallMs): WallMs {
  if (channel === "email") return now;
  const at = billingMs(now);
  const today = tehranDayOf(at);
  if (at < timeOfDay(today, quiet.endsMs)) return wallMs(timeOfDay(today, quiet.endsMs));
  if (at < timeOfDay(today, quiet.beginsMs)) return now;
  return wallMs(timeOfDay(tehranDay(today + 1), quiet.endsMs));
}
