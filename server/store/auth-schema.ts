// The tables of people, partners and attempts as Drizzle sees them; `0002_people_and_partners.sql` is the truth about
// their checks. Property names of the first five are Better Auth's own and must stay as it spells them.
import { index, integer, primaryKey, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import type { Sealed } from "./sealer.ts";

const createdAt = integer("created_at", { mode: "timestamp_ms" }).notNull();
const updatedAt = integer("updated_at", { mode: "timestamp_ms" }).notNull();

export const user = sqliteTable("user", {
  id: text("id").primaryKey(),
  name: text("name").notNull(),
  email: text("email").notNull().unique(),
  emailVerified: integer("email_verified", { mode: "boolean" }).notNull().default(false),
  image: text("image"),
  customerId: text("customer_id").notNull().unique(),
  role: text("role", { enum: ["customer", "operator"] })
    .notNull()
    .default("customer"),
  banned: integer("banned", { mode: "boolean" }).default(false),
  banReason: text("ban_reason"),
  banExpires: integer("ban_expires", { mode: "timestamp_ms" }),
  phoneNumber: text("phone_number").unique(),
  phoneNumberVerified: integer("phone_number_verified", { mode: "boolean" }),
  createdAt,
  updatedAt,
});

export const session = sqliteTable(
  "session",
  {
    id: text("id").primaryKey(),
    token: text("token").notNull().unique(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "restrict" }),
    expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
    ipAddress: text("ip_address"),
    userAgent: text("user_agent"),
    impersonatedBy: text("impersonated_by"),
    createdAt,
    updatedAt,
    /** When a second factor was proved in it. */
    secondFactorAt: integer("second_factor_at", { mode: "timestamp_ms" }),
  },
  (table) => [index("session_user_id").on(table.userId), index("session_expires_at").on(table.expiresAt)],
);

export const account = sqliteTable(
  "account",
  {
    id: text("id").primaryKey(),
    accountId: text("account_id").notNull(),
    providerId: text("provider_id").notNull(),
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "restrict" }),
    accessToken: text("access_token"),
    refreshToken: text("refresh_token"),
    idToken: text("id_token"),
    accessTokenExpiresAt: integer("access_token_expires_at", { mode: "timestamp_ms" }),
    refreshTokenExpiresAt: integer("refresh_token_expires_at", { mode: "timestamp_ms" }),
    scope: text("scope"),
    password: text("password"),
    createdAt,
    updatedAt,
  },
  (table) => [unique().on(table.providerId, table.accountId), index("account_user_id").on(table.userId)],
);

export const verification = sqliteTable(
  "verification",
  {
    id: text("id").primaryKey(),
    identifier: text("identifier").notNull(),
    value: text("value").notNull(),
    expiresAt: integer("expires_at", { mode: "timestamp_ms" }).notNull(),
    createdAt,
    updatedAt,
  },
  (table) => [
    index("verification_identifier").on(table.identifier),
    index("verification_value").on(table.value),
    index("verification_expires_at").on(table.expiresAt),
  ],
);

export const rateLimit = sqliteTable(
  "rate_limit",
  {
    id: text("id").primaryKey(),
    key: text("key").notNull().unique(),
    count: integer("count").notNull(),
    lastRequest: integer("last_request").notNull(),
  },
  (table) => [index("rate_limit_last_request").on(table.lastRequest)],
);

/** How often something was tried under one name (`sign-in:<hash>`) until `resetsAt`. */
export const attempt = sqliteTable(
  "attempt",
  {
    key: text("key").primaryKey(),
    count: integer("count").notNull(),
    resetsAt: integer("resets_at").notNull(),
  },
  (table) => [index("attempt_resets_at").on(table.resetsAt)],
);

export const secondFactor = sqliteTable("second_factor", {
  userId: text("user_id")
    .primaryKey()
    .references(() => user.id, { onDelete: "restrict" }),
  sealed: text("sealed").$type<Sealed>().notNull(),
  confirmedAt: integer("confirmed_at"),
  lastStep: integer("last_step").notNull(),
  createdAt: integer("created_at").notNull(),
});

export const secondFactorCode = sqliteTable(
  "second_factor_code",
  {
    userId: text("user_id")
      .notNull()
      .references(() => user.id, { onDelete: "restrict" }),
    /** Keyed digest of the code; the code itself is stored nowhere. */
    hash: text("hash").notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.hash] })],
);

export const loginLink = sqliteTable(
  "login_link",
  {
    /** Keyed digest of the secret in the link; the secret itself is stored nowhere. */
    hash: text("hash").primaryKey(),
    partnerId: text("partner_id").notNull(),
    partnerKeyId: text("partner_key_id").notNull(),
    customerId: text("customer_id").notNull(),
    audience: text("audience").notNull(),
    returnUrl: text("return_url").notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at").notNull(),
    usedAt: integer("used_at"),
  },
  (table) => [index("login_link_expires_at").on(table.expiresAt), index("login_link_customer_id").on(table.customerId)],
);

export const partner = sqliteTable("partner", {
  id: text("id").primaryKey(),
  name: text("name").notNull().unique(),
  createdAt: integer("created_at").notNull(),
  /** Where its customers may be sent back to. */
  returnUrls: text("return_urls", { mode: "json" }).$type<readonly string[]>().notNull().default([]),
});

export const partnerKey = sqliteTable(
  "partner_key",
  {
    id: text("id").primaryKey(),
    partnerId: text("partner_id")
      .notNull()
      .references(() => partner.id, { onDelete: "restrict" }),
    /** Lower-case hex SHA-256 of the key; the key itself is stored nowhere. */
    hash: text("hash").notNull().unique(),
    scopes: text("scopes", { mode: "json" }).notNull(),
    environment: text("environment", { enum: ["live", "test"] }).notNull(),
    createdAt: integer("created_at").notNull(),
    expiresAt: integer("expires_at"),
    revokedAt: integer("revoked_at"),
    /** To within some minutes: writing it at every call would be a write for each. */
    lastUsedAt: integer("last_used_at"),
    replacedById: text("replaced_by_id"),
  },
  (table) => [index("partner_key_partner_id").on(table.partnerId)],
);
