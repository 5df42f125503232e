// What is wrong with the system, with its figures: what alerts say in English, in Persian.
import { sentence } from "./sentence.ts";

const sentences = [
  sentence(
    "A customer has been due for {number} minutes.",
    ({ number }) => `کار مشتری‌ای ${number} دقیقه است که سررسیده است.`,
  ),
  sentence(
    "A webhook has been due for {number} minutes.",
    ({ number }) => `وب‌هوکی ${number} دقیقه است که باید رفته باشد.`,
  ),
  sentence(
    "Customers whose work fails each time: {number}.",
    ({ number }) => `مشتریانی که کارشان هر بار به خطا می‌خورد: ${number}.`,
  ),
  sentence(
    "The log has not been read in time by: {text}.",
    ({ text }) => `این خوانندگان به‌هنگام رویدادها را نخوانده‌اند: ${text}.`,
  ),
  sentence(
    "No new debits are sent: an operator has stopped collecting.",
    () => "برداشت تازه‌ای فرستاده نمی‌شود: اپراتوری برداشت را متوقف کرده است.",
  ),
  sentence(
    "Five debits in a row have ended unknown: new ones wait.",
    () => "سرانجام پنج برداشت پیاپی نامعلوم مانده است: برداشت‌های تازه منتظر می‌مانند.",
  ),
  sentence("Exceptions that wait for a decision: {number}.", ({ number }) => `مواردی که منتظر تصمیم‌اند: ${number}.`),
  sentence("The last reconciled day is none.", () => "هنوز هیچ روزی مغایرت‌گیری نشده است."),
  sentence("The last reconciled day is {text}.", ({ text }) => `آخرین روزی که مغایرت‌گیری شده است: ${text}.`),
];

/** What an alert tells, in Persian; null for what nobody has put into it. */
export function alertInPersian(detail: string): string | null {
  for (const { inPersian } of sentences) {
    const persian = inPersian(detail);
    if (persian !== null) return persian;
  }
  return null;
}
