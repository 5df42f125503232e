// What is said of subscriptions, their prices and coupons, and of messages.
import { sentence } from "../sentence.ts";

export const subscriptionSentences = [
  sentence("{id} is {state}; subscribe anew.", ({ id, state }) => `${id} ${state} است؛ دوباره مشترک شوید.`),
  sentence(
    "{id} is {state}; there is nothing to cancel.",
    ({ id, state }) => `${id} ${state} است؛ چیزی برای لغو نیست.`,
  ),
  sentence(
    "{id} is {state}; only one that runs and owes nothing can change.",
    ({ id, state }) => `${id} ${state} است؛ تنها اشتراکی تغییر می‌پذیرد که در جریان است و بدهی ندارد.`,
  ),
  sentence(
    "{id} is {state}; only one that runs and owes nothing can pause.",
    ({ id, state }) => `${id} ${state} است؛ تنها اشتراکی متوقف می‌شود که در جریان است و بدهی ندارد.`,
  ),
  sentence(
    "{id} owes something; only one that runs and owes nothing can pause.",
    ({ id }) => `${id} بدهی دارد؛ تنها اشتراکی متوقف می‌شود که در جریان است و بدهی ندارد.`,
  ),
  sentence(
    "{id} is about to end; only one that runs and owes nothing can pause.",
    ({ id }) => `${id} رو به پایان است؛ تنها اشتراکی متوقف می‌شود که در جریان است و بدهی ندارد.`,
  ),
  sentence(
    "{id} of {id2} is not paid yet; pay it first.",
    ({ id, id2 }) => `${id} از ${id2} هنوز پرداخت نشده است؛ نخست آن را بپردازید.`,
  ),
  sentence(
    "{id} ends with its period; withdraw the cancellation first.",
    ({ id }) => `${id} با دورهٔ خود پایان می‌یابد؛ نخست لغو را پس بگیرید.`,
  ),
  sentence(
    "{id} is about to begin its next period; try again in a minute.",
    ({ id }) => `${id} در آستانهٔ دورهٔ بعد است؛ یک دقیقه بعد دوباره تلاش کنید.`,
  ),
  sentence("{id} to {text} is {state}.", ({ id, text, state }) => `${id} برای ${text} ${state} است.`),
  sentence("{id} is to {id2} already.", ({ id, id2 }) => `${id} هم‌اکنون برای ${id2} است.`),
  sentence(
    "The change of {id} that {id2} is for is not paid yet.",
    ({ id, id2 }) => `تغییر ${id} که ${id2} برای آن است هنوز پرداخت نشده است.`,
  ),
  sentence("A change of {id} is not paid yet.", ({ id }) => `تغییری از ${id} هنوز پرداخت نشده است.`),
  sentence("The quote is of a period that is over.", () => "پیش‌فاکتور از دوره‌ای است که گذشته است."),
  sentence("The quote is not of this request.", () => "پیش‌فاکتور از آن این درخواست نیست."),
  sentence("The quote is older than ten minutes.", () => "از پیش‌فاکتور بیش از ده دقیقه گذشته است."),
  sentence(
    "resumesAt must be after {instant}, and at most two years after it.",
    ({ instant }) => `resumesAt باید پس از ${instant} و حداکثر دو سال پس از آن باشد.`,
  ),
  sentence(
    "{id} has no next period: it ends, pauses or does not run.",
    ({ id }) => `${id} دورهٔ بعدی ندارد: پایان می‌یابد، متوقف می‌شود یا در جریان نیست.`,
  ),
  sentence("No subscription to {id} runs.", ({ id }) => `اشتراکی از ${id} در جریان نیست.`),
  sentence(
    "A trial is for a person: prove a mobile number first.",
    () => "دورهٔ آزمایشی از آن یک شخص است: نخست شمارهٔ همراهی را تأیید کنید.",
  ),
  sentence(
    "This person has had a trial of the product before.",
    () => "این شخص پیش‌تر دورهٔ آزمایشی این محصول را داشته است.",
  ),
  sentence(
    "{id} is a one-time price; buy it through a checkout.",
    ({ id }) => `${id} قیمتی یک‌باره است؛ آن را از راه پرداخت (checkout) بخرید.`,
  ),
  sentence("{id} is not a one-time price; subscribe to it.", ({ id }) => `${id} قیمتی یک‌باره نیست؛ مشترک آن شوید.`),
  sentence("{id} is no longer for sale.", ({ id }) => `${id} دیگر فروخته نمی‌شود.`),
  sentence("{id} brings no messages of {id2}.", ({ id, id2 }) => `${id} پیامی به ${id2} نمی‌افزاید.`),
  sentence(
    "{text} is sold only beside another product.",
    ({ text }) => `${text} تنها در کنار محصول دیگری فروخته می‌شود.`,
  ),
  sentence("{text} is not an add-on.", ({ text }) => `${text} افزودنی نیست.`),
  sentence(
    "An add-on stands there twice; give its quantity instead.",
    () => "افزودنی‌ای دو بار آمده است؛ به جای آن تعدادش را بدهید.",
  ),
  sentence(
    "{id} is not charged by the {text} ({text2}).",
    ({ id, text, text2 }) => `${id} با این بازه نیست: ${text} (${text2}).`,
  ),
  sentence("There is no coupon {text}.", ({ text }) => `کد تخفیف ${text} وجود ندارد.`),
  sentence("There is a coupon {text} already.", ({ text }) => `کد تخفیف ${text} هم‌اکنون هست.`),
  sentence("{text} is no longer redeemed.", ({ text }) => `کد ${text} دیگر پذیرفته نمی‌شود.`),
  sentence(
    "{text} could be redeemed until {instant}.",
    ({ text, instant }) => `کد ${text} تا ${instant} پذیرفته می‌شد.`,
  ),
  sentence("{text} is not for {text2}.", ({ text, text2 }) => `کد ${text} برای ${text2} نیست.`),
  sentence(
    "{text} has been redeemed {number} times.",
    ({ text, number }) => `کد ${text} ${number} بار به کار رفته است.`,
  ),
  sentence("You have redeemed {text} before.", ({ text }) => `کد ${text} را پیش‌تر به کار برده‌اید.`),
  sentence(
    "Both prices must be of one product, interval and calendar, and the new one for sale.",
    () => "هر دو قیمت باید از یک محصول، یک بازه و یک تقویم باشند و قیمت تازه فروخته شود.",
  ),
  sentence("{id} was canceled.", ({ id }) => `${id} لغو شده است.`),
  sentence("{id} moves the same price already.", ({ id }) => `${id} هم‌اکنون همین قیمت را جابه‌جا می‌کند.`),
  sentence(
    "Its name, or Roundtable's id of it, is taken.",
    () => "نام آن، یا شناسه‌اش نزد Roundtable، از آن دیگری است.",
  ),
  sentence(
    "{number} wanted; the customer has no messages of {id}.",
    ({ number, id }) => `${number} پیام خواسته شد؛ مشتری پیامی از ${id} ندارد.`,
  ),
  sentence(
    "{number} wanted, {number2} remain: {number3} granted, {number4} used, {number5} set aside{text}.",
    ({ number, number2, number3, number4, number5 }) =>
      `${number} پیام خواسته شد و ${number2} مانده است: ${number3} داده، ${number4} به کار رفته، ${number5} کنار گذاشته.`,
  ),
  sentence(
    "{number} wanted, {number2} remain: {number3} granted, {number4} used, {number5} set aside.",
    ({ number, number2, number3, number4, number5 }) =>
      `${number} پیام خواسته شد و ${number2} مانده است: ${number3} داده، ${number4} به کار رفته، ${number5} کنار گذاشته.`,
  ),
  sentence(
    "The grant ended at {instant}. {number} wanted, {text} remain: {text2}.",
    ({ instant, number }) => `سهمیه در ${instant} پایان یافت؛ ${number} پیام خواسته شد.`,
  ),
  sentence("{text} stands for another request.", ({ text }) => `${text} از آن درخواست دیگری است.`),
  sentence(
    "{text} was committed with {number} before.",
    ({ text, number }) => `${text} پیش‌تر با ${number} پیام قطعی شده است.`,
  ),
  sentence("{text} was {state} before.", ({ text, state }) => `${text} پیش‌تر ${state} شده است.`),
  sentence(
    "The clock stands at {instant} and has not arrived yet.",
    ({ instant }) => `ساعت در ${instant} است و هنوز نرسیده است.`,
  ),
  sentence(
    "The clock stands at {instant}; go at most {number} years ahead.",
    ({ instant, number }) => `ساعت در ${instant} است؛ حداکثر ${number} سال پیش بروید.`,
  ),
] as const;
