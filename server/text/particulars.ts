// What went wrong this time, in Persian: what the rules, the handlers and the contract's schemas say in English, sentence by
// sentence. A test reads their sources and asks for every sentence here.
import { fieldSentences } from "./particulars/fields.ts";
import { moneySentences } from "./particulars/money.ts";
import { requestSentences } from "./particulars/requests.ts";
import { subscriptionSentences } from "./particulars/subscriptions.ts";
import type { Sentence } from "./sentence.ts";

export const sentences: readonly Sentence[] = [
  ...moneySentences,
  ...subscriptionSentences,
  ...requestSentences,
  ...fieldSentences,
];

/** The sentence in Persian, numbers and all; null for one that nobody has put into Persian. */
export function particularInPersian(said: string): string | null {
  for (const sentence of sentences) {
    const persian = sentence.inPersian(said);
    if (persian !== null) return persian;
  }
  return null;
}

/** What is wrong with one field. What nobody has put into Persian is at least said to be wrong. */
export function persianMistake(said: string): string {
  return particularInPersian(said) ?? "مقدار این فیلد درست نیست.";
}
