// The account of whoever is signed in: who they are, everything that is known of them, and how that is forgotten.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { BillingEvent } from "./billing-event.ts";
import { BuyerKind } from "./buyer.ts";
import { CustomerId } from "./common/id.ts";
import { endpoint } from "./common/policy.ts";
import { createApiResponseSchema } from "./common/response.ts";
import { Instant } from "./common/time.ts";
import { NoticeChannel, NoticeKindName, NoticeStatus } from "./notification.ts";

export const Account = z
  .object({
    userId: z.string().meta({ description: "Id of the signed-in person.", example: "q1w2e3r4" }),
    customerId: CustomerId,
    email: z.string().nullable().meta({
      description: "E-mail address used to sign in; null for whoever comes by a partner's link.",
      example: "sara@example.com",
    }),
    mobile: z.string().nullable().meta({
      description: "Proved mobile number with its middle hidden; null before it is proved.",
      example: "0912***4567",
    }),
  })
  .meta({ id: "Account", description: "The signed-in person and their customer." });

export type Account = z.infer<typeof Account>;

const ExportedBuyer = z.object({
  kind: BuyerKind,
  name: z.string().meta({ description: "Full name, or the company's name.", example: "Sara Ahmadi" }),
  nationalId: z.string().nullable().meta({ description: "National id of a natural person.", example: "0499370899" }),
  legalId: z.string().nullable().meta({ description: "National id of a company.", example: null }),
  economicCode: z.string().nullable().meta({ description: "Economic code.", example: null }),
  postalCode: z.string().meta({ description: "Postal code.", example: "1193653471" }),
  address: z.string().meta({ description: "Postal address.", example: "Tehran, Azadi Street 1" }),
});

const ExportedPayer = z.object({
  mobile: z.string().meta({ description: "The number that the bank was told.", example: "09120000000" }),
  nationalId: z.string().nullable().meta({ description: "The national id that the bank was told.", example: null }),
});

const ExportedSession = z.object({
  createdAt: Instant.meta({ description: "When somebody signed in." }),
  expiresAt: Instant.meta({ description: "When it ends unless it is used." }),
  ipAddress: z.string().nullable().meta({ description: "The network address it came from.", example: "192.0.2.7" }),
  userAgent: z.string().nullable().meta({ description: "What the browser calls itself.", example: "Mozilla/5.0" }),
});

const ExportedNotice = z.object({
  kind: NoticeKindName,
  channel: NoticeChannel,
  status: NoticeStatus,
  createdAt: Instant.meta({ description: "When it was written down." }),
});

const ExportedChoice = z.object({
  kind: NoticeKindName,
  channel: NoticeChannel,
  enabled: z.boolean().meta({ description: "Whether it is wanted.", example: true }),
});

export const PersonalDataExport = z
  .object({
    ...Account.shape,
    mobile: z.string().nullable().meta({ description: "Proved mobile number, whole.", example: "09120000000" }),
    buyers: z.array(ExportedBuyer).meta({ description: "All that invoices were ever made out to.", example: [] }),
    payers: z.array(ExportedPayer).meta({ description: "What banks were told of the payer.", example: [] }),
    sessions: z.array(ExportedSession).meta({ description: "Where somebody is signed in.", example: [] }),
    notices: z.array(ExportedNotice).meta({ description: "The last 1,000 messages.", example: [] }),
    choices: z.array(ExportedChoice).meta({ description: "What the person wants to be told.", example: [] }),
    events: z.array(BillingEvent).meta({
      description: "Every change to the billing of the customer, oldest first, at most 1,000.",
      example: [],
    }),
    archivedUntil: Instant.nullable().meta({
      description:
        "Events until then have left for the signed files of the audit trail, which hold no person; null when all are here.",
      example: null,
    }),
    nextCursor: z.string().nullable().meta({
      description: "Where `GET /v1/events` goes on when there are more events; else null.",
      example: null,
    }),
  })
  .meta({ id: "PersonalDataExport", description: "Everything that is known of a person, in clear." });

export type PersonalDataExport = z.infer<typeof PersonalDataExport>;

export const Erasure = z
  .object({
    customerId: CustomerId,
    erasedAt: Instant.meta({ description: "When the person was forgotten." }),
  })
  .meta({ id: "Erasure", description: "That nothing is known of a person any more." });

const Session = z
  .object({
    id: z.string().meta({ description: "Id of the session; not its token.", example: "q1w2e3r4t5y6u7i8" }),
    ...ExportedSession.shape,
    usedAt: Instant.meta({ description: "When it was last renewed by being used, to within a day." }),
  })
  .meta({ id: "Session", description: "Somewhere the caller is signed in." });

const nothing = z.strictObject({}).optional();

export const account = initContract().router({
  get: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/me",
      responses: { 200: createApiResponseSchema(Account) },
      summary: "Get my account",
      description: "Who is signed in, and the customer they are billed as.",
    },
  ),
  export: endpoint(
    { who: "customer", rate: "money", idempotency: "none", events: [] },
    {
      method: "POST",
      path: "/v1/me/export",
      body: nothing,
      responses: { 200: createApiResponseSchema(PersonalDataExport) },
      summary: "Export my personal data",
      description:
        "Everything that is known of the caller, in clear: who they are, what invoices were made out to, what banks were " +
        "told, where they are signed in, what they were told, and every change to their billing. Changes nothing, and is " +
        "stored nowhere. Secrets are no personal data and are left out: passwords, agreements' names, signatures.",
    },
  ),
  sessions: endpoint(
    { who: "customer", rate: "read", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/me/sessions",
      responses: { 200: createApiResponseSchema(z.array(Session)) },
      summary: "List my sessions",
      description: "Where the caller is signed in, the last used first, at most 100; never a token.",
    },
  ),
  revokeSession: endpoint(
    { who: "customer", rate: "write", idempotency: "optional", events: [] },
    {
      method: "DELETE",
      path: "/v1/me/sessions/:sessionId",
      pathParams: z.object({
        sessionId: z
          .string()
          .regex(/^[A-Za-z0-9_-]{8,64}$/)
          .meta({ description: "Id of the session.", example: "q1w2e3r4t5y6u7i8" }),
      }),
      body: nothing,
      responses: { 200: createApiResponseSchema(z.object({ id: Session.shape.id })) },
      summary: "Sign out one of my sessions",
      description:
        "Ends a session of the caller's at once; reading with its cookie may go on for at most a minute. 404 for another " +
        "person's as for none. The caller's own session may be the one.",
    },
  ),
  erase: endpoint(
    {
      who: "customer",
      rate: "write",
      idempotency: "optional",
      refuses: ["account_not_settled", "busy"],
      events: ["customer.created", "customer.erased"],
    },
    {
      method: "DELETE",
      path: "/v1/me",
      body: nothing,
      responses: { 200: createApiResponseSchema(Erasure) },
      summary: "Erase my account",
      description:
        "Forgets the person for good and signs them out everywhere: names, numbers, addresses, messages, sealed secrets, " +
        "stored answers, printed documents. The audit trail, the invoices and the books stay, with nobody behind them. " +
        "409 `account_not_settled` while a subscription runs, an invoice is open, an agreement is not ended at the bank, a " +
        "payment or refund is under way, or credit is left. Partners are told by `customer.erased`. Once it is done the " +
        "session is gone, and so is every Idempotency-Key: a repetition gets 401.",
    },
  ),
});
