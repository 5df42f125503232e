// Sends an import file and counts what became of it. May be ended at any moment and begun anew: what was taken over is
// found again and changes nothing.
import * as z from "zod";
import { Problem, type FieldError } from "../../contract/common/problem.ts";
import { ImportResult, type ImportKind } from "../../contract/import.ts";
import type { Answer } from "../local/operator.ts";
import { packed, type Batch } from "./batches.ts";
import { readLines } from "./lines.ts";

export interface Sending {
  /** Sends one body to `POST /v1/imports`; null when no answer came. */
  readonly post: (body: object) => Promise<Answer | null>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly isDryRun: boolean;
  readonly reason: string;
  readonly partnerId: string | null;
  /** Called after each request. */
  readonly progress: (report: Report) => void;
}

type Outcome = ImportResult["outcome"];

/** A line that was not taken over, and why. */
export interface Refused {
  readonly line: number;
  readonly errors: readonly FieldError[];
}

export interface Report {
  readonly counts: Readonly<Record<ImportKind, Readonly<Record<Outcome, number>>>>;
  /** Lines that could not be read: of no kind. */
  readonly unreadable: number;
  readonly refused: readonly Refused[];
  /** Lines whose record stands here in an earlier form. */
  readonly differing: readonly number[];
}

/** Said to whoever runs it; what was sent before stays. */
export class ImportStopped extends Error {}

const maxTries = 6;
const firstWaitMs = 500;

const Results = z.object({ data: z.object({ results: z.array(ImportResult) }) });

/** Sends all lines of a file, in order. Throws `ImportStopped` when the server cannot be reached, or does not want it. */
export async function sendLines(lines: AsyncIterable<string> | Iterable<string>, sending: Sending): Promise<Report> {
  const none = () => ({ created: 0, unchanged: 0, differs: 0, refused: 0 });
  const counts = { product: none(), price: none(), customer: none() };
  const refused: Refused[] = [];
  const differing: number[] = [];
  let unreadable = 0;
  const report = () => ({ counts, unreadable, refused, differing });
  const onRefused = ({ line, errors }: Refused) => {
    unreadable++;
    refused.push({ line, errors });
  };
  for await (const batch of packed(readLines(lines), { isDryRun: sending.isDryRun, refused: onRefused })) {
    for (const [index, { kind, outcome, errors }] of (await resultsOf(batch, sending)).entries()) {
      const line = batch.lines[index]?.line ?? 0;
      counts[kind][outcome]++;
      if (outcome === "differs") differing.push(line);
      if (outcome === "refused") refused.push({ line, errors: errors.map(withinRecord) });
    }
    sending.progress(report());
  }
  return { ...report(), refused: refused.toSorted((a, b) => a.line - b.line) };
}

/** Example: `/body/records/3/buyer/name` is `/buyer/name` of the line. */
function withinRecord({ pointer, ...error }: FieldError): FieldError {
  return { pointer: pointer.replace(/^\/body\/records\/\d+/, ""), ...error };
}

/** What became of a batch's lines. A lost answer is asked for again: nothing is taken over twice. */
async function resultsOf({ assumed, lines }: Batch, sending: Sending): Promise<readonly ImportResult[]> {
  const records = [...assumed, ...lines].map(({ text }): unknown => JSON.parse(text.replace(/^\uFEFF/, "")));
  const { isDryRun: dryRun, reason, partnerId } = sending;
  const body = { dryRun, reason, records, ...(partnerId !== null && { partnerId }) };
  for (let tries = 1; ; tries++) {
    const answer = await sending.post(body);
    if (answer?.status === 200) return Results.parse(answer.body).data.results.slice(assumed.length);
    const isWorthTrying = answer === null || answer.status === 429 || answer.status >= 500;
    const first = lines[0]?.line ?? 0;
    if (!isWorthTrying || tries === maxTries) throw new ImportStopped(`From line ${first} on: ${said(answer)}`);
    await sending.sleep(answer?.retryAfterMs ?? firstWaitMs * 2 ** tries);
  }
}

function said(answer: Answer | null): string {
  if (answer === null) return "the server does not answer.";
  const problem = Problem.safeParse(answer.body).data;
  if (!problem) return `the server answered ${answer.status}.`;
  const [error] = problem.errors ?? [];
  return `${problem.code}: ${problem.detail} ${error ? `${error.pointer}: ${error.detail}` : ""}`.trim();
}
