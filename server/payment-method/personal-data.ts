// What is known of the payer: sealed in a `person` row, opened only to open an agreement.
import * as z from "zod";

export const PersonalData = z.object({ mobile: z.string(), nationalId: z.string().nullable() });

export type PersonalData = z.infer<typeof PersonalData>;
