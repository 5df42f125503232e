// How long something took inside workerd, whose clock moves only when something outside has answered.
import { env } from "cloudflare:workers";

/** Milliseconds, whole ones: so let the work take many. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = await now();
  await work();
  return (await now()) - startedAt;
}

async function now(): Promise<number> {
  await env.DB.prepare("SELECT 1").run();
  return Date.now();
}
