// What a product and its features are called, by language.
import * as z from "zod";

const Feature = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const maxFeatures = 20;

export const Features = z
  .array(Feature)
  .max(maxFeatures)
  .refine((features) => new Set(features).size === features.length, { error: "Must not repeat." })
  .meta({
    description: "What the product unlocks, as words the seller agrees on with its own application.",
    example: ["file-upload"],
  });

/** Text for people: no control characters. */
export const plainText = z.string().regex(/^\P{Cc}*$/u, { error: "Must not hold control characters." });

/** Short, and without what JSON would escape: the texts of a language are one event. */
const featureText = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}"\\]{1,40}$/u, { error: 'Must be 1 to 40 characters, none of them `"` or a backslash.' });

export const FeatureTexts = z
  .record(Feature, featureText)
  .refine((texts) => Object.keys(texts).length <= maxFeatures, { error: `Must not be more than ${maxFeatures}.` })
  .meta({
    description:
      "What its features are called in this language, by their words; one that is not named has only its word.",
    example: { "file-upload": "بارگذاری فایل" },
  });

const names = {
  name: plainText.trim().min(1).max(80).meta({ description: "Its name in this language.", example: "حرفه‌ای" }),
  description: plainText.trim().max(300).meta({
    description: "What it gives, in this language.",
    example: "برای کسی که هر روز می‌نویسد",
  }),
};

const Names = z.strictObject(names).nullable().default(null);

/** What one event has room for. */
export const TranslatedNames = z
  .strictObject({ fa: Names, en: Names })
  .meta({ description: "Name and description by language; null: those of the product." });

const Translation = z
  .strictObject({ ...names, features: FeatureTexts.default({}) })
  .nullable()
  .default(null);

export const Translations = z
  .strictObject({ fa: Translation, en: Translation })
  .meta({ description: "Name, description and features by language; null: name and description of the product." });

export type Translations = z.infer<typeof Translations>;

export const noTranslations: Translations = { fa: null, en: null };
