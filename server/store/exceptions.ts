// The operators' queue, derived from what is there: nothing is ever put into it, so nothing can be left out of it or
// stay in it by mistake. An event takes out what needs no decision.
import { sql } from "drizzle-orm";
import * as z from "zod";
import { CustomerId } from "../../contract/common/id.ts";
import { Rials } from "../../contract/common/money.ts";
import type { PageQuery } from "../../contract/common/page.ts";
import { ExceptionKind } from "../../contract/exception.ts";
import { wallMs, type WallMs } from "../billing/clock.ts";
import { exceptionAttempts } from "./due.ts";

const Row = z.object({
  id: z.string(),
  kind: ExceptionKind,
  customer_id: CustomerId,
  reason: z.string().nullable(),
  amount_rials: Rials.nullable(),
  since: z.int(),
});

/** Something that waits for an operator. */
export interface WaitingException {
  /** The id of what it is about. */
  readonly id: string;
  readonly kind: ExceptionKind;
  readonly customerId: CustomerId;
  readonly reason: string | null;
  readonly amountRials: Rials | null;
  readonly since: WallMs;
}

/** What was said about something, by the gateway or an operator. */
export interface StoredEvidence {
  readonly eventId: string;
  readonly type: string;
  readonly at: WallMs;
  readonly actor: string;
  readonly evidence: Readonly<Record<string, string | number | boolean | null>>;
}

const isAcknowledged = (owner: string, id: string) => `(EXISTS (SELECT 1 FROM billing_event e WHERE e.stream = ${owner}
    AND e.type = 'exception.acknowledged' AND json_extract(e.data, '$.exceptionId') = ${id})
  OR EXISTS (SELECT 1 FROM archived_acknowledgement WHERE stream = ${owner} AND exception_id = ${id}))`;

/** A difference is named after its payment: `rdf_…`. */
const differenceId = "'rdf_' || substr(f.payment_id, 5)";

/**
 * Each term goes by an index of what waits, whose condition stands in it word by word; the plus keeps SQLite from walking
 * an index of all invoices to have them in groups. D1 allows five terms in one UNION.
 */
const queue = `
  SELECT p.id, CASE p.status WHEN 'needs_review' THEN 'payment_review' WHEN 'surplus' THEN 'payment_surplus'
      ELSE 'payment_reversed' END AS kind, p.customer_id, p.failure_reason AS reason, p.amount_rials,
      COALESCE(p.settled_at, MAX(p.begun_at, COALESCE(p.asked_at, 0), COALESCE(p.send_before, 0))) AS since
    FROM payment p
    WHERE p.status IN ('needs_review', 'surplus', 'reversed') AND (p.status = 'needs_review'
      OR (p.status = 'surplus' AND p.next_ask_at IS NULL AND p.settled_at IS NULL)
      OR (p.status = 'reversed' AND NOT ${isAcknowledged("p.customer_id", "p.id")}))
  UNION ALL SELECT r.id, 'refund_waiting', r.customer_id,
      COALESCE(r.failure_reason, CASE p.status WHEN 'reversed' THEN 'payment_reversed' END), r.amount_rials, r.created_at
    FROM refund r JOIN payment p ON p.id = r.payment_id
    WHERE r.status IN ('pending', 'needs_review') AND (r.status = 'needs_review' OR r.method = 'manual')
  UNION ALL SELECT * FROM (SELECT d.customer_id, 'customer_stuck', d.customer_id, d.last_error, NULL,
      COALESCE(d.due_at, 0) FROM due d WHERE d.attempts >= ${exceptionAttempts}
    UNION ALL SELECT i.customer_id, 'debit_in_doubt', i.customer_id, NULL,
      SUM(i.total_rials - i.credit_applied_rials - i.credit_notes_rials), MIN(i.due_at) FROM invoice i
      WHERE i.status = 'open' AND i.due_at < (SELECT doubt_until FROM system_state WHERE id = 1) GROUP BY +i.customer_id)
  UNION ALL SELECT m.id, 'cancellation_presumed', m.customer_id, NULL, NULL,
      COALESCE(m.cancelled_at, m.activated_at) FROM payment_method m
    WHERE m.cancellation = 'presumed' AND NOT ${isAcknowledged("m.customer_id", "m.id")}
  UNION ALL SELECT ${differenceId}, 'reconciliation_difference', p.customer_id, f.gateway_says, f.amount_rials, f.found_at
    FROM reconciliation_difference f JOIN payment p ON p.id = f.payment_id
    WHERE NOT ${isAcknowledged("p.customer_id", differenceId)}`;

/** How many there are. */
export const openExceptions = sql.raw(`SELECT COUNT(*) FROM (${queue})`);

type Page = Pick<PageQuery, "limit" | "cursor"> & { readonly kind?: ExceptionKind | undefined };

const Cursor = z.string().regex(/^\d{1,15}\.[a-z]+_[0-9a-z]{26}$/);

/** Whether somebody gave us a cursor of ours. */
export function isCursor(text: string): boolean {
  return Cursor.safeParse(text).success;
}

export function cursorAfter({ since, id }: WaitingException): string {
  return `${since}.${id}`;
}

/** One page, newest first, one more than `limit` so that the caller sees whether there is another. */
export async function listExceptions(
  db: D1Database,
  { limit, cursor, kind }: Page,
): Promise<readonly WaitingException[]> {
  const [since, id] = cursor?.split(".") ?? [];
  const rows = await db
    .prepare(
      `SELECT * FROM (${queue}) WHERE (?1 IS NULL OR kind = ?1)
        AND (?2 IS NULL OR since < CAST(?2 AS INTEGER) OR (since = CAST(?2 AS INTEGER) AND id < ?3))
        ORDER BY since DESC, id DESC LIMIT CAST(?4 AS INTEGER)`,
    )
    .bind(kind ?? null, since ?? null, id ?? null, limit + 1)
    .all();
  return rows.results.map(exceptionIn);
}

/** The exception about something, of this kind if it is said; null when it is not in the queue. */
export async function findException(
  db: D1Database,
  id: string,
  kind?: ExceptionKind,
): Promise<WaitingException | null> {
  const row = await db
    .prepare(`SELECT * FROM (${queue}) WHERE id = ?1 AND (?2 IS NULL OR kind = ?2)`)
    .bind(id, kind ?? null)
    .first();
  return row === null ? null : exceptionIn(row);
}

function exceptionIn(row: unknown): WaitingException {
  const { id, kind, customer_id: customerId, reason, amount_rials: amountRials, since } = Row.parse(row);
  return { id, kind, customerId, reason, amountRials, since: wallMs(since) };
}

/** The most that is shown of what was said about one thing. */
const mostEvidence = 20;

/** What was said about each, newest first: the raw answers kept beside the events of that subject. */
export async function evidenceFor(
  db: D1Database,
  exceptions: readonly Pick<WaitingException, "id" | "customerId">[],
): Promise<readonly (readonly StoredEvidence[])[]> {
  if (exceptions.length === 0) return [];
  const query = db.prepare(
    `SELECT id AS eventId, type, at, actor, evidence FROM billing_event
      WHERE stream = ?1 AND evidence IS NOT NULL AND ?2 IN (json_extract(data, '$.paymentId'),
        json_extract(data, '$.refundId'), json_extract(data, '$.paymentMethodId'), json_extract(data, '$.about'))
      ORDER BY seq DESC LIMIT ${mostEvidence}`,
  );
  const answers = await db.batch(exceptions.map(({ customerId, id }) => query.bind(customerId, subjectOf(id))));
  return answers.map(({ results }) => results.map((row) => EvidenceRow.parse(row)));
}

const EvidenceRow = z.object({
  eventId: z.string(),
  type: z.string(),
  at: z.int().transform(wallMs),
  actor: z.string(),
  evidence: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});

function subjectOf(id: string): string {
  return id.replace(/^rdf_/, "pay_");
}
