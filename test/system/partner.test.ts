// Who knows us from outside only, against `npm start`: `npm run demo:partner`, an application with the document we serve, a
// key and webhooks; and the examples of docs/examples, installed and compiled as somebody else would.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";
import { clientSource } from "../../scripts/client/document.ts";
import type { JsonObject } from "../../scripts/openapi-schema.ts";
import { newPerson, signIn, signUp } from "../../scripts/demo/person.ts";
import { root } from "../../scripts/local/settings.ts";
import { Outside } from "../partner/outside.ts";
import { npm, type Run } from "./npm.ts";
import { sharedSystem } from "./shared-system.ts";

/** The last line as it is documented, and nothing more. */
const Line = z.strictObject({
  partnerId: z.string(),
  customers: z.literal(2),
  replies: z.literal(9),
  messagesUsed: z.literal(22),
  deliveries: z.int().positive(),
  statesAgree: z.literal(true),
});

let system: Awaited<ReturnType<typeof sharedSystem>>;
let run: Run;

beforeAll(async () => {
  system = await sharedSystem();
  run = npm(["run", "demo:partner"], system.settings);
  await run.ended;
});

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

describe("the examples", () => {
  const outside = new Outside();

  beforeAll(async () => {
    await outside.open();
    await outside.makeTypes(system.at.api);
  });
  afterAll(() => outside.close());

  const told = async (name: string, credentials: Readonly<Record<string, string>> = {}) => {
    const { code, output } = await outside.run(name, { SARRESID_URL: system.at.api, ...credentials });
    expect(code, output).toBe(0);
    return output;
  };

  test("compile without our sources, in TypeScript 5, against the package and the types of the served document", async () => {
    expect(await outside.checkTypes()).toEqual({ code: 0, output: "" });
  });

  test("ts-rest's client subscribes somebody, who is to pay on a page", async () => {
    const person = newPerson();
    await signUp(system.at.api, system.at.mailbox, person);
    const token = await signIn(system.at.api, person);
    const output = await told("ts-rest-fetch.ts", { SARRESID_TOKEN: token });
    expect(JSON.parse(output)).toEqual({ status: "processing", payOn: expect.stringMatching(/^http/) });
  });

  test("React Query's hooks show what is for sale", async () => {
    expect(await told("react-query.tsx")).toMatch(/<li>[^<]+(<!-- -->)?: (<!-- -->)?[\d,]+ IRR/);
  });

  test("openapi-fetch makes a customer and reads their state, and problems by their code", async () => {
    const output = await told("openapi-fetch.ts", { SARRESID_KEY: system.at.partnerKey });
    expect(JSON.parse(output)).toEqual({ isSame: true, access: "none", missing: "not_found" });
  });
});

/** What we serve there is the document. */
function documentIn(json: unknown): JsonObject {
  return json as JsonObject;
}
