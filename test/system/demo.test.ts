// `npm run demo` with nothing running: it starts a system of its own and ends it.
import { beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { freshSettings, npm, type Run, type Settings } from "./npm.ts";
import { forget } from "./running-system.ts";

/** The last line as it is documented, and nothing more. */
const Line = z.strictObject({
  debits: z.int().positive(),
  debitedRials: z.int().positive(),
  gatewayLedgerRials: z.int().positive(),
  invoices: z.int().positive(),
  events: z.int().positive(),
  chainVerified: z.literal(true),
  invariants: z.int().positive(),
});

let settings: Settings;
let run: Run;

beforeAll(async () => {
  settings = await freshSettings();
  run = npm(["run", "demo"], settings);
  await run.ended;
  return () => forget(settings);
});

test("exits with 0", async () => {
  expect(await run.ended, run.out() + run.complaints()).toBe(0);
});

test("ends with one line of JSON, where the gateway took what we say we took, once for each invoice", () => {
  const sums = Line.parse(JSON.parse(run.out().trimEnd().split("\n").at(-1) ?? ""));
  expect(sums.gatewayLedgerRials).toBe(sums.debitedRials);
  expect(sums.invoices).toBe(sums.debits);
});

test("tells the whole life: a lost answer, a decline, a late NOK, money that comes twice and goes back, and the end", () => {
  expect(run.out()).toMatch(/Somebody arrives[^]+answer is lost[^]+fifth month[^]+says NOK[^]+given back[^]+Leaving/);
});
