// What happens to invoices, payments and refunds.
import { amountIn, dayIn, say, type About, type WordsFor } from "./words.ts";

type Told = About<"invoice"> | About<"revenue"> | About<"payment"> | About<"refund">;

export const paymentWords: WordsFor<Told> = {
  "invoice.finalized": ({ totalRials }) => {
    const amount = amountIn(totalRials);
    return say(`صورت‌حسابی به مبلغ ${amount.fa} صادر شد.`, `An invoice of ${amount.en} was issued.`);
  },
  "invoice.attempt_failed": ({ nextAttemptAt }) => {
    if (nextAttemptAt === null) return say("برداشت صورت‌حساب انجام نشد.", "An invoice could not be collected.");
    const day = dayIn(nextAttemptAt);
    return say(
      `برداشت صورت‌حساب انجام نشد؛ تلاش بعدی در ${day.fa} است.`,
      `An invoice could not be collected; the next attempt is on ${day.en}.`,
    );
  },
  "invoice.paid": say("صورت‌حساب پرداخت شد.", "An invoice was paid."),
  "invoice.voided": say("صورت‌حساب باطل شد.", "An invoice was voided."),
  "invoice.marked_uncollectible": say("از دریافت صورت‌حسابی دست کشیده شد.", "Collecting an invoice was given up."),
  "invoice.payment_link_due": say("پیوند پرداخت صورت‌حساب فرستاده می‌شود.", "A link to pay an invoice is being sent."),
  "invoice.reopened": say("صورت‌حساب دوباره باز شد.", "An invoice was opened again."),
  "invoice.reinstated": say("صورت‌حساب دوباره معتبر شد.", "An invoice holds again."),
  "revenue.recognized": say("درآمد صورت‌حساب شناسایی شد.", "An invoice's revenue was recognised."),
  "payment.created": ({ amountRials }) => {
    const amount = amountIn(amountRials);
    return say(`پرداختی به مبلغ ${amount.fa} آغاز شد.`, `A payment of ${amount.en} was begun.`);
  },
  "payment.deferred": say("پرداخت به زمان دیگری گذاشته شد.", "A payment was put off."),
  "payment.submitted": say("درخواست برداشت به درگاه سپرده شد.", "A debit was handed to the gateway."),
  "payment.opened": say("صفحهٔ پرداخت باز شد.", "A page to pay on was opened."),
  "payment.verifying": say("پرداخت نزد درگاه تأیید می‌شود.", "A payment is being verified at the gateway."),
  "payment.closed": say("صفحهٔ پرداخت بسته شد.", "A page to pay on was closed."),
  "payment.watched": say("پرداخت پایان‌یافته زیر نظر است.", "A payment that has ended is watched."),
  "payment.surplus": say(
    "برای صورت‌حسابی پرداخت‌شده دوباره پول رسید.",
    "Money came for an invoice that was paid already.",
  ),
  "payment.returned": say("مبلغ اضافه برگردانده شد.", "What was paid twice went back."),
  "payment.credited": ({ amountRials }) => {
    const amount = amountIn(amountRials);
    return say(`${amount.fa} اضافه نزد ما ماند و اعتبار شد.`, `${amount.en} paid twice stay here as credit.`);
  },
  "payment.reversed": ({ amountRials }) => {
    const amount = amountIn(amountRials);
    return say(`بانک ${amount.fa} را پس گرفت.`, `The bank took ${amount.en} back.`);
  },
  "payment.review_ended": say("بررسی پرداخت پایان یافت.", "The review of a payment ended."),
  "payment.unknown": say(
    "پاسخ بانک هنوز نرسیده است و پی‌گیری می‌شود.",
    "The bank has not answered yet; it is asked until it does.",
  ),
  "payment.asked": say("از درگاه دربارهٔ پرداخت پرسیده شد.", "The gateway was asked about a payment."),
  "payment.succeeded": ({ amountRials }) => {
    const amount = amountIn(amountRials);
    return say(`${amount.fa} پرداخت شد.`, `${amount.en} were paid.`);
  },
  "payment.failed": say("پرداخت انجام نشد و مبلغی کم نشد.", "A payment failed; no money was taken."),
  "payment.lapsed": say("پرداخت پس از یک روز بی‌نتیجه ماند.", "After a day there was no trace of a payment."),
  "payment.needs_review": say("پرداخت را پشتیبانی بررسی می‌کند.", "Support looks into a payment."),
  "refund.created": ({ amountRials }) => {
    const amount = amountIn(amountRials);
    return say(`بازپرداخت ${amount.fa} آغاز شد.`, `A refund of ${amount.en} was begun.`);
  },
  "refund.submitted": say("بازپرداخت به درگاه سپرده شد.", "A refund was handed to the gateway."),
  "refund.asked": say("از درگاه دربارهٔ بازپرداخت پرسیده شد.", "The gateway was asked about a refund."),
  "refund.succeeded": ({ amountRials }) => {
    const amount = amountIn(amountRials);
    return say(`${amount.fa} بازپرداخت شد.`, `${amount.en} were given back.`);
  },
  "refund.failed": say("بازپرداخت انجام نشد.", "A refund failed."),
  "refund.needs_review": say("بازپرداخت را پشتیبانی بررسی می‌کند.", "Support looks into a refund."),
};
