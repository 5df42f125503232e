// The tables of the log and of what is folded from it, as Drizzle sees them. The migrations are the truth; a test holds
// the two together, and every field of an entity to its column.
export * from "./schema/audit-export.ts";
export * from "./schema/books.ts";
export * from "./schema/catalogue.ts";
export * from "./schema/customer.ts";
export * from "./schema/document.ts";
export * from "./schema/finance-export.ts";
export * from "./schema/import.ts";
export * from "./schema/key-rotation.ts";
export * from "./schema/log.ts";
export * from "./schema/metrics.ts";
export * from "./schema/money.ts";
export * from "./schema/notice.ts";
export * from "./schema/reconciliation.ts";
export * from "./schema/webhook.ts";
