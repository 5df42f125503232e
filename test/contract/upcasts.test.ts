// Old versions of events: brought into the newest form as they are read.
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { billingEventTypes, versionOf } from "../../contract/billing-event.ts";
import { createEventReader, upcasts, type Upcasts } from "../../contract/billing-event-types/upcasts.ts";
import { event } from "../../server/billing/event.ts";
import { sourcesIn } from "../tidy/source.ts";

/** First an amount in Tomans; then in Rials; then with the currency said. */
const older: Upcasts = {
  "cup.filled": [
    ({ tomans, ...rest }) => ({ ...rest, rials: Number(tomans) * 10 }),
    (data) => ({ ...data, currency: "IRR" }),
  ],
};
const newest = z.object({
  type: z.literal("cup.filled"),
  version: z.literal(3),
  data: z.strictObject({ cupId: z.string(), rials: z.int(), currency: z.literal("IRR") }),
});
const read = createEventReader((type) => (type === "cup.filled" ? newest : undefined), older);
const form = (version: number, data: object) => ({ type: "cup.filled", version, data });
const whole = form(3, { cupId: "c", rials: 50, currency: "IRR" });

describe("an event is read in the newest form of its type", () => {
  test("from the first version, through each between", () => {
    expect(read(form(1, { cupId: "c", tomans: 5 }))).toEqual(whole);
  });

  test("from a version in the middle", () => expect(read(form(2, { cupId: "c", rials: 50 }))).toEqual(whole));

  test("from the newest as it stands", () => expect(read(whole)).toEqual(whole));

  test("or not at all: a version that is not there, another form, another type", () => {
    for (const version of [0, -1, 1.5, 4]) expect(() => read(form(version, whole.data))).toThrow("no version");
    expect(() => read(form(2, { cupId: "c", tomans: 5 }))).toThrow();
    expect(() => read({ ...whole, type: "cup.broken" })).toThrow("cup.broken");
  });
});

test("what is written is of the version that is read", () => {
  expect(event("customer.resumed", { about: null }).version).toBe(versionOf("customer.resumed"));
  expect(Object.keys(upcasts).filter((type) => !(billingEventTypes as readonly string[]).includes(type))).toEqual([]);
});

test("the data of a stored event is parsed in one place only, which brings it into its newest form", () => {
  const parsing = sourcesIn("server").filter(({ code }) => /JSON\.parse\(\s*\w*\.?data\b/.test(code));
  const reading = sourcesIn("server").filter(({ code }) => /\bparseEventBody\(/.test(code));
  expect([...new Set([...parsing, ...reading].map(({ path }) => path))]).toEqual(["server/store/chain.ts"]);
});
