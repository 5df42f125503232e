// What each operation of the contract and a renewal cost, by the counts that no machine changes. A change that costs more
// is seen in review: it changes `test/cost/counts.txt`, which `npm test -- test/scenario/costs.test.ts -u` writes anew.
// Rows read are counted but not written down: here and there they depend on the order of ids, which are chance.
import { expect, it } from "vitest";
import { costs, type Costs } from "../cost/costs.ts";
import { sumOf, type Tally } from "../cost/tally.ts";

it("each operation, a renewal and an idle minute cost what is written down", { timeout: 300_000 }, async () => {
  await expect(written(await costs("2026-11-19T08:00:00Z"))).toMatchFileSnapshot("../cost/counts.txt");
});

/** What they come to depends on which deliveries are under way, and on how much of the log was counted before. */
const byChance = ["webhookEndpoints.replay", "webhookEndpoints.replayOne", "webhookEndpoints.test", "metrics.get"];

function written({ operations, renewal, idleMinute }: Costs): string {
  const fixed = Object.entries(operations).filter(([name]) => !byChance.includes(name));
  const lines = fixed.map(([name, { status, request, queue }]) => {
    const after = queue.roundTrips === 0 ? "" : `; then ${countsOf(queue)}`;
    return `${name} ${status}: ${countsOf(request)}${after}`;
  });
  const { scans, consumer, runs } = renewal;
  return [
    `a renewal in ${runs} messages: ${countsOf(sumOf(scans, consumer))}`,
    `  of which the scans: ${countsOf(scans)}`,
    `a minute in which nothing is to be done: ${countsOf(idleMinute)}`,
    "",
    ...lines,
    "",
  ].join("\n");
}

function countsOf({ roundTrips, rowsWritten, messages, gatewayCalls }: Tally): string {
  const counts = [
    [roundTrips, "D1 round trips"],
    [rowsWritten, "rows written"],
    [messages, "messages"],
    [gatewayCalls, "gateway calls"],
  ] as const;
  return counts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(", ") || "nothing";
}
