// A crash at any await, in workerd with real D1, under a gateway that keeps to its documents. Beside this file the same
// stories die over SQLite, ten times as fast, under every variant of the gateway.
import { test } from "vitest";
import { everyDeath } from "./kill.ts";
import { captured, firstPayment, renewal, subscribing } from "./stories.ts";

const asDocumented = { name: "as documented", settings: {} };

test.each([firstPayment, subscribing, captured])("$who may die at every await", (story) =>
  everyDeath(story, asDocumented),
);

test("a renewal's consumer may die at every await from the gateway's first call on", () =>
  everyDeath(renewal, asDocumented, { from: "payment/request" }));
