// What people are told while they prove who they are. A link or a code stands alone on its line, so that a phone finds it.
import type { Message } from "../messenger.ts";

/** The mail with the link that proves an address. */
export function verificationMessage(to: string, url: string): Message {
  return {
    channel: "email",
    to,
    subject: "سررسید: نشانی ایمیل خود را تأیید کنید · Confirm your e-mail address",
    text: `برای تأیید نشانی ایمیل خود این پیوند را باز کنید. اگر ثبت‌نام نکرده‌اید، آن را باز نکنید.
Open this link to confirm your address. If you did not sign up, do not open it.

${url}
`,
  };
}

/** The mail for a forgotten password: the link when the client named a page of its own, else the code alone. */
export function resetMessage(to: string, url: string, token: string): Message {
  const hasPage = new URL(url).searchParams.get("callbackURL");
  return {
    channel: "email",
    to,
    subject: "سررسید: گذرواژهٔ تازه · A new password",
    text: `با این ${hasPage ? "پیوند" : "کد"} گذرواژهٔ تازه بگذارید. اگر شما نخواسته‌اید، کاری لازم نیست.
Set a new password with this ${hasPage ? "link" : "code"}. If you did not ask for it, do nothing.

${hasPage ? url : token}
`,
  };
}

/** The text message with the code that proves a mobile number. */
export function phoneCodeMessage(to: string, code: string): Message {
  return {
    channel: "sms",
    to,
    subject: "کد سررسید · Sarresid code",
    text: `کد تأیید سررسید · Sarresid code:
${code}
`,
  };
}
