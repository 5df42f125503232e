// `npm run demo:partner` against `npm start`: an application that knows us only by the document we serve, a key and webhooks.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { clientSource } from "../../scripts/client/document.ts";
import type { JsonObject } from "../../scripts/openapi-schema.ts";
import { root } from "../../scripts/local/settings.ts";
import { npm, type Run } from "./npm.ts";
import { endForGood, startSystem, type RunningSystem } from "./running-system.ts";

/** The last line as it is documented, and nothing more. */
const Line = z.strictObject({
  partnerId: z.string(),
  customers: z.literal(2),
  replies: z.literal(9),
  messagesUsed: z.literal(22),
  deliveries: z.int().positive(),
  statesAgree: z.literal(true),
});

let system: RunningSystem;
let run: Run;

beforeAll(async () => {
  system = await startSystem();
  run = npm(["run", "demo:partner"], system.settings);
  await run.ended;
});

afterAll(() => endForGood(system));

test("the client that the application is compiled with is the one that the served document gives", async () => {
  const response = await fetch(`${system.at.api}/openapi.json`);
  const kept = await readFile(join(root, "test/partner/client.ts"), "utf8");
  expect(clientSource(documentIn(await response.json())) === kept, "run `npm run openapi`").toBe(true);
});

test("exits with 0 on the system that runs, having told its story", async () => {
  expect(await run.ended, run.out() + run.complaints()).toBe(0);
  expect(run.out()).toContain(`On ${system.at.api}.`);
  expect(run.out()).toMatch(
    /operator makes a partner[^]+Sara subscribes[^]+Nima subscribes[^]+key was rotated[^]+the same/,
  );
});

test("ends with one line of JSON: every state that it folded is the one that the API tells", () => {
  Line.parse(JSON.parse(run.out().trimEnd().split("\n").at(-1) ?? ""));
});

/** What we serve there is the document. */
function documentIn(json: unknown): JsonObject {
  return json as JsonObject;
}
