// A Worker that measures, served by wrangler over databases of its own, whose files may be filled while it does not run.
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startNode } from "../local/child.ts";
import { freePort } from "../local/ports.ts";
import { host, root } from "../local/settings.ts";
import { quietEnv } from "../local/worker.ts";

const wrangler = join(root, "node_modules/wrangler/wrangler-dist/cli.js");
const readyWithinMs = 60_000;
const askEveryMs = 200;

/** Which Worker, and where it keeps what it has. */
export interface Place {
  /** Of wrangler, from the project's root. Example: `test/cost/wrangler.toml`. */
  readonly config: string;
  readonly folder: string;
}

export interface Served {
  /** What it answers at an address. Throws when that is no success. */
  readonly ask: (path: string) => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

/** Brings one of its databases up to date. */
export async function migrate({ config, folder }: Place, binding: string): Promise<void> {
  const apply = ["d1", "migrations", "apply", binding, "--local", "--config", config, "--persist-to", folder];
  await run([wrangler, ...apply], "Migrating");
}

/** Runs Node to its end; answers what it wrote, or throws it when it failed. */
export async function run(args: readonly string[], what: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const how = await startNode({ args, env: quietEnv, onLine: (line) => lines.push(line) }).ended;
  if (how !== "code 0") throw new Error(`${what} failed (${how}):\n${lines.join("\n")}`);
  return lines;
}

/** The files of the databases of a folder, in no order. */
export function databasesIn(folder: string): readonly string[] {
  const at = join(folder, "v3/d1/miniflare-D1DatabaseObject");
  return readdirSync(at)
    .filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
    .map((name) => join(at, name));
}

/** Serves the Worker until it is stopped. */
export async function serve({ config, folder }: Place): Promise<Served> {
  const [port, inspectorPort] = [await freePort(), await freePort()];
  const lines: string[] = [];
  const where = ["--ip", host, "--port", String(port), "--inspector-port", String(inspectorPort)];
  const files = ["--config", config, "--persist-to", folder, "--show-interactive-dev-session=false"];
  const worker = startNode({
    args: [wrangler, "dev", ...where, ...files],
    env: { ...quietEnv, MINIFLARE_REGISTRY_PATH: join(folder, "registry") },
    onLine: (line) => lines.push(line),
  });
  const url = `http://${host}:${port}`;
  await ready(url, lines);
  return {
    ask: async (path) => {
      const { status, body } = await got(`${url}${path}`);
      if (status === 200) return JSON.parse(body);
      throw new Error(`${path} answered ${status}: ${body}\n${lines.slice(-40).join("\n")}`);
    },
    stop: () => worker.stop(),
  };
}

/** However long it takes: `fetch` gives up after five minutes without an answer. */
async function got(url: string): Promise<{ readonly status: number | undefined; readonly body: string }> {
  const [response] = (await once(get(url), "response")) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

async function ready(url: string, lines: readonly string[]): Promise<void> {
  const until = performance.now() + readyWithinMs;
  while (performance.now() < until) {
    const response = await fetch(url).catch(() => null);
    await response?.body?.cancel();
    if (response) return;
    await new Promise((resolve) => setTimeout(resolve, askEveryMs));
  }
  throw new Error(`The Worker did not start:\n${lines.join("\n")}`);
}
