// The contract as OpenAPI 3.1: an own walk, because the library's generator drops what policies add and would bring all
// of an older zod. Never imported by the Worker.
import { ContractNoBody, isAppRoute, type AppRoute, type AppRouter } from "@ts-rest/core";
import * as z from "zod";
import { billingEventTypes, describeEvent } from "../contract/billing-event.ts";
import { codesOf, policyOf, type Policy } from "../contract/common/policy.ts";
import { Problem, problems } from "../contract/common/problem.ts";
import { WebhookPayload } from "../contract/event.ts";
import { contract } from "../contract/index.ts";
import { exampleEvent } from "./events/example.ts";
import { jsonSchemaOf, type Components, type Json, type JsonObject } from "./openapi-schema.ts";

const tagDescriptions: Readonly<Record<keyof typeof contract, string>> = {
  account: "Whoever is signed in.",
  activities: "What happened to an account, in words.",
  notifications: "What people are told by mail and text message, and what of it they want.",
  customers: "A partner's customers, and what each of them may do now.",
  buyers: "Whom invoices are made out to.",
  products: "What is sold, and its prices.",
  priceMigrations: "Moving subscriptions from one price to another, with notice.",
  paymentMethods: "Payman direct-debit agreements.",
  subscriptions: "A customer's right to a product, period by period.",
  invoices: "What is owed, line by line, and why.",
  documents: "Invoices and receipts to read and to print.",
  payments: "Attempts to take money for an invoice.",
  refunds: "Giving money back.",
  exceptions: "What waits for an operator.",
  imports: "Moving in from an existing system.",
  invariants: "What must hold, and whether it does.",
  coupons: "Less to pay for some periods.",
  credits: "A customer's credit, and credit notes.",
  quotas: "Messages that may still be used.",
  epochs: "The way back from a restored backup.",
  events: "The audit trail.",
  checkouts: "One-off payments on a page of the gateway.",
  paymentLinks: "Where a link leads that a customer was sent to pay an invoice.",
  reconciliations: "Our books against the gateway's, day by day.",
  payouts: "What the gateway paid to the bank.",
  finance: "What bookkeepers ask, by day, month and season.",
  partners: "Organisations that sell through us.",
  partnerKeys: "What partners' programs call with.",
  loginLinks: "How a partner signs its customers in.",
  financeExports: "The books of a period as CSV files.",
  webhookEndpoints: "Where a partner hears of its customers' events, and what became of each delivery.",
  webhooks: "Notices from the gateway, and the payer's way back from it.",
  auditExports: "The audit trail as signed files, and the keys to verify them with.",
  operator: "What operators see and switch.",
  search: "Finding a customer.",
  keyRotation: "Sealing anew what stands under an old key.",
  testClock: "Billing time moved by hand, outside production.",
  metrics: "How the business does, by day and month.",
  health: "How the system is, and what is wrong with it.",
  system: "Whether the system is up.",
};

const description = `Subscription billing for products sold in Iran. Amounts are whole Rials, instants are ISO 8601 in UTC.

**Signing in.** People sign up and in under \`/auth\` and send their session as a cookie or a bearer token; operators sign in
with a code of their second factor as well; partners send their key as a bearer token.

**Idempotency.** A request that creates something carries an \`Idempotency-Key\`, a fresh UUID for each thing that is
meant to happen once. Sent again within 30 days it gets the same answer, marked \`Idempotent-Replayed: true\`, and has
no second effect. A refusal is an answer too. A request refused by validation (400, 401, 403, 422, 429) does not use up
the key; after a 5xx or a lost connection send the same request with the same key.

**Versions** are semantic. Within a major version answers may grow fields, and enumerations in answers may grow words:
pass over what you do not know.

**Failures** are RFC 9457 problems with a stable \`code\`; \`type\` leads to what it means.`;

/** The whole document. Throws when two schemas claim one component name. */
export function openApiDocument(api: AppRouter = contract): JsonObject {
  const components: Components = new Map();
  const paths = pathsOf(operationsOf(api, []), components);
  const webhooks = { event: { post: webhookOperation(components) } };
  showExamples(components);
  return {
    openapi: "3.1.0",
    info: {
      title: "Sarresid",
      version: "1.1.0",
      summary: "Subscription billing for Iran",
      description,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "Where this document comes from" }],
    tags: Object.keys(api).map((name) => ({ name, description: tagDescription(name) })),
    paths,
    webhooks,
    components: {
      securitySchemes,
      headers,
      schemas: Object.fromEntries([...components].sort(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

/** What is posted to a partner's endpoint, for each event. */
function webhookOperation(components: Components): JsonObject {
  return {
    operationId: "webhooks.event",
    tags: ["webhookEndpoints"],
    summary: "An event, as it is posted",
    description:
      "Signed as Standard Webhooks says. Any 2xx within ten seconds takes it; everything else is tried again. See " +
      "`docs/events.md` for order, gaps and what each event means.",
    security: [],
    parameters: Object.entries(webhookHeaders).map(([name, text]) => ({
      name,
      in: "header",
      required: true,
      description: text,
      schema: { type: "string" },
    })),
    requestBody: {
      required: true,
      content: { "application/json": { schema: jsonSchemaOf(WebhookPayload, "output", components) } },
    },
    responses: { "2XX": { description: "Taken." }, "410": { description: "Gone: nothing is sent here any more." } },
  };
}

const webhookHeaders = {
  "webhook-id": "The event's id, the same however often it is sent.",
  "webhook-timestamp": "When this attempt was made, in seconds since 1970.",
  "webhook-signature": "`v1,` and the base64 of the HMAC; two of them while a secret is replaced.",
};

/** Each event with an example of its own. */
function showExamples(components: Components): void {
  const union = components.get("BillingEvent");
  const { oneOf } = union ?? {};
  if (!union || !Array.isArray(oneOf)) return;
  const members = oneOf.map((member: Json, index) => {
    const type = billingEventTypes[index];
    return type === undefined ? member : { ...Object(member), examples: [exampleEvent(type)] };
  });
  components.set("BillingEvent", { ...union, oneOf: members });
}

function tagDescription(name: string): string {
  return new Map<string, string>(Object.entries(tagDescriptions)).get(name) ?? name;
}

const securitySchemes = {
  session: {
    type: "http",
    scheme: "bearer",
    description: "A person's session token: the `set-auth-token` header of a sign-in.",
  },
  sessionCookie: {
    type: "apiKey",
    in: "cookie",
    name: "sarresid.session_token",
    description: "A person's session as browsers keep it; its name starts with `__Secure-` over HTTPS.",
  },
  partnerKey: { type: "http", scheme: "bearer", description: "A partner's key." },
};

const headers = {
  RequestId: {
    description: "Id of this request; quote it to support.",
    schema: { type: "string", examples: ["01kaqzv3m5e0a8r6b1x2n4y7tq"] },
  },
  RetryAfter: { description: "Seconds to wait.", schema: { type: "integer", examples: [60] } },
  RateLimitPolicy: {
    description: "The limit that counts here: calls (`q`) per seconds (`w`).",
    schema: { type: "string", examples: ['"write";q=120;w=60'] },
  },
  ETag: {
    description: "Stands for what the answer says, but for its request id.",
    schema: { type: "string", examples: ['W/"9f86d081884c7d659a2feaa0c55ad015"'] },
  },
  IdempotentReplayed: {
    description: "`true` when this is the stored answer of an earlier request.",
    schema: { type: "string", enum: ["true"] },
  },
};

interface Operation {
  readonly route: AppRoute;
  readonly policy: Policy;
  /** Router path, as in `subscriptions.create`. */
  readonly id: string;
  readonly tag: string;
}

function operationsOf(router: AppRouter, above: readonly string[]): Operation[] {
  return Object.entries(router).flatMap(([key, entry]) => {
    const path = [...above, key];
    if (!isAppRoute(entry)) return operationsOf(entry, path);
    return [{ route: entry, policy: policyOf(entry), id: path.join("."), tag: path[0] ?? key }];
  });
}

function pathsOf(operations: readonly Operation[], components: Components): JsonObject {
  const byPath = Object.groupBy(operations, ({ route }) => route.path.replace(/:(\w+)/g, "{$1}"));
  return Object.fromEntries(
    Object.entries(byPath).map(([path, group]) => [
      path,
      Object.fromEntries(
        (group ?? []).map((operation) => [operation.route.method.toLowerCase(), operationOf(operation, components)]),
      ),
    ]),
  );
}

function operationOf({ route, policy, id, tag }: Operation, components: Components): JsonObject {
  return {
    operationId: id,
    tags: [tag],
    summary: route.summary ?? id,
    description: [route.description, policyText(policy)].filter(Boolean).join("\n\n"),
    security: securityOf(policy),
    parameters: [
      ...parametersOf(route.pathParams, "path", components),
      ...parametersOf(route.query, "query", components),
      ...keyParameterOf(policy),
      ...(isConditional(route) ? [knownTag] : []),
    ],
    ...requestBodyOf(route, components),
    responses: Object.fromEntries(
      Object.entries(route.responses).map(([status, schema]) => [
        status,
        {
          description: descriptionOf(Number(status), policy, route),
          headers: headersOf(Number(status), policy, isConditional(route)),
          ...(schema !== ContractNoBody && { content: contentOf(schema, components) }),
        },
      ]),
    ),
  };
}

function policyText({ who, orPartner, rate, idempotency, events }: Policy): string {
  const lines = [
    `**Who:** ${[who, ...(orPartner ? [`partner:${orPartner}` as const] : [])].map(whoText).join(", or ")}. **Rate class:** \`${rate}\`. **Idempotency-Key:** ${keyText[idempotency]}.`,
  ];
  if (events.length > 0) {
    lines.push("**May cause:**", ...events.map((type) => `- \`${type}\`: ${describeEvent(type)}`));
  }
  return lines.join("\n");
}

const keyText = { required: "required", optional: "optional", none: "ignored" } as const;

function whoText(who: Policy["who"]): string {
  if (who === "public") return "everybody";
  if (who === "customer") return "a signed-in customer";
  if (who === "operator") return "an operator";
  return `a partner's key with the scope \`${who.slice("partner:".length)}\``;
}

function securityOf({ who, orPartner }: Policy): Json {
  if (who === "public") return [];
  if (who.startsWith("partner:")) return [{ partnerKey: [who.slice("partner:".length)] }];
  return [{ session: [who] }, { sessionCookie: [who] }, ...(orPartner ? [{ partnerKey: [orPartner] }] : [])];
}

function parametersOf(schema: unknown, place: "path" | "query", components: Components): JsonObject[] {
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Record<string, z.ZodType> = schema.shape;
  return Object.entries(shape).map(([name, field]) => {
    const { description: text, ...rest } = jsonSchemaOf(field, "input", components);
    return {
      name,
      in: place,
      required: place === "path" || !field.safeParse(undefined).success,
      description: text ?? name,
      schema: rest,
    };
  });
}

function keyParameterOf({ idempotency }: Policy): JsonObject[] {
  if (idempotency === "none") return [];
  return [
    {
      name: "Idempotency-Key",
      in: "header",
      required: idempotency === "required",
      description: "A fresh UUID for each thing that is meant to happen once, bare or in double quotes.",
      schema: { type: "string", minLength: 1, maxLength: 255, examples: ["5f0c6d2e-3b1a-4c55-9d53-0f6f1f1f7a10"] },
    },
  ];
}

/** Whether who has the answer already can be told so. */
function isConditional({ responses }: AppRoute): boolean {
  return 304 in responses;
}

const knownTag: JsonObject = {
  name: "If-None-Match",
  in: "header",
  required: false,
  description: "The `ETag` of the answer that you have.",
  schema: { type: "string", examples: ['W/"9f86d081884c7d659a2feaa0c55ad015"'] },
};

function requestBodyOf(route: AppRoute, components: Components): JsonObject {
  if (!("body" in route) || !(route.body instanceof z.ZodType)) return {};
  const required = !route.body.safeParse(undefined).success;
  return {
    requestBody: {
      required,
      content: { "application/json": { schema: jsonSchemaOf(route.body, "input", components) } },
    },
  };
}

function contentOf(declared: unknown, components: Components): JsonObject {
  if (declared === Problem)
    return { "application/problem+json": { schema: jsonSchemaOf(Problem, "output", components) } };
  if (declared instanceof z.ZodType)
    return { "application/json": { schema: jsonSchemaOf(declared, "output", components) } };
  return { "text/html": { schema: { type: "string" } } };
}

const successes: Readonly<Record<number, string>> = {
  200: "Done.",
  201: "Created.",
  202: "Accepted: it goes on after this answer.",
  304: "What you have is still the same.",
  303: "Go on there: `Location` says where.",
};

/** Of a failure, the codes that may stand in it. */
function descriptionOf(status: number, policy: Policy, route: AppRoute): string {
  if (status < 400) return successes[status] ?? "Success.";
  const codes = codesOf(policy, route).filter((code) => problems[code].status === status);
  return codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join("\n");
}

function headersOf(status: number, { idempotency }: Policy, isTagged: boolean): JsonObject {
  const names = ["RequestId"];
  if (isTagged && (status === 200 || status === 304)) names.push("ETag");
  if (status === 429) names.push("RetryAfter", "RateLimitPolicy");
  if (idempotency !== "none" && isRepeated(status)) names.push("IdempotentReplayed");
  return Object.fromEntries(names.map((name) => [headerNames[name] ?? name, { $ref: `#/components/headers/${name}` }]));
}

/** Whether an Idempotency-Key keeps an answer of this status. */
function isRepeated(status: number): boolean {
  return status < 300 || [402, 404, 409].includes(status);
}

const headerNames: Readonly<Record<string, string>> = {
  RequestId: "x-request-id",
  RetryAfter: "Retry-After",
  RateLimitPolicy: "RateLimit-Policy",
  IdempotentReplayed: "Idempotent-Replayed",
};
