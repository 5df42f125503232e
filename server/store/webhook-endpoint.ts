// Webhook endpoints: what a partner has asked for, each change an event of the partner's own stream. What becomes of
// deliveries is next door.
import { and, desc, eq, ne, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { PartnerId, WebhookEndpointId } from "../../contract/common/id.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { maxEndpoints } from "../../contract/webhook-endpoint.ts";
import { after, hourMs, instant, instantOrNull, type WallMs } from "../billing/clock.ts";
import type { DisabledReason } from "../billing/delivery.ts";
import { event, type NewEvent } from "../billing/event.ts";
import type { Actor, Write } from "./commit.ts";
import { readEndpoints } from "./rows.ts";
import { partner } from "./auth-schema.ts";
import { webhookDispatch, webhookEndpoint } from "./schema.ts";
import type { Sealed } from "./sealer.ts";
import { appendToStream, type By } from "./stream.ts";
import type { TransactPorts } from "./transact.ts";
import { droppingWrites, openingWrites, replayWrites, wakingWrites, type Span } from "./webhook-delivery.ts";

export type StoredEndpoint = typeof webhookEndpoint.$inferSelect;

/** An endpoint with how it does. */
export interface WatchedEndpoint extends StoredEndpoint {
  readonly failingSince: WallMs | null;
}

/** One endpoint; null when there is none, or it is another partner's. A null `partnerId` is anybody's. */
export async function findEndpoint(
  db: D1Database,
  id: WebhookEndpointId,
  partnerId: PartnerId | null,
): Promise<WatchedEndpoint | null> {
  const isTheirs = partnerId === null ? undefined : eq(webhookEndpoint.partnerId, partnerId);
  const query = drizzle(db)
    .select()
    .from(webhookEndpoint)
    .where(and(eq(webhookEndpoint.id, id), isTheirs));
  return (await watched(db, readEndpoints(await query)))[0] ?? null;
}

/** Endpoints that are not archived, newest first, one past the limit. A null `partnerId` is everybody's. */
export async function listEndpoints(
  db: D1Database,
  partnerId: PartnerId | null,
  page: Pick<PageQuery, "limit" | "cursor">,
): Promise<readonly WatchedEndpoint[]> {
  const { id, partnerId: of, status } = webhookEndpoint;
  const conditions = [
    ne(status, "archived"),
    partnerId === null ? undefined : eq(of, partnerId),
    page.cursor === undefined ? undefined : sql`${id} < ${page.cursor}`,
  ];
  const query = drizzle(db)
    .select()
    .from(webhookEndpoint)
    .where(and(...conditions));
  return watched(db, readEndpoints(await query.orderBy(desc(id)).limit(page.limit + 1)));
}

async function watched(db: D1Database, endpoints: readonly StoredEndpoint[]): Promise<readonly WatchedEndpoint[]> {
  const ids = JSON.stringify(endpoints.map(({ id }) => id));
  const rows = await drizzle(db)
    .select()
    .from(webhookDispatch)
    .where(sql`${webhookDispatch.endpointId} IN (SELECT value FROM json_each(${ids}))`);
  const since = new Map(rows.map(({ endpointId, failingSince }) => [endpointId, failingSince]));
  return endpoints.map((endpoint) => ({ ...endpoint, failingSince: since.get(endpoint.id) ?? null }));
}

export type NewEndpoint = Pick<StoredEndpoint, "id" | "partnerId" | "url" | "eventTypes" | "secret" | "rotation">;

/** Adds an endpoint, unless it is there already. */
export async function createEndpoint(
  ports: TransactPorts,
  input: NewEndpoint,
  actor: Actor,
): Promise<"created" | "no_partner" | "limit_reached"> {
  const { id, partnerId, url, eventTypes } = input;
  const orm = drizzle(ports.db);
  let result: "created" | "no_partner" | "limit_reached" = "created";
  await appendToStream(ports, { stream: partnerId, actor }, async (at) => {
    const others = await listEndpoints(ports.db, partnerId, { limit: maxEndpoints, cursor: undefined });
    const [known] = await orm.select({ id: partner.id }).from(partner).where(eq(partner.id, partnerId));
    if (others.some((other) => other.id === id)) return null;
    result = !known ? "no_partner" : others.length >= maxEndpoints ? "limit_reached" : "created";
    if (result !== "created") return null;
    const row = {
      ...input,
      status: "enabled" as const,
      disabledReason: null,
      previousSecret: null,
      previousSecretEndsAt: null,
      // Within the batch, so its own event is the last one that it is not told of.
      sincePosition: sql`(SELECT MAX(position) FROM billing_event)`,
      createdAt: at,
    };
    const about = { webhookEndpointId: id, partnerId, url: told(url), eventTypes };
    return {
      events: [event("webhook_endpoint.created", about)],
      writes: [orm.insert(webhookEndpoint).values(row), ...openingWrites(ports.db, id)],
    };
  });
  return result;
}

/** A URL as an event may tell of it: what follows `?` may be a password. */
function told(url: string): string {
  return url.replace(/\?.*$/s, "");
}

type Target = Pick<StoredEndpoint, "id" | "partnerId">;
type Changed = Partial<StoredEndpoint>;

interface EndpointChange {
  readonly events: readonly NewEvent[];
  readonly set?: Changed;
  readonly writes?: readonly Write[];
}

/** Changes an endpoint as it is at that moment; `decide` says null where there is nothing to change. */
async function change(
  ports: TransactPorts,
  { id, partnerId }: Target,
  by: By,
  decide: (endpoint: StoredEndpoint, at: WallMs) => EndpointChange | null,
): Promise<void> {
  await appendToStream(ports, { stream: partnerId, ...by }, async (at) => {
    const endpoint = await findEndpoint(ports.db, id, partnerId);
    if (!endpoint || endpoint.status === "archived") return null;
    const changed = decide(endpoint, at);
    if (!changed) return null;
    const { events, set, writes = [] } = changed;
    const update = set && drizzle(ports.db).update(webhookEndpoint).set(set).where(eq(webhookEndpoint.id, id));
    return { events, writes: [...(update ? [update] : []), ...writes] };
  });
}

export async function updateEndpoint(
  ports: TransactPorts,
  target: Target,
  wanted: Partial<Pick<StoredEndpoint, "url" | "eventTypes">>,
  actor: Actor,
): Promise<void> {
  await change(ports, target, { actor }, (endpoint) => {
    const { url, eventTypes } = { ...endpoint, ...wanted };
    const isSame = url === endpoint.url && String(eventTypes) === String(endpoint.eventTypes);
    if (isSame) return null;
    const about = { webhookEndpointId: endpoint.id, url: told(url), eventTypes };
    return { events: [event("webhook_endpoint.updated", about)], set: { url, eventTypes } };
  });
}

/** A new secret beside the one before. The same `rotation` again changes nothing. */
export async function rotateSecret(
  ports: TransactPorts,
  target: Target,
  wanted: { readonly secret: Sealed; readonly rotation: string; readonly overlapHours: number },
  actor: Actor,
): Promise<void> {
  const { secret, rotation, overlapHours } = wanted;
  await change(ports, target, { actor }, (endpoint, at) => {
    if (endpoint.rotation === rotation) return null;
    const endsAt = after(at, overlapHours * hourMs);
    const about = { webhookEndpointId: endpoint.id, previousEndsAt: instant(endsAt) };
    return {
      events: [event("webhook_endpoint.secret_rotated", about)],
      set: { secret, rotation, previousSecret: endpoint.secret, previousSecretEndsAt: endsAt },
    };
  });
}

export async function archiveEndpoint(ports: TransactPorts, target: Target, actor: Actor): Promise<void> {
  await change(ports, target, { actor }, ({ id }) => ({
    events: [event("webhook_endpoint.archived", { webhookEndpointId: id })],
    set: { status: "archived", disabledReason: null },
    writes: droppingWrites(ports.db, id),
  }));
}

/** Nothing is sent to it until it is enabled. */
export async function disableEndpoint(
  ports: TransactPorts,
  target: Target,
  why: { readonly reason: DisabledReason; readonly failingSince: WallMs | null },
): Promise<void> {
  await change(ports, target, { actor: "system" }, ({ id, status }) => {
    if (status === "disabled") return null;
    const about = { webhookEndpointId: id, reason: why.reason, failingSince: instantOrNull(why.failingSince) };
    return {
      events: [event("webhook_endpoint.disabled", about)],
      set: { status: "disabled", disabledReason: why.reason },
    };
  });
}

export async function enableEndpoint(ports: TransactPorts, target: Target, actor: Actor): Promise<void> {
  await change(ports, target, { actor }, ({ id, status }, at) => {
    if (status === "enabled") return null;
    return {
      events: [event("webhook_endpoint.enabled", { webhookEndpointId: id })],
      set: { status: "enabled", disabledReason: null },
      writes: wakingWrites(ports.db, id, at),
    };
  });
}

/** An event for this endpoint alone. */
export async function testEndpoint(ports: TransactPorts, target: Target, by: By): Promise<void> {
  await change(ports, target, by, ({ id }) => ({
    events: [event("webhook_endpoint.tested", { webhookEndpointId: id })],
  }));
}

/** Puts a span of the log on its way to an endpoint again. */
export async function replayTo(ports: TransactPorts, target: Target, span: Span, by: By): Promise<void> {
  await change(ports, target, by, ({ id }, at) => ({
    events: [
      event("webhook_endpoint.replayed", {
        webhookEndpointId: id,
        afterPosition: span.from,
        untilPosition: span.to,
      }),
    ],
    writes: replayWrites(ports.db, id, span, at),
  }));
}
