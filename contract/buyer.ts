// Who buys: what stands on invoices about the buyer, and what an e-invoice of the tax office (Moadian) wants to know of
// them. It is a person's, so it stands sealed in a row of its own that no event repeats.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { EconomicCode, LegalId, NationalId, PostalCode } from "./common/person.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";

export const BuyerKind = z.enum(["natural", "legal"]).meta({
  description: "A natural person, or a legal one: a company, an office.",
  example: "natural",
});

export type BuyerKind = z.infer<typeof BuyerKind>;

/** One line of text for people. */
const line = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^\P{Cc}*$/u, { error: "Must not hold control characters." });

export const BuyerInput = z
  .strictObject({
    kind: BuyerKind,
    name: line(120).trim().min(2).meta({ description: "Full name, or the company's name.", example: "Sara Ahmadi" }),
    nationalId: NationalId.optional().meta({ description: "Wanted of a natural person.", example: "0499370899" }),
    legalId: LegalId.optional().meta({ description: "Wanted of a legal person.", example: "12345678906" }),
    economicCode: EconomicCode.optional(),
    postalCode: PostalCode,
    address: line(300).trim().min(5).meta({ description: "Postal address.", example: "Tehran, Azadi Street 1" }),
  })
  .check(({ value, issues }) => {
    const wanted = value.kind === "natural" ? "nationalId" : "legalId";
    const other = value.kind === "natural" ? "legalId" : "nationalId";
    const say = (path: string, message: string) => issues.push({ code: "custom", input: value, path: [path], message });
    if (value[wanted] === undefined) say(wanted, `A ${value.kind} person has one.`);
    if (value[other] !== undefined) say(other, `A ${value.kind} person has none.`);
  });

export type BuyerInput = z.infer<typeof BuyerInput>;

export const BuyerDetails = z
  .object({
    kind: BuyerKind,
    name: z.string().meta({ description: "Full name, or the company's name.", example: "Sara Ahmadi" }),
    identifier: z.string().meta({
      description: "The national id, or the legal id of a company, with its middle hidden.",
      example: "049*****99",
    }),
    economicCode: z.string().nullable().meta({ description: "Economic code; else null.", example: null }),
    postalCode: z.string().meta({ description: "Postal code.", example: "1193653471" }),
    address: z.string().meta({ description: "Postal address.", example: "Tehran, Azadi Street 1" }),
  })
  .meta({ id: "BuyerDetails", description: "What stands on the invoices to come about the buyer." });

export type BuyerDetails = z.infer<typeof BuyerDetails>;

export const buyers = initContract().router({
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/me/buyer-details",
      responses: { 200: createApiResponseSchema(BuyerDetails.nullable()) },
      summary: "Get my buyer details",
      description: "What stands on the caller's invoices to come; null when nothing was given, or it was erased.",
    },
  ),
  set: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["busy"],
      events: ["customer.created", "customer.buyer_changed"],
    },
    {
      method: "PUT",
      path: "/v1/me/buyer-details",
      body: BuyerInput,
      responses: { 200: createApiResponseSchema(BuyerDetails) },
      summary: "Set my buyer details",
      description:
        "Holds for invoices that are finalised from now on; those that are keep the buyer they were made out to. Stored " +
        "sealed; the audit trail says only that the details changed.",
    },
  ),
});
