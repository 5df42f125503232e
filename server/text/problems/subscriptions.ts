// Why somebody cannot subscribe, change or use what they have.
import type { ProblemCode } from "../../../contract/common/problem.ts";
import type { ProblemText } from "./meaning.ts";

export const subscriptionProblems = {
  subscription_exists: {
    en: [
      "A customer has at most one live subscription to a product, and there is one.",
      "Change that one, or end it first.",
    ],
    fa: [
      "برای این محصول اشتراکی هست",
      "هر مشتری برای هر محصول حداکثر یک اشتراک زنده دارد و اکنون یکی هست.",
      "همان اشتراک را تغییر دهید، یا نخست آن را پایان دهید.",
    ],
  },
  account_not_settled: {
    en: [
      "Something of this account still runs, is owed, is under way, or is left to give back; `detail` names it.",
      "End or settle what is named: cancel the subscription and the payment method, pay or have the invoice voided, wait for the payment, and ask again.",
    ],
    fa: [
      "حساب هنوز تسویه نشده است",
      "چیزی از این حساب هنوز در جریان است، بدهکار است، در راه است یا باید برگردد؛ `detail` آن را نام می‌برد.",
      "آنچه را نام برده شده پایان دهید یا تسویه کنید: اشتراک و روش پرداخت را لغو کنید، صورت‌حساب را بپردازید، تا پایان پرداخت صبر کنید و دوباره بخواهید.",
    ],
  },
  subscription_ended: {
    en: ["A subscription that has ended cannot be changed.", "Subscribe anew."],
    fa: ["اشتراک پایان یافته است", "اشتراکی که پایان یافته تغییر نمی‌پذیرد.", "دوباره مشترک شوید."],
  },
  subscription_not_active: {
    en: [
      "Only a subscription that runs, and owes nothing, can do this.",
      "Pay what is owed, or resume the subscription, and ask again.",
    ],
    fa: [
      "اشتراک در جریان نیست",
      "این کار تنها با اشتراکی شدنی است که در جریان است و بدهی ندارد.",
      "بدهی را بپردازید یا اشتراک را از سر بگیرید و دوباره بخواهید.",
    ],
  },
  price_one_time: {
    en: ["A one-time price has no periods to subscribe to.", "Buy it through a checkout."],
    fa: [
      "این قیمت یک‌باره است",
      "قیمت یک‌باره دوره‌ای ندارد که بتوان مشترک آن شد.",
      "آن را از راه پرداخت (checkout) بخرید.",
    ],
  },
  price_recurring: {
    en: ["A checkout sells one-time prices, and this one has periods.", "Subscribe to it."],
    fa: ["این قیمت دوره‌ای است", "در checkout قیمت‌های یک‌باره فروخته می‌شوند و این قیمت دوره دارد.", "مشترک آن شوید."],
  },
  price_not_top_up: {
    en: [
      "The price brings no messages of the subscription's product.",
      "Name a one-time price of the subscription's own product that brings messages.",
    ],
    fa: [
      "این قیمت پیامی از این محصول نمی‌آورد",
      "این قیمت پیامی به محصولِ اشتراک نمی‌افزاید.",
      "قیمتی یک‌باره از محصول همین اشتراک نام ببرید که پیام بیاورد.",
    ],
  },
  price_not_for_sale: {
    en: ["New subscriptions cannot use this price.", "Choose a price that the catalogue shows."],
    fa: [
      "این قیمت فروخته نمی‌شود",
      "اشتراک تازه با این قیمت شدنی نیست.",
      "یکی از قیمت‌هایی را برگزینید که فهرست محصولات نشان می‌دهد.",
    ],
  },
  price_migration_not_valid: {
    en: [
      "These two prices cannot be migrated between now.",
      "Name two prices of one product, of one interval and calendar, of which no other migration runs.",
    ],
    fa: [
      "این جابه‌جایی قیمت شدنی نیست",
      "اکنون نمی‌توان مشترکان را از این قیمت به آن قیمت برد.",
      "دو قیمت از یک محصول، با یک بازه و یک تقویم نام ببرید که جابه‌جایی دیگری برایشان در جریان نباشد.",
    ],
  },
  product_exists: {
    en: [
      "Names of products are unique, and there is a product of this name.",
      "Choose another name, or use that product.",
    ],
    fa: [
      "محصولی با این نام هست",
      "نام هر محصول یکتاست و محصولی با این نام هست.",
      "نام دیگری برگزینید، یا همان محصول را به کار ببرید.",
    ],
  },
  trial_used: {
    en: ["A person has one trial of a product, and this one has had theirs.", "Subscribe with `trial` false."],
    fa: [
      "این شخص دورهٔ آزمایشی محصول را گذرانده است",
      "هر کس از هر محصول یک دورهٔ آزمایشی دارد و این دوره پیش‌تر به کار رفته است.",
      "با trial برابر false مشترک شوید.",
    ],
  },
  coupon_not_valid: {
    en: [
      "The coupon is unknown, archived, over, for another product, or was redeemed by you before.",
      "Go on without it, or with another one.",
    ],
    fa: [
      "کد تخفیف اینجا پذیرفته نیست",
      "این کد تخفیف ناشناخته، بایگانی‌شده، پایان‌یافته یا برای محصول دیگری است، یا خودتان پیش‌تر آن را به کار برده‌اید.",
      "بدون آن، یا با کد دیگری ادامه دهید.",
    ],
  },
  coupon_used_up: {
    en: ["As many customers as may have redeemed the coupon.", "Go on without it, or with another one."],
    fa: [
      "ظرفیت کد تخفیف پر شده است",
      "به شماری که مجاز بود مشتریان این کد تخفیف را به کار برده‌اند.",
      "بدون آن، یا با کد دیگری ادامه دهید.",
    ],
  },
  coupon_exists: {
    en: ["A code is used once; an archived coupon keeps its own.", "Choose another code."],
    fa: [
      "کد تخفیفی با این کد هست",
      "هر کد یک بار به کار می‌رود؛ کد تخفیفِ بایگانی‌شده هم کد خود را نگه می‌دارد.",
      "کد دیگری برگزینید.",
    ],
  },
  add_on_not_valid: {
    en: [
      "An add-on is sold beside a price of the same interval and calendar, and stands there once.",
      "Name add-ons that suit the price, each once with its quantity.",
    ],
    fa: [
      "این افزودنی با این قیمت جور نیست",
      "افزودنی در کنار قیمتی با همان بازه و همان تقویم فروخته می‌شود و یک بار در فهرست می‌آید.",
      "افزودنی‌هایی نام ببرید که با قیمت جورند، هر یک یک بار و با تعدادش.",
    ],
  },
  quota_exceeded: {
    en: [
      "What was granted for the period, less what is used or set aside, is not enough.",
      "Ask for fewer messages, top up, or wait for the next period.",
    ],
    fa: [
      "این تعداد پیام باقی نمانده است",
      "آنچه برای این دوره داده شده، پس از کسر آنچه به کار رفته یا کنار گذاشته شده، کافی نیست.",
      "پیام کمتری بخواهید، سهمیه بخرید، یا تا دورهٔ بعد صبر کنید.",
    ],
  },
  reservation_exists: {
    en: ["An id stands for one reservation, and this one for another request.", "Use a fresh id for another reply."],
    fa: [
      "رزرو دیگری با این شناسه هست",
      "هر شناسه از آن یک رزرو است و این یکی از آن درخواست دیگری است.",
      "برای پاسخ دیگر شناسه‌ای تازه بسازید.",
    ],
  },
  reservation_settled: {
    en: [
      "A reservation is committed or released once, and this one was, in another way.",
      "Take its state as it is; to use more messages, make another reservation.",
    ],
    fa: [
      "رزرو پیش‌تر به گونهٔ دیگری بسته شده است",
      "هر رزرو یک بار قطعی یا آزاد می‌شود و این یکی پیش‌تر به گونهٔ دیگری بسته شده است.",
      "وضع آن را همان‌گونه که هست بپذیرید؛ برای پیام‌های بیشتر رزرو دیگری بسازید.",
    ],
  },
  quote_not_valid: {
    en: [
      "A quote holds for ten minutes, for the request it was made for.",
      "Ask for a new one, show it, and send the request with it.",
    ],
    fa: [
      "پیش‌فاکتور دیگر معتبر نیست",
      "هر پیش‌فاکتور ده دقیقه، و تنها برای درخواستی که برایش ساخته شده، معتبر است.",
      "پیش‌فاکتور تازه‌ای بخواهید، آن را نشان دهید و درخواست را با آن بفرستید.",
    ],
  },
  change_in_progress: {
    en: [
      "Another change of the subscription waits for its payment.",
      "Wait until that one is paid, or its payment has failed.",
    ],
    fa: [
      "تغییر دیگری از این اشتراک در جریان است",
      "تغییر دیگری از این اشتراک در انتظار پرداخت است.",
      "صبر کنید تا آن یکی پرداخت شود یا پرداختش ناکام بماند.",
    ],
  },
  nothing_to_change: {
    en: ["The subscription has these terms already.", "There is nothing to do; or name other terms."],
    fa: ["اشتراک هم‌اکنون همین گونه است", "اشتراک همین شرایط را دارد.", "کاری لازم نیست؛ یا شرایط دیگری نام ببرید."],
  },
  test_clock_backwards: {
    en: ["A test clock only moves forward.", "Choose an instant after the customer's present billing time."],
    fa: [
      "ساعت آزمایشی تنها به پیش می‌رود",
      "ساعت آزمایشی را نمی‌توان به عقب برد.",
      "لحظه‌ای پس از زمان کنونی مشتری برگزینید.",
    ],
  },
  test_clock_advancing: {
    en: ["The test clock has not arrived where it was sent.", "Wait until it is ready before moving it again."],
    fa: [
      "ساعت آزمایشی هنوز در راه است",
      "ساعت آزمایشی هنوز به جایی که فرستاده شده نرسیده است.",
      "پیش از آنکه دوباره آن را جابه‌جا کنید، صبر کنید تا آماده شود.",
    ],
  },
} as const satisfies Partial<Record<ProblemCode, ProblemText>>;
