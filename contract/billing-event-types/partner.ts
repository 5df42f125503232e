// Events of partners and their keys: on the partner's own stream, and told to its webhook endpoints.
import * as z from "zod";
import { PartnerId, PartnerKeyId } from "../common/id.ts";
import { PartnerScope } from "../common/policy.ts";
import { at, atOrNull, type EventTypes } from "./fields.ts";

/** Where a key is good: `live` ones in production, `test` ones everywhere else, and never the other way round. */
export const KeyEnvironment = z.enum(["live", "test"]).meta({
  description: "`live`: good in production alone. `test`: good everywhere else.",
  example: "live",
});

export type KeyEnvironment = z.infer<typeof KeyEnvironment>;

const about = { partnerKeyId: PartnerKeyId };

const returnUrls = z
  .array(z.string().max(300))
  .max(5)
  .meta({
    description: "Where its customers may be sent back to.",
    example: ["https://roundtable.example/billing"],
  });

export const partnerEvents = {
  "partner.created": [
    "An operator has made a partner.",
    {
      partnerId: PartnerId,
      name: z.string().max(80).meta({ description: "Name of the organisation.", example: "Roundtable" }),
      returnUrls,
    },
  ],
  "partner.return_urls_changed": [
    "A partner's customers may be sent back to these addresses and no others.",
    { partnerId: PartnerId, returnUrls },
  ],
  "partner_key.created": [
    "A partner has a key more. Its text is in no event.",
    {
      ...about,
      partnerId: PartnerId,
      scopes: z.array(PartnerScope).meta({ description: "What it may do.", example: ["customers:read"] }),
      environment: KeyEnvironment,
      expiresAt: atOrNull("Wall time at which it ends by itself; null for never."),
    },
  ],
  "partner_key.rotated": [
    "Another key takes the place of this one, which is good until `endsAt`.",
    {
      ...about,
      replacedById: PartnerKeyId.meta({ description: "Id of the key that takes its place." }),
      endsAt: at("Wall time at which this one ends."),
    },
  ],
  "partner_key.revoked": ["A key is good for nothing from here on.", about],
} as const satisfies EventTypes;
