// The server of a new partner on this machine, told of events by the real Worker, its cron and its queue.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { WebhookPayload } from "../../contract/event.ts";
import { bodyOf, createClient } from "../../scripts/demo/client.ts";
import { signInOperator } from "../../scripts/demo/person.ts";
import type { Addresses } from "../../scripts/local/running.ts";
import { sharedSystem } from "./shared-system.ts";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let at: Addresses;
let key: string;
let server: Server;
let url: string;
const received: Received[] = [];
/** Answers of the server, one after the other; then always 204. */
const answers = [503];

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString("utf8") });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${addressOf(server).port}/hooks`;
  ({ at } = await sharedSystem());
  key = await keyOfNewPartner(at);
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

/** A partner without customers is told of nothing but what it asks for. */
async function keyOfNewPartner({ api, operator }: Addresses): Promise<string> {
  const client = createClient(api, await signInOperator(api, operator));
  const made = await client.partners.create({ body: { name: "Told of tests", returnUrls: [] } });
  const { id: partnerId } = bodyOf("POST /v1/partners", made, 201).data;
  const answer = await client.partnerKeys.create({ body: { partnerId, scopes: ["webhooks:write"] } });
  return bodyOf("POST /v1/partner-keys", answer, 201).data.key ?? "";
}

/** A server that listens on a port has an address with one. */
function addressOf(listening: Server): AddressInfo {
  return listening.address() as AddressInfo;
}

const Answer = z.looseObject({ data: z.looseObject({ id: z.string(), secret: z.string().nullish() }) });

async function post(path: string, body: object) {
  const response = await fetch(`${at.api}/v1/webhook-endpoints${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      "idempotency-key": crypto.randomUUID(),
    },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${path} answered ${response.status}`).toBe(true);
  return Answer.parse(await response.json()).data;
}

/** Until so much has come, or half a minute is over. */
async function untilReceived(count: number): Promise<void> {
  for (let waits = 0; received.length < count && waits < 300; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("a test event comes, signed; when the first attempt fails, it comes again within seconds", async () => {
  const { id, secret } = await post("", { url });
  await post(`/${id}/test`, {});
  await untilReceived(2);
  expect(received.length).toBeGreaterThanOrEqual(2);
  const [first, second] = received;
  expect(second?.headers["webhook-id"]).toBe(first?.headers["webhook-id"]);
  expect(second?.body).toBe(first?.body);
  for (const { headers, body } of received) {
    const [webhookId, timestamp, signature] = ["id", "timestamp", "signature"].map((name) =>
      String(headers[`webhook-${name}`]),
    );
    const told = new Webhook(secret ?? "").verify(body, {
      "webhook-id": webhookId ?? "",
      "webhook-timestamp": timestamp ?? "",
      "webhook-signature": signature ?? "",
    });
    expect(WebhookPayload.parse(told)).toMatchObject({
      type: "webhook_endpoint.tested",
      data: { webhookEndpointId: id },
    });
  }
});
