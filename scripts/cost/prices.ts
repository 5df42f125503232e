// What Cloudflare bills for what we count: Workers Paid, beyond what is included, in USD. From its pages of prices for
// Workers, D1 and Queues, as of November 2026; where they are is written in `docs/scale.md`.
import type { Tally } from "../../test/cost/tally.ts";

const million = 1_000_000;

/** USD for a million of each. */
const prices = {
  requests: 0.3,
  rowsRead: 0.001,
  rowsWritten: 1,
  /** Each message is written, read and deleted: three operations of at most 64 KB. */
  queueOperations: 0.4,
} as const;

const operationsPerMessage = 3;

/** USD, without the time on the processor and without what is stored. */
export function usdOf(tally: Tally, requests: number): number {
  const { rowsRead, rowsWritten, messages } = tally;
  const usd =
    requests * prices.requests +
    rowsRead * prices.rowsRead +
    rowsWritten * prices.rowsWritten +
    messages * operationsPerMessage * prices.queueOperations;
  return usd / million;
}
