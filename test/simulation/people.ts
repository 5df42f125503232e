// The people of a history: an operator and some customers, each with a proved mobile number and an open session, written
// straight into the tables. How they sign in is another test's story.
import type { DatabaseSync } from "node:sqlite";
import { TypeID } from "typeid-js";
import { newCustomerId } from "../../server/billing/ids.ts";
import { wallMs } from "../../server/billing/clock.ts";
import type { Random } from "./random.ts";

export interface Person {
  readonly name: string;
  readonly customerId: string;
  readonly mobile: string;
  /** A bearer token of a session that outlives the history. */
  readonly token: string;
}

const names = ["Sara", "Omid", "Leila", "Reza", "Mina", "Kian", "Nasrin", "Babak"] as const;
const farAway = Date.parse("2099-01-01T00:00:00Z");

/** The operator, signed in. */
export function settleOperator(database: DatabaseSync, at: number, random: Random): Person {
  return settle(database, at, { name: "Operator", index: 0, role: "operator", random });
}

/** So many customers, signed in. */
export function settleCustomers(
  database: DatabaseSync,
  at: number,
  { count, random }: { count: number; random: Random },
) {
  return Array.from({ length: count }, (_, index): Person => {
    const name = names[index] ?? `C${index}`;
    return settle(database, at, { name, index: index + 1, role: "customer", random });
  });
}

interface Newcomer {
  readonly name: string;
  readonly index: number;
  readonly role: "customer" | "operator";
  readonly random: Random;
}

function settle(database: DatabaseSync, at: number, { name, index, role, random }: Newcomer): Person {
  const customerId = newCustomerId(wallMs(at), random.bytes);
  const mobile = `0912${String(1_000_000 + index)}`;
  const id = `user${String(index).padStart(28, "0")}`;
  const token = TypeID.fromUUIDBytes("", random.bytes(16)).toString();
  database
    .prepare(
      `INSERT INTO user (id, name, email, email_verified, customer_id, role, phone_number, phone_number_verified,
        created_at, updated_at) VALUES (?, ?, ?, 1, ?, ?, ?, 1, ?, ?)`,
    )
    .run(id, name, `${name.toLowerCase()}@example.com`, customerId, role, mobile, at, at);
  database
    .prepare(
      `INSERT INTO session (id, token, user_id, expires_at, created_at, updated_at, second_factor_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(`session${index}`, token, id, farAway, at, at, role === "operator" ? at : null);
  return { name, customerId, mobile, token };
}
