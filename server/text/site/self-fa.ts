// What subscribers read of their own details, on invoices and when they leave, in Persian.
import type { BuyerKind } from "../../../contract/buyer.ts";

const kinds: Readonly<Record<BuyerKind, string>> = { natural: "شخص حقیقی", legal: "شخص حقوقی (شرکت)" };

export const selfFa = {
  extras: {
    title: "خرید یک‌باره",
    text: "یک بار و با کارت در صفحهٔ بانک پرداخت می‌شود، با مالیات بر ارزش افزوده.",
    messages: (messages: string) => `${messages} پیام، تا هنگامی که مصرف شود`,
    messagesFor: (messages: string, days: string) => `${messages} پیام برای ${days} روز`,
    button: "خرید",
  },
  seats: {
    title: "تعداد و افزودنی‌ها",
    seats: "تعداد کاربر",
  },
  buyer: {
    title: "مشخصات صورت‌حساب",
    short: "نامی که روی صورت‌حساب‌های شما می‌آید.",
    see: "دیدن و تغییر",
    text:
      "صورت‌حساب‌های بعدی به این نام صادر می‌شود و صورت‌حساب‌های صادرشده تغییری نمی‌کند. " +
      "اگر شرکتی پرداخت می‌کند یا اعتبار مالیاتی می‌خواهید به آن نیاز دارید.",
    none: "هنوز مشخصاتی نداده‌اید و صورت‌حساب‌ها به نام کسی نیست.",
    now: "روی صورت‌حساب‌های شما",
    give: "ثبت مشخصات",
    change: "تغییر مشخصات",
    kind: "پرداخت‌کننده",
    kinds,
    name: "نام کامل یا نام شرکت",
    ownName: "نام",
    companyName: "نام شرکت",
    back: "بازگشت به تنظیمات",
    nationalId: "کد ملی",
    ofPerson: "برای شخص حقیقی، ده رقم",
    legalId: "شناسهٔ ملی",
    ofCompany: "برای شخص حقوقی، یازده رقم",
    economicCode: "کد اقتصادی",
    ifAny: "اگر دارید",
    postalCode: "کد پستی",
    address: "نشانی",
    save: "ذخیره",
  },
  erase: {
    title: "حذف حساب",
    goes: "نام، ایمیل، شمارهٔ موبایل، مشخصات صورت‌حساب و پیام‌های شما پاک می‌شود و بازگرداندن آن‌ها ممکن نیست.",
    stays: "صورت‌حساب‌ها و دفترهای حساب به حکم قانون نگه داشته می‌شود، بی آنکه نام شما روی آن‌ها باشد.",
    before:
      "پیش از آن اشتراک‌ها و پرداخت‌های مستقیم خود را پایان دهید، بدهی را بپردازید و اعتبارتان را مصرف کنید یا پس بگیرید.",
    sure: "می‌دانم که این کار بازگشت‌پذیر نیست.",
    notSure: "اگر مطمئن هستید، این گزینه را علامت بزنید.",
    button: "حذف حساب",
    keep: "منصرف شدم",
  },
};

/** The same shape in any language. */
export type SelfTexts = typeof selfFa;
