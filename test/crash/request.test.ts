// A crash at any await of the request that subscribes; its client tries again with the same Idempotency-Key. What comes
// before the queue is told does not depend on the gateway, and is killed once; so is each read of those by which it waits.
import { beforeAll, test } from "vitest";
import { variants } from "../simulator/variants.ts";
import { everyDeath } from "./kill.ts";
import { subscribing } from "./stories.ts";
import { synchronousCrypto } from "./synchronous-crypto.ts";

beforeAll(synchronousCrypto);

test.each(variants)("the request that subscribes may die at every await: $name", (variant) =>
  everyDeath(subscribing, variant, variant === variants[0] ? {} : { from: "due.send", skipsReads: true }),
);
