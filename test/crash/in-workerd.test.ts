// A crash at any await, in workerd with real D1, under a gateway that keeps to its documents. Beside this file the same
// stories die over SQLite, ten times as fast, under every variant of the gateway.
import { test } from "vitest";
import { everyDeath } from "./kill.ts";
import { captured, firstPayment, renewal, subscribing } from "./stories.ts";

const asDocumented = { name: "as documented", settings: {} };

test.each([firstPayment, captured])("$who may die at every await", (story) => everyDeath(story, asDocumented));

test("the request that subscribes may die from the moment on at which the queue is told", () =>
  everyDeath(subscribing, asDocumented, { from: "due.send", skipsReads: true }));

test("a renewal's consumer may die at every await from the gateway's first call on", () =>
  everyDeath(renewal, asDocumented, { from: "payment/request" }));
