// Both languages say everything. That no key is missing is held by the type; that Persian is Persian is held here.
import { expect, it } from "vitest";
import { en } from "../../server/text/en.ts";
import { fa } from "../../server/text/fa.ts";

/** Every sentence by its path, `paymentReturn.title`; language and direction are no sentences. */
function sentencesOf(texts: object, start = ""): readonly (readonly [key: string, sentence: string])[] {
  return Object.entries(texts).flatMap(([key, value]: [string, unknown]) => {
    if (start === "" && (key === "language" || key === "direction")) return [];
    if (typeof value === "object" && value !== null) return sentencesOf(value, `${start}${key}.`);
    if (isSentence(value)) return [[`${start}${key}`, filledIn(value)] as const];
    return [[`${start}${key}`, String(value)] as const];
  });
}

function isSentence(value: unknown): value is (...words: string[]) => string {
  return typeof value === "function";
}

/** A sentence with something in it. */
function filledIn(sentence: (...words: string[]) => string): string {
  return sentence(...Array.from({ length: sentence.length }, () => "7"));
}

const persian = sentencesOf(fa);
const english = new Map(sentencesOf(en));

it("both languages have the same keys", () => {
  expect(persian.map(([key]) => key)).toEqual([...english.keys()]);
});

it.each(persian)("%s is written in Persian, with Persian letters", (key, sentence) => {
  expect(sentence).toMatch(/[\u0600-\u06FF]/);
  expect(sentence, "Arabic kaf or yeh").not.toMatch(/[\u0643\u064A]/);
  expect(english.get(key)).toMatch(/^[\u0020-\u007E–—’“”…]+$/);
});
