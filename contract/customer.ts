// Customers as partners know them: made by them, found by their own id of them, and each one's whole state in one answer.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { CustomerId, InvoiceId, PartnerId, PriceId, ProductId, SubscriptionId } from "./common/id.ts";
import { Rials, SignedRials } from "./common/money.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";
import { Features } from "./product.ts";
import { AddedMessages, Quota } from "./quota.ts";
import { Period, Quantity, SubscriptionStatus } from "./subscription/schema.ts";

/** Safe in a path as it stands, and never an e-mail address. */
export const ExternalId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$/)
  .meta({
    description:
      "The partner's own id of the customer, unique among the partner's: 1 to 80 letters, digits, `.`, `_`, `:` and `-`. " +
      "Never an address or a number of a person.",
    example: "rt-user-42",
  });

export const Access = z.enum(["full", "grace", "none"]).meta({
  description:
    "`full` while it is paid or in trial; `grace` while a renewal is unpaid and the price keeps access; else `none`.",
  example: "full",
});

export type Access = z.infer<typeof Access>;

export const Customer = z
  .object({
    id: CustomerId,
    externalId: ExternalId.nullable().meta({
      description: "The partner's own id of the customer; null when it has none.",
      example: "rt-user-42",
    }),
    createdAt: Instant,
  })
  .meta({ id: "Customer", description: "The billed party. It belongs to exactly one partner." });

export type Customer = z.infer<typeof Customer>;

export const CustomerRecord = Customer.extend({
  partnerId: PartnerId,
  signsIn: z.boolean().meta({ description: "Whether a person can sign in as it.", example: true }),
  erasedAt: Instant.nullable().meta({ description: "When its person was erased; else null.", example: null }),
  creditRials: SignedRials.meta({
    description: "What its next invoices take first, in Rials; below zero: carried over to the next invoice.",
    example: 0,
  }),
  quotas: z.array(Quota).meta({ description: "Messages by product, soonest to end first.", example: [] }),
}).meta({ id: "CustomerRecord", description: "A customer as operators see it. It names no person." });

export type CustomerRecord = z.infer<typeof CustomerRecord>;

const SubscriptionState = z.object({
  id: SubscriptionId,
  productId: ProductId,
  priceId: PriceId,
  quantity: Quantity,
  status: SubscriptionStatus,
  access: Access,
  currentPeriod: Period,
  cancelAtPeriodEnd: z.boolean().meta({ description: "Whether it ends with the current period.", example: false }),
});

const QuotaState = Quota.extend({
  resetsAt: Instant.nullable().meta({
    description: "When the count begins anew with the next period; null when no period follows.",
    example: "2026-12-21T20:30:00.000Z",
  }),
  added: z.array(AddedMessages).meta({ description: "What `granted` has on top of the period's own.", example: [] }),
}).meta({ id: "QuotaState", description: "Messages of a product, and when they are counted anew." });

const Due = z.object({
  invoiceId: InvoiceId,
  amountRials: Rials.meta({ description: "What is still to pay, in Rials.", example: 3_289_000 }),
  dueAt: Instant.meta({ description: "Since when, or from when on, it is owed.", example: "2026-12-21T20:30:00.000Z" }),
});

export const CustomerState = z
  .object({
    customerId: CustomerId,
    externalId: Customer.shape.externalId,
    access: Access.meta({ description: "The best of what its subscriptions give.", example: "full" }),
    features: Features.meta({
      description: "What its subscriptions with access unlock, add-ons included, in alphabetical order.",
      example: ["file-upload"],
    }),
    subscriptions: z.array(SubscriptionState).meta({
      description: "Those that have not ended, oldest first.",
      example: [],
    }),
    quotas: z.array(QuotaState).meta({ description: "Messages by product.", example: [] }),
    due: z.array(Due).meta({ description: "Open invoices, soonest due first.", example: [] }),
    position: z.int().min(1).meta({
      description:
        "`position` of the last billing event in this state. Quotas may be newer: that messages were used is told within a day.",
      example: 1_042,
    }),
  })
  .meta({ id: "CustomerState", description: "All that decides what a customer may do now." });

export type CustomerState = z.infer<typeof CustomerState>;

const read = { who: "partner:customers:read", rate: "quota", idempotency: "none", events: [] } as const;
const byId = z.object({ customerId: CustomerId });
const State = createApiResponseSchema(CustomerState);
const c = initContract();

const stateRule =
  "Access, features, subscriptions, messages and what is owed, as one consistent reading. The answer has an `ETag`; with " +
  "it in `If-None-Match` the answer is 304 while nothing has changed.";

export const customers = c.router({
  create: endpoint(
    {
      who: "partner:customers:write",
      rate: "write",
      idempotency: "optional",
      refuses: ["busy"],
      events: ["customer.created"],
    },
    {
      method: "POST",
      path: "/v1/customers",
      body: z.strictObject({ externalId: ExternalId }),
      responses: { 200: createApiResponseSchema(Customer), 201: createApiResponseSchema(Customer) },
      summary: "Create a customer",
      description:
        "Makes a customer of the partner. 201 when it is new; 200 with the one that has this `externalId` already, so that " +
        "it is safe to repeat, also without an Idempotency-Key. No person is kept with it. Nobody is notified.",
    },
  ),
  list: endpoint(read, {
    method: "GET",
    path: "/v1/customers",
    query: PageQuery.extend({
      externalId: ExternalId.optional().meta({ description: "Only the one with this id.", example: "rt-user-42" }),
    }),
    responses: { 200: createApiListSchema(Customer) },
    summary: "List the partner's customers",
    description: "The partner's own customers, newest first.",
  }),
  get: endpoint(read, {
    method: "GET",
    path: "/v1/customers/:customerId",
    pathParams: byId,
    responses: { 200: createApiResponseSchema(Customer) },
    summary: "Get a customer",
    description: "One of the partner's own customers.",
  }),
  record: endpoint(
    { who: "operator", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/operator/customers/:customerId",
      pathParams: byId,
      responses: { 200: createApiResponseSchema(CustomerRecord) },
      summary: "Get any customer",
      description: "One customer of any partner, with its credit and its messages.",
    },
  ),
  state: endpoint(read, {
    method: "GET",
    path: "/v1/customers/:customerId/state",
    pathParams: byId,
    responses: { 200: State, 304: c.noBody() },
    summary: "Get a customer's state",
    description: stateRule,
  }),
  stateByExternalId: endpoint(read, {
    method: "GET",
    path: "/v1/customers/by-external-id/:externalId/state",
    pathParams: z.object({ externalId: ExternalId }),
    responses: { 200: State, 304: c.noBody() },
    summary: "Get a customer's state by externalId",
    description:
      `${stateRule}\n\nThe partner's id stands after a segment of its own, since it may look like one of our ids: so an ` +
      "address never means two customers.",
  }),
});
