// Sealed columns: what opens, what never does, and that keys can be rotated.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSealer, sealedText } from "../../server/store/sealer.ts";

const random = (byteCount: number) => crypto.getRandomValues(new Uint8Array(byteCount));
const [first, second] = [btoa("0123456789abcdef0123456789abcdef"), btoa("fedcba9876543210fedcba9876543210")];
const sealer = createSealer(`k1:${first}`, random);

describe("a sealed text", () => {
  it("opens to what was sealed, for every text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.string(), async (text, record) => {
        expect(await sealer.open(await sealer.seal(text, record), record)).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it("says nothing of the text and is never the same twice", async () => {
    const [one, other] = [await sealer.seal("0012345678", "sec_1"), await sealer.seal("0012345678", "sec_1")];
    expect(one).not.toBe(other);
    expect(one).toMatch(/^k1\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+$/);
  });

  it("does not open for another record", async () => {
    const sealed = await sealer.seal("signature", "sec_1");
    await expect(sealer.open(sealed, "sec_2")).rejects.toThrow();
  });

  it("does not open when one character was altered", async () => {
    const sealed = await sealer.seal("signature", "sec_1");
    for (let index = 0; index < sealed.length; index++) {
      // The last character of each part may carry unused bits; base64url then decodes to the same bytes.
      if (sealed[index] === "." || sealed[index + 1] === "." || index === sealed.length - 1) continue;
      const altered = `${sealed.slice(0, index)}${sealed[index] === "A" ? "B" : "A"}${sealed.slice(index + 1)}`;
      await expect(sealer.open(sealedText(altered), "sec_1")).rejects.toThrow();
    }
  });

  it.each(["", "k1", "k1..", "k9.AAAA.AAAA", "k1.%%.%%"])("does not open when it is %j", async (text) => {
    await expect(sealer.open(sealedText(text), "sec_1")).rejects.toThrow();
  });
});

describe("a rotated key", () => {
  it("opens what the old one sealed, and seals with the new one", async () => {
    const old = await sealer.seal("signature", "sec_1");
    const rotated = createSealer(`k2:${second},k1:${first}`, random);
    expect(await rotated.open(old, "sec_1")).toBe("signature");
    expect(await rotated.seal("signature", "sec_1")).toMatch(/^k2\./);
  });

  it("that is gone opens nothing", async () => {
    const old = await sealer.seal("signature", "sec_1");
    await expect(createSealer(`k2:${second}`, random).open(old, "sec_1")).rejects.toThrow("k1");
  });
});

describe("keys that cannot be used", () => {
  it.each(["", "k1", `:${first}`, `k1:${btoa("short")}`, `k1:${first},`, `k1:${first},k1:${second}`, `k.1:${first}`])(
    "are refused at the start: %j",
    (keys) => {
      expect(() => createSealer(keys, random)).toThrow();
    },
  );
});
