// Exports of a period's books as CSV files, for bookkeepers and their programs.
import { initContract } from "@ts-rest/core";
import * as z from "zod";
import { FinanceExportId } from "./common/id.ts";
import { PageQuery } from "./common/page.ts";
import { endpoint } from "./common/policy.ts";
import { createApiListSchema, createApiResponseSchema } from "./common/response.ts";
import { Instant, TehranDate } from "./common/time.ts";

/** The kinds of files, in the order in which they are made. */
export const ExportKind = z.enum(["ledger", "invoices", "payments", "vat"]).meta({
  description:
    "`ledger`: every entry booked in the period. `invoices`: those finalised in it, as they stand now, with what of them " +
    "is taxed and exempt. `payments`: money that came in it. `vat`: sales, returns and VAT by day.",
  example: "ledger",
});

export type ExportKind = z.infer<typeof ExportKind>;

export const ExportStatus = z.enum(["running", "completed"]).meta({
  description: "`running` until all its files are there, which takes a minute or more.",
  example: "completed",
});

export const ExportFileName = z
  .string()
  .regex(/^(?:ledger|invoices|payments|vat)-\d{3,6}\.csv$/)
  .meta({ description: "Its kind and a count from 001.", example: "ledger-001.csv" });

const period = {
  from: TehranDate.meta({ description: "The first day.", example: "2026-10-23" }),
  to: TehranDate.meta({ description: "The last day.", example: "2026-11-21" }),
};

export const FinanceExport = z
  .object({
    id: FinanceExportId,
    ...period,
    status: ExportStatus,
    createdAt: Instant,
    finishedAt: Instant.nullable().meta({ description: "When its last file was there; else null.", example: null }),
  })
  .meta({ id: "FinanceExport", description: "The books of a period as files." });

export const ExportFile = z
  .object({
    name: ExportFileName,
    rowCount: z.int().min(0).meta({ description: "Its rows, without the header.", example: 2_000 }),
    sha256: z.string().length(64).meta({
      description: "SHA-256 of its bytes, which is its name in the bucket, after `exports/`.",
      example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }),
  })
  .meta({ id: "ExportFile", description: "A file of an export." });

const WithFiles = FinanceExport.extend({
  files: z.array(ExportFile).meta({ description: "The files that are there so far, in order.", example: [] }),
}).meta({ id: "FinanceExportWithFiles", description: "An export with its files." });

export type FinanceExport = z.infer<typeof FinanceExport>;
export type ExportFile = z.infer<typeof ExportFile>;

const read = { who: "operator", rate: "read", idempotency: "none", events: [] } as const;
const exportPath = z.object({ exportId: FinanceExportId });
const c = initContract();

export const financeExports = c.router({
  create: endpoint(
    { who: "operator", rate: "write", idempotency: "required", events: [] },
    {
      method: "POST",
      path: "/v1/finance/exports",
      body: z.strictObject(period),
      responses: { 201: createApiResponseSchema(FinanceExport) },
      summary: "Export the books of a period",
      description:
        "Orders CSV files of at most 366 days that have all been summed up (422 else); they are made in the background, a " +
        "few thousand rows a minute and more, and kept in the bucket under the hash of their text. Nothing of the books " +
        "changes; nobody is notified.",
    },
  ),
  list: endpoint(read, {
    method: "GET",
    path: "/v1/finance/exports",
    query: PageQuery,
    responses: { 200: createApiListSchema(FinanceExport) },
    summary: "List exports of the books",
    description: "Exports that were ordered, the newest first.",
  }),
  get: endpoint(read, {
    method: "GET",
    path: "/v1/finance/exports/:exportId",
    pathParams: exportPath,
    responses: { 200: createApiResponseSchema(WithFiles) },
    summary: "Get an export with its files",
    description: "One export, and the files that are there so far.",
  }),
  file: endpoint(read, {
    method: "GET",
    path: "/v1/finance/exports/:exportId/files/:fileName",
    pathParams: exportPath.extend({ fileName: ExportFileName }),
    responses: { 200: c.otherResponse({ contentType: "text/csv; charset=utf-8; header=present", body: z.string() }) },
    summary: "Read a file of an export",
    description:
      "CSV as RFC 4180 has it, in UTF-8 with a byte order mark (without one Excel reads Persian wrongly), a header line in " +
      "every file. Amounts are whole Rials, instants UTC. A text that a spreadsheet would take for a formula begins with " +
      "an apostrophe. It holds ids and amounts, and no person.",
  }),
});
