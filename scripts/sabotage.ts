// npm run simulate:sabotage: takes each guard of the design out of the real code, one at a time, and lives through the
// same histories, or walks the same model, until a judgement notices. Ends with 1 when one is not noticed, or when the
// code as it is does not pass what a sabotage was caught by.
import { parseArgs } from "node:util";
import { modelUnder, simulationUnder, type Thread } from "../test/sabotage/attempt.ts";
import { hunt, type Caught, type Control } from "../test/sabotage/hunt.ts";
import type { Sabotage } from "../test/sabotage/sabotage.ts";
import { backstops, sabotages } from "../test/sabotage/sabotages.ts";

const help = `npm run simulate:sabotage -- [--only TEXT,TEXT] [--histories N] [--seed S] [--workers 2] [--json]
Takes each guard out in turn and says what noticed. --only: those whose name has the text, or one of several with commas between.`;

const { values } = parseArgs({
  options: {
    help: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    histories: { type: "string", default: "60" },
    seed: { type: "string", default: "sabotage" },
    workers: { type: "string", default: "2" },
  },
});

const nameWidth = 56;

function lineOf({ sabotage, by, took, judgement, crashed }: Caught): string {
  const unit = sabotage.by === "model" ? "states" : took === 1 ? "history" : "histories";
  const judged = judgement === null ? "" : judgement.split("\n")[0]?.slice(0, 110);
  const how = judgement === null ? `NOT CAUGHT${crashed ? `, only: ${crashed.slice(0, 160)}` : ""}` : by;
  return `${sabotage.name.padEnd(nameWidth)}${`${took.toLocaleString("en")} ${unit}`.padStart(18)}  ${how}  ${judged}`;
}

async function main(): Promise<void> {
  if (values.help) return console.log(help);
  const startedAt = performance.now();
  const asked = sabotages.filter(({ name }) => values.only.split(",").some((text) => name.includes(text)));
  const most = Number(values.histories);
  const threadFor = ({ by, edits }: Pick<Sabotage, "by" | "edits">): Promise<Thread> =>
    by === "model" ? modelUnder(edits) : simulationUnder(edits, values.seed);
  const control: Control = { threadFor, untouched: new Map(), passed: new Map() };
  const caught: Caught[] = [];
  const waiting = [...asked];
  const lane = async () => {
    for (let sabotage = waiting.shift(); sabotage; sabotage = waiting.shift()) {
      const result = await hunt(sabotage, control, most);
      caught.push(result);
      console.log(lineOf(result));
    }
  };
  await Promise.all(Array.from({ length: Number(values.workers) }, lane));
  await Promise.all([...control.untouched.values()].map(async (thread) => (await thread).end()));
  console.log("\nNot taken out alone, since nothing could come of it:");
  for (const { name, because } of backstops) console.log(`  ${name}: ${because}`);
  const missed = caught.filter(({ judgement }) => judgement === null);
  const tried = [...control.passed.values()];
  const wrong = (await Promise.all(tried)).filter((passed) => !passed).length;
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  console.log(
    `\nThe code as it is: ${tried.length} histories and walks of these, ${wrong === 0 ? "all clean" : `${wrong} WRONG`}.`,
  );
  console.log(`${caught.length - missed.length} of ${caught.length} sabotages caught, ${seconds} s`);
  if (values.json) {
    const each = caught.map(({ sabotage: { name, by }, took, judgement }) => ({ name, by, took, judgement }));
    console.log(JSON.stringify({ sabotages: caught.length, missed: missed.length, wrong, seconds, each }));
  }
  if (missed.length + wrong > 0) process.exitCode = 1;
}

await main();
