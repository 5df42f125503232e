// npm run demo:partner: Roundtable, an application that knows us only by the OpenAPI document, a key and webhooks, sells
// messages to two people; at the end what it was told must be what we say.
import { randomBytes } from "node:crypto";
import { tellPartnerStory } from "./demo/partner-story.ts";
import { Stop } from "./demo/stop.ts";
import { findSystem, type System } from "./demo/system.ts";
import { createTimeline } from "./demo/timeline.ts";
import { SettingError } from "./local/settings.ts";
import { Unexpected } from "../test/partner/roundtable.ts";

const help =
  "npm run demo:partner: a partner's application creates customers, signs them in, serves them and adds it all up";

let system: System | null = null;

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(help);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end(130));
  const hasColour = process.stdout.isTTY && !process.env["NO_COLOR"];
  system = await findSystem();
  const addresses = await system.ready;
  console.log(system.isOurs ? "No system was running; this one lives as long as the demo." : `On ${addresses.api}.`);
  const name = `Roundtable ${randomBytes(3).toString("hex")}`;
  const sums = await tellPartnerStory(addresses, { name, timeline: createTimeline(console.log, hasColour) });
  console.log(
    `\n${sums.customers} customers folded from ${sums.deliveries} deliveries, and every state is the API's.\n`,
  );
  console.log(JSON.stringify(sums));
}

async function end(code: number): Promise<void> {
  await system?.stop();
  process.exit(code);
}

main().then(
  () => end(0),
  (error: unknown) => {
    const isSaid = error instanceof Stop || error instanceof SettingError || error instanceof Unexpected;
    console.error(isSaid ? `\n${error.message}` : error);
    return end(1);
  },
);
