// `npm start` as a newcomer meets it.
import { readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { bodyOf, createClient } from "../../scripts/demo/client.ts";
import { newPerson, signIn, signInOperator, signUp } from "../../scripts/demo/person.ts";
import { startNode } from "../../scripts/local/child.ts";
import { freePort, isFree } from "../../scripts/local/ports.ts";
import type { Addresses } from "../../scripts/local/running.ts";
import { host, root } from "../../scripts/local/settings.ts";
import { agreementToSign } from "./agreement.ts";
import { freshSettings, npm, type Settings } from "./npm.ts";
import { endForGood, forget, startSystem, type RunningSystem } from "./running-system.ts";

/** The line as it is documented, and nothing more. */
const Line = z.strictObject({
  api: z.url(),
  docs: z.url(),
  simulator: z.url(),
  mailbox: z.url(),
  operator: z.strictObject({ email: z.email(), password: z.string().min(10), totpSecret: z.string().length(32) }),
  partnerKey: z.string().startsWith("srd_test_"),
});

const portNames = ["PORT", "SIMULATOR_PORT", "MAILBOX_PORT"] as const;

let system: RunningSystem;

beforeAll(async () => {
  system = await startSystem();
  // Of what runs then, which a test may have started anew.
  return () => endForGood(system);
});

describe("npm start -- --json", () => {
  test("prints one line of JSON with the documented keys, and nothing else", () => {
    const [line = "", ...rest] = system.run.out().split("\n");
    expect(rest).toEqual([""]);
    expect(Line.parse(JSON.parse(line))).toMatchObject({
      api: `http://${host}:${system.settings.PORT}`,
      docs: `http://${host}:${system.settings.PORT}/docs`,
      simulator: `http://${host}:${system.settings.SIMULATOR_PORT}`,
      mailbox: `http://${host}:${system.settings.MAILBOX_PORT}/dev/mailbox`,
    });
  });

  test.each([
    ["the API", ({ api }: Addresses) => `${api}/v1/health`, /^application\/json/],
    ["the documentation", ({ docs }: Addresses) => docs, /^text\/html/],
    ["the gateway's ledger", ({ simulator }: Addresses) => `${simulator}/ledger`, /^application\/json/],
    ["the mailbox", ({ mailbox }: Addresses) => mailbox, /^text\/html/],
  ])("%s answers when the line is there", async (_, urlAt, type) => {
    const response = await fetch(urlAt(system.at));
    expect([response.status, response.headers.get("content-type")]).toEqual([200, expect.stringMatching(type)]);
    await response.body?.cancel();
  });

  test("serves the OpenAPI document that is committed", async () => {
    const served: unknown = await (await fetch(`${system.at.api}/openapi.json`)).json();
    expect(served).toEqual(JSON.parse(readFileSync(join(root, "public/openapi.json"), "utf8")));
  });

  test("the partner's key is known, a wrong one is not", async () => {
    const customerId = "cus_01kaqzv3m5e0a8r6b1x2n4y7tq";
    const statusFor = async (key: string) =>
      (await createClient(system.at.api, key).quotas.listOfCustomer({ params: { customerId } })).status;
    expect(await statusFor(system.at.partnerKey)).toBe(404);
    expect(await statusFor("srd_test_wrong")).toBe(401);
  });
});

describe("what npm start refuses", () => {
  let settings: Settings;
  let neighbour: Server | undefined;

  beforeEach(async () => {
    settings = await freshSettings();
  });

  afterEach(() => {
    neighbour?.close();
    forget(settings);
  });

  test.each(portNames)("1 and how to go on when %s is taken", async (name) => {
    const port = settings[name];
    neighbour = createServer().listen(Number(port), host);
    await once(neighbour, "listening");
    const run = npm(["start", "--", "--json"], settings);
    expect(await run.ended).toBe(1);
    expect(run.out()).toBe("");
    expect(run.complaints()).toContain(`Port ${port} is taken. Set ${name} to a free one: ${name}=`);
    expect(run.complaints()).not.toMatch(/^\s+at /m);
  });

  test("1 and where it runs when a system runs on this data already", async () => {
    const run = npm(["start"], { ...settings, SARRESID_DATA: system.settings.SARRESID_DATA });
    expect(await run.ended).toBe(1);
    expect(run.complaints()).toContain(`A system runs on this data already, at ${system.at.api}`);
  });
});

describe("ending and starting again", () => {
  const person = newPerson();
  let gatewayUrl: string;
  let before: Awaited<ReturnType<typeof whatIsKept>>;

  async function whatIsKept({ api, operator }: Addresses) {
    const asOperator = createClient(api, await signInOperator(api, operator));
    const products = await asOperator.products.list({ query: { limit: 100 } });
    const asPerson = createClient(api, await signIn(api, person));
    return {
      productIds: bodyOf("GET /v1/products", products, 200).data.map(({ id }) => id),
      me: bodyOf("GET /v1/me", await asPerson.account.get(), 200).data,
    };
  }

  beforeAll(async () => {
    const port = String(await freePort());
    gatewayUrl = `http://${host}:${port}`;
    const gateway = startNode({ args: [join(root, "test/simulator/main.ts"), "--port", port] });
    return () => gateway.stop();
  });

  test("SIGTERM ends everything: every port is free again, and nothing followed the one line", async () => {
    const { at, settings, run } = system;
    await signUp(at.api, at.mailbox, person);
    before = await whatIsKept(at);
    expect(before.productIds.length).toBeGreaterThanOrEqual(4);
    expect(await takenPorts(settings)).toEqual([...portNames]);
    await run.end();
    expect(await takenPorts(settings)).toEqual([]);
    expect(run.out().match(/\n/g)).toHaveLength(1);
  });

  test("a second start finds operator, key, catalogue and subscribers as they were", async () => {
    const first = system.at;
    system = await startSystem({ ...system.settings, ZARINPAL_URL: gatewayUrl });
    expect(system.at).toEqual({ ...first, simulator: gatewayUrl });
    expect(await whatIsKept(system.at)).toEqual(before);
  });

  test("with ZARINPAL_URL it starts no simulator, and people sign at that address", async () => {
    expect(await takenPorts(system.settings)).toEqual(["PORT", "MAILBOX_PORT"]);
    const { signingUrl } = await agreementToSign(system.at);
    expect(new URL(signingUrl).origin).toBe(gatewayUrl);
  });
});

async function takenPorts(settings: Settings): Promise<string[]> {
  const taken = [];
  for (const name of portNames) if (!(await isFree(Number(settings[name])))) taken.push(name);
  return taken;
}
