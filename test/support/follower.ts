// A partner that follows its customers by webhook alone, and what the API says of them.
import type { CustomerState } from "../../contract/customer.ts";
import type { CustomerId } from "../../contract/common/id.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { createPartnerKey } from "../../server/http/auth/partner-key.ts";
import { Fold } from "../partner/fold.ts";
import { caller } from "./subscriber.ts";
import { aPartner, payloadOf } from "./webhooks.ts";
import type { World } from "./world.ts";

/** What the API says of a customer. */
export async function stateOf(world: World, customerId: CustomerId): Promise<CustomerState> {
  const wanted = { partnerId: housePartnerId, scopes: ["customers:read" as const], expiresAt: null };
  const { key } = await createPartnerKey(world.invocation(), wanted);
  return (await caller(world, key)<CustomerState>("GET", `/v1/customers/${customerId}/state`)).body.data;
}

/** A partner's endpoint from now on, with all that was before replayed to it. */
export async function aFollower(world: World) {
  const partner = await aPartner(world);
  const receiver = world.receiver(`${crypto.randomUUID()}.example`);
  const { id } = await partner.endpoint(receiver.url);
  const fold = new Fold();
  let taken = 0;
  const take = () => {
    for (const one of receiver.received.slice(taken)) fold.receive(payloadOf(one));
    taken = receiver.received.length;
  };
  const replay = async (afterPosition: number) => {
    await partner.post(`/${id}/replay`, { afterPosition });
    await world.tick();
    take();
  };
  await replay(0);
  return {
    id,
    fold,
    receiver,
    partner,
    replay,
    take,
    /** What it makes of all that it was sent until now. */
    told(customerId: CustomerId): CustomerState | null {
      take();
      return fold.stateOf(customerId, new Date(world.now()).toISOString());
    },
  };
}
