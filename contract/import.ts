// Moving in from an existing system: its catalogue, and its customers with what runs. One record is one line of the file
// of docs/import.md, and is taken whole or not at all.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { BuyerInput } from "./buyer.ts";
import { PartnerId } from "./common/id.ts";
import { Rials } from "./common/money.ts";
import { Mobile, NationalId } from "./common/person.ts";
import { endpoint } from "./common/policy.ts";
import { FieldError } from "./common/problem.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { InstantInput, TehranDate } from "./common/time.ts";
import { ExternalId } from "./customer.ts";
import { agreementLimits } from "./payment-method.ts";
import { onlyOwnFeatures, PriceInput, ProductInput } from "./product.ts";
import { Reason } from "./subscription/operate.ts";

const own = (what: string, example: string) =>
  ExternalId.meta({ description: `The existing system's id of the ${what}.`, example });

export const ImportedProduct = z
  .strictObject({ kind: z.literal("product"), id: own("product", "pro"), ...ProductInput.shape })
  .check(onlyOwnFeatures)
  .meta({ description: "A product, to be sold on." });

export const ImportedPrice = z
  .strictObject({
    kind: z.literal("price"),
    id: own("price", "pro-monthly"),
    productId: ExternalId.meta({ description: "`id` of a product's record, or of a product of ours.", example: "pro" }),
    ...PriceInput.shape,
  })
  .meta({ description: "A price of a product." });

/** A bank's token: never a text for people. */
const Signature = z
  .string()
  .regex(/^[\w.+/=-]{8,1000}$/)
  .meta({
    description: "What the gateway gave when the agreement was signed. Sealed at once; never returned.",
    example: "eyJhbGciOi.signature-of-the-agreement",
  });

const ImportedPaymentMethod = z.strictObject({
  id: own("payment method", "pm-17"),
  signature: Signature,
  mobile: Mobile.meta({ description: "The payer's mobile number. Sealed at once.", example: "09120000000" }),
  nationalId: NationalId.nullable().default(null).meta({
    description: "The payer's national id; null when it is not known. Sealed at once.",
    example: null,
  }),
  ...agreementLimits,
  activatedAt: InstantInput.meta({ description: "When it was signed.", example: "2026-03-21T09:00:00Z" }),
  expiresAt: InstantInput.meta({ description: "End of the agreement.", example: "2027-03-21T09:00:00Z" }),
});

const OpenInvoiceLine = z
  .strictObject({
    description: z
      .string()
      .regex(/^\P{Cc}{0,80}$/u)
      .default("")
      .meta({ description: "What it is for; names no person.", example: "Pro, Aban 1405" }),
    netRials: Rials.meta({ description: "Amount without VAT, in Rials.", example: 2_990_000 }),
    vatRateBasisPoints: z.int().min(0).max(10_000).meta({
      description: "VAT rate in hundredths of a percent; 0 is exempt.",
      example: 1_000,
    }),
    vatRials: Rials.meta({ description: "VAT, in Rials; 0 when the rate is.", example: 299_000 }),
  })
  .check(({ value, issues }) => {
    if (value.vatRateBasisPoints > 0 || value.vatRials === 0) return;
    issues.push({ code: "custom", input: value.vatRials, path: ["vatRials"], message: "What is exempt has no VAT." });
  });

const OpenInvoice = z.strictObject({
  number: z
    .string()
    .regex(/^[\w./-]{1,40}$/)
    .meta({
      description: "Its number there, kept on its lines. Here it gets one of the series `I`.",
      example: "1405-118",
    }),
  dueOn: TehranDate.meta({ description: "Since when it is owed.", example: "2026-11-06" }),
  lines: z
    .array(OpenInvoiceLine)
    .min(1)
    .max(4)
    .meta({
      description: "What is owed.",
      example: [{ description: "Pro, Aban 1405", netRials: 2_990_000, vatRateBasisPoints: 1_000, vatRials: 299_000 }],
    }),
});

const ImportedSubscription = z.strictObject({
  id: own("subscription", "sub-17"),
  priceId: ExternalId.meta({ description: "`id` of a price's record, or of a price of ours.", example: "pro-monthly" }),
  quantity: z.int().min(1).max(1_000).default(1).meta({ description: "How many of it.", example: 1 }),
  paymentMethodId: ExternalId.nullable().meta({
    description: "`id` of one of this record's payment methods; null: a link to pay is sent at each renewal.",
    example: "pm-17",
  }),
  periodStartsOn: TehranDate.meta({ description: "First day of the running period.", example: "2026-11-06" }),
  periodEndsOn: TehranDate.meta({
    description: "First day after it: that of the next renewal. Until then nothing is charged for it.",
    example: "2026-12-06",
  }),
  anchorDay: z
    .int()
    .min(1)
    .max(31)
    .nullable()
    .default(null)
    .meta({
      description:
        "Day of the month of the price's calendar on which periods begin; null: that of `periodEndsOn`. Give it when that " +
        "one fell into a shorter month: 31, where the period ends on the 30th.",
      example: null,
    }),
  messagesLeft: z.int().min(0).max(1_000_000_000).nullable().default(null).meta({
    description: "Messages left of the running period; null: all that the product grants.",
    example: 750,
  }),
  cancelAtPeriodEnd: z.boolean().default(false).meta({
    description: "Whether it was cancelled there and ends with the running period.",
    example: false,
  }),
  openInvoice: OpenInvoice.nullable().default(null).meta({
    description: "What is still owed for the running period; null when it is paid, as it usually is.",
    example: null,
  }),
});

/** The most payment methods, and the most subscriptions, of one customer's record. */
const mostOfCustomer = 5;

export const ImportedCustomer = z
  .strictObject({
    kind: z.literal("customer"),
    id: ExternalId.meta({
      description: "The existing system's id of the customer: its `externalId` from here on.",
      example: "rt-user-42",
    }),
    buyer: BuyerInput.nullable().default(null).meta({
      description: "Whom invoices are made out to; null when nothing is known. Sealed at once.",
      example: null,
    }),
    paymentMethods: z
      .array(ImportedPaymentMethod)
      .max(mostOfCustomer)
      .default([])
      .meta({ description: "Signed agreements that run.", example: [] }),
    subscriptions: z
      .array(ImportedSubscription)
      .max(mostOfCustomer)
      .default([])
      .meta({ description: "Subscriptions that run, one for each product.", example: [] }),
  })
  .meta({ description: "A customer with what runs." });

export const ImportRecord = z
  .discriminatedUnion("kind", [ImportedProduct, ImportedPrice, ImportedCustomer])
  .meta({ description: "One line of an import." });

export type ImportedProduct = z.infer<typeof ImportedProduct>;
export type ImportedPrice = z.infer<typeof ImportedPrice>;
export type ImportedCustomer = z.infer<typeof ImportedCustomer>;
export type ImportedSubscription = z.infer<typeof ImportedSubscription>;
export type ImportRecord = z.infer<typeof ImportRecord>;

export const ImportKind = z.enum(["product", "price", "customer"]).meta({
  description: "What a record is about.",
  example: "customer",
});

export type ImportKind = z.infer<typeof ImportKind>;

/** So much fits into the statements of one request. */
export const importLimits = { records: 40, customers: 20, paymentMethods: 20, subscriptions: 20 } as const;

const Records = z
  .array(ImportRecord)
  .min(1)
  .max(importLimits.records)
  .check(({ value, issues }) => {
    const customers = value.filter((record) => record.kind === "customer");
    const counts = {
      customers: customers.length,
      paymentMethods: customers.reduce((sum, { paymentMethods }) => sum + paymentMethods.length, 0),
      subscriptions: customers.reduce((sum, { subscriptions }) => sum + subscriptions.length, 0),
    };
    for (const [what, count] of Object.entries(counts)) {
      const most = importLimits.customers;
      if (count > most) issues.push({ code: "custom", input: count, message: `At most ${most} ${what} at once.` });
    }
  })
  .meta({
    description:
      `At most ${importLimits.records}, with at most ${importLimits.customers} customers, as many payment methods and as ` +
      "many subscriptions. A price comes after its product, and a customer after the prices it names.",
    example: [
      {
        kind: "product",
        id: "pro",
        name: "Pro",
        description: "",
        roundtableId: null,
        messageQuota: 2_000,
        grantOn: "period_start",
      },
    ],
  });

export const ImportResult = z
  .object({
    kind: ImportKind,
    externalId: ExternalId.meta({ description: "The record's `id`.", example: "rt-user-42" }),
    outcome: z.enum(["created", "unchanged", "differs", "refused"]).meta({
      description:
        "`created` now, or would be in a dry run; `unchanged`: an import before had the very same record; `differs`: an " +
        "import before had another one under this id, which stands, and nothing was done; `refused`, for what `errors` says.",
      example: "created",
    }),
    id: z.string().nullable().meta({
      description: "Our id of it; null when there is none, as in a dry run.",
      example: "cus_01kaqzv3m5e0a8r6b1x2n4y7tq",
    }),
    errors: z.array(FieldError).meta({
      description: "Why it was refused, with pointers such as `/body/records/3/subscriptions/0/periodEndsOn`.",
      example: [],
    }),
  })
  .meta({ id: "ImportResult", description: "What became of one record." });

export type ImportResult = z.infer<typeof ImportResult>;

export const imports = initContract().router({
  create: endpoint(
    {
      who: "operator",
      rate: "write",
      idempotency: "optional",
      refuses: ["not_found"],
      events: [
        "product.created",
        "product.detailed",
        "product.features_described",
        "price.created",
        "customer.created",
        "customer.buyer_changed",
        "payment_method.created",
        "payment_method.activated",
        "subscription.created",
        "subscription.activated",
        "invoice.finalized",
        "subscription.past_due",
        "quota.granted",
        "subscription.cancel_scheduled",
      ],
    },
    {
      method: "POST",
      path: "/v1/imports",
      body: z.strictObject({
        partnerId: PartnerId.optional().meta({
          description: "The partner whose customers they are; left out: our own.",
          example: "ptr_01kaqzv3m5e0a8r6b1x2n4y7tq",
        }),
        dryRun: z.boolean().default(false).meta({
          description: "Whether only to say what would become of each record; nothing is written.",
          example: true,
        }),
        reason: Reason,
        records: Records,
      }),
      responses: {
        200: createApiResponseSchema(
          z.object({
            results: z.array(ImportResult).meta({ description: "One for each record, in order.", example: [] }),
          }),
        ),
      },
      summary: "Import records of an existing system",
      description:
        "Takes products, prices, and customers with their signed agreements and running periods, one commit for each " +
        "record: a record is there whole or not at all, and a bad one keeps no other back. Nobody is charged for a running " +
        "period; the next renewal is that of its end. Safe to repeat, also without an Idempotency-Key: a record that an " +
        "import before had changes nothing. 404 `not_found` for an unknown partner. Partners are told of every event.",
    },
  ),
});
