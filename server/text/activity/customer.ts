// What happens to a customer as a whole, to its credit and to its payment methods.
import { amountIn, dayIn, say, type About, type WordsFor } from "./words.ts";

type Told = About<"customer"> | About<"exception"> | About<"test_clock"> | About<"credit"> | About<"credit_note">;

export const customerWords: WordsFor<Told | About<"payment_method">> = {
  "customer.created": say("حساب ساخته شد.", "The account was created."),
  "customer.buyer_changed": say(
    "مشخصات خریدار برای صورت‌حساب‌ها عوض شد.",
    "The buyer's details on invoices were changed.",
  ),
  "customer.signed_in": say("ورود با پیوند برنامه انجام شد.", "Somebody signed in by the application's link."),
  "customer.erased": say("اطلاعات شخصی پاک شد.", "The personal data were erased."),
  "customer.notifications_chosen": say(
    "گزینش خبرهایی که فرستاده می‌شود تغییر کرد.",
    "What is to be told by message or mail was changed.",
  ),
  "customer.resumed": say(
    "پشتیبانی خواست حساب دوباره بررسی شود.",
    "Support asked for the account to be looked at again.",
  ),
  "exception.acknowledged": say("پشتیبانی موردی را دید.", "Support saw something that needs no decision."),
  "test_clock.target_set": ({ targetAt }) => {
    const day = dayIn(targetAt);
    return say(`ساعت آزمایشی به سوی ${day.fa} رفت.`, `The test clock was sent to ${day.en}.`);
  },
  "test_clock.advanced": ({ nowAt }) => {
    const day = dayIn(nowAt);
    return say(`ساعت آزمایشی به ${day.fa} رسید.`, `The test clock reached ${day.en}.`);
  },
  "credit.granted": ({ amountRials }) => {
    const amount = amountIn(amountRials);
    return say(`${amount.fa} اعتبار شد.`, `${amount.en} became credit.`);
  },
  "credit.adjusted": ({ amountRials }) => {
    const amount = amountIn(Math.abs(amountRials));
    return amountRials < 0
      ? say(`${amount.fa} از اعتبار کم شد.`, `${amount.en} were taken off the credit.`)
      : say(`${amount.fa} به اعتبار افزوده شد.`, `${amount.en} were added to the credit.`);
  },
  "credit.applied": ({ amountRials }) => {
    const amount = amountIn(Math.abs(amountRials));
    return say(`${amount.fa} اعتبار در صورت‌حساب به حساب آمد.`, `${amount.en} of credit were counted in an invoice.`);
  },
  "credit_note.issued": ({ totalRials }) => {
    const amount = amountIn(totalRials);
    return say(`یادداشت بستانکاری ${amount.fa} صادر شد.`, `A credit note of ${amount.en} was issued.`);
  },
  "payment_method.created": ({ maxAmountRials }) => {
    const amount = amountIn(maxAmountRials);
    return say(
      `قرارداد پرداخت مستقیم با سقف ${amount.fa} برای هر برداشت آغاز شد.`,
      `A direct-debit agreement of at most ${amount.en} a debit was begun.`,
    );
  },
  "payment_method.expiring": ({ expiresAt }) => {
    const day = dayIn(expiresAt);
    return say(`قرارداد پرداخت مستقیم در ${day.fa} پایان می‌یابد.`, `The direct-debit agreement ends on ${day.en}.`);
  },
  "payment_method.declined": say(
    "بانک برداشتی را بدون گفتن دلیل رد کرد، یا شمارش آن از نو آغاز شد.",
    "The bank declined a debit without a reason, or the count of these began anew.",
  ),
  "payment_method.confirmed": say("روش پرداخت تأیید شد.", "The payment method was confirmed."),
  "payment_method.signing_opened": say("قرارداد برای امضا باز شد.", "The agreement was opened for signing."),
  "payment_method.asked": say("از درگاه دربارهٔ امضا پرسیده شد.", "The gateway was asked for the signature."),
  "payment_method.activated": say(
    "قرارداد امضا شد و پرداخت مستقیم فعال است.",
    "The agreement was signed: direct debit is active.",
  ),
  "payment_method.verification_failed": say(
    "امضایی برای قرارداد پیدا نشد.",
    "No signature of the agreement was found.",
  ),
  "payment_method.expired": say("قرارداد پرداخت مستقیم پایان یافت.", "The direct-debit agreement has ended."),
  "payment_method.cancelled": say("قرارداد پرداخت مستقیم لغو شد.", "The direct-debit agreement was cancelled."),
  "payment_method.signature_found": say(
    "قرارداد لغوشده امضا داشت و نزد بانک پایان داده می‌شود.",
    "A cancelled agreement turned out to be signed and is ended at the bank.",
  ),
  "payment_method.cancellation_asked": say(
    "از درگاه خواسته شد قرارداد را پایان دهد.",
    "The gateway was told to end the agreement.",
  ),
  "payment_method.cancellation_ended": say("قرارداد نزد بانک پایان یافت.", "The agreement is over at the bank."),
};
