// npm run demo: one subscriber's life in a minute, through the public API and the gateway's pages, told as a timeline
// and added up at the end.
import { audit } from "./demo/audit.ts";
import { Stop } from "./demo/stop.ts";
import { tellStory } from "./demo/story.ts";
import { findSystem, type System } from "./demo/system.ts";
import { createTimeline } from "./demo/timeline.ts";
import { grouped } from "./demo/written.ts";
import { SettingError } from "./local/settings.ts";

const help = "npm run demo: sign up, sign a direct debit, subscribe, renew, recover, cancel, and add it all up";

let system: System | null = null;

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(help);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end(130));
  const hasColour = process.stdout.isTTY && !process.env["NO_COLOR"];
  system = await findSystem();
  const addresses = await system.ready;
  console.log(system.isOurs ? "No system was running; this one lives as long as the demo." : `On ${addresses.api}.`);
  const told = await tellStory(addresses, createTimeline(console.log, hasColour));
  const sums = await audit(addresses, told);
  console.log(`
${sums.debits} debits, ${grouped(sums.debitedRials)} Rials, the same to the Rial in the gateway's own ledger.
${sums.events} events on an audit trail whose every hash was computed again here.
${sums.invariants} invariants of the whole database hold.
`);
  console.log(JSON.stringify(sums));
}

async function end(code: number): Promise<void> {
  await system?.stop();
  process.exit(code);
}

main().then(
  () => end(0),
  (error: unknown) => {
    const isSaid = error instanceof Stop || error instanceof SettingError;
    console.error(isSaid ? `\n${error.message}` : error);
    return end(1);
  },
);
