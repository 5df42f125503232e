// The settlement file of a span: what of the captured money was paid out to the merchant, kept as fee, and taken off
// again. ZarinPal's own file is not public, so this form is ours: CSV with a header, one line for each movement, amounts
// in Rials and never below zero (the type gives the direction), instants in UTC. A movement counts when it happens:
// the hours of the real payouts are not public either.

import type { StoredEntry } from "./records.ts";

type Span = { from: number; to: number };
type Line = {
  refId: number;
  authority: string;
  amountRials: number;
  feeRials: number;
  type: "payment" | "refund" | "reversal";
  at: number;
};

const header = "ref_id,authority,amount_rials,fee_rials,type,settled_at";

/**
 * The file of `[from, to)`, oldest movement first; milliseconds since 1970. The fee stands with its payment and is not
 * given back with a refund or a reversal. A line reads `40123456,A0…abCd12,250000,2500,payment,2026-12-01T08:00:00.000Z`.
 */
export function payoutCsv(ledger: readonly StoredEntry[], { from, to }: Span): string {
  const lines = ledger
    .flatMap(linesOf)
    .filter(({ at }) => at >= from && at < to)
    .toSorted((one, other) => one.at - other.at);
  return [header, ...lines.map(textOf)].map((line) => `${line}\n`).join("");
}

/** Money that was only held never was the merchant's, and neither was what of it went back. */
function linesOf(entry: StoredEntry): Line[] {
  const { refId, authority, capturedAt, endedAt, feeRials, refunds } = entry;
  if (capturedAt === null) return [];
  const named = { refId, authority, feeRials: 0 };
  const refunded = refunds.map(({ amountRials, at }): Line => ({ ...named, amountRials, type: "refund", at }));
  const leftRials = refunds.reduce((left, { amountRials }) => left - amountRials, entry.amountRials);
  const reversed: Line[] =
    entry.state === "reversed" && endedAt !== null
      ? [{ ...named, amountRials: leftRials, type: "reversal", at: endedAt }]
      : [];
  return [
    { ...named, amountRials: entry.amountRials, feeRials, type: "payment", at: capturedAt },
    ...refunded,
    ...reversed,
  ];
}

function textOf({ refId, authority, amountRials, feeRials, type, at }: Line): string {
  return [refId, authority, amountRials, feeRials, type, new Date(at).toISOString()].join(",");
}
