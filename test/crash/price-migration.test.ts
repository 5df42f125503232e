// A crash at any await of the job that announces a price migration.
import { beforeAll, expect, test } from "vitest";
import { runJobs } from "../../server/job/index.ts";
import { mortal } from "../support/mortal.ts";
import { aPlan } from "../support/price-plan.ts";
import { synchronousCrypto } from "./synchronous-crypto.ts";

beforeAll(synchronousCrypto);

test("a price migration's job, killed at each await and run again, tells the subscriber exactly once", async () => {
  for (let at = 1, isOver = false; !isOver && at < 60; at++) {
    const { world, sara, say } = await aPlan();
    await say("confirm");
    const killed = mortal(world.invocation(), at, "after");
    await Promise.race([runJobs(killed.deps).then(() => (isOver = true)), killed.died]);
    await world.tick();
    await world.tick();
    const told = (await sara.events()).filter(({ type }) => type === "subscription.migration_announced");
    expect(told, `at ${at}`).toHaveLength(1);
  }
});
