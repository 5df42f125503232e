// A year of one customer's life, which `npm run cost` then copies: subscribed, renewed each month.
import { env } from "cloudflare:workers";
import { aPrice } from "../support/catalogue.ts";
import { aSubscriber } from "../support/subscriber.ts";
import { aWorld } from "../support/world.ts";

const dayMs = 86_400_000;
/** Twelve payments, and weeks before the next: nobody is to be told that it comes. */
const days = 340;

export interface Year {
  readonly customerId: string;
  readonly userId: string;
  /** When it was over. */
  readonly endsAt: string;
}

export async function liveAYear(): Promise<Year> {
  const world = aWorld({ startsAt: "2025-11-22T08:00:00Z" });
  const priceId = await aPrice(world);
  const sara = await aSubscriber(world);
  const { status } = await sara.subscribe(priceId, await sara.sign());
  if (status !== 201) throw new Error(`subscribing answered ${status}`);
  for (let day = 0; day < days; day++) await world.live(dayMs, dayMs);
  const renewed = await env.DB.prepare("SELECT COUNT(*) AS n FROM payment WHERE status = 'succeeded'").first("n");
  if (renewed !== 12) throw new Error(`a year has twelve payments, not ${String(renewed)}`);
  const { customerId, userId } = sara;
  return { customerId, userId, endsAt: new Date(world.now() + dayMs).toISOString() };
}
