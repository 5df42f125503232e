// 100,000 renewals that fall due at once: how long production would take over them, by a clock of the simulation's own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { parallelCustomers, scanDue, scanMs } from "../../server/job/tick.ts";
import { scanSize } from "../../server/store/due.ts";
import type { Deps } from "../../server/deps.ts";
import { depsAround } from "../support/deps-around.ts";
import { aPrice } from "../support/catalogue.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWorld } from "../support/world.ts";
import { drain, type Wait } from "./drain.ts";

const minuteMs = 60_000;

/** What the real consumer waits for in each message of one renewal, in order. */
async function runsOfRenewal(): Promise<readonly (readonly Wait[])[]> {
  let waits: Wait[] = [];
  const disturb = (deps: Deps) =>
    depsAround(deps, ({ name }, effect) => {
      // Only calls to the gateway are named by their paths; `read`, `write` and `commit` are round trips to D1.
      if (name.includes("/")) waits.push("gateway");
      else if (["read", "write", "commit"].includes(name)) waits.push("d1");
      return effect();
    });
  const world = aWorld({ disturb });
  const sara = await aSubscriber(world);
  const { status } = await sara.subscribe(await aPrice(world), await sara.sign());
  expect(status).toBe(201);
  const runs: Wait[][] = [];
  for (let messages = 0; (await sara.invoices()).filter(({ status }) => status === "paid").length < 2; messages++) {
    expect(messages).toBeLessThan(40);
    world.pass(Math.max(1, ((await dueAt()) ?? 0) - world.now()));
    await scanDue(world.invocation());
    for (const message of world.queue.splice(0)) {
      waits = [];
      await world.deliver([message]);
      runs.push(waits);
      waits = [];
    }
  }
  return runs;
}

function dueAt(): Promise<number | null> {
  return env.DB.prepare("SELECT MIN(due_at) AS at FROM due").first<number>("at");
}

const wrangler = readFileSync(join(import.meta.dirname, "../../wrangler.toml"), "utf8");
const messagesPerBatch = Number(/queue = "sarresid-due"\s+max_batch_size = (\d+)/.exec(wrangler)?.[1]);

it("100,000 due renewals are through within half an hour, with a gateway that takes a second for each call", async () => {
  const production = {
    claimedAtOnce: scanSize,
    scanMs,
    cronMs: minuteMs,
    messagesPerBatch,
    parallelCustomers,
    // Cloudflare's most for one queue.
    mostConsumers: 250,
  };
  // D1 takes about a millisecond for a round trip of ours, whatever is in it: see `docs/scale.md`.
  const waits = { d1BusyMs: 1, d1WayMs: 10, gatewayMs: 1_000, sendMs: 50 };
  const runs = await runsOfRenewal();
  expect(runs.flat().filter((wait) => wait === "gateway")).toHaveLength(4);
  const { tookMs, d1Busy, mostConsumers } = drain({ customers: 100_000, runs }, production, waits);
  expect(tookMs).toBeLessThanOrEqual(30 * minuteMs);
  // It is D1 that they wait for: consumers are enough.
  expect(mostConsumers).toBe(production.mostConsumers);
  expect(d1Busy).toBeGreaterThan(0.8);
  // A D1 that took three times as long would not do.
  const slow = drain({ customers: 100_000, runs }, production, { ...waits, d1BusyMs: 3 });
  expect(slow.tookMs).toBeGreaterThan(30 * minuteMs);
});
