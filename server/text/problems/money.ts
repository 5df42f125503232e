// Why money is not taken, given back or booked.
import type { ProblemCode } from "../../../contract/common/problem.ts";
import type { ProblemText } from "./meaning.ts";

export const moneyProblems = {
  payment_declined: {
    en: [
      "The bank declined the debit; no money was taken.",
      "Pay on a page instead, or try again when the account can carry it.",
    ],
    fa: [
      "پرداخت پذیرفته نشد",
      "بانک برداشت را نپذیرفت و مبلغی کم نشد.",
      "از راه صفحهٔ پرداخت بپردازید، یا وقتی حساب موجودی داشت دوباره تلاش کنید.",
    ],
  },
  payment_method_required: {
    en: [
      "This price is debited, and no payment method was named.",
      "Name a payment method that is active; only a free price needs none.",
    ],
    fa: [
      "این قیمت روش پرداخت می‌خواهد",
      "مبلغ این قیمت از حساب برداشت می‌شود و روش پرداختی نام برده نشده است.",
      "روش پرداخت فعالی نام ببرید؛ تنها قیمت رایگان به آن نیاز ندارد.",
    ],
  },
  payment_method_not_active: {
    en: [
      "The payment method is not signed at the bank, or was cancelled, or has expired.",
      "Sign it, or open another one.",
    ],
    fa: [
      "روش پرداخت فعال نیست",
      "روش پرداخت در بانک امضا نشده، لغو شده یا مهلتش گذشته است.",
      "آن را امضا کنید، یا روش دیگری باز کنید.",
    ],
  },
  payment_method_cannot_carry: {
    en: [
      "The agreement's ceiling, counts or end do not allow what this price will debit.",
      "Open a payment method with a higher ceiling, or choose a smaller price.",
    ],
    fa: [
      "روش پرداخت از پس این قیمت برنمی‌آید",
      "سقف، دفعات یا پایان قرارداد بانکی به مبلغی که این قیمت برداشت می‌کند نمی‌رسد.",
      "روش پرداختی با سقف بالاتر باز کنید، یا قیمت کوچک‌تری برگزینید.",
    ],
  },
  payment_method_limit_reached: {
    en: [
      "There are too many payment methods waiting to be signed.",
      "Sign or cancel those before opening another one.",
    ],
    fa: [
      "روش‌های پرداختِ در انتظار امضا بیش از اندازه‌اند",
      "شمار روش‌های پرداختی که در انتظار امضا هستند به حد خود رسیده است.",
      "پیش از باز کردن یکی دیگر، آن‌ها را امضا یا لغو کنید.",
    ],
  },
  mobile_not_verified: {
    en: ["The bank wants a mobile number, and none has been proved.", "Prove a mobile number by code first."],
    fa: [
      "شمارهٔ همراه تأیید نشده است",
      "این کار شمارهٔ همراه تأییدشده می‌خواهد و هنوز شماره‌ای تأیید نشده است.",
      "نخست شمارهٔ همراه را با کد تأیید کنید.",
    ],
  },
  invoice_not_creditable: {
    en: ["A credit note takes back at most what was paid and not given back before.", "Choose an amount within that."],
    fa: [
      "این مقدار از صورت‌حساب برگشت‌پذیر نیست",
      "صورت‌حساب برگشتی حداکثر همان مقداری را برمی‌گرداند که پرداخت شده و پیش‌تر برنگشته است.",
      "مبلغی در همین اندازه برگزینید.",
    ],
  },
  credit_insufficient: {
    en: ["Credit can be taken back only as far as there is any.", "Take back at most what the customer has."],
    fa: [
      "مشتری این مقدار اعتبار ندارد",
      "اعتبار را تنها تا همان اندازه که هست می‌توان پس گرفت.",
      "حداکثر همان مقداری را پس بگیرید که مشتری دارد.",
    ],
  },
  credit_limit_reached: {
    en: ["No amount here is above a quadrillion Rials, and credit is no exception.", "Give less."],
    fa: [
      "مشتری نمی‌تواند این مقدار اعتبار داشته باشد",
      "هیچ مبلغی در اینجا بیش از هزار تریلیون ریال نیست، اعتبار هم همین‌طور.",
      "کمتر بدهید.",
    ],
  },
  invoice_not_open: {
    en: ["Only an open invoice can be paid or closed.", "Look at the invoice: it is settled, or not owed any more."],
    fa: [
      "این صورت‌حساب بدهی ندارد",
      "تنها صورت‌حساب باز را می‌توان پرداخت یا بست.",
      "صورت‌حساب را ببینید: تسویه شده، یا دیگر بدهی آن نیست.",
    ],
  },
  payment_not_settled: {
    en: ["Only a payment that succeeded has a receipt.", "Wait for its end, or look at the payment."],
    fa: ["پول این پرداخت نرسیده است", "تنها پرداخت موفق رسید دارد.", "تا پایان آن صبر کنید، یا پرداخت را ببینید."],
  },
  nothing_due: {
    en: ["No invoice of this subscription is open.", "There is nothing to pay."],
    fa: ["بدهی‌ای نیست", "این اشتراک صورت‌حساب بازی ندارد.", "چیزی برای پرداخت نیست."],
  },
  payment_in_progress: {
    en: [
      "Another payment of this invoice is under way, and money is taken once.",
      "Wait until the bank has told what became of it, or use the page that is open.",
    ],
    fa: [
      "پرداخت دیگری از این صورت‌حساب در جریان است",
      "پرداخت دیگری از این صورت‌حساب در جریان است و پول یک بار گرفته می‌شود.",
      "صبر کنید تا بانک سرانجام آن را بگوید، یا از صفحه‌ای که باز است بپردازید.",
    ],
  },
  payment_not_refundable: {
    en: [
      "Only money that is here can be given back.",
      "Look at the payment: it did not succeed, or has gone back already.",
    ],
    fa: [
      "چیزی از این پرداخت برای بازگرداندن نیست",
      "تنها پولی را می‌توان برگرداند که نزد ماست.",
      "پرداخت را ببینید: ناموفق بوده، یا پیش‌تر برگشته است.",
    ],
  },
  refund_exceeds_payment: {
    en: [
      "All refunds of a payment together give back at most what was paid, or what is left of it as credit.",
      "Choose an amount within that.",
    ],
    fa: [
      "این مقدار را نمی‌توان برگرداند",
      "همهٔ بازپرداخت‌های یک پرداخت با هم حداکثر مبلغ پرداخت‌شده، یا آنچه از آن به شکل اعتبار مانده است را برمی‌گردانند.",
      "مبلغی در همین اندازه برگزینید.",
    ],
  },
  refund_method_unavailable: {
    en: ["This way of giving back is switched off, too late, or not for a part.", "Choose another method."],
    fa: [
      "این پرداخت از این راه برگشت‌پذیر نیست",
      "این راهِ بازپرداخت خاموش است، دیر شده، یا برای بخشی از مبلغ نیست.",
      "راه دیگری برگزینید.",
    ],
  },
  nothing_to_decide: {
    en: ["This was decided already, or never needed this decision.", "Read the list of exceptions again."],
    fa: [
      "چیزی برای تصمیم‌گیری نیست",
      "دربارهٔ این پیش‌تر تصمیم گرفته شده، یا هرگز به این تصمیم نیاز نداشته است.",
      "فهرست موارد را دوباره بخوانید.",
    ],
  },
  reference_seen_before: {
    en: [
      "One movement of money at the bank settles one payment, and this one settled another.",
      "Check the bank's reference.",
    ],
    fa: [
      "پرداخت دیگری همین شمارهٔ پیگیری را دارد",
      "هر جابه‌جایی پول در بانک یک پرداخت را تسویه می‌کند و این یکی پرداخت دیگری را تسویه کرده است.",
      "شمارهٔ پیگیری بانک را بررسی کنید.",
    ],
  },
  collecting_stopped: {
    en: ["An operator has stopped new debits for everybody.", "Try again later; nothing was begun."],
    fa: [
      "دریافت پول فعلاً متوقف است",
      "برداشت‌های تازه برای همه متوقف شده است.",
      "بعداً دوباره تلاش کنید؛ کاری آغاز نشده است.",
    ],
  },
  month_not_over: {
    en: [
      "A month is closed once its last day has been summed up.",
      "Try again soon after midnight in Tehran of the day that follows it.",
    ],
    fa: [
      "ماه هنوز پایان نیافته است",
      "هر ماه وقتی بسته می‌شود که روز پایانی آن جمع زده شده باشد.",
      "اندکی پس از نیمه‌شب تهرانِ روز پس از آن دوباره تلاش کنید.",
    ],
  },
  month_out_of_order: {
    en: ["Months are closed one after the other, and another one comes first.", "Close that one first."],
    fa: ["نوبت ماه دیگری است", "ماه‌ها یکی پس از دیگری بسته می‌شوند و نوبت ماه دیگری است.", "نخست آن ماه را ببندید."],
  },
} as const satisfies Partial<Record<ProblemCode, ProblemText>>;
