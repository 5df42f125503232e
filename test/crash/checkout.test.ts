// A crash at any await of the consumer that takes what was paid on a page: the money is taken once and we know it.
// Nothing is left to an operator.
import { beforeAll, test } from "vitest";
import { variants } from "../simulator/variants.ts";
import { everyDeath } from "./kill.ts";
import { captured, type Variant } from "./stories.ts";
import { synchronousCrypto } from "./synchronous-crypto.ts";

beforeAll(synchronousCrypto);

const more: readonly Variant[] = [
  { name: "errors as 200", settings: { errorHttpStatus: "200" } },
  { name: "verified by the gateway itself", settings: { autoVerify: "ignored" } },
];

test.each([...variants, ...more])("the consumer that captures a checkout may die at every await: $name", (variant) =>
  everyDeath(captured, variant),
);
