// What is said of what is not there, of who may not, and of partners' things.
import { sentence } from "../sentence.ts";

export const requestSentences = [
  sentence("There is no customer {id}.", ({ id }) => `مشتری ${id} وجود ندارد.`),
  sentence("There is no invoice {id}.", ({ id }) => `صورت‌حساب ${id} وجود ندارد.`),
  sentence("There is no partner {id}.", ({ id }) => `همکار ${id} وجود ندارد.`),
  sentence("There is no payment {id}.", ({ id }) => `پرداخت ${id} وجود ندارد.`),
  sentence("There is no payment method {id}.", ({ id }) => `روش پرداخت ${id} وجود ندارد.`),
  sentence("There is no price {id}.", ({ id }) => `قیمت ${id} وجود ندارد.`),
  sentence("There is no product {text}.", ({ text }) => `محصول ${text} وجود ندارد.`),
  sentence("There is no refund {id}.", ({ id }) => `بازپرداخت ${id} وجود ندارد.`),
  sentence("There is no subscription {id}.", ({ id }) => `اشتراک ${id} وجود ندارد.`),
  sentence("There is a partner {text} already.", ({ text }) => `همکار ${text} هم‌اکنون هست.`),
  sentence("The account was erased.", () => "این حساب پاک شده است."),
  sentence(
    "Others were changing the epoch at the same time; try again.",
    () => "همزمان تغییر دیگری در این دوره بود؛ دوباره تلاش کنید.",
  ),
  sentence(
    "Others were turning the switch at the same time; try again.",
    () => "همزمان کس دیگری این کلید را تغییر می‌داد؛ دوباره تلاش کنید.",
  ),
  sentence(
    "The log is being recalled; collecting goes on when it is whole.",
    () => "رویدادهای گذشته در حال بازخوانی است؛ دریافت پرداخت‌ها پس از پایان آن از سر گرفته می‌شود.",
  ),
  sentence(
    "The log is being recalled; what is in doubt is known when it is whole.",
    () => "رویدادهای گذشته در حال بازخوانی است؛ تردیدها پس از پایان آن روشن می‌شود.",
  ),
  sentence(
    "Others were changing this customer at the same time; try again.",
    () => "همزمان تغییرهای دیگری در این مشتری بود؛ دوباره تلاش کنید.",
  ),
  sentence("{things}: end or settle that first.", ({ things }) => `نخست این‌ها را پایان دهید یا تسویه کنید: ${things}.`),
  sentence("This key has not {text} itself.", ({ text }) => `این کلید خودش این دامنه‌ها را ندارد: ${text}.`),
  sentence(
    "Events up to position {number} have been archived; begin after it.",
    ({ number }) => `رویدادها تا جایگاه ${number} بایگانی شده‌اند؛ پس از آن آغاز کنید.`,
  ),
  sentence("{id} has been archived.", ({ id }) => `${id} بایگانی شده است.`),
  sentence("{id} is archived.", ({ id }) => `${id} بایگانی شده است.`),
  sentence("{text} is switched off.", ({ text }) => `${text} خاموش است.`),
  // The plainest of all comes last.
  sentence("{id} is {state}.", ({ id, state }) => `${id} ${state} است.`),
] as const;
