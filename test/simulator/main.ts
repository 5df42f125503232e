// The simulator as a process of its own, on 127.0.0.1: node test/simulator/main.ts --port 8790
//   --state FILE   remember agreements and money in FILE across restarts
//   --merchant ID  know only this merchant

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { type Http2Bindings, type HttpBindings, serve } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";

import { ConnectionDropped } from "./calls.ts";
import type { Snapshot } from "./records.ts";
import { createSimulator } from "./simulator.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8790" },
    state: { type: "string" },
    merchant: { type: "string" },
  },
});

const hostname = "127.0.0.1";
const port = Number(values.port);
const publicUrl = `http://${hostname}:${port}`;
const stateFile = values.state;

const simulator = createSimulator({
  now: Date.now,
  random: Math.random,
  publicUrl,
  ...(values.merchant === undefined ? {} : { merchantId: values.merchant }),
  ...(stateFile === undefined
    ? {}
    : { restored: storedIn(stateFile), onChange: (snapshot) => store(stateFile, snapshot()) }),
  visit,
});

const server = serve({ fetch: answer, hostname, port }, () => console.log(`ZarinPal simulator on ${publicUrl}`));
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, stop);

async function answer(request: Request, { outgoing }: HttpBindings | Http2Bindings): Promise<Response> {
  try {
    return await simulator.fetch(request);
  } catch (error) {
    // A bug drops the connection too, as loudly as a bug should.
    if (!(error instanceof ConnectionDropped)) console.error(error);
    outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  }
}

function storedIn(file: string): unknown {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** Renaming is atomic, so a kill leaves either the old file or the new one. */
function store(file: string, snapshot: Snapshot): void {
  writeFileSync(`${file}.next`, JSON.stringify(snapshot), { mode: 0o600 });
  renameSync(`${file}.next`, file);
}

function visit(url: string): void {
  fetch(url, { redirect: "manual", signal: AbortSignal.timeout(10_000) }).catch((error: unknown) =>
    console.error("the second visit of the callback failed:", error),
  );
}

function stop(): void {
  server.close();
  if ("closeAllConnections" in server) server.closeAllConnections();
}
