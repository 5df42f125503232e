// What is sealed about a customer's person, opened for themselves: every buyer and every payer that was ever named.
import { asc, eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import type { CustomerId } from "../../contract/common/id.ts";
import { SealedBuyer, type BuyerPorts } from "./buyer.ts";
import { PersonalData } from "./payer.ts";
import { person } from "./schema.ts";

const mostRecords = 1_000;

const Record = z.union([SealedBuyer, PersonalData]);

export interface OpenedData {
  readonly buyers: SealedBuyer[];
  readonly payers: PersonalData[];
}

/** All sealed records of a customer, in clear, oldest first. Whoever opens them keeps them in memory only. */
export async function openPersonalData({ db, sealer }: BuyerPorts, customerId: CustomerId): Promise<OpenedData> {
  const query = drizzle(db).select({ id: person.id, sealed: person.sealed }).from(person);
  const rows = await query.where(eq(person.customerId, customerId)).orderBy(asc(person.id)).limit(mostRecords);
  const opened = await Promise.all(
    rows.map(async ({ id, sealed }) => Record.parse(JSON.parse(await sealer.open(sealed, id)))),
  );
  return {
    buyers: opened.filter((record) => "address" in record),
    payers: opened.filter((record) => "mobile" in record),
  };
}
