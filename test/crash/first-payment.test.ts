// A crash at any await of a first payment, with every variant of what the gateway's documents leave open: the money was
// taken once and we know it, or it was not taken and we know that. Nothing is left to an operator.
import { beforeAll, test } from "vitest";
import { variants } from "../simulator/variants.ts";
import { everyDeath } from "./kill.ts";
import { firstPayment } from "./stories.ts";
import { synchronousCrypto } from "./synchronous-crypto.ts";

beforeAll(synchronousCrypto);

test.each(variants)("a first payment's consumer may die at every await (lesson 3): $name", (variant) =>
  everyDeath(firstPayment, variant),
);
