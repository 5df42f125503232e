// The signed-in person as billing needs them: how to reach them. Read-only; Better Auth writes the row.
import { and, eq, gte } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { WallMs } from "../billing/clock.ts";
import { user } from "./auth-schema.ts";
import { linkedAddress } from "./login-links.ts";

export interface Person {
  /** Null for whoever comes by a partner's link. */
  readonly email: string | null;
  /** `09` and nine digits, proved by code; null until then. */
  readonly mobile: string | null;
}

/** The person behind a session; nobody when they were erased, and only a cookie of the last minute still names them. */
export async function findPerson(db: D1Database, userId: string): Promise<Person> {
  const { email, phoneNumber, phoneNumberVerified } = user;
  const query = drizzle(db).select({ email, phoneNumber, phoneNumberVerified }).from(user);
  const [row] = await query.where(eq(user.id, userId));
  if (!row) return { email: null, mobile: null };
  const hasAddress = !row.email.endsWith(linkedAddress);
  return { email: hasAddress ? row.email : null, mobile: row.phoneNumberVerified ? (row.phoneNumber ?? null) : null };
}

/** Whether a customer has proved this number, and nothing about them is older than `since`: signing in by it renews that. */
export async function hasNumberToSignIn(
  db: D1Database,
  { mobile, since }: { readonly mobile: string; readonly since: WallMs },
): Promise<boolean> {
  const { id, phoneNumber, phoneNumberVerified, role, updatedAt } = user;
  const isCustomers = and(eq(phoneNumber, mobile), eq(phoneNumberVerified, true), eq(role, "customer"));
  const query = drizzle(db).select({ id }).from(user);
  return (await query.where(and(isCustomers, gte(updatedAt, new Date(since))))).length > 0;
}
