// Where Roundtable hears of its customers: a small server that believes only what is signed with its endpoint's secret.
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import type { WebhookPayload } from "../../contract/event.ts";

export interface Receiver {
  readonly url: string;
  /** From here on deliveries are checked with this secret; before that none is taken. */
  trust(secret: string): void;
  /** How many deliveries were refused, since their signature was not right. */
  refused(): number;
  close(): Promise<void>;
}

/** Opens the server on a free port of this machine; each delivery that is what it claims to be goes to `take`. */
export async function openReceiver(take: (payload: WebhookPayload) => void): Promise<Receiver> {
  let webhook: Webhook | null = null;
  let refusals = 0;
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const payload = webhook && verified(webhook, request, body);
      if (payload) take(payload);
      else refusals += 1;
      response.writeHead(payload ? 204 : 401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}/hooks`,
    trust: (secret) => void (webhook = new Webhook(secret)),
    refused: () => refusals,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}

function verified(webhook: Webhook, { headers }: IncomingMessage, body: string): WebhookPayload | null {
  const signed = Object.fromEntries(
    ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, String(headers[name])]),
  );
  try {
    return asPayload(webhook.verify(body, signed));
  } catch {
    // Anybody may post here; what is not signed by us is none of our business.
    return null;
  }
}

/** What is signed is what the document says. */
function asPayload(told: unknown): WebhookPayload {
  return told as WebhookPayload;
}

/** A server that listens on a port has an address with one. */
function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
