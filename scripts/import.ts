// npm run import: takes customers with what runs over from an existing system, through POST /v1/imports, of the system on
// this machine or of one elsewhere.
import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { askAs, findTarget, signInOperator, targetHelp } from "./local/operator.ts";
import { SettingError } from "./local/settings.ts";
import { reportText } from "./import/report.ts";
import { ImportStopped, sendLines, type Report } from "./import/send.ts";

const help = `npm run import -- FILE [--dry-run] [--partner ptr_…] [--reason TEXT]
  Takes over the customers of an existing system; docs/import.md says what a line of FILE is. Safe to end and to repeat.
  ${targetHelp}`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      help: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      partner: { type: "string" },
      reason: { type: "string", default: "Import from the existing system" },
    },
  });
  const [file] = positionals;
  if (values.help) return console.log(help);
  if (file === undefined || positionals.length > 1) throw new SettingError(help);
  if (!existsSync(file)) throw new SettingError(`There is no file ${file}.`);
  const target = await findTarget(process.env);
  const session = { api: target.api, token: await signInOperator(target) };
  const isDryRun = values["dry-run"];
  const report = await sendLines(createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity }), {
    post: (body) => askAs(session, { method: "POST", path: "/v1/imports", body }),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    isDryRun,
    reason: values.reason,
    partnerId: values.partner ?? null,
    progress: tellProgress,
  });
  if (process.stderr.isTTY) process.stderr.write("\n");
  console.log(reportText(report, isDryRun));
  if (report.refused.length > 0) process.exitCode = 1;
}

function tellProgress({ counts, unreadable }: Report): void {
  if (!process.stderr.isTTY) return;
  const done = Object.values(counts).flatMap((count) => Object.values(count));
  process.stderr.write(`\r${done.reduce((sum, count) => sum + count, unreadable)} lines`);
}

main().catch((error: unknown) => {
  const isSaid = error instanceof SettingError || error instanceof ImportStopped;
  console.error(isSaid ? error.message : error);
  if (error instanceof ImportStopped) console.error("What was taken over until then stays; run it again to go on.");
  process.exitCode = 1;
});
