// The details of buyers, as they are sealed in `person` rows. Whoever opens one keeps it in memory only.
import { eq } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import * as z from "zod";
import { BuyerKind, type BuyerInput } from "../../contract/buyer.ts";
import type { CustomerId, PersonId } from "../../contract/common/id.ts";
import { customer } from "./schema.ts";
import type { Sealed, Sealer } from "./sealer.ts";
import { loadPerson } from "./secret.ts";

/** What is sealed of a buyer: exactly one of the two ids is there. */
export const SealedBuyer = z.object({
  kind: BuyerKind,
  name: z.string(),
  nationalId: z.string().nullable(),
  legalId: z.string().nullable(),
  economicCode: z.string().nullable(),
  postalCode: z.string(),
  address: z.string(),
});

export type SealedBuyer = z.infer<typeof SealedBuyer>;

/** A buyer's details as they are sealed. */
export function buyerFrom(input: BuyerInput): SealedBuyer {
  const { nationalId = null, legalId = null, economicCode = null, ...rest } = input;
  return { ...rest, nationalId, legalId, economicCode };
}

export interface BuyerPorts {
  readonly db: D1Database;
  readonly sealer: Sealer;
}

/** A buyer's details for the record that names them. */
export function sealBuyer({ sealer }: Pick<BuyerPorts, "sealer">, id: PersonId, buyer: SealedBuyer): Promise<Sealed> {
  return sealer.seal(JSON.stringify(SealedBuyer.parse(buyer)), id);
}

/** The details under this reference; null once the person was erased. */
export async function findBuyer({ db, sealer }: BuyerPorts, id: PersonId): Promise<SealedBuyer | null> {
  const sealed = await loadPerson(db, id);
  return sealed === null ? null : SealedBuyer.parse(JSON.parse(await sealer.open(sealed, id)));
}

/** What a customer's invoices to come are made out to; null when nothing was given, or it was erased. */
export async function findBuyerOf(ports: BuyerPorts, customerId: CustomerId): Promise<SealedBuyer | null> {
  const query = drizzle(ports.db).select({ buyerId: customer.buyerId }).from(customer);
  const [row] = await query.where(eq(customer.id, customerId));
  return row?.buyerId ? findBuyer(ports, row.buyerId) : null;
}
