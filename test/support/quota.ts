// Messages being used, as Roundtable uses them, by the shortest way: the store's own.
import type { CustomerId, ProductId } from "../../contract/common/id.ts";
import { housePartnerId } from "../../server/billing/customer.ts";
import { reserveMessages } from "../../server/store/quota.ts";
import { listQuotas } from "../../server/store/read.ts";
import type { World } from "./world.ts";

/** What remains of the product of which something does; throws when that is not enough. */
export async function useMessages(
  world: World,
  customerId: CustomerId,
  messages: number,
  id: string = crypto.randomUUID(),
): Promise<void> {
  const [left] = (await messagesLeft(world, customerId)).filter(({ rest }) => rest >= messages);
  if (!left) throw new Error(`${customerId} has not ${messages} messages left`);
  await consume(world, { customerId, productId: left.productId, messages, id });
}

/** All that remains of every product; says how many that were. */
export async function useAllMessages(world: World, customerId: CustomerId): Promise<number> {
  const left = (await messagesLeft(world, customerId)).filter(({ rest }) => rest > 0);
  for (const { productId, rest: messages } of left) {
    await consume(world, { customerId, productId, messages, id: crypto.randomUUID() });
  }
  return left.reduce((sum, { rest }) => sum + rest, 0);
}

async function messagesLeft(world: World, customerId: CustomerId) {
  const { db, wall } = world.invocation();
  const quotas = await listQuotas(db, customerId, wall());
  return quotas
    .filter(({ isOver }) => !isOver)
    .map(({ productId, granted, used, reserved, overrun }) => ({
      productId,
      rest: granted - used - reserved - overrun,
    }));
}

interface Consumed {
  readonly customerId: CustomerId;
  readonly productId: ProductId;
  readonly messages: number;
  readonly id: string;
}

async function consume(world: World, wanted: Consumed): Promise<void> {
  const { db, wall } = world.invocation();
  const reserved = await reserveMessages(db, { ...wanted, partnerId: housePartnerId, ttlSeconds: null }, wall());
  if (reserved.kind !== "standing") throw new Error(`using ${wanted.messages} messages: ${reserved.kind}`);
}
