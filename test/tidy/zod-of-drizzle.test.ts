// What is deployed in the place of Zod has all that `drizzle-zod` asks of it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { z } from "../../server/store/zod-of-drizzle.ts";

it("drizzle-zod asks for nothing else of Zod", () => {
  const text = readFileSync(fileURLToPath(import.meta.resolve("drizzle-zod")), "utf8");
  expect(text).toContain("import { z } from 'zod/v4'");
  const asked = [...text.matchAll(/\b(?:z|z\$1|zod)\.(\w+)/g)].map(([, name = ""]) => name);
  expect(asked.length).toBeGreaterThan(20);
  expect([...new Set(asked)].filter((name) => !(name in z))).toEqual([]);
});
