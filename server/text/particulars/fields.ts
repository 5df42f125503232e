// What is said of one field: by Zod's schemas, by the contract's own checks, and by handlers that look further.
import { sentence } from "../sentence.ts";

const isNot = "درست نیست";

export const fieldSentences = [
  sentence("This field is not known here.", () => "این فیلد اینجا شناخته نیست."),
  sentence("Invalid input: expected {text}, received undefined", ({ text }) => `این فیلد لازم است: ${text}.`),
  sentence(
    "Invalid input: expected {text}, received {text2}",
    ({ text, text2 }) => `نوع این فیلد ${isNot}: باید ${text} باشد و ${text2} است.`,
  ),
  sentence("Invalid input: expected {text}", ({ text }) => `باید ${text} باشد.`),
  sentence("Invalid option: expected one of {text}", ({ text }) => `باید یکی از این‌ها باشد: ${text}.`),
  sentence("Too small: expected {text} to be >={number}", ({ number }) => `باید دست‌کم ${number} باشد.`),
  sentence("Too small: expected {text} to be >{number}", ({ number }) => `باید بیش از ${number} باشد.`),
  sentence("Too big: expected {text} to be <={number}", ({ number }) => `باید حداکثر ${number} باشد.`),
  sentence("Too big: expected {text} to be <{number}", ({ number }) => `باید کمتر از ${number} باشد.`),
  sentence(
    "Too small: expected {text} to have >={number} characters",
    ({ number }) => `باید دست‌کم ${number} نویسه داشته باشد.`,
  ),
  sentence(
    "Too big: expected {text} to have <={number} characters",
    ({ number }) => `باید حداکثر ${number} نویسه داشته باشد.`,
  ),
  sentence(
    "Too small: expected {text} to have >={number} items",
    ({ number }) => `باید دست‌کم ${number} مورد داشته باشد.`,
  ),
  sentence(
    "Too big: expected {text} to have <={number} items",
    ({ number }) => `باید حداکثر ${number} مورد داشته باشد.`,
  ),
  sentence("Invalid string: must match pattern {text}", ({ text }) => `قالب این فیلد ${isNot}؛ الگو: ${text}`),
  sentence("Invalid number: must be a multiple of {number}", ({ number }) => `باید مضربی از ${number} باشد.`),
  sentence("Invalid ISO datetime", () => "باید زمانی به شکل ISO 8601 و با Z باشد، مانند 2026-11-22T12:30:00.000Z."),
  sentence("Invalid ISO date", () => "باید تاریخی میلادی با رقم‌های لاتین باشد، مانند 2026-11-22."),
  sentence("Invalid URL", () => "نشانی وب معتبری نیست."),
  sentence("Invalid email address", () => "نشانی ایمیل معتبری نیست."),
  sentence("Invalid {text}", () => `مقدار این فیلد ${isNot}.`),

  sentence("This cursor is not one of ours.", () => "این cursor از آن ما نیست."),
  sentence("Must not be before `{text}`.", ({ text }) => `نباید پیش از «${text}» باشد.`),
  sentence("At most {number} days after `{text}`.", ({ number, text }) => `حداکثر ${number} روز پس از «${text}».`),
  sentence("A period has at most {number} days.", ({ number }) => `هر دوره حداکثر ${number} روز دارد.`),
  sentence("Must hold no credentials and no fragment.", () => "نباید نام کاربری، گذرواژه یا بخش پس از # داشته باشد."),
  sentence(
    "Must hold no credentials, no query and no fragment.",
    () => "نباید نام کاربری، گذرواژه، پرسمان یا بخش پس از # داشته باشد.",
  ),
  sentence("Must hold no credentials.", () => "نباید نام کاربری یا گذرواژه داشته باشد."),
  sentence("Must begin with https.", () => "باید با https آغاز شود."),
  sentence("This is not a URL.", () => "این نشانی وب نیست."),
  sentence("Must lead to an address on the public internet.", () => "باید به نشانی‌ای در اینترنت همگانی برسد."),
  sentence(
    "Must be one of the partner's return URLs, with any query.",
    () => "باید یکی از نشانی‌های بازگشت شریک باشد، با هر پرسمانی.",
  ),
  sentence(
    "Must be 0, or {number} to {number2} Rials.",
    ({ number, number2 }) => `باید ۰، یا ${number} تا ${number2} ریال باشد.`,
  ),
  sentence("Must not be {number}.", ({ number }) => `نباید ${number} باشد.`),
  sentence("Must not be more than {number}.", ({ number }) => `نباید بیش از ${number} باشد.`),
  sentence("Must not be below belowMessages.", () => "نباید کمتر از belowMessages باشد."),
  sentence("Must not hold control characters.", () => "نباید نویسهٔ کنترلی داشته باشد."),
  sentence("Must not repeat.", () => "نباید تکراری باشد."),
  sentence("Must rise.", () => "باید صعودی باشد."),
  sentence("Each scope stands once.", () => "هر دامنه یک بار می‌آید."),
  sentence("The product has no such feature.", () => "محصول چنین ویژگی‌ای ندارد."),
  sentence("A national id has {text} digits", () => "کد ملی ده رقم دارد."),
  sentence("A legal id has {text} digits", () => "شناسهٔ ملی یازده رقم دارد."),
  sentence("A postal code has {text} digits", () => "کد پستی ده رقم دارد."),
  sentence("An account number has IR and {number} digits", ({ number }) => `شمارهٔ شبا IR و ${number} رقم دارد.`),
  sentence(
    "Must be {number} to {number2} Latin letters, digits or dashes.",
    ({ number, number2 }) => `باید ${number} تا ${number2} حرف لاتین، رقم یا خط تیره باشد.`,
  ),
  sentence("Give either a percentage or an amount.", () => "یا درصد بدهید یا مبلغ."),
  sentence("Goes with the duration `{text}`, and only with it.", ({ text }) => `با مدت «${text}» و تنها با آن می‌آید.`),
  sentence("To settle, give the bank's reference.", () => "برای تسویه شمارهٔ پیگیری بانک را بدهید."),
  sentence(
    "Name an invoice or a one-time price, one of the two.",
    () => "صورت‌حساب یا قیمتی یک‌باره نام ببرید، یکی از دو تا.",
  ),
  sentence(
    "A checkout debits no payment method; leave one of the two out.",
    () => "در checkout از روش پرداختی برداشت نمی‌شود؛ یکی از این دو را نفرستید.",
  ),
  sentence("What is exempt has no VAT.", () => "آنچه معاف است مالیات ندارد."),
  sentence("At most {number} {text} at once.", ({ number, text }) => `هر بار حداکثر ${number} (${text}).`),
  sentence(
    "Must be at least {number} days and at most {number2} years from now.",
    ({ number, number2 }) => `باید دست‌کم ${number} روز و حداکثر ${number2} سال دیگر باشد.`,
  ),
  sentence("A {text} person has one.", () => "چنین شخصی آن را دارد."),
  sentence("A {text} person has none.", () => "چنین شخصی آن را ندارد."),
  sentence(
    "Line {number}: The header must be {text}.",
    ({ number, text }) => `سطر ${number}: سرستون باید ${text} باشد.`,
  ),
  sentence("Line {number}: There is no line below the header.", ({ number }) => `سطر ${number}: زیر سرستون سطری نیست.`),
  sentence("Line {number}: A line has six fields.", ({ number }) => `سطر ${number}: هر سطر شش ستون دارد.`),
  sentence("Line {number}: This is no {text}.", ({ number, text }) => `سطر ${number}: این ${text} نیست.`),
  sentence("{text} cannot be switched off.", ({ text }) => `${text} را نمی‌توان خاموش کرد.`),
] as const;
