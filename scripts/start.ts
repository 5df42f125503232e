// npm start: migrates, seeds, starts the simulator, the mailbox and the Worker, and says where to go next. Ctrl-C ends
// it all; a second start finds the data of the first.
import { join } from "node:path";
import { startNode, type Child, type Start } from "./local/child.ts";
import { isMigrated, migrating, noteMigrated } from "./local/migrations.ts";
import { mailboxPath, openMailbox } from "./local/mailbox.ts";
import { freePort, isFree } from "./local/ports.ts";
import { answers, removeNote, runningOn, writeNote, type Addresses } from "./local/running.ts";
import { operatorEmail, secretsIn } from "./local/secrets.ts";
import { host, localSettings, root, SettingError, type LocalSettings } from "./local/settings.ts";
import { quietEnv, serveWorker, startCron, workerVars, writeVars } from "./local/worker.ts";

const help = `npm start [-- --json]: run the whole system on this machine (PORT, SIMULATOR_PORT, MAILBOX_PORT, ZARINPAL_URL)`;
const usualMailboxPort = 8791;
const readyWithinMs = 90_000;
const askEveryMs = 150;
const watchEveryMs = 250;

/** What has to be ended, in the order in which it was started. */
const endings: (() => Promise<void> | void)[] = [];
let isEnding = false;

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(help);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void end(0));
  endWithNpm();
  const startedAt = performance.now();
  const isJson = process.argv.includes("--json");
  const addresses = await start(localSettings(), isJson ? () => undefined : tell);
  if (isEnding) return;
  console.log(isJson ? JSON.stringify(addresses) : welcome(addresses, performance.now() - startedAt));
}

async function start(settings: LocalSettings, tellStep: (step: string) => void): Promise<Addresses> {
  const { folder, port, simulatorPort, zarinpalUrl } = settings;
  await checkFree(settings);
  const secrets = secretsIn(folder);
  const mailboxPort = settings.mailboxPort ?? (await freePort(usualMailboxPort));
  const mailbox = await openMailbox(mailboxPort, secrets.messengerToken);
  endings.push(
    () => mailbox.closeAllConnections(),
    () => void mailbox.close(),
  );

  const at = { api: `http://${host}:${port}`, mailbox: `http://${host}:${mailboxPort}` };
  const gateway = zarinpalUrl ?? `http://${host}:${simulatorPort}`;
  const addresses: Addresses = {
    api: at.api,
    docs: `${at.api}/docs`,
    simulator: gateway,
    mailbox: `${at.mailbox}${mailboxPath}`,
    operator: {
      email: operatorEmail,
      password: secrets.operatorPassword,
      totpSecret: secrets.operatorTotpSecret,
    },
    partnerKey: secrets.partnerKey,
  };
  writeNote(folder, { ...addresses, pid: process.pid });
  endings.push(() => removeNote(folder));

  if (zarinpalUrl === null) keep("The simulator", startSimulator(settings));
  writeVars(folder, workerVars(secrets, { ...at, gateway }, settings.zarinpalTimeoutMs));
  const inspectorPort = await freePort();
  tellStep("building the Worker, preparing the database");
  // Side by side: the Worker opens the database at its first request, and nobody asks it before the database is ready.
  keep("The Worker", serveWorker({ folder, port, inspectorPort, complain }));
  await prepareDatabase(folder);
  await ready(`${at.api}/v1/health`);
  if (zarinpalUrl === null) await ready(`${gateway}/ledger`);
  if (!isEnding) endings.push(startCron(at.api, complain));
  return addresses;
}

async function prepareDatabase(folder: string): Promise<void> {
  if (!isMigrated(folder)) {
    await run("Migrating", migrating(folder));
    noteMigrated(folder);
  }
  await run("Seeding", { args: [join(root, "scripts/local/seed.ts")], env: { ...quietEnv, SARRESID_DATA: folder } });
}

async function checkFree({ folder, port, simulatorPort, mailboxPort, zarinpalUrl }: LocalSettings): Promise<void> {
  const running = await runningOn(folder);
  if (running) {
    throw new SettingError(
      `A system runs on this data already, at ${running.api} (process ${running.pid}). ` +
        `Stop it, or set SARRESID_DATA to another folder.`,
    );
  }
  const ports: [string, number | null][] = [
    ["PORT", port],
    ["SIMULATOR_PORT", zarinpalUrl === null ? simulatorPort : null],
    ["MAILBOX_PORT", mailboxPort],
  ];
  for (const [name, wanted] of ports) {
    if (wanted !== null && !(await isFree(wanted))) {
      throw new SettingError(`Port ${wanted} is taken. Set ${name} to a free one: ${name}=${wanted + 10} npm start`);
    }
  }
}

function startSimulator({ folder, simulatorPort }: LocalSettings): Child {
  const state = ["--state", join(folder, "simulator.json")];
  return startNode({
    args: [join(root, "test/simulator/main.ts"), "--port", String(simulatorPort), ...state],
    onLine: (line) => {
      if (!line.startsWith("ZarinPal simulator on")) complain(`simulator: ${line}`);
    },
  });
}

/** Runs a child to its end; throws what it wrote when it failed. */
async function run(name: string, start: Omit<Start, "onLine">): Promise<void> {
  if (isEnding) return;
  const lines: string[] = [];
  const child = startNode({ ...start, onLine: (line) => lines.push(line) });
  endings.push(() => child.stop());
  const how = await child.ended;
  if (how !== "code 0") throw new Error(`${name} failed (${how}):\n${lines.join("\n")}`);
}

/** Ends a child with the system, and the system with a child. */
function keep(name: string, child: Child): void {
  endings.push(() => child.stop());
  void child.ended.then((how) => {
    if (isEnding) return;
    complain(`${name} ended by itself (${how}).`);
    void end(1);
  });
}

async function ready(url: string): Promise<void> {
  const until = performance.now() + readyWithinMs;
  while (!isEnding && !(await answers(url))) {
    if (performance.now() > until) throw new Error(`${url} did not answer within ${readyWithinMs / 1_000} seconds`);
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
}

/** A signal sent to npm ends its shell and never reaches us; what is left to notice is that the shell is gone. */
function endWithNpm(): void {
  if (process.env["npm_lifecycle_event"] === undefined) return;
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== shell) void end(0);
  }, watchEveryMs);
  watch.unref();
}

/** Ends everything in reverse order, once. */
async function end(code: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  for (const ending of endings.toReversed()) await ending();
  process.exit(code);
}

function welcome({ api, docs, simulator, mailbox, operator, partnerKey }: Addresses, tookMs: number): string {
  return `
  Sarresid is running (${(tookMs / 1_000).toFixed(1)} s).

    API        ${api}/v1
    Docs       ${docs}
    Gateway    ${simulator}
    Mailbox    ${mailbox}

    Operator   ${operator.email}
    Password   ${operator.password}
    Code       npm run operator:code, or an authenticator given ${operator.totpSecret}
    Partner    key ${partnerKey}

  Next: npm run demo, in another terminal, takes a subscriber through five months in seconds.
  Ctrl-C ends everything; the data stays until npm run db:reset.
`;
}

function tell(step: string): void {
  process.stderr.write(`  ${step} …\n`);
}

function complain(line: string): void {
  if (!isEnding) process.stderr.write(`${line}\n`);
}

main().catch(async (error: unknown) => {
  if (!isEnding) console.error(error instanceof SettingError ? error.message : error);
  await end(1);
});
