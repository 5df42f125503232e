// What people want to be told and how they can be reached: read for many at once, where notices are written down. No address
// leaves this file but by `findContact`.
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { CustomerId } from "../../contract/common/id.ts";
import type { NoticeChannel } from "../../contract/notification.ts";
import type { NewEvent } from "../billing/event.ts";
import type { Preference } from "../billing/notice.ts";
import { user } from "./auth-schema.ts";
import { compiledWrite, placeholdersOf, type Write } from "./compiled.ts";
import { atHome, type Placed } from "./databases.ts";
import { linkedAddress } from "./login-links.ts";
import { notificationPreference } from "./schema.ts";

/** What somebody has chosen; nothing of what they left as it is. */
export async function listPreferences(db: D1Database, customerId: CustomerId): Promise<readonly Preference[]> {
  const { kind, channel, enabled } = notificationPreference;
  const query = drizzle(db).select({ kind, channel, enabled }).from(notificationPreference);
  return query.where(eq(notificationPreference.customerId, customerId));
}

/** What an event of somebody's choice makes of their preferences; the others stay as they are. */
export function choiceWrites(customerId: CustomerId, events: readonly NewEvent[]): readonly Write[] {
  return events.flatMap((event) =>
    event.type === "customer.notifications_chosen"
      ? event.data.choices.map((choice) => choose({ customerId, ...choice }))
      : [],
  );
}

const choose = compiledWrite((orm) => {
  const { kind, channel, customerId } = notificationPreference;
  return orm
    .insert(notificationPreference)
    .values(placeholdersOf(notificationPreference))
    .onConflictDoUpdate({ target: [customerId, kind, channel], set: { enabled: sql`excluded.enabled` } });
});

export interface Contact {
  /** A proved address; null when there is none. */
  readonly email: string | null;
  /** `09` and nine digits, proved by code; null when there is none. */
  readonly sms: string | null;
}

/** Where a customer's person can be reached. */
export async function findContact(home: D1Database, customerId: CustomerId): Promise<Contact> {
  const [found] = await contacts(home).where(eq(user.customerId, customerId));
  return contactIn(found);
}

/** By which channels each of these customers can be reached, and what they have chosen. */
export async function reachOf(
  ports: Placed,
  customerIds: readonly CustomerId[],
): Promise<
  ReadonlyMap<CustomerId, { readonly channels: readonly NoticeChannel[]; readonly chosen: readonly Preference[] }>
> {
  const listed = sql`(SELECT value FROM json_each(${JSON.stringify(customerIds)}))`;
  const [people, chosen] = await Promise.all([
    contacts(atHome(ports).db).where(sql`${user.customerId} IN ${listed}`),
    drizzle(ports.db)
      .select()
      .from(notificationPreference)
      .where(sql`${notificationPreference.customerId} IN ${listed}`),
  ]);
  return new Map(
    people.map((person) => {
      const { email, sms } = contactIn(person);
      const channels: NoticeChannel[] = [...(email ? ["email" as const] : []), ...(sms ? ["sms" as const] : [])];
      const customerId = CustomerId.parse(person.customerId);
      return [customerId, { channels, chosen: chosen.filter((each) => each.customerId === customerId) }];
    }),
  );
}

function contacts(db: D1Database) {
  return drizzle(db)
    .select({
      customerId: user.customerId,
      email: user.email,
      isEmailProved: user.emailVerified,
      mobile: user.phoneNumber,
      isMobileProved: user.phoneNumberVerified,
    })
    .from(user);
}

function contactIn(found: Awaited<ReturnType<typeof contacts>>[number] | undefined): Contact {
  if (!found) return { email: null, sms: null };
  const hasEmail = found.isEmailProved && !found.email.endsWith(linkedAddress);
  return { email: hasEmail ? found.email : null, sms: found.isMobileProved ? found.mobile : null };
}
