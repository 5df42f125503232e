// What happens to subscriptions and to the messages they bring.
import { amountIn, dayIn, lastDayIn, numberIn, say, type About, type WordsFor } from "./words.ts";

export const subscriptionWords: WordsFor<About<"subscription"> | About<"quota">> = {
  "subscription.created": ({ startsAt, endsAt }) => {
    const [from, to] = [dayIn(startsAt), lastDayIn(endsAt)];
    return say(
      `اشتراکی از ${from.fa} تا ${to.fa} ثبت شد.`,
      `A subscription was taken out, from ${from.en} to ${to.en}.`,
    );
  },
  "subscription.trial_started": say("دورهٔ آزمایشی آغاز شد.", "The trial began."),
  "subscription.activated": say("اشتراک فعال شد.", "The subscription is active."),
  "subscription.incomplete_expired": say(
    "نخستین پرداخت انجام نشد و اشتراک آغاز نشد.",
    "The first payment did not succeed, and the subscription never began.",
  ),
  "subscription.renewed": ({ startsAt, endsAt }) => {
    const [from, to] = [dayIn(startsAt), lastDayIn(endsAt)];
    return say(`دورهٔ تازه از ${from.fa} تا ${to.fa} آغاز شد.`, `A new period began, from ${from.en} to ${to.en}.`);
  },
  "subscription.rescheduled": ({ endsAt }) => {
    const day = lastDayIn(endsAt);
    return say(`دورهٔ کنونی اکنون تا ${day.fa} است.`, `The current period now runs to ${day.en}.`);
  },
  "subscription.past_due": say("صورت‌حساب تمدید پرداخت نشده است.", "A renewal is unpaid."),
  "subscription.recovered": say("بدهی عقب‌افتاده پرداخت شد.", "What was overdue is paid."),
  "subscription.change_begun": say("تغییر اشتراک آغاز شد.", "A change of the subscription was begun."),
  "subscription.change_failed": say(
    "تغییر پرداخت نشد و اشتراک مانند پیش ماند.",
    "The change was not paid, and all is as it was.",
  ),
  "subscription.changed": say("اشتراک تغییر کرد.", "The subscription was changed."),
  "subscription.change_scheduled": say(
    "تغییر اشتراک برای پایان دوره ثبت شد.",
    "A change of the subscription was set for the end of the period.",
  ),
  "subscription.change_withdrawn": say("تغییر برنامه‌ریزی‌شده پس گرفته شد.", "The change that was set was withdrawn."),
  "subscription.migration_announced": ({ fromRials, toRials }) => {
    const [from, to] = [amountIn(fromRials), amountIn(toRials)];
    return say(
      `قیمت هر دوره از ${from.fa} به ${to.fa} خواهد رسید.`,
      `The price of a period will go from ${from.en} to ${to.en}.`,
    );
  },
  "subscription.migration_withdrawn": say("تغییر قیمت پس گرفته شد.", "The change of price was withdrawn."),
  "subscription.payment_method_changed": say(
    "روش پرداخت اشتراک عوض شد.",
    "The subscription's payment method was changed.",
  ),
  "subscription.auto_top_up_set": ({ autoTopUp }) =>
    autoTopUp === null
      ? say("خرید خودکار پیام خاموش شد.", "Buying messages by itself was switched off.")
      : say("خرید خودکار پیام روشن شد.", "Buying messages by itself was switched on."),
  "subscription.top_up_begun": ({ amountRials }) => {
    const amount = amountIn(amountRials);
    return say(
      `خرید خودکار پیام به مبلغ ${amount.fa} آغاز شد.`,
      `More messages for ${amount.en} were ordered by itself.`,
    );
  },
  "subscription.top_up_held": say(
    "خرید خودکار پیام برای مدتی نگه داشته شد.",
    "Buying messages by itself was put on hold.",
  ),
  "subscription.pause_scheduled": say(
    "توقف اشتراک برای پایان دوره ثبت شد.",
    "A pause was set for the end of the period.",
  ),
  "subscription.pause_withdrawn": say("توقف برنامه‌ریزی‌شده پس گرفته شد.", "The pause that was set was withdrawn."),
  "subscription.paused": ({ reason }) =>
    reason === "unpaid"
      ? say("اشتراک چون پرداخت نشده بود متوقف شد.", "The subscription was paused, since it is unpaid.")
      : say("اشتراک متوقف شد.", "The subscription was paused."),
  "subscription.resumed": say("اشتراک از سر گرفته شد.", "The subscription was resumed."),
  "subscription.cancel_scheduled": say(
    "پایان اشتراک برای آخر دوره ثبت شد.",
    "The subscription was set to end with its period.",
  ),
  "subscription.cancel_withdrawn": say("لغو اشتراک پس گرفته شد.", "The cancellation was withdrawn."),
  "subscription.reactivated": say("اشتراک دوباره فعال شد.", "The subscription was activated again."),
  "subscription.comped": ({ freePeriods }) => {
    const periods = numberIn(freePeriods);
    return say(`دوره‌های رایگان پیش رو: ${periods.fa}.`, `Free periods to come: ${periods.en}.`);
  },
  "subscription.canceled": ({ reason }) =>
    reason === "unpaid"
      ? say("اشتراک چون پرداخت نشده بود پایان یافت.", "The subscription ended, since it was unpaid.")
      : say("اشتراک پایان یافت.", "The subscription ended."),
  "quota.changed": ({ messages }) => {
    const count = numberIn(messages);
    return say(`شمار پیام‌های این دوره اکنون ${count.fa} است.`, `This period now has ${count.en} messages.`);
  },
  "quota.granted": ({ messages, validUntil }) => {
    const [count, day] = [numberIn(messages), lastDayIn(validUntil)];
    if (messages === 0) return say("اکنون پیامی برای مصرف نیست.", "There are no messages to use now.");
    return say(`${count.fa} پیام تا ${day.fa} داده شد.`, `${count.en} messages were granted until ${day.en}.`);
  },
  "quota.grant_added": ({ messages }) => {
    const count = numberIn(messages);
    return say(`${count.fa} پیام افزوده شد.`, `${count.en} messages were added.`);
  },
  "quota.grant_settled": say("مصرف پیام‌های افزوده حساب شد.", "What was used of added messages was settled."),
  "quota.grant_expired": say("مهلت پیام‌های افزوده گذشت.", "Added messages expired."),
  "quota.grant_revoked": say(
    "پیام‌های افزوده که بهایشان بازگشته بود پس گرفته شد.",
    "Added messages whose payment was given back were taken back.",
  ),
  "quota.counted": ({ used }) => {
    const count = numberIn(used);
    return say(`تا کنون ${count.fa} پیام مصرف شده است.`, `So far ${count.en} messages are used.`);
  },
  "quota.threshold_reached": ({ percent }) => {
    const part = numberIn(percent);
    return say(`${part.fa}٪ پیام‌ها مصرف شده است.`, `${part.en}% of the messages are used.`);
  },
};
