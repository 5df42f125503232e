// A crash at any await of a renewal, from the clock's first move to the settled debit, with every variant of the gateway.
// What comes before the gateway is asked does not depend on it, and is killed once.
import { beforeAll, test } from "vitest";
import { variants } from "../simulator/variants.ts";
import { everyDeath } from "./kill.ts";
import { renewal } from "./stories.ts";
import { synchronousCrypto } from "./synchronous-crypto.ts";

beforeAll(synchronousCrypto);

test.each(variants)("a renewal's consumer may die at every await: $name", (variant) =>
  everyDeath(renewal, variant, variant === variants[0] ? {} : { from: "payment/request" }),
);
