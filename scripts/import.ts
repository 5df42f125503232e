// npm run import: takes customers with what runs over from an existing system, through POST /v1/imports, of the system on
// this machine or of one elsewhere.
import { createReadStream, existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { runningOn } from "./local/running.ts";
import { localSettings, SettingError } from "./local/settings.ts";
import { reportText } from "./import/report.ts";
import { ImportStopped, sendLines, type Answer, type Report } from "./import/send.ts";

const help = `npm run import -- FILE [--dry-run] [--partner ptr_…] [--reason TEXT]
  Takes over the customers of an existing system; docs/import.md says what a line of FILE is. Safe to end and to repeat.
  Elsewhere than on this machine: SARRESID_API, SARRESID_OPERATOR_EMAIL and SARRESID_OPERATOR_PASSWORD.`;

interface Target {
  readonly api: string;
  readonly email: string;
  readonly password: string;
}

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
  const token = await signIn(target);
  const isDryRun = values["dry-run"];
  const report = await sendLines(createInterface({ input: createReadStream(file, "utf8"), crlfDelay: Infinity }), {
    post: (body) => post(target.api, token, body),
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

async function findTarget(env: NodeJS.ProcessEnv): Promise<Target> {
  const { SARRESID_API: api, SARRESID_OPERATOR_EMAIL: email, SARRESID_OPERATOR_PASSWORD: password } = env;
  if (api && email && password) return { api: api.replace(/\/+$/, ""), email, password };
  if (api) throw new SettingError("SARRESID_API wants SARRESID_OPERATOR_EMAIL and SARRESID_OPERATOR_PASSWORD as well.");
  const running = await runningOn(localSettings().folder);
  if (!running) throw new SettingError("No system runs on this machine: npm start, or set SARRESID_API.");
  return { api: running.api, ...running.operator };
}

async function signIn({ api, email, password }: Target): Promise<string> {
  const response = await fetch(`${api}/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: api },
    body: JSON.stringify({ email, password }),
  });
  const token = response.headers.get("set-auth-token");
  if (!token) throw new SettingError(`Signing in at ${api} as ${email} was refused (${response.status}).`);
  return token;
}

async function post(api: string, token: string, body: object): Promise<Answer | null> {
  try {
    const response = await fetch(`${api}/v1/imports`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const retryAfter = response.headers.get("retry-after");
    return {
      status: response.status,
      body: await response.json(),
      retryAfterMs: retryAfter === null ? null : Number(retryAfter) * 1_000,
    };
  } catch (error) {
    // The connection was lost, or something between answered without JSON.
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
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
