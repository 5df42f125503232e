// Everything our pages say in Persian. Typed by `Texts`, so that no language can lack a line.
import type { Texts } from "./texts.ts";

export const fa: Texts = {
  language: "fa",
  direction: "rtl",
  brand: "سررسید",
  closePage: "می‌توانید این صفحه را ببندید و به برنامه برگردید.",
  paymentMethodReturn: {
    active: {
      title: "پرداخت مستقیم فعال شد",
      text: "قرارداد شما با بانک امضا شده است. از این پس مبلغ هر دوره در سررسید آن از حساب شما برداشت می‌شود.",
    },
    pending: {
      title: "در حال پرسش از بانک",
      text: "هنوز پاسخ بانک به ما نرسیده است. خودمان دنبال می‌کنیم و لازم نیست دوباره امضا کنید.",
    },
    failed: {
      title: "قرارداد امضا نشد",
      text: "بانک امضایی برای این قرارداد ثبت نکرده است و مبلغی هم برداشت نشده. می‌توانید دوباره از برنامه شروع کنید.",
    },
    ended: {
      title: "این قرارداد پایان یافته است",
      text: "از این قرارداد دیگر برداشتی نمی‌شود.",
    },
  },
  paymentReturn: {
    title: "بازگشت از درگاه پرداخت",
    text: "نتیجهٔ پرداخت را از درگاه می‌پرسیم و در برنامه نشان می‌دهیم. تا آن زمان لازم نیست دوباره بپردازید.",
  },
};
