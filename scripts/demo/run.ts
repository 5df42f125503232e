// What every demo is: a story told on the system that runs here, or on one of its own, and a last line of JSON.
import type { Addresses } from "../local/running.ts";
import { SettingError } from "../local/settings.ts";
import { Unexpected } from "../../test/partner/roundtable.ts";
import { Stop } from "./stop.ts";
import { findSystem, type System } from "./system.ts";
import { createTimeline, type Timeline } from "./timeline.ts";

interface Demo<S> {
  /** What `--help` says. */
  readonly help: string;
  readonly tell: (addresses: Addresses, timeline: Timeline) => Promise<S>;
  /** What the figures come to, for people. */
  readonly summary: (sums: S) => string;
}

/** Runs a demo and ends the process: with 1, and the reason, when the story did not come out. */
export function runDemo<S>(demo: Demo<S>): void {
  let system: System | null = null;
  const end = async (code: number): Promise<void> => {
    await system?.stop();
    process.exit(code);
  };
  const main = async (): Promise<void> => {
    if (process.argv.includes("--help")) return console.log(demo.help);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => void end(130));
    const hasColour = process.stdout.isTTY && !process.env["NO_COLOR"];
    system = await findSystem();
    const addresses = await system.ready;
    console.log(system.isOurs ? "No system was running; this one lives as long as the demo." : `On ${addresses.api}.`);
    const sums = await demo.tell(addresses, createTimeline(console.log, hasColour));
    console.log(`\n${demo.summary(sums)}\n`);
    console.log(JSON.stringify(sums));
  };
  main().then(
    () => end(0),
    (error: unknown) => {
      const isSaid = error instanceof Stop || error instanceof SettingError || error instanceof Unexpected;
      console.error(isSaid ? `\n${error.message}` : error);
      return end(1);
    },
  );
}
