// Starts the shared system for the first test file that asks, and ends it when all files are through.
import { createServer } from "node:http";
import type { AddressInfo, Server } from "node:net";
import type { TestProject } from "vitest/node";
import { endForGood, startSystem, type RunningSystem } from "./running-system.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Answers where the shared system is, or why there is none. */
    readonly sharedSystem: string;
  }
}

export default async function shareSystem(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<RunningSystem> | undefined;
  const doorman = createServer((_, response) => {
    started ??= startSystem();
    started.then(
      ({ at, settings }) => response.end(JSON.stringify({ at, settings })),
      (fault) => response.writeHead(500).end(String(fault)),
    );
  });
  await new Promise<void>((resolve) => doorman.listen(0, "127.0.0.1", resolve));
  project.provide("sharedSystem", `http://127.0.0.1:${addressOf(doorman).port}/`);
  return async () => {
    doorman.close();
    // A system that never became ready has ended by itself.
    const system = await started?.catch(() => undefined);
    if (system) await endForGood(system);
  };
}

/** A server that listens on a port has an address with one. */
function addressOf(listening: Server): AddressInfo {
  return listening.address() as AddressInfo;
}
