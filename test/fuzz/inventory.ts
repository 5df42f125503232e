// What can be named in a world: ids by their prefix with whose they are, and the other values that must exist.
import type { DatabaseSync } from "node:sqlite";
import type { Population } from "./lived-in.ts";
import type { Wish } from "./valid.ts";
import type { FuzzCaller } from "./world.ts";

interface Item {
  readonly value: string;
  readonly owners: readonly string[];
}

export interface Inventory {
  readonly callers: readonly FuzzCaller[];
  /** One of the kind: of this owner's mostly, when there is one; only then for `own`. */
  readonly find: (wish: Wish, owner: string | null, whose?: "own" | "any") => string | undefined;
}

/** One wish in so many is for somebody else's. */
const elseEvery = 8;

export function inventoryOf(database: DatabaseSync, { callers, loginTokens, payoutCsv }: Population): Inventory {
  const items = new Map<string, Item[]>();
  const keep = (kind: string, value: string, owners: readonly unknown[]) => {
    const kept = items.get(kind) ?? [];
    kept.push({ value, owners: owners.filter((owner) => typeof owner === "string") });
    items.set(kind, kept);
  };
  for (const { value, owner, partner } of everyId.flatMap((query) => database.prepare(query).all())) {
    keep(String(value).split("_")[0] ?? "", String(value), [owner, partner]);
  }
  for (const { kind, value, owner } of database.prepare(otherValues).all()) keep(String(kind), String(value), [owner]);
  for (const token of loginTokens) keep("loginToken", token, []);
  keep("csv", payoutCsv, []);
  return { callers, find: (wish, owner, whose = "any") => found(items.get(wish.kind) ?? [], wish.at, owner, whose) };
}

function found(items: readonly Item[], at: number, owner: string | null, whose: "own" | "any"): string | undefined {
  const own = items.filter(({ owners }) => owner !== null && owners.includes(owner));
  if (whose === "own") return own[at % own.length]?.value;
  const choices = own.length > 0 && at % elseEvery !== 0 ? own : items;
  return choices[Math.floor(at / elseEvery) % choices.length]?.value;
}

const ofCustomers = [
  "subscription",
  "invoice",
  "payment",
  "refund",
  "payment_method",
  "credit_note",
  "person",
] as const;

/** Ids with whose they are: a customer's with the partner of the customer beside it. D1 takes few terms in one SELECT. */
const everyId: readonly string[] = [
  ...ofCustomers.map(
    (table) => `SELECT t.id AS value, t.customer_id AS owner, c.partner_id AS partner
      FROM ${table} t JOIN customer c ON c.id = t.customer_id ORDER BY t.rowid`,
  ),
  ...["product", "price", "coupon", "price_migration", "payout", "finance_export"].map(
    (table) => `SELECT id AS value, NULL AS owner, NULL AS partner FROM ${table} ORDER BY rowid`,
  ),
  "SELECT id AS value, id AS owner, partner_id AS partner FROM customer ORDER BY rowid",
  "SELECT id AS value, id AS owner, NULL AS partner FROM partner ORDER BY rowid",
  "SELECT id AS value, partner_id AS owner, NULL AS partner FROM partner_key ORDER BY rowid",
  "SELECT id AS value, partner_id AS owner, NULL AS partner FROM webhook_endpoint ORDER BY rowid",
  `SELECT e.id AS value, e.stream AS owner, c.partner_id AS partner
     FROM billing_event e LEFT JOIN customer c ON c.id = e.stream ORDER BY e.position`,
];

const otherValues = `
  SELECT 'externalId' AS kind, external_id AS value, partner_id AS owner FROM customer WHERE external_id IS NOT NULL
  UNION ALL SELECT 'reservationId', id, partner_id FROM quota_reservation
  UNION ALL SELECT 'couponCode', code, NULL FROM coupon
  UNION ALL SELECT 'fileName', name, NULL FROM finance_export_file
  ORDER BY kind, value`;
