// The simulator's own book of what was really taken from payers: the figure that the server's ledger must equal.

import { nextRefId } from "./identifiers.ts";
import type { Session, StoredEntry } from "./records.ts";
import type { Desk } from "./state.ts";

/** Money that left a payer's account, without the payer's name. Amounts in Rials, `at` in ms since 1970. */
export type LedgerEntry = Omit<StoredEntry, "mobile">;
/** `debits` and `debitedRials` count what was taken and not given back, of both kinds. */
export type Ledger = { entries: LedgerEntry[]; debits: number; debitedRials: number };

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
  for (const entry of entriesOf(desk, session)) if (entry.refId === session.refId) giveBack(desk, entry, "reversed");
  session.status = "REVERSED";
  desk.state.held.delete(session.authority);
}

/** The bank takes a captured payment back by itself. Throws an Error when nothing is captured under this name. */
export function reverseAtBank(desk: Desk, authority: string): void {
  const session = desk.state.sessions.get(authority);
  if (session?.status !== "VERIFIED") throw new Error("nothing is captured under this authority");
  reverseMoney(desk, session);
}

export function ledgerOf(stored: readonly StoredEntry[]): Ledger {
  const taken = stored.filter((entry) => entry.state === "held" || entry.state === "captured");
  return {
    entries: stored.map(({ mobile: _payer, ...entry }) => entry),
    debits: taken.length,
    debitedRials: taken.reduce((sum, entry) => sum + entry.amountRials, 0),
  };
}

function giveBack(desk: Desk, entry: StoredEntry, state: "returned" | "reversed"): void {
  Object.assign(entry, { state, endedAt: desk.now });
  moveBalance(desk, entry.mobile, entry.amountRials);
}

function moveBalance(desk: Desk, mobile: string | null, rials: number): void {
  const balance = mobile === null ? undefined : desk.settings.balances[mobile];
  if (mobile !== null && balance !== undefined) desk.settings.balances[mobile] = balance + rials;
}

function entriesOf(desk: Desk, session: Session): StoredEntry[] {
  return session.entryIndexes.flatMap((index) => desk.state.ledger[index] ?? []);
}
