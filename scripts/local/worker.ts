// The Worker on this machine: workerd under wrangler, over a database in the system's folder, with the cron that
// wrangler does not fire by itself.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startNode, type Child } from "./child.ts";
import type { Secrets } from "./secrets.ts";
import { exampleSeller } from "./seller.ts";
import { host, root } from "./settings.ts";

/** Wrangler, as a script for Node. */
export const wrangler = join(root, "node_modules/wrangler/wrangler-dist/cli.js");
/** The Worker's configuration. */
export const config = join(root, "wrangler.toml");
const cronMs = 5_000;

/** Keeps wrangler from asking and telling the world anything. */
export const quietEnv = {
  WRANGLER_SEND_METRICS: "false",
  WRANGLER_SEND_ERROR_REPORTS: "false",
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  CI: "true",
} as const;

/** Where D1 and the queue keep their files. */
export function stateIn(folder: string): string {
  return join(folder, "state");
}

export interface WorkerAddresses {
  readonly api: string;
  readonly gateway: string;
  readonly mailbox: string;
}

export type WorkerVars = Readonly<Record<string, string>>;

/** The Worker's settings as `server/deps.ts` reads them. */
export function workerVars(secrets: Secrets, at: WorkerAddresses, zarinpalTimeoutMs: number): WorkerVars {
  return {
    ENVIRONMENT: "development",
    PUBLIC_URL: at.api,
    BETTER_AUTH_SECRET: secrets.authSecret,
    SEALING_KEYS: secrets.sealingKeys,
    AUDIT_SIGNING_KEYS: secrets.auditSigningKeys,
    ZARINPAL_MERCHANT_ID: secrets.merchantId,
    ZARINPAL_PAYMENT_URL: at.gateway,
    ZARINPAL_PAYMAN_URL: at.gateway,
    ZARINPAL_SIGNING_URL: at.gateway,
    ZARINPAL_TIMEOUT_MS: String(zarinpalTimeoutMs),
    // The simulator's stand-ins: an empty account, and what its banks allow in a day.
    ZARINPAL_DECLINE_REASONS: "-200:insufficient_funds,-204:limit_reached,-205:limit_reached",
    REFUND_METHODS: "manual,reverse,refund",
    ZARINPAL_GRAPHQL_URL: `${at.gateway}/api/v4/graphql/`,
    // The simulator takes any token and any terminal, unless its settings name one.
    ZARINPAL_ACCESS_TOKEN: "local",
    ZARINPAL_TERMINAL_ID: "1",
    ...exampleSeller,
    MESSENGER_URL: `${at.mailbox}/messages`,
    MESSENGER_TOKEN: secrets.messengerToken,
  };
}

interface Serve {
  readonly folder: string;
  readonly port: number;
  readonly inspectorPort: number;
  readonly complain: (line: string) => void;
}

/** Where the Worker's settings stand: in a file, since arguments are everybody's to read. */
export function varsFileIn(folder: string): string {
  return join(folder, "worker.env");
}

export function writeVars(folder: string, vars: WorkerVars): void {
  const lines = Object.entries(vars).map(([name, value]) => `${name}="${value}"\n`);
  writeFileSync(varsFileIn(folder), lines.join(""), { mode: 0o600 });
}

/** Serves the Worker with the settings that `writeVars` wrote. */
export function serveWorker({ folder, port, inspectorPort, complain }: Serve): Child {
  const where = ["--ip", host, "--port", String(port), "--inspector-port", String(inspectorPort)];
  const files = ["--config", config, "--env-file", varsFileIn(folder), "--persist-to", stateIn(folder)];
  return startNode({
    args: [wrangler, "dev", ...where, ...files, "--show-interactive-dev-session=false"],
    env: { ...quietEnv, MINIFLARE_REGISTRY_PATH: join(folder, "registry") },
    onLine: (line) => {
      if (isTrouble(line)) complain(line);
    },
  });
}

/** Whether a line of wrangler or of our log tells of trouble; all else is a quiet day. */
function isTrouble(line: string): boolean {
  if (line.startsWith("{")) return /"level":"(error|warn)"/.test(line);
  if (line.includes("Request.cf") || line.includes("Scheduled Workers are not automatically triggered")) return false;
  return /✘|\[ERROR\]|\[WARNING\]|▲|^\s*(Uncaught|[A-Z]\w*Error\b)/.test(line);
}

/** Fires the cron now and every few seconds, one run at a time; the answer stops it. */
export function startCron(api: string, complain: (line: string) => void): () => void {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const fire = async () => {
    try {
      const response = await fetch(`${api}/cdn-cgi/handler/scheduled`, { signal: stopped.signal });
      await response.body?.cancel();
      if (!response.ok) complain(`The cron answered ${response.status}.`);
    } catch (error) {
      if (!stopped.signal.aborted) complain(`The cron could not be fired: ${String(error)}`);
    }
    if (!stopped.signal.aborted) timer = setTimeout(() => void fire(), cronMs);
  };
  void fire();
  return () => {
    stopped.abort();
    clearTimeout(timer);
  };
}
