// A partner that knows what happens by webhook, and may read it all again: whatever is restored, no place in the log is two
// events' to it, and it misses none.
import type { BillingEvent } from "../../contract/billing-event.ts";
import type { WebhookPayload } from "../../contract/event.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { caller, type Answer } from "../support/subscriber.ts";
import type { World } from "../support/world.ts";

const mostPages = 100;

/** The house, whose customers all are. */
export async function aFollower(world: World) {
  const scopes = ["events:read", "webhooks:write"] as const;
  const { key } = await createPartnerKey(world.invocation(), { partnerId: housePartnerId, scopes, expiresAt: null });
  const call = caller(world, key);
  const hook = world.receiver("follower.example");
  const made = await call<{ id: string }>("POST", "/v1/webhook-endpoints", { url: hook.url }, crypto.randomUUID());
  /** Has everything sent again, as far as one may ask for at once each time; null when there is no end of it. */
  const replayed = async (): Promise<number | null> => {
    let afterPosition: number | null = 0;
    let events = 0;
    for (let calls = 0; afterPosition !== null; calls++) {
      if (calls > mostPages) return null;
      const path = `/v1/webhook-endpoints/${made.body.data.id}/replay`;
      type Replayed = { replayed: number; nextAfterPosition: number | null };
      const { body }: Answer<Replayed> = await call<Replayed>("POST", path, { afterPosition }, crypto.randomUUID());
      events += body.data.replayed;
      afterPosition = body.data.nextAfterPosition;
    }
    return events;
  };
  const listed = async (): Promise<readonly BillingEvent[]> => {
    const events: BillingEvent[] = [];
    let cursor: string | null = "0";
    for (let pages = 0; cursor !== null; pages++) {
      if (pages > mostPages) throw new Error("There is no end of pages");
      const { body } = await call("GET", `/v1/events?limit=100&cursor=${cursor}`);
      const { data, page } = body as unknown as { data: BillingEvent[]; page: { nextCursor: string | null } };
      events.push(...data);
      cursor = page.nextCursor;
    }
    return events;
  };
  return {
    /** How many it was told of, and what must not be. */
    differences: async (): Promise<readonly string[]> => {
      const told = new Map<number, string>();
      const twice: string[] = [];
      for (const { body } of hook.received) {
        const { position, id } = JSON.parse(body) as WebhookPayload;
        if ((told.get(position) ?? id) !== id) twice.push(`the place ${position} is two events' to the partner`);
        told.set(position, id);
      }
      const log = await listed();
      const missed = log.filter(({ position, id }) => position > 1 && told.get(position) !== id);
      const again = await replayed();
      if (again === null || again < missed.length + log.length - 1) twice.push(`replaying came to ${again} events`);
      if (log.length < 100) return ["the partner could not read the log"];
      return [...twice, ...missed.map(({ type, position }) => `the partner was not told of ${type} at ${position}`)];
    },
  };
}
