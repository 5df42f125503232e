// A witness of the money calls: each is made once, by the invocation that wrote its intent, before its time; and whoever
// wrote an intent and lives makes its call. It sees what neither books nor gateway tell, since most of what goes wrong
// here does no harm until something else goes wrong as well.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import * as z from "zod";
import type { Gateway } from "../../server/zarinpal/gateway.ts";
import type { LedgerEntry } from "../simulator/simulator.ts";
import { current, currentOrNull, type Invocation } from "./invocation.ts";

interface Intent {
  /** What is named in the call: an authority, or the bank's reference. */
  readonly names: readonly string[];
  readonly type: string;
  readonly sendBefore: number;
  readonly writer: Invocation;
  /** How much had befallen the writer when it was written. */
  readonly struck: number;
  calls: number;
}

const Written = z.object({
  position: z.number(),
  type: z.string(),
  send_before: z.string(),
  authority: z.string().nullable(),
  ref_id: z.string().nullable(),
});

const written = `SELECT e.position, e.type, json_extract(e.data, '$.sendBefore') AS send_before, p.authority, p.ref_id
  FROM billing_event e JOIN payment p ON p.id = json_extract(e.data, '$.paymentId')
  WHERE e.position > ? AND e.type IN ('payment.submitted', 'payment.verifying', 'refund.submitted') ORDER BY e.position`;
const newest = "SELECT COALESCE(MAX(position), 0) AS position FROM billing_event";

/** Statuses of a page in which nobody has said that they take its money. */
const untaken: ReadonlySet<string> = new Set(["created", "open", "closed", "failed", "lapsed"]);

export class Witness {
  readonly breaches: string[] = [];
  readonly #now: () => number;
  readonly #written: StatementSync;
  readonly #newest: StatementSync;
  readonly #statusOf: StatementSync;
  readonly #intents: Intent[] = [];
  /** When somebody of ours first asked for the money of an authority. */
  readonly #verifiedAt = new Map<string, number>();
  readonly #slow = new WeakSet<Invocation>();
  #position = 0;

  constructor(database: DatabaseSync, now: () => number) {
    this.#now = now;
    this.#written = database.prepare(written);
    this.#newest = database.prepare(newest);
    this.#statusOf = database.prepare("SELECT status FROM payment WHERE authority = ?");
  }

  /** A commit took effect; what it wrote is its invocation's, even if it dies of it. */
  committed(): void {
    const writer = current();
    for (const row of this.#written.all(this.#position)) {
      const { type, send_before: text, authority, ref_id: refId } = Written.parse(row);
      const names = [authority, type === "refund.submitted" ? refId : null].filter((name) => name !== null);
      const sendBefore = Date.parse(text);
      this.#intents.push({ names, type, sendBefore, writer, struck: writer.struck.length, calls: 0 });
    }
    this.#position = Number(this.#newest.get()?.["position"]);
  }

  /** An await of somebody took so long that a call may have become too late by it. */
  held(ms: number): void {
    const invocation = currentOrNull();
    if (invocation && ms >= 5_000) this.#slow.add(invocation);
  }

  /** The gateway, each money call of which is looked at before it is on its way. */
  watching(gateway: Gateway): Gateway {
    return {
      ...gateway,
      debit: (input) => {
        this.#called("payment.submitted", input.authority);
        return gateway.debit(input);
      },
      verifyPayment: (input) => {
        this.#verifying(input.authority);
        return gateway.verifyPayment(input);
      },
      reversePayment: (input) => {
        this.#called("refund.submitted", input.authority);
        return gateway.reversePayment(input);
      },
      refundPayment: (input) => {
        this.#called("refund.submitted", input.refId);
        return gateway.refundPayment(input);
      },
    };
  }

  /** A debit, a payment that succeeded and surplus are verified by anybody; a page only by who said so. */
  #verifying(authority: string): void {
    if (!this.#verifiedAt.has(authority)) this.#verifiedAt.set(authority, this.#now());
    const status = String(this.#statusOf.get(authority)?.["status"]);
    if (untaken.has(status))
      this.breaches.push(`the money of ${authority} is taken without an intent: it is ${status}`);
    if (status === "verifying") this.#called("payment.verifying", authority);
  }

  #called(type: string, name: string): void {
    const caller = current();
    const intents = this.#intents.filter((intent) => intent.type === type && intent.names.includes(name));
    const own = intents.findLast(({ writer }) => writer === caller);
    if (!own) {
      const whose = intents.length === 0 ? "without an intent" : "by another than the writer of its intent";
      this.breaches.push(`the call that ${type} announces was made ${whose}: ${name}`);
      return;
    }
    own.calls++;
    if (own.calls > 1) this.breaches.push(`the call that ${type} announces was made twice: ${name}`);
    if (this.#now() >= own.sendBefore) this.breaches.push(`the call that ${type} announces was made too late: ${name}`);
  }

  /** What is to be said at the end: calls that were never made, and money that was taken though nobody of ours took it. */
  atEnd(entries: readonly LedgerEntry[], isAutoVerifyHeeded: boolean): readonly string[] {
    const forgotten = this.#intents.filter(
      ({ calls, writer, struck }) => calls === 0 && this.#wasAble(writer) && writer.struck.length === struck,
    );
    const taken = entries.filter(
      ({ kind, capturedAt, authority }) =>
        isAutoVerifyHeeded &&
        kind === "payment" &&
        capturedAt !== null &&
        capturedAt < (this.#verifiedAt.get(authority) ?? Infinity),
    );
    return [
      ...this.breaches,
      ...forgotten.map(({ type, names }) => `the writer of ${type} lived and never made its call: ${names.join(", ")}`),
      ...taken.map(({ authority }) => `the gateway took the money of ${authority} by itself`),
    ];
  }

  #wasAble(writer: Invocation): boolean {
    return !writer.isDead && writer.kind !== "effect" && !this.#slow.has(writer);
  }
}
