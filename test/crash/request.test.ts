// A crash at any await of the request that subscribes; its client tries again with the same Idempotency-Key.
import { test } from "vitest";
import { variants } from "../simulator/variants.ts";
import { everyDeath } from "./kill.ts";
import { subscribing } from "./stories.ts";

test.each(variants)("the request that subscribes may die at every await: $name", (variant) =>
  everyDeath(subscribing, variant),
);
