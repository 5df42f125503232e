// What goes wrong with a request as such, whatever it asks for.
import type { ProblemCode } from "../../../contract/common/problem.ts";
import type { ProblemText } from "./meaning.ts";

export const requestProblems = {
  malformed_json: {
    en: [
      "The body is not one JSON value in UTF-8, is nested more than 32 deep, or holds NUL, half a character or a lost one (U+FFFD).",
      "Send one JSON value, nested at most 32 deep.",
    ],
    fa: [
      "بدنهٔ درخواست JSON نیست",
      "بدنه یک مقدار JSON با کدگذاری UTF-8 نیست، بیش از ۳۲ لایه تو در تو است، یا نویسهٔ NUL، نیمهٔ یک نویسه یا نویسه‌ای گم‌شده (U+FFFD) دارد.",
      "یک مقدار JSON با حداکثر ۳۲ لایه بفرستید.",
    ],
  },
  malformed_request: {
    en: [
      "The address holds a percent sign that does not begin an encoded UTF-8 character.",
      "Encode the parts of the address once, with encodeURIComponent or the like.",
    ],
    fa: [
      "درخواست خواندنی نیست",
      "در نشانی علامت درصدی هست که آغاز یک نویسهٔ کدشدهٔ UTF-8 نیست.",
      "اجزای نشانی را یک بار، با encodeURIComponent یا مانند آن، کد کنید.",
    ],
  },
  events_archived: {
    en: [
      "Events older than 400 days leave the log for the signed files of the audit trail, and this asks for some that have.",
      "Read the state as it is now, and go on from the position that is named; an operator can hand you the files.",
    ],
    fa: [
      "این رویدادها دیگر در دفتر رویدادها نیست",
      "رویدادهای کهنه‌تر از ۴۰۰ روز به پرونده‌های امضاشده سپرده می‌شوند و این درخواست برخی از آن‌ها را می‌خواهد.",
      "وضعیت کنونی را بخوانید و از جایگاهی که گفته شده ادامه دهید؛ پرونده‌ها را می‌توانید از پشتیبانی بگیرید.",
    ],
  },
  idempotency_key_missing: {
    en: [
      "This request must have one effect however often it arrives, and says no key to tell it by.",
      "Send an Idempotency-Key header: a fresh UUID for each thing you mean to happen once.",
    ],
    fa: [
      "سرایند Idempotency-Key لازم است",
      "این درخواست هر چند بار هم برسد باید یک بار اثر کند، اما کلیدی ندارد که با آن شناخته شود.",
      "سرایند Idempotency-Key را بفرستید: برای هر کاری که باید یک بار انجام شود، یک UUID تازه.",
    ],
  },
  idempotency_key_invalid: {
    en: [
      "The Idempotency-Key is not 1 to 255 visible ASCII characters.",
      "Send such a key, bare or in double quotes; a UUID will do.",
    ],
    fa: [
      "Idempotency-Key معتبر نیست",
      "Idempotency-Key یک تا ۲۵۵ نویسهٔ دیدنی ASCII نیست.",
      "چنین کلیدی بفرستید، با گیومهٔ دوتایی یا بدون آن؛ یک UUID کافی است.",
    ],
  },
  token_not_valid: {
    en: [
      "The link or the code is unknown, has been used, or its time is over.",
      "Ask for another one, and use it before its time is over.",
    ],
    fa: [
      "پیوند یا کد معتبر نیست",
      "این پیوند یا کد ناشناخته است، به کار رفته یا مهلتش گذشته است.",
      "یکی دیگر بخواهید و پیش از پایان مهلت به کار ببرید.",
    ],
  },
  credentials_not_valid: {
    en: [
      "Nobody has this address and this password together.",
      "Check both, or ask for a new password; we do not say which of the two it is.",
    ],
    fa: [
      "نشانی یا گذرواژه درست نیست",
      "کسی با این نشانی و این گذرواژه نیست.",
      "هر دو را بررسی کنید یا گذرواژهٔ تازه‌ای بخواهید؛ نمی‌گوییم کدام یک نادرست است.",
    ],
  },
  email_not_verified: {
    en: [
      "The e-mail address has not been proved by the link that was sent to it.",
      "Open the link in the message, or ask for another one.",
    ],
    fa: [
      "نشانی ایمیل تأیید نشده است",
      "نشانی ایمیل با پیوندی که به آن فرستاده شده تأیید نشده است.",
      "پیوند درون پیام را باز کنید، یا یکی دیگر بخواهید.",
    ],
  },
  phone_number_taken: {
    en: ["Another account has proved this number.", "Use another number, or sign in to that account."],
    fa: [
      "این شماره از آن حساب دیگری است",
      "حساب دیگری این شماره را تأیید کرده است.",
      "شمارهٔ دیگری به کار ببرید، یا با همان حساب وارد شوید.",
    ],
  },
  not_signed_in: {
    en: [
      "The request has no session and no key that is good, and this is not for everybody.",
      "Send a session's cookie or bearer token, or a partner's key as a bearer token.",
    ],
    fa: [
      "کسی وارد نشده است",
      "درخواست نشست یا کلید معتبری ندارد و این کار برای همگان نیست.",
      "کوکی یا توکن bearer یک نشست، یا کلید یک همکار را به شکل توکن bearer بفرستید.",
    ],
  },
  forbidden: {
    en: [
      "You are known, but this is not for you.",
      "Use credentials that may do this: another role, or a key that has the scope named by the documentation.",
    ],
    fa: [
      "شما اجازهٔ این کار را ندارید",
      "شما شناخته شده‌اید، اما این کار برای شما نیست.",
      "با اعتبارنامه‌ای بیایید که اجازهٔ این کار را دارد: نقشی دیگر، یا کلیدی با دامنه‌ای که در مستندات آمده است.",
    ],
  },
  second_factor_required: {
    en: [
      "An operator's session is good only when a second factor was proved in it.",
      "With an authenticator: POST /auth/second-factor/enrol with your password, then /auth/second-factor/confirm with a code. " +
        "If you have one already, sign in again with `code`.",
    ],
    fa: [
      "تأیید دومرحله‌ای لازم است",
      "نشست کاربر سامانه تنها با تأیید دومرحله‌ای معتبر است.",
      "با برنامهٔ رمزساز و گذرواژه‌تان ثبت‌نام کنید و رمز یک‌بارمصرف را بفرستید. اگر ثبت‌نام کرده‌اید، دوباره با رمز وارد شوید.",
    ],
  },
  second_factor_code_required: {
    en: [
      "The password is right, and this account has a second factor.",
      "Send the same request with `code`: six digits of your authenticator, or one of your backup codes.",
    ],
    fa: [
      "رمز یک‌بارمصرف لازم است",
      "گذرواژه درست است و این حساب تأیید دومرحله‌ای دارد.",
      "همین درخواست را با شش رقم برنامهٔ رمزساز یا یکی از رمزهای پشتیبان بفرستید.",
    ],
  },
  second_factor_code_not_valid: {
    en: [
      "The code is wrong, too old, or was used before: each is good once.",
      "Wait for the next code of your authenticator. If you have lost it, another operator can reset your second factor.",
    ],
    fa: [
      "رمز یک‌بارمصرف پذیرفته نشد",
      "رمز نادرست یا کهنه است یا پیش‌تر به کار رفته است؛ هر رمز یک بار اعتبار دارد.",
      "در انتظار رمز بعدی بمانید. اگر برنامهٔ رمزساز را از دست داده‌اید، کاربر دیگری می‌تواند آن را بازنشانی کند.",
    ],
  },
  second_factor_exists: {
    en: [
      "This account has a second factor, and a new one would take its place unseen.",
      "Disable it first, with your password and a code.",
    ],
    fa: [
      "تأیید دومرحله‌ای هم‌اکنون برقرار است",
      "این حساب تأیید دومرحله‌ای دارد و جای آن بی‌خبر عوض نمی‌شود.",
      "نخست آن را با گذرواژه و رمز یک‌بارمصرف غیرفعال کنید.",
    ],
  },
  not_found: {
    en: [
      "There is nothing at this address, or nothing that is yours.",
      "Check the address and the ids in it, and whose credentials you sent.",
    ],
    fa: [
      "اینجا چیزی نیست",
      "در این نشانی چیزی نیست، یا چیزی که از آن شما باشد نیست.",
      "نشانی و شناسه‌های آن را بررسی کنید، و این را که اعتبارنامهٔ چه کسی را فرستاده‌اید.",
    ],
  },
  method_not_allowed: {
    en: ["This address does not take this method.", "Use one of the methods that the Allow header names."],
    fa: [
      "این روش برای این نشانی نیست",
      "این نشانی این روش HTTP را نمی‌پذیرد.",
      "یکی از روش‌هایی را به کار ببرید که سرایند Allow نام می‌برد.",
    ],
  },
  idempotency_key_in_use: {
    en: [
      "The first request with this Idempotency-Key has not ended.",
      "Try again in a second, with the same key: you get the first one's answer.",
    ],
    fa: [
      "درخواستی با این Idempotency-Key هنوز در حال اجراست",
      "نخستین درخواست با این Idempotency-Key هنوز پایان نیافته است.",
      "یک ثانیه بعد با همان کلید دوباره بفرستید: پاسخ همان درخواست نخست را می‌گیرید.",
    ],
  },
  idempotency_key_reused: {
    en: [
      "An Idempotency-Key stands for one request, and this one was used for another.",
      "Use a fresh key for each request; repeat a key only with exactly the same request.",
    ],
    fa: [
      "این Idempotency-Key برای درخواست دیگری به کار رفته است",
      "هر Idempotency-Key از آن یک درخواست است و این یکی برای درخواست دیگری به کار رفته است.",
      "برای هر درخواست کلیدی تازه بسازید؛ کلید را تنها با همان درخواست تکرار کنید.",
    ],
  },
  payload_too_large: {
    en: ["A body is at most 64 KiB, and this one is larger.", "Send less at once."],
    fa: [
      "بدنهٔ درخواست بیش از اندازه بزرگ است",
      "بدنه حداکثر ۶۴ کیبی‌بایت است و این یکی بزرگ‌تر است.",
      "هر بار کمتر بفرستید.",
    ],
  },
  unsupported_media_type: {
    en: ["The body is not declared as JSON.", "Send JSON with the header content-type: application/json."],
    fa: [
      "بدنه باید JSON باشد",
      "بدنه به عنوان JSON معرفی نشده است.",
      "بدنه را به شکل JSON و با سرایند content-type: application/json بفرستید.",
    ],
  },
  validation_failed: {
    en: [
      "Something in the request is not as the documentation says.",
      "Correct what the entries of `errors` point to; each says why.",
    ],
    fa: [
      "درخواست معتبر نیست",
      "چیزی در درخواست آن گونه نیست که مستندات می‌گوید.",
      "آنچه را که هر مورد از errors به آن اشاره می‌کند اصلاح کنید؛ هر مورد دلیل خود را می‌گوید.",
    ],
  },
  rate_limited: {
    en: [
      "You have called more often than the rule in RateLimit-Policy allows.",
      "Wait as many seconds as Retry-After says.",
    ],
    fa: [
      "درخواست‌ها بیش از اندازه‌اند",
      "بیش از آنچه قاعدهٔ RateLimit-Policy اجازه می‌دهد درخواست فرستاده‌اید.",
      "به اندازهٔ ثانیه‌هایی که Retry-After می‌گوید صبر کنید.",
    ],
  },
  busy: {
    en: [
      "Other changes to this customer kept coming first.",
      "Try again in a moment, with the same Idempotency-Key if you sent one.",
    ],
    fa: [
      "همزمان کارهای بسیاری برای این مشتری در جریان است",
      "تغییرهای دیگرِ همین مشتری پیوسته زودتر رسیدند.",
      "اندکی بعد دوباره بفرستید؛ اگر Idempotency-Key فرستاده بودید، با همان.",
    ],
  },
  internal_error: {
    en: [
      "This is our fault, and we have been told of it.",
      "Try again with the same Idempotency-Key; if it stays, quote the request id to support.",
    ],
    fa: [
      "در سامانهٔ ما خطایی رخ داد",
      "این خطا از ماست و از آن باخبر شده‌ایم.",
      "با همان Idempotency-Key دوباره بفرستید؛ اگر باز هم رخ داد، requestId را به پشتیبانی بدهید.",
    ],
  },
  gateway_unavailable: {
    en: [
      "The payment gateway does not answer.",
      "Try again in a minute with the same Idempotency-Key: nothing is done twice.",
    ],
    fa: [
      "درگاه پرداخت پاسخ نمی‌دهد",
      "درگاه پرداخت به ما پاسخ نمی‌دهد.",
      "یک دقیقه بعد با همان Idempotency-Key دوباره بفرستید: هیچ کاری دو بار انجام نمی‌شود.",
    ],
  },
} as const satisfies Partial<Record<ProblemCode, ProblemText>>;
