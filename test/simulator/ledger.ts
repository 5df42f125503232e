// The simulator's own book of what was really taken from payers: the figure that the server's ledger must equal.

import { nextRefId } from "./identifiers.ts";
import type { Refund, Session, StoredEntry } from "./records.ts";
import type { Desk } from "./state.ts";

/** Money that left a payer's account, without the payer's name. Amounts in Rials, `at` in ms since 1970. */
export type LedgerEntry = Omit<StoredEntry, "mobile">;
/**
 * `debits` counts what was taken and not wholly given back, of both kinds, and `debitedRials` what of it is still with
 * us; `refundedRials` and its parts by authority are what refunds gave back.
 */
export type Ledger = {
  entries: LedgerEntry[];
  debits: number;
  debitedRials: number;
  refundedRials: number;
  refundedRialsByAuthority: { [authority: string]: number };
};

export function canPay(desk: Desk, mobile: string | null, amountRials: number): boolean {
  const balance = mobile === null ? undefined : desk.settings.balances[mobile];
  return balance === undefined || balance >= amountRials;
}

/** Takes the session's amount from the payer, as an entry of its own each time, and leaves the session PAID. */
export function takeMoney(desk: Desk, session: Session, kind: LedgerEntry["kind"], mobile: string | null): StoredEntry {
  const { authority, amountRials, orderId } = session;
  const entry: StoredEntry = {
    authority,
    amountRials,
    kind,
    orderId,
    at: desk.now,
    state: "held",
    refId: nextRefId(desk),
    mobile,
    feeRials: session.feePaidBy === "Merchant" ? session.feeRials : 0,
    capturedAt: null,
    endedAt: null,
    refunds: [],
  };
  session.entryIndexes.push(desk.state.ledger.length);
  desk.state.ledger.push(entry);
  moveBalance(desk, mobile, -amountRials);
  return entry;
}

/** Books the session as paid by this entry; the money is held until a verify captures it. */
export function markPaid(desk: Desk, session: Session, entry: StoredEntry): void {
  Object.assign(session, { status: "PAID", paidAt: desk.now, refId: entry.refId, endedBy: null, declineCode: null });
  desk.state.held.add(session.authority);
}

export function captureMoney(desk: Desk, session: Session): void {
  for (const entry of entriesOf(desk, session))
    if (entry.state === "held") Object.assign(entry, { state: "captured", capturedAt: desk.now });
  session.status = "VERIFIED";
  desk.state.held.delete(session.authority);
}

/** The verify window has passed: everything still held goes back and the session is FAILED. */
export function returnMoney(desk: Desk, session: Session): void {
  for (const entry of entriesOf(desk, session)) if (entry.state === "held") giveBack(desk, entry, "returned");
  Object.assign(session, { status: "FAILED", endedBy: "window" });
  desk.state.held.delete(session.authority);
}

/** Reverses the one payment the session knows of; a second debit of the same authority stays taken. */
export function reverseMoney(desk: Desk, session: Session): void {
  const entry = ownEntryOf(desk, session);
  if (entry !== undefined) giveBack(desk, entry, "reversed");
  session.status = "REVERSED";
  desk.state.held.delete(session.authority);
}

/** The entry of the payment that the session knows of. */
export function ownEntryOf(desk: Desk, session: Session): StoredEntry | undefined {
  return entriesOf(desk, session).find(({ refId }) => refId === session.refId);
}

/** Gives a part of a captured entry back; the caller has made sure that so much is left. */
export function refundMoney(desk: Desk, entry: StoredEntry, asked: Omit<Refund, "id" | "at">): Refund {
  desk.state.lastRefundId += 1;
  const refund = { ...asked, id: String(desk.state.lastRefundId), at: desk.now };
  entry.refunds.push(refund);
  moveBalance(desk, entry.mobile, asked.amountRials);
  if (refundedRialsOf(entry) === entry.amountRials) Object.assign(entry, { state: "refunded", endedAt: desk.now });
  return refund;
}

export function refundedRialsOf({ refunds }: Pick<StoredEntry, "refunds">): number {
  return refunds.reduce((sum, { amountRials }) => sum + amountRials, 0);
}

/**
 * The bank takes what is left of a captured payment back by itself. Throws an Error when nothing is captured under this
 * name.
 */
export function reverseAtBank(desk: Desk, authority: string): void {
  const session = desk.state.sessions.get(authority);
  if (session?.status !== "VERIFIED" || ownEntryOf(desk, session)?.state !== "captured")
    throw new Error("nothing is captured under this authority");
  reverseMoney(desk, session);
}

export function ledgerOf(stored: readonly StoredEntry[]): Ledger {
  const taken = stored.filter((entry) => entry.state === "held" || entry.state === "captured");
  return {
    entries: stored.map(({ mobile: _payer, ...entry }) => entry),
    debits: taken.length,
    debitedRials: taken.reduce((sum, entry) => sum + entry.amountRials - refundedRialsOf(entry), 0),
    refundedRials: stored.reduce((sum, entry) => sum + refundedRialsOf(entry), 0),
    refundedRialsByAuthority: refundsByAuthority(stored),
  };
}

function refundsByAuthority(stored: readonly StoredEntry[]): { [authority: string]: number } {
  const sums: { [authority: string]: number } = {};
  for (const entry of stored)
    if (entry.refunds.length > 0) sums[entry.authority] = (sums[entry.authority] ?? 0) + refundedRialsOf(entry);
  return sums;
}

function giveBack(desk: Desk, entry: StoredEntry, state: "returned" | "reversed"): void {
  Object.assign(entry, { state, endedAt: desk.now });
  moveBalance(desk, entry.mobile, entry.amountRials - refundedRialsOf(entry));
}

function moveBalance(desk: Desk, mobile: string | null, rials: number): void {
  const balance = mobile === null ? undefined : desk.settings.balances[mobile];
  if (mobile !== null && balance !== undefined) desk.settings.balances[mobile] = balance + rials;
}

function entriesOf(desk: Desk, session: Session): StoredEntry[] {
  return session.entryIndexes.flatMap((index) => desk.state.ledger[index] ?? []);
}
