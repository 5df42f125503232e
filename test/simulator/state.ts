// The simulator's memory. Every collection has a bound; at the bound a new request is refused, since forgetting an
// old debit would falsify the ledger.

import {
  type Contract,
  type LateEffect,
  type Session,
  type Snapshot,
  type StoredEntry,
  snapshotSchema,
} from "./records.ts";
import type { Settings } from "./settings.ts";

export const maxSessions = 200_000;
export const maxContracts = 50_000;
export const maxLateEffects = 10_000;

export type State = {
  lastRefId: number;
  lastRefundId: number;
  sessions: Map<string, Session>;
  contracts: Map<string, Contract>;
  contractsBySignature: Map<string, Contract>;
  ledger: StoredEntry[];
  /** Authorities that are PAID and wait for their verify: the only ones whose window can pass. */
  held: Set<string>;
  late: LateEffect[];
  /** Until when an authority is contradicted, by its name. */
  contradicted: Map<string, number>;
};

/** What a call's handler works with: the memory, the settings and one fixed instant. */
export type Desk = { state: State; settings: Settings; now: number; random: () => number };

export function emptyState(): State {
  return {
    lastRefId: 40_123_455,
    lastRefundId: 1_234_567_889,
    sessions: new Map(),
    contracts: new Map(),
    contractsBySignature: new Map(),
    ledger: [],
    held: new Set(),
    late: [],
    contradicted: new Map(),
  };
}

/** The memory as plain JSON, without settings, faults and the log of calls, which end with the process. */
export function snapshotOf(state: State, settings: Settings): Snapshot {
  return {
    version: 1,
    lastRefId: state.lastRefId,
    lastRefundId: state.lastRefundId,
    sessions: [...state.sessions.values()],
    contracts: [...state.contracts.values()],
    ledger: state.ledger,
    late: state.late,
    contradicted: [...state.contradicted].map(([authority, until]) => ({ authority, until })),
    balances: settings.balances,
  };
}

/** Puts a snapshot back, replacing what is there. Throws a ZodError when `stored` is not a snapshot. */
export function restore(state: State, settings: Settings, stored: unknown): void {
  const snapshot = snapshotSchema.parse(stored);
  clear(state);
  state.lastRefId = snapshot.lastRefId;
  state.lastRefundId = snapshot.lastRefundId;
  state.ledger = snapshot.ledger;
  state.late = snapshot.late;
  for (const { authority, until } of snapshot.contradicted) state.contradicted.set(authority, until);
  settings.balances = snapshot.balances;
  for (const session of snapshot.sessions) {
    state.sessions.set(session.authority, session);
    if (session.status === "PAID") state.held.add(session.authority);
  }
  for (const contract of snapshot.contracts) {
    state.contracts.set(contract.paymanAuthority, contract);
    if (contract.signature !== null) state.contractsBySignature.set(contract.signature, contract);
  }
}

export function clear(state: State): void {
  Object.assign(state, emptyState());
}
