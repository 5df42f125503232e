// What features are called, in each language.
import { describe, expect, it } from "vitest";
import { FeatureTexts, ProductInput } from "../../contract/product.ts";

const words = Array.from({ length: 20 }, (_, n) => `${"x".repeat(38)}${String(n).padStart(2, "0")}`);
const textsOf = (text: string) => Object.fromEntries(words.map((word) => [word, text]));
const product = { name: "Pro", description: "", roundtableId: null, messageQuota: 10, grantOn: "period_start" };

describe("the texts of features", () => {
  it("of a language fit into one event, however long they all are", () => {
    const features = FeatureTexts.parse(textsOf("و".repeat(40)));
    const data = { features, language: "fa", productId: "prod_01kaqzv3m5e0a8r6b1x2n4y7tq" };
    expect(JSON.stringify(data).length).toBeLessThanOrEqual(2_048);
  });

  it.each(["", "و".repeat(41), 'say "x"', "a\\b", "a\nb"])("are refused where they are %j", (text) => {
    expect(FeatureTexts.safeParse(textsOf(text)).success).toBe(false);
  });

  it("are of features that the product has, and each points at one that is not", () => {
    const input = (features: readonly string[]) => ({
      ...product,
      features,
      translations: { fa: { name: "حرفه‌ای", description: "", features: { "file-upload": "بارگذاری فایل" } } },
    });
    expect(ProductInput.safeParse(input(["file-upload"])).success).toBe(true);
    expect(ProductInput.safeParse(input([])).error?.issues.map(({ path }) => path)).toEqual([
      ["translations", "fa", "features", "file-upload"],
    ]);
  });
});
