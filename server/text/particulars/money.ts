// What is said of paying, giving back and the books.
import { sentence } from "../sentence.ts";

export const moneySentences = [
  sentence(
    "{id} allows {number} IRR a debit; {number2} IRR is needed.",
    ({ id, number, number2 }) => `${id} در هر برداشت تا ${number} ریال اجازه می‌دهد و ${number2} ریال لازم است.`,
  ),
  sentence(
    "{id} allows {number} IRR a debit; a whole period will need {number2} IRR.",
    ({ id, number, number2 }) =>
      `${id} در هر برداشت تا ${number} ریال اجازه می‌دهد و یک دورهٔ کامل ${number2} ریال می‌خواهد.`,
  ),
  sentence(
    "{id} needs {number} IRR a debit; the ceiling is {number2} IRR.",
    ({ id, number, number2 }) => `${id} در هر برداشت ${number} ریال می‌خواهد و سقف ${number2} ریال است.`,
  ),
  sentence(
    "The gateway takes at most {number} IRR in one payment.",
    ({ number }) => `درگاه در یک پرداخت حداکثر ${number} ریال می‌گیرد.`,
  ),
  sentence("{id} allows {number} debits a day.", ({ id, number }) => `${id} در روز ${number} برداشت اجازه می‌دهد.`),
  sentence("{id} allows {number} debits a month.", ({ id, number }) => `${id} در ماه ${number} برداشت اجازه می‌دهد.`),
  sentence("{id} ended at {instant}.", ({ id, instant }) => `${id} در ${instant} پایان یافت.`),
  sentence(
    "{id} is {state} and cannot be signed now.",
    ({ id, state }) => `${id} ${state} است و اکنون نمی‌توان آن را امضا کرد.`,
  ),
  sentence(
    "{id} is {state}; open one that replaces none.",
    ({ id, state }) => `${id} ${state} است؛ روشی باز کنید که جانشین چیزی نباشد.`,
  ),
  sentence(
    "{number} payment methods wait to be signed; sign one.",
    ({ number }) => `${number} روش پرداخت در انتظار امضا هستند؛ یکی را امضا کنید.`,
  ),
  sentence("Prove a mobile number by code first.", () => "نخست شمارهٔ همراهی را با کد تأیید کنید."),
  sentence(
    "The gateway did not answer; nothing was charged. Try again with the same key.",
    () => "درگاه پاسخ نداد و مبلغی کم نشد. با همان کلید دوباره بفرستید.",
  ),
  sentence(
    "The gateway answered {number}; nothing was charged. Try again with the same key.",
    ({ number }) => `درگاه پاسخ ${number} داد و مبلغی کم نشد. با همان کلید دوباره بفرستید.`,
  ),
  sentence("{id} has no payment method; name one.", ({ id }) => `${id} روش پرداختی ندارد؛ یکی را نام ببرید.`),
  sentence("{id} is not free; name a payment method.", ({ id }) => `${id} رایگان نیست؛ روش پرداختی نام ببرید.`),
  sentence(
    "{id} is paid by links; name a payment method first.",
    ({ id }) => `${id} با پیوند پرداخت می‌شود؛ نخست روش پرداختی نام ببرید.`,
  ),
  sentence("The trial of {id} needs a payment method.", ({ id }) => `دورهٔ آزمایشی ${id} روش پرداخت می‌خواهد.`),
  sentence(
    "It is not sure yet that this has not been paid; try again later.",
    () => "هنوز روشن نیست که این صورت‌حساب پرداخت نشده باشد؛ بعداً دوباره تلاش کنید.",
  ),
  sentence(
    "No debits are sent for the moment; pay on a page instead.",
    () => "فعلاً برداشتی فرستاده نمی‌شود؛ از راه صفحهٔ پرداخت بپردازید.",
  ),
  sentence(
    "No payments are taken for the moment; nothing was begun. Try again later.",
    () => "فعلاً پولی دریافت نمی‌شود و کاری آغاز نشد. بعداً دوباره تلاش کنید.",
  ),
  sentence(
    "No payments are taken for the moment; nothing was begun. Try again later, with a new key.",
    () => "فعلاً پولی دریافت نمی‌شود و کاری آغاز نشد. بعداً با کلیدی تازه دوباره تلاش کنید.",
  ),
  sentence(
    "{id} did not succeed ({text}); nothing has changed.",
    ({ id, text }) => `${id} موفق نشد (${text})؛ چیزی تغییر نکرده است.`,
  ),
  sentence(
    "{id} did not succeed ({text}); the invoice is still owed.",
    ({ id, text }) => `${id} موفق نشد (${text})؛ بدهی صورت‌حساب هنوز برجاست.`,
  ),
  sentence(
    "The payment did not succeed ({text}); {id} never began and nothing is owed.",
    ({ id, text }) => `پرداخت موفق نشد (${text})؛ ${id} آغاز نشد و بدهی‌ای نیست.`,
  ),
  sentence(
    "{id} of {id2} is {state}; the bank has not told its end.",
    ({ id, id2, state }) => `${id} از ${id2} ${state} است و بانک سرانجام آن را نگفته است.`,
  ),
  sentence(
    "{id} of {id2} is {state}; its page can be paid.",
    ({ id, id2, state }) => `${id} از ${id2} ${state} است و صفحهٔ آن پرداخت‌پذیر است.`,
  ),
  sentence("{id} of {id2} is {state}.", ({ id, id2, state }) => `${id} از ${id2} ${state} است.`),
  sentence("Nothing is owed for {id}.", ({ id }) => `${id} بدهی‌ای ندارد.`),
  sentence("{number} IRR of {id} can be credited.", ({ id, number }) => `از ${id} تا ${number} ریال برگشت‌پذیر است.`),
  sentence(
    "{number} IRR of {id} can be given back.",
    ({ id, number }) => `از ${id} تا ${number} ریال را می‌توان برگرداند.`,
  ),
  sentence(
    "{id} can be reversed only as a whole and within {number} minutes.",
    ({ id, number }) => `${id} تنها یکجا و تا ${number} دقیقه برگشت می‌خورد.`,
  ),
  sentence(
    "{id} has no reference that the gateway could find it by.",
    ({ id }) => `${id} شمارهٔ پیگیری‌ای ندارد که درگاه آن را بیابد.`,
  ),
  sentence("The gateway pays out {number} IRR or more.", ({ number }) => `درگاه ${number} ریال یا بیشتر می‌پردازد.`),
  sentence("The customer has {number} IRR of credit.", ({ number }) => `اعتبار مشتری ${number} ریال است.`),
  sentence(
    "The customer has {number} IRR of credit; {number2} is the most.",
    ({ number, number2 }) => `اعتبار مشتری ${number} ریال است و بیشترین اندازه ${number2} ریال.`,
  ),
  sentence("{text} is another payment's reference.", ({ text }) => `${text} شمارهٔ پیگیری پرداخت دیگری است.`),
  sentence("{id} needs a decision, not a nod.", ({ id }) => `${id} تصمیم می‌خواهد و دیدن آن کافی نیست.`),
  sentence("{id} is not in the queue.", ({ id }) => `${id} در صف نیست.`),
  sentence("{text} is the next month to close.", ({ text }) => `نوبت بستن ماه ${text} است.`),
  sentence("The last day of {text} has not been summed up.", ({ text }) => `روز پایانی ${text} هنوز جمع زده نشده است.`),
  sentence("No day has been summed up.", () => "هنوز هیچ روزی جمع زده نشده است."),
  sentence("Days through {text} have been summed up.", ({ text }) => `روزها تا ${text} جمع زده شده‌اند.`),
  sentence("The file cannot be read; nothing of it was imported.", () => "پرونده خوانده نمی‌شود و چیزی از آن وارد نشد."),
] as const;
