// Several worlds on one file's database, one after the other: each begins later than the one before, with nobody due.
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { aWorld, type World, type WorldOptions } from "./world.ts";

/** Longer than the breaker looks back; a gateway's references grow with its time, so no two worlds share any. */
const apartMs = 7 * 60_000;
/** A sleeper leaves the machine to the others for this part of its time. */
const realPart = 1 / 20;

/** Of the file that runs: each has a database of its own, in one isolate with those before it. */
let count = 0;
let file: string | undefined;

/** A world on 2026-11-22 (1 Azar 1405), late morning in Tehran or later, in which nobody of an earlier test is due. */
export async function aFreshWorld(options: WorldOptions = {}): Promise<World> {
  await env.DB.exec("DELETE FROM due");
  const { testPath } = expect.getState();
  if (testPath !== file) [file, count] = [testPath, 0];
  const startsAt = new Date(Date.parse("2026-11-22T08:00:00Z") + apartMs * count++).toISOString();
  return aWorld({ startsAt, ...options });
}

/** A fresh world whose sleepers sleep side by side: eight seconds of twenty requests are eight seconds, not 160. */
export async function aCrowdedWorld(options: Omit<WorldOptions, "disturb"> = {}): Promise<World> {
  const sleep = async (ms: number) => {
    const until = world.now() + Math.ceil(ms);
    await world.drain();
    await new Promise((resolve) => setTimeout(resolve, ms * realPart));
    world.pass(Math.max(0, until - world.now()));
  };
  const world = await aFreshWorld({ ...options, disturb: (deps) => ({ ...deps, sleep }) });
  return world;
}
