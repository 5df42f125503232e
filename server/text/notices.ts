// What people are told, in both languages. Typed by the kinds, so that none can lack its words. An address to open stands
// alone on its line, so that a phone finds it.
import type { Notice, NoticeKind } from "../../contract/notification.ts";
import { amountIn, dayIn, numberIn, say, type Words } from "./activity/words.ts";

interface NoticeWords {
  readonly subject: Words;
  readonly text: Words;
  /** Whether a link to pay the invoice follows. */
  readonly hasLink?: boolean;
}

type DataOf<K extends NoticeKind> = Extract<Notice, { kind: K }>["data"] & {
  /** What is owed now, where that is not in the data. */
  readonly dueRials: number;
};

type Table = { readonly [K in NoticeKind]: (data: DataOf<K>) => NoticeWords };

const words: Table = {
  renewal_coming: ({ amountRials, at }) => {
    const [amount, day] = [amountIn(amountRials), dayIn(at)];
    return {
      subject: say("تمدید اشتراک", "Coming renewal"),
      text: say(
        `اشتراک شما در ${day.fa} با ${amount.fa} تمدید می‌شود.`,
        `Your subscription renews on ${day.en} for ${amount.en}.`,
      ),
    };
  },
  trial_ending: ({ amountRials, at }) => {
    const [amount, day] = [amountIn(amountRials), dayIn(at)];
    return {
      subject: say("پایان دورهٔ آزمایشی", "Your trial ends"),
      text: say(
        `دورهٔ آزمایشی شما در ${day.fa} پایان می‌یابد و اشتراک با ${amount.fa} ادامه می‌یابد.`,
        `Your trial ends on ${day.en}; the subscription then goes on for ${amount.en}.`,
      ),
    };
  },
  payment_succeeded: ({ amountRials }) => {
    const amount = amountIn(amountRials);
    return {
      subject: say("پرداخت انجام شد", "Payment received"),
      text: say(`${amount.fa} پرداخت شد. سپاسگزاریم.`, `${amount.en} were paid. Thank you.`),
    };
  },
  payment_failed: ({ nextAttemptAt }) => ({
    subject: say("برداشت انجام نشد", "A payment failed"),
    text:
      nextAttemptAt === null
        ? say(
            "صورت‌حساب شما از حسابتان برداشت نشد. از این پیوند بپردازید.",
            "Your invoice could not be debited. Please pay it here.",
          )
        : say(
            `صورت‌حساب شما از حسابتان برداشت نشد. در ${dayIn(nextAttemptAt).fa} دوباره تلاش می‌کنیم، یا از این پیوند بپردازید.`,
            `Your invoice could not be debited. We try again on ${dayIn(nextAttemptAt).en}; or pay it here.`,
          ),
    hasLink: true,
  }),
  payment_link: ({ dueRials }) => {
    const amount = amountIn(dueRials);
    return {
      subject: say("پیوند پرداخت", "Payment link"),
      text: say(
        `صورت‌حساب ${amount.fa} شما در سررسید آماده است. از این پیوند بپردازید.`,
        `Please pay your Sarresid invoice of ${amount.en}.`,
      ),
      hasLink: true,
    };
  },
  payment_method_expiring: ({ at }) => {
    const day = dayIn(at);
    return {
      subject: say("پایان قرارداد پرداخت مستقیم", "Your direct debit ends"),
      text: say(
        `قرارداد پرداخت مستقیم شما در ${day.fa} پایان می‌یابد. از برنامه قرارداد تازه‌ای امضا کنید.`,
        `Your direct-debit agreement ends on ${day.en}. Please sign a new one in the application.`,
      ),
    };
  },
  quota_alert: ({ percent }) => {
    const part = numberIn(percent);
    return {
      subject: say("مصرف پیام‌ها", "Messages used"),
      text: say(`${part.fa}٪ پیام‌های شما مصرف شده است.`, `${part.en} % of your messages are used.`),
    };
  },
  price_change: ({ toRials, at }) => {
    const [amount, day] = [amountIn(toRials), dayIn(at)];
    return {
      subject: say("قیمت تازهٔ اشتراک", "Price notice"),
      text: say(
        `قیمت اشتراک شما از ${day.fa} برای هر دوره ${amount.fa} با مالیات خواهد بود.`,
        `From ${day.en} a period of your subscription costs ${amount.en}, VAT included.`,
      ),
    };
  },
};

/** Subject and text of a notice; `dueRials` is what its invoice still owes, where it has one. */
export function noticeText({ kind, data }: Notice, dueRials: number): NoticeWords {
  const found: (data: never) => NoticeWords = words[kind];
  return found(ofKind({ ...data, dueRials }));
}

/** Safe: the table ties each entry to the data of its own kind, and the notice has both. */
function ofKind(data: Notice["data"] & { readonly dueRials: number }): never {
  return data as never;
}
