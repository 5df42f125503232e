// What is known of the payer: sealed in a `person` row, opened only to open an agreement.
import * as z from "zod";
import type { PersonId } from "../../contract/common/id.ts";
import type { Sealed, Sealer } from "./sealer.ts";

export const PersonalData = z.object({ mobile: z.string(), nationalId: z.string().nullable() });

export type PersonalData = z.infer<typeof PersonalData>;

/** A payer's data for the record that names them. */
export function sealPayer({ sealer }: { readonly sealer: Sealer }, id: PersonId, data: PersonalData): Promise<Sealed> {
  return sealer.seal(JSON.stringify(PersonalData.parse(data)), id);
}
