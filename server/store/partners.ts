// Partners: who they are and where their customers may be sent back to, each change an event of the partner's own stream.
import { desc, eq, lt } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { PartnerId } from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { wallMs, type WallMs } from "../billing/clock.ts";
import { event } from "../billing/event.ts";
import { partner } from "./auth-schema.ts";
import type { Actor } from "./commit.ts";
import { appendToStream } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";

export interface StoredPartner {
  readonly id: PartnerId;
  readonly name: string;
  readonly returnUrls: readonly string[];
  readonly createdAt: WallMs;
}

const Row = z.object({
  id: PartnerId,
  name: z.string(),
  returnUrls: z.array(z.string()),
  createdAt: z.int().transform(wallMs),
});

/** One partner; null when there is none of this id. */
export async function findPartner(db: D1Database, id: PartnerId): Promise<StoredPartner | null> {
  const [row] = await drizzle(db).select().from(partner).where(eq(partner.id, id));
  return row ? Row.parse(row) : null;
}

/** Partners, newest first, one past the limit. */
export async function listPartners(
  db: D1Database,
  { limit, cursor }: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly StoredPartner[]> {
  const query = drizzle(db)
    .select()
    .from(partner)
    .where(cursor === undefined ? undefined : lt(partner.id, cursor));
  return z.array(Row).parse(await query.orderBy(desc(partner.id)).limit(limit + 1));
}

/** Adds a partner, unless it is there already; false when another one has its name. */
export async function createPartner(
  ports: TransactPorts,
  input: Omit<StoredPartner, "createdAt">,
  actor: Actor,
): Promise<boolean> {
  const orm = drizzle(ports.db);
  const { id: partnerId, name, returnUrls } = input;
  let isFree = true;
  await appendToStream(ports, { stream: partnerId, actor }, async (at) => {
    const [namesake] = await orm.select({ id: partner.id }).from(partner).where(eq(partner.name, name));
    isFree = namesake === undefined || namesake.id === partnerId;
    if (namesake) return null;
    return {
      events: [event("partner.created", { partnerId, name, returnUrls: [...returnUrls] })],
      writes: [orm.insert(partner).values({ ...input, createdAt: at })],
    };
  });
  return isFree;
}

/** Other return URLs from here on. The same again changes nothing. */
export async function setReturnUrls(
  ports: TransactPorts,
  partnerId: PartnerId,
  returnUrls: readonly string[],
  actor: Actor,
): Promise<void> {
  await appendToStream(ports, { stream: partnerId, actor }, async () => {
    const found = await findPartner(ports.db, partnerId);
    if (!found || found.returnUrls.join(" ") === returnUrls.join(" ")) return null;
    return {
      events: [event("partner.return_urls_changed", { partnerId, returnUrls: [...returnUrls] })],
      writes: [drizzle(ports.db).update(partner).set({ returnUrls }).where(eq(partner.id, partnerId))],
    };
  });
}
