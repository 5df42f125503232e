// The audit trail outside of the database: a signed file for each day, and the keys to verify them with.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant, TehranDate } from "./common/time.ts";

export const AuditExportName = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}-\d{3}$/)
  .meta({ description: "Its day and its number on that day.", example: "2026-11-22-001" });

const sha256 = z.string().length(64);

export const AuditExport = z
  .object({
    name: AuditExportName,
    day: TehranDate,
    endsDay: z.boolean().meta({
      description: "Whether the day is whole with it; a day of more than 10,000 events is several files.",
      example: true,
    }),
    epoch: z.int().min(1).meta({
      description: "Grows when a backup is restored: files of a later one may tell the same days again.",
      example: 1,
    }),
    firstPosition: z.int().min(1).meta({
      description: "`position` of its first event, or, of a file without any, the next that there will be.",
      example: 1,
    }),
    lastPosition: z.int().min(0).meta({ description: "`position` of its last event.", example: 1_042 }),
    previousRoot: sha256.meta({
      description: "The root of the file before; of the first of all 64 zeros.",
      example: "0".repeat(64),
    }),
    root: sha256.meta({
      description: "SHA-256 of the manifest that is signed.",
      example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }),
    keyId: z.string().meta({ description: "The key that signed it.", example: "a1" }),
    finishedAt: Instant,
  })
  .meta({ id: "AuditExport", description: "A signed file of the audit trail." });

export const AuditKey = z
  .object({
    keyId: z.string().meta({ description: "What files name it by.", example: "a1" }),
    publicKey: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({
        description: "The 32 bytes of the Ed25519 public key (RFC 8032) in hex.",
        example: "ea4a6c63e29c520abef5507b132ec5f9954776aebebe7b92421eea691446d22c",
      }),
    isCurrent: z.boolean().meta({ description: "Whether new files are signed with it.", example: true }),
  })
  .meta({ id: "AuditKey", description: "A key that files of the audit trail are verified with." });

export type AuditExport = z.infer<typeof AuditExport>;
export type AuditKey = z.infer<typeof AuditKey>;

const read = { who: "operator", rate: "read", idempotency: "none", events: [] } as const;
const c = initContract();

export const auditExports = c.router({
  keys: endpoint(
    { who: "public", rate: "public", idempotency: "none", events: [] },
    {
      method: "GET",
      path: "/v1/audit/keys",
      responses: { 200: createApiResponseSchema(z.array(AuditKey)) },
      summary: "Get the audit trail's public keys",
      description: "Keep a copy elsewhere: what a file is verified with must not come from where the file comes from.",
    },
  ),
  list: endpoint(read, {
    method: "GET",
    path: "/v1/audit/exports",
    query: PageQuery,
    responses: { 200: createApiListSchema(AuditExport) },
    summary: "List files of the audit trail",
    description:
      "One for each day that is over, the newest first; they are made in the minutes after midnight in Tehran.",
  }),
  file: endpoint(read, {
    method: "GET",
    path: "/v1/audit/exports/:exportName/file",
    pathParams: z.object({ exportName: AuditExportName }),
    responses: { 200: c.otherResponse({ contentType: "application/x-ndjson; charset=utf-8", body: z.string() }) },
    summary: "Read a file of the audit trail",
    description:
      "Canonical JSON (keys sorted, no spaces), a line each: first the manifest with its signature, then the events in the " +
      "order of their commits, as `GET /v1/events` tells them but in the version in which they were written. " +
      "`npm run audit:verify` finds any changed bit with nothing but the file and the public key. It holds ids, amounts " +
      "and hashes, and no person.",
  }),
});
