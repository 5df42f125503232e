// Finding customers by what fits whole. Every statement goes by a key or an index of what it looks for: however many
// customers there are, it reads as many rows as it finds.
import * as z from "zod";
import { CustomerId, PartnerId, type IdPrefix } from "../../contract/common/id.ts";
import { ExternalId } from "../../contract/customer.ts";
import { mostFound, type FoundBy } from "../../contract/search.ts";
import { wallMs, type WallMs } from "../billing/clock.ts";
import { atHome, inDatabaseOf, inEachDatabase, type Placed } from "./databases.ts";
import type { PersonDigest } from "./person-digest.ts";

/** One way to read what somebody looks for. */
export type Question =
  | { readonly by: "id"; readonly prefix: IdPrefix; readonly id: string }
  | { readonly by: "mobile" | "email" | "external_id" | "authority" | "reference"; readonly text: string }
  | { readonly by: "invoice_number"; readonly series: string; readonly number: number }
  | { readonly by: PersonDigest["kind"]; readonly digest: PersonDigest };

export interface FoundCustomer {
  readonly by: FoundBy;
  /** The id of what it was found by; else the customer's. */
  readonly about: string;
  readonly customerId: CustomerId;
  readonly partnerId: PartnerId;
  readonly externalId: string | null;
  readonly createdAt: WallMs;
}

const Row = z.object({
  about: z.string(),
  customerId: CustomerId,
  partnerId: PartnerId,
  externalId: ExternalId.nullable(),
  createdAt: z.int().transform(wallMs),
});

/** Whom each question finds, at most 20 each, newest first; nobody twice by the same. */
export async function findCustomers(db: D1Database, questions: readonly Question[]): Promise<readonly FoundCustomer[]> {
  const asked = questions.flatMap((question) => {
    const probe = probeOf(question);
    return probe ? [{ by: question.by, ...probe }] : [];
  });
  if (asked.length === 0) return [];
  const answers = await db.batch(asked.map(({ rows, values }) => db.prepare(withCustomers(rows)).bind(...values)));
  const found = answers.flatMap(({ results }, index) => {
    const by = asked[index]?.by;
    return by ? results.map((row) => ({ by, ...Row.parse(row) })) : [];
  });
  return onceEach(found);
}

function onceEach(found: readonly FoundCustomer[]): readonly FoundCustomer[] {
  return [...new Map(found.map((each) => [`${each.by} ${each.about}`, each])).values()];
}

/** The same over several databases: each is asked, and home whose users fit whose customers are elsewhere. */
export async function findInEach(ports: Placed, questions: readonly Question[]): Promise<readonly FoundCustomer[]> {
  const found: FoundCustomer[] = [];
  for (const { db } of inEachDatabase(ports)) found.push(...(await findCustomers(db, questions)));
  for (const { by, customerId } of await customersOfUsers(atHome(ports).db, questions)) {
    const there = inDatabaseOf(ports, customerId);
    if (there.databases?.at === 0) continue;
    const themselves = await findCustomers(there.db, [{ by: "id", prefix: "cus", id: customerId }]);
    found.push(...themselves.map((each) => ({ ...each, by })));
  }
  return onceEach(found);
}

async function customersOfUsers(home: D1Database, questions: readonly Question[]) {
  const ofUsers = questions.filter((question) => "text" in question && ["email", "mobile"].includes(question.by));
  const found: { readonly by: FoundBy; readonly customerId: CustomerId }[] = [];
  for (const question of ofUsers) {
    const { rows = "", values = [] } = probeOf(question) ?? {};
    const { results } = await home
      .prepare(rows)
      .bind(...values)
      .all();
    found.push(...results.map((row) => ({ by: question.by, customerId: CustomerId.parse(row["customer_id"]) })));
  }
  return found;
}

/** Rows of what fits, each with whose it is. */
interface Probe {
  readonly rows: string;
  readonly values: readonly (string | number)[];
}

/** CROSS JOIN: from what fits to its customer, never the other way round. */
function withCustomers(rows: string): string {
  return `SELECT found.about, c.id AS customerId, c.partner_id AS partnerId, c.external_id AS externalId,
      c.created_at AS createdAt FROM (${rows}) AS found CROSS JOIN customer c ON c.id = found.customer_id
    ORDER BY c.id DESC LIMIT ${mostFound}`;
}

const itself = "customer_id AS about, customer_id";

function probeOf(question: Question): Probe | null {
  switch (question.by) {
    case "id": {
      const rows = byId[question.prefix];
      return rows === undefined ? null : { rows, values: [question.id] };
    }
    case "invoice_number":
      return {
        rows: `SELECT i.id AS about, i.customer_id FROM invoice_number n JOIN invoice i ON i.id = n.invoice_id
          WHERE n.series = ? AND n.number = CAST(? AS INTEGER)`,
        values: [question.series, question.number],
      };
    case "name":
    case "mobile":
      return "digest" in question
        ? {
            rows: `SELECT ${itself} FROM person_digest WHERE kind = ? AND digest = ?`,
            values: [question.digest.kind, question.digest.digest],
          }
        : { rows: `SELECT ${itself} FROM user WHERE phone_number = ?`, values: [question.text] };
    default:
      return { rows: byText[question.by], values: [question.text] };
  }
}

const byText = {
  email: `SELECT ${itself} FROM user WHERE email = ?`,
  // Partners are few, and the index begins with theirs.
  external_id: `SELECT c.id AS about, c.id AS customer_id FROM partner p
    CROSS JOIN customer c ON c.partner_id = p.id AND c.external_id = ?`,
  authority: "SELECT id AS about, customer_id FROM payment WHERE authority = ?",
  reference: `SELECT id AS about, customer_id FROM payment WHERE ref_id = ?1
    UNION ALL SELECT id, customer_id FROM refund WHERE reference = ?1`,
} as const;

const owned = (table: string) => `SELECT id AS about, customer_id FROM ${table} WHERE id = ?`;

/** What belongs to one customer, by the prefix of its id. */
const byId: Readonly<Partial<Record<IdPrefix, string>>> = {
  cus: "SELECT id AS about, id AS customer_id FROM customer WHERE id = ?",
  sub: owned("subscription"),
  pm: owned("payment_method"),
  inv: owned("invoice"),
  pay: owned("payment"),
  ref: owned("refund"),
  cn: owned("credit_note"),
  qg: owned("quota_grant"),
  whe: owned("webhook_event"),
  evt: "SELECT id AS about, stream AS customer_id FROM billing_event WHERE id = ?",
};
