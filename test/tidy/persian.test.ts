// What the rules, the handlers and the contract's schemas say in English when they refuse has its sentence in Persian, with
// the same places; and so has what Zod says by itself. Goes by the literals in their sources.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { particularInPersian, sentences } from "../../server/text/particulars.ts";
import { fieldSentences } from "../../server/text/particulars/fields.ts";
import { invariants } from "../../server/store/invariants.ts";
import { invariantInPersian, invariantsInPersian } from "../../server/text/invariants.ts";
import { sourcesIn, type Source } from "./source.ts";

const literal = /"(?<plain>(?:\\.|[^"\\\n])*)"|`(?<template>(?:\\.|[^`\\])*)`/g;
const refusing = /\b(?:reject|refusal|cannot)(?:<[^>]*>)?\(/g;
const ofLines = /(?<!function )\berrorAt\(/g;
const naming = /\bdetail\b\s*[:=]\s*(?<rest>[\s\S]*?)(?:;\n|,\n|\n\s*\})/g;
const describing = /function (?:\w*[dD]etail\w*|shortage|refusalOf|objection)\((?<body>[\s\S]*?)\n\}/g;
const checking = /\b(?:error|message)\b\s*[:=]\s*(?<rest>[^;]*?)[;,}]/g;

/** What is between the parenthesis that opens here and the one that closes it. */
function callAt(text: string, start: number): string {
  let depth = 1;
  for (let end = start; end < text.length; end++) {
    depth += Number(text[end] === "(") - Number(text[end] === ")");
    if (depth === 0) return text.slice(start, end);
  }
  return text.slice(start);
}

/** Whole sentences that stand in this code; places of templates are `{}`. */
function saidIn(code: string): readonly string[] {
  const found = Array.from(code.matchAll(literal), ({ groups }) => groups?.["plain"] ?? groups?.["template"] ?? "");
  // Numbers and names that stand in the code itself are places of the sentence all the same.
  const texts = found.map((text) => text.replace(/\$\{[^}]*\}|\d[\d,]*|(?<=`)\w+(?=`)/g, "{}"));
  return texts.filter((text) => /^(?:\w|\{\}).* .*[.]$/.test(text));
}

function refusalsIn({ text: whole }: Source): readonly string[] {
  const text = whole.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const callsOf = (opening: RegExp) =>
    Array.from(text.matchAll(opening), ({ 0: opened, index }) => callAt(text, index + opened.length));
  const lines = callsOf(ofLines).flatMap(saidIn);
  const named = Array.from(text.matchAll(naming), ({ groups }) => groups?.["rest"] ?? "");
  const described = Array.from(text.matchAll(describing), ({ groups }) => groups?.["body"] ?? "");
  const others = [...callsOf(refusing), ...named, ...described].flatMap(saidIn);
  return [...others, ...lines.map((said) => `Line {}: ${said}`)];
}

/** Records of an import have their errors in the answer, and Better Auth speaks for itself. */
const speaksOtherwise = /^server\/(?:text|page|import|zarinpal|http\/auth|health)\/|^server\/billing\/import/;
const spoken = sourcesIn("server").filter(({ path }) => !speaksOtherwise.test(path));
const refusals = new Set(spoken.flatMap(refusalsIn));
const checks = new Set(
  sourcesIn("contract").flatMap(({ text }) =>
    Array.from(text.matchAll(checking), ({ groups }) => groups?.["rest"] ?? "").flatMap(saidIn),
  ),
);

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
/** Whether a sentence may be what a literal comes to: a place of the literal may hold anything. */
const mayBe = (said: string, en: string) =>
  new RegExp(`^${said.split("{}").map(escaped).join(".*")}$`).test(en.replaceAll(/(?<!\{)\b\d+\b/g, "{}"));

describe("in Persian there is", () => {
  it("something to look for", () => expect(refusals.size + checks.size).toBeGreaterThan(120));

  it.each([...refusals, ...checks])("%s", (said) => {
    expect(sentences.some(({ en }) => mayBe(said, en))).toBe(true);
  });
});

describe("a sentence in Persian", () => {
  const known: ReadonlySet<object> = new Set(fieldSentences);
  const ofRefusals = sentences.filter((each) => !known.has(each)).map(({ en }) => en);
  it.each(ofRefusals)("is of something that is said: %s", (en) => {
    expect([...refusals].some((said) => mayBe(said, en))).toBe(true);
  });

  const samples = {
    id: "inv_1",
    things: "a_1 is open",
    number: "3,289,000",
    instant: "2026-11-22T12:30:00.000Z",
    state: "paid",
    text: "x",
  };
  const sampleOf = (place: string) => new Map(Object.entries(samples)).get(place.replace(/\d$/, "")) ?? place;
  it.each(sentences)("is found and written in Persian letters and digits: $en", ({ en, inPersian }) => {
    const told = inPersian(en.replaceAll(/\{(\w+)\}/g, (_, place: string) => sampleOf(place)));
    expect(told).toMatch(/[\u0600-\u06FF]/);
    expect(told, "Arabic kaf or yeh").not.toMatch(/[\u0643\u064A]/);
    expect(told).not.toContain("3,289,000");
  });
});

it("numbers, times, states and ids stand in their places", () => {
  expect(particularInPersian("pm_1 allows 1,000,000 IRR a debit; 3,289,000 IRR is needed.")).toBe(
    "pm_1 در هر برداشت تا ۱٬۰۰۰٬۰۰۰ ریال اجازه می‌دهد و ۳٬۲۸۹٬۰۰۰ ریال لازم است.",
  );
  expect(particularInPersian("pay_1 of inv_2 is open; the bank has not told its end.")).toBe(
    "pay_1 از inv_2 باز است و بانک سرانجام آن را نگفته است.",
  );
  expect(particularInPersian("pm_1 ended at 2026-11-22T08:00:00.000Z.")).toBe(
    "pm_1 در ۱ آذر ۱۴۰۵، ساعت ۱۱:۳۰ پایان یافت.",
  );
  expect(particularInPersian("sub_1 is active, inv_2 is open: end or settle that first.")).toBe(
    "نخست این‌ها را پایان دهید یا تسویه کنید: sub_1 (فعال)، inv_2 (باز).",
  );
  expect(particularInPersian("Nobody says so.")).toBeNull();
});

it.each([
  z.string().min(3),
  z.string().max(0),
  z.int().min(1_000),
  z.int().max(-1),
  z.number().multipleOf(7),
  z.enum(["a", "b"]),
  z.literal(true),
  z.iso.date(),
  z.iso.datetime(),
  z.url(),
  z.email(),
  z.string().regex(/^z$/),
  z.array(z.string()).min(2),
  z.array(z.string()).max(0),
  z.union([z.null(), z.boolean()]),
  z.object({}),
])("what Zod says of a field is told in Persian (%#)", (schema) => {
  const messages = [1, 1.5, "a1", ["a"], undefined].flatMap(
    (wrong) => schema.safeParse(wrong).error?.issues.map(({ message }) => message) ?? [],
  );
  expect(messages.filter((message) => particularInPersian(message) === null)).toEqual([]);
  expect(messages).not.toEqual([]);
});

describe("what must hold", () => {
  it.each(invariants)("is said in Persian: $name", ({ name }) => {
    expect(invariantInPersian(name)).toMatch(/^[\u0600-\u06FF][^a-z]*[.]$/);
  });

  it("is said of nothing that need not", () => {
    expect(invariantsInPersian.toSorted()).toEqual(invariants.map(({ name }) => name).toSorted());
  });
});
