// Imports of the gateway's payout file: what it paid to the bank, line by line, against what it owed us.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { PaymentId, PayoutId } from "./common/id.ts";
import { Rials, SignedRials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";

const count = (description: string, example: number) => z.int().min(0).meta({ description, example });

/** The first line of a payout file. */
export const payoutHeader = "ref_id,authority,amount_rials,fee_rials,type,settled_at";
/** The longest file that is taken at once. */
export const maxCsvLength = 60_000;

export const PayoutLineType = z.enum(["payment", "refund", "reversal"]).meta({
  description: "Money that was taken, given back on our order, or taken back whole.",
  example: "payment",
});

export const PayoutLineResult = z
  .enum(["matched", "fee_differs", "amount_differs", "repeated", "not_booked", "unknown_refund", "unknown_payment"])
  .meta({
    description:
      "`matched` and `fee_differs` are booked, with the fee that was kept. The others are not, and wait: `repeated` is " +
      "a second movement where we know of one, `not_booked` money that we have not booked so (the gateway is asked), " +
      "`unknown_refund` and `unknown_payment` are none of ours.",
    example: "unknown_payment",
  });

export const Payout = z
  .object({
    id: PayoutId,
    lineCount: count("Lines of the file.", 40),
    matchedCount: count("Lines that were booked.", 39),
    differenceCount: count("Lines that are not what we have booked.", 1),
    alreadyImportedCount: count("Lines that an import before had; they change nothing.", 0),
    paidOutRials: SignedRials.meta({
      description: "What the booked lines brought to the bank, in Rials; below zero when more was taken back.",
      example: 9_750_000,
    }),
    feeDifferenceRials: SignedRials.meta({
      description: "Fees of the booked lines above those we had booked, in Rials; below zero when lower.",
      example: 0,
    }),
    importedAt: Instant,
  })
  .meta({ id: "Payout", description: "One import of a payout file." });

export const PayoutDifference = z
  .object({
    line: z.int().min(2).meta({ description: "Line of the file; the header is line 1.", example: 17 }),
    type: PayoutLineType,
    result: PayoutLineResult,
    refId: z.string().meta({ description: "The bank's reference in the file.", example: "40123456" }),
    authority: z.string().meta({ description: "The gateway's id in the file.", example: "A0000000000abCd12" }),
    amountRials: Rials,
    paymentId: PaymentId.nullable().meta({
      description: "Our payment that it seems to be about; null when there is none.",
      example: null,
    }),
  })
  .meta({ id: "PayoutDifference", description: "A line that was booked with another fee, or not at all." });

export type Payout = z.infer<typeof Payout>;
export type PayoutDifference = z.infer<typeof PayoutDifference>;
export type PayoutLineType = z.infer<typeof PayoutLineType>;
export type PayoutLineResult = z.infer<typeof PayoutLineResult>;

export const payouts = initContract().router({
  create: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "required",
      events: [
        "payout.imported",
        "payment.watched",
        "payment.asked",
        "payment.reversed",
        "payment.succeeded",
        "quota.grant_revoked",
      ],
    },
    {
      method: "POST",
      path: "/v1/payouts",
      body: z.strictObject({
        csv: z
          .string()
          .min(1)
          .max(maxCsvLength)
          .meta({
            description:
              `The file: the header \`${payoutHeader}\`, then one line for each movement, ended by LF or CR LF, without ` +
              "quotes. Amounts and fees are whole Rials, never below zero: the type gives the direction; instants are " +
              "UTC. ZarinPal's own form is not public: bring its export into this one. Send a larger file in parts.",
            example: `${payoutHeader}\n40123456,A00000000000000000000000000000abCd12,3289000,2500,payment,2026-11-22T12:30:00.000Z\n`,
          }),
        reason: z.string().trim().min(3).max(500).meta({
          description: "Where it comes from, for the audit trail; name no person.",
          example: "Payouts of 1 Azar, from the panel",
        }),
      }),
      responses: {
        201: createApiResponseSchema(
          Payout.extend({
            differences: z.array(PayoutDifference).meta({
              description: "The lines of this import that were booked with another fee, or not at all.",
              example: [],
            }),
          }).meta({ id: "PayoutWithDifferences", description: "One import, with what differs." }),
        ),
      },
      summary: "Import a payout file",
      description:
        "Matches each line to a payment or refund by reference or authority, and books what matches from the clearing " +
        "account to the bank. A line is booked once, however often it is imported; one that differed is tried again. " +
        "About lines that we have not booked so, the gateway is asked. A line that cannot be read refuses the whole " +
        "file with 422: the error's pointer is `/body/csv/` and the line's number.",
    },
  ),
  list: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/payouts",
      query: PageQuery,
      responses: {
        200: createApiListSchema(Payout).extend({
          clearingRials: SignedRials.meta({
            description: "What the gateway still owes us by our books: the balance of the clearing account, in Rials.",
            example: 3_286_500,
          }),
        }),
      },
      summary: "List imports of payout files",
      description: "Imports with their totals, the newest first, and what no payout has accounted for yet.",
    },
  ),
});
