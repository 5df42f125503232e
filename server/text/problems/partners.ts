// Why a partner, its keys or its endpoints cannot be set up like this.
import type { ProblemCode } from "../../../contract/common/problem.ts";
import type { ProblemText } from "./meaning.ts";

export const partnerProblems = {
  webhook_endpoint_limit_reached: {
    en: [
      "A partner has a limited number of endpoints, and has reached it.",
      "Archive one that is not needed before adding another one.",
    ],
    fa: [
      "نشانی‌های وب‌هوک بیش از اندازه‌اند",
      "شمار نشانی‌های وب‌هوکِ هر همکار محدود است و به حد خود رسیده است.",
      "پیش از افزودن یکی دیگر، یکی را که لازم نیست بایگانی کنید.",
    ],
  },
  webhook_endpoint_archived: {
    en: ["An archived endpoint stays as it is and gets nothing more.", "Create another one."],
    fa: [
      "نشانی وب‌هوک بایگانی شده است",
      "نشانی بایگانی‌شده همان‌گونه که هست می‌ماند و دیگر چیزی دریافت نمی‌کند.",
      "نشانی دیگری بسازید.",
    ],
  },
  login_link_not_possible: {
    en: [
      "A person with an account of their own is never signed in by a partner.",
      "Send them to our own sign-in page.",
    ],
    fa: [
      "این مشتری خودش وارد می‌شود",
      "همکار نمی‌تواند کسی را که حساب خودش را دارد وارد کند.",
      "او را به صفحهٔ ورود خودمان بفرستید.",
    ],
  },
  partner_exists: {
    en: [
      "Names of partners are unique, and there is a partner of this name.",
      "Choose another name, or use that partner.",
    ],
    fa: [
      "همکار دیگری با این نام هست",
      "نام هر همکار یکتاست و همکار دیگری با این نام هست.",
      "نام دیگری برگزینید، یا همان همکار را به کار ببرید.",
    ],
  },
  partner_key_limit_reached: {
    en: [
      "A partner has a limited number of keys, and has reached it.",
      "Revoke one that is not needed before making another one.",
    ],
    fa: [
      "کلیدها بیش از اندازه‌اند",
      "شمار کلیدهای هر همکار محدود است و به حد خود رسیده است.",
      "پیش از ساختن یکی دیگر، کلیدی را که لازم نیست باطل کنید.",
    ],
  },
  partner_key_ended: {
    en: ["Only a key that is good and has no successor can be rotated.", "Make a new key."],
    fa: [
      "کلید جایگزین یا باطل شده یا مهلتش گذشته است",
      "تنها کلیدی را می‌توان چرخاند که معتبر است و جانشینی ندارد.",
      "کلید تازه‌ای بسازید.",
    ],
  },
} as const satisfies Partial<Record<ProblemCode, ProblemText>>;
