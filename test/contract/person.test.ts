import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import * as z from "zod";
import {
  EconomicCode,
  Iban,
  LegalId,
  Mobile,
  NationalId,
  PostalCode,
  asciiDigits,
} from "../../contract/common/person.ts";

describe("digits", () => {
  it("Persian and Arabic digits become ASCII; everything else stays", () => {
    expect(asciiDigits("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 09 س a")).toBe("0123456789 0123456789 09 س a");
  });
});

describe("a mobile number", () => {
  it.each([
    "09123456789",
    "9123456789",
    "989123456789",
    "+989123456789",
    "00989123456789",
    "+98 912 345 67-89",
    " 0912 345 6789 ",
    "۰۹۱۲۳۴۵۶۷۸۹",
    "٠٩١٢٣٤٥٦٧٨٩",
    "+۹۸۹۱۲۳۴۵۶۷۸۹",
    "\u202a+98\u200e9123456789\u202c",
  ])("%j is 09123456789", (text) => {
    expect(Mobile.parse(text)).toBe("09123456789");
  });

  it.each([
    "",
    "0912345678",
    "091234567890",
    "02112345678",
    "+971501234567",
    "+9809123456789",
    "0912345678a",
    "09123456789 x",
  ])("%j is none", (text) => {
    expect(Mobile.safeParse(text).success).toBe(false);
  });

  it.each([9123456789, null, undefined, {}])("%j is no text and is refused, not thrown at", (value) => {
    expect(Mobile.safeParse(value).success).toBe(false);
  });

  it("the form that comes out is understood again as itself, however it was written", () => {
    const prefixes = fc.constantFrom("", "0", "98", "+98", "0098");
    fc.assert(
      fc.property(prefixes, fc.integer({ min: 9_000_000_000, max: 9_999_999_999 }), (prefix, number) => {
        const mobile = Mobile.parse(`${prefix}${number}`);
        expect(mobile).toBe(`0${number}`);
        expect(Mobile.parse(mobile)).toBe(mobile);
      }),
    );
  });
});

describe("a national id", () => {
  it.each([
    ["0499370899", "0499370899"],
    ["0790419904", "0790419904"],
    ["0684159414", "0684159414"],
    ["0499370090", "0499370090"],
    ["0499370041", "0499370041"],
    ["499370899", "0499370899"],
    ["۰۴۹۹۳۷۰۸۹۹", "0499370899"],
    ["049-937089-9", "0499370899"],
  ])("%j is %s", (text, id) => {
    expect(NationalId.parse(text)).toBe(id);
  });

  it("one of eight digits gets its two zeros back", () => {
    expect(NationalId.parse("11537051")).toBe("0011537051");
  });

  it.each([
    "1234567890",
    "3333333333",
    "0480123456",
    "0000000000",
    "049937089",
    "4993708",
    "04993708990",
    "049937089x",
    "",
  ])("%j is none", (text) => {
    expect(NationalId.safeParse(text).success).toBe(false);
  });

  it("six zeros in the middle are refused although the sum fits", () => {
    expect(NationalId.safeParse("1230000003").success).toBe(false);
  });

  it("any nine digits have exactly one check digit", () => {
    fc.assert(
      fc.property(fc.integer({ min: 10_000_001, max: 999_999_998 }), (number) => {
        const nine = String(number).padStart(9, "0");
        fc.pre(!nine.endsWith("000000") && !/^(\d)\1+$/.test(nine));
        const fitting = Array.from({ length: 10 }, (_, digit) => nine + digit).filter(
          (id) => NationalId.safeParse(id).success,
        );
        expect(fitting).toHaveLength(1);
      }),
    );
  });

  it("any one digit changed, the id is refused", () => {
    const id = "0790419904";
    const changed = Array.from(
      { length: 100 },
      (_, n) => id.slice(0, n % 10) + Math.floor(n / 10) + id.slice((n % 10) + 1),
    );
    expect(changed.filter((other) => NationalId.safeParse(other).success)).toEqual(
      changed.filter((other) => other === id),
    );
  });

  it("a refusal does not repeat the number", () => {
    expect(JSON.stringify(NationalId.safeParse("1234567890").error?.issues)).not.toContain("1234567890");
  });
});

describe("a company's legal id", () => {
  it.each(["10380284790", "12345678906", "۱۰۳۸۰۲۸۴۷۹۰"])("%j is one", (text) => {
    expect(LegalId.parse(text)).toBe(asciiDigits(text));
  });

  it.each(["10380285692", "12345678907", "1038028479", "103802847900", ""])("%j is none", (text) => {
    expect(LegalId.safeParse(text).success).toBe(false);
  });
});

describe("an account number", () => {
  it.each(["IR820540102680020817909002", "ir82 0540 1026 8002 0817 9090 02", "IR۸۲۰۵۴۰۱۰۲۶۸۰۰۲۰۸۱۷۹۰۹۰۰۲"])(
    "%j is one",
    (text) => {
      expect(Iban.parse(text)).toBe("IR820540102680020817909002");
    },
  );

  it.each([
    "IR820540102680020817909003",
    "IR280540102680020817909002",
    "820540102680020817909002",
    "DE89370400440532013000",
    "",
  ])("%j is none", (text) => {
    expect(Iban.safeParse(text).success).toBe(false);
  });
});

describe.each([
  ["Mobile", Mobile, "^09\\d{9}$"],
  ["NationalId", NationalId, "^\\d{10}$"],
  ["LegalId", LegalId, "^\\d{11}$"],
  ["Iban", Iban, "^IR\\d{24}$"],
] as const)("%s in OpenAPI", (_name, schema, pattern) => {
  it("is a described string with an example when sent, and its one form when received", () => {
    const sent = z.toJSONSchema(schema, { io: "input" });
    const received = z.toJSONSchema(schema, { io: "output" });
    expect(sent).toMatchObject({ type: "string", description: expect.any(String), example: expect.any(String) });
    expect(sent).not.toHaveProperty("pattern");
    expect(received).toMatchObject({ type: "string", pattern, description: sent.description });
    expect(schema.parse(sent["example"])).toBe(sent["example"]);
  });

  it("refuses a text of any length without reading it", () => {
    expect(schema.safeParse("0".repeat(65)).success).toBe(false);
    expect(schema.safeParse(`${" ".repeat(60)}${sample(schema)}`).success).toBe(false);
  });
});

function sample(schema: z.ZodType): string {
  return String(schema.meta()?.["example"]);
}

describe("a postal code", () => {
  it.each([["۱۱۹۳۶-۵۳۴۷۱"], ["1193653471"]])("%j is 1193653471", (text) => {
    expect(PostalCode.parse(text)).toBe("1193653471");
  });

  it.each(["", "119365347", "11936534710", "0193653471", "1111111111", "119365347a"])("%j is none", (text) => {
    expect(PostalCode.safeParse(text).success).toBe(false);
  });
});

describe("an economic code", () => {
  it.each(["411111111111", "12345678906", "۱۰۱۰۱۰۱۰۱۰۱۰۱۰"])("%j is one", (text) => {
    expect(EconomicCode.parse(text)).toBe(asciiDigits(text));
  });

  it.each(["", "4111111111", "4111111111111", "411111111111111", "41111111111x"])("%j is none", (text) => {
    expect(EconomicCode.safeParse(text).success).toBe(false);
  });
});
