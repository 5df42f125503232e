// One POST to an address that a partner chose. It must not lead anywhere but to the public internet, so that the name is
// looked up before, no redirect is followed, and time and bytes are bounded. Knows nothing of what is sent.
import { isAddress, isLoopback, isPublicAddress } from "../billing/public-address.ts";
import type { SendOutcome } from "../billing/delivery.ts";
import type { Resolve } from "./dns.ts";

export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The way to one URL. Its name is looked up once, at the first request. */
export interface WebhookChannel {
  /** Sends a request, once; never throws. */
  readonly post: (request: WebhookRequest) => Promise<SendOutcome>;
}

export interface WebhookSender {
  /** Why nothing may be sent to this URL, as far as it can be told from its text; null when it may. */
  readonly objectionTo: (url: string) => string | null;
  /** A channel for a short time: a minute or so. */
  readonly channelTo: (url: string) => WebhookChannel;
}

export interface WebhookSenderPorts {
  readonly fetch: (request: Request) => Promise<Response>;
  readonly resolve: Resolve;
  /** For the whole exchange, the lookup included. */
  readonly timeoutMs: number;
  /** Whether this very machine may be sent to, over plain http too: in development alone. */
  readonly allowsLoopback: boolean;
}

const maxAnswerBytes = 16 * 1024;

export function createWebhookSender(ports: WebhookSenderPorts): WebhookSender {
  const objectionTo = (url: string) => objection(url, ports.allowsLoopback);
  return {
    objectionTo,
    channelTo: (url) => {
      let isSafe: Promise<Lookup> | undefined;
      const lookup = (signal: AbortSignal) => (isSafe ??= look(url, objectionTo(url), ports, signal));
      return { post: (request) => post(ports, url, request, lookup) };
    },
  };
}

function objection(text: string, allowsLoopback: boolean): string | null {
  if (!URL.canParse(text)) return "This is not a URL.";
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return "Must hold no credentials.";
  if (allowsLoopback && isLoopback(hostname) && /^https?:$/.test(protocol)) return null;
  if (protocol !== "https:") return "Must begin with https.";
  const isLocal = isLoopback(hostname) || /(?:^|\.)(?:localhost|local|internal)\.?$/.test(hostname);
  const isRefused = isLocal || (isAddress(hostname) && !isPublicAddress(hostname));
  return isRefused ? "Must lead to an address on the public internet." : null;
}

/** `ok`, or why nothing is sent. */
type Lookup = "ok" | "unresolved" | "address_refused";

async function look(
  url: string,
  objected: string | null,
  { resolve, allowsLoopback }: WebhookSenderPorts,
  signal: AbortSignal,
): Promise<Lookup> {
  if (objected !== null) return "address_refused";
  const { hostname } = new URL(url);
  if (isAddress(hostname) || (allowsLoopback && isLoopback(hostname))) return "ok";
  const addresses = await resolve(hostname, signal).catch(() => []);
  if (addresses.length === 0) return "unresolved";
  // One that is not public is enough: whoever connects may take any of them.
  return addresses.every(isPublicAddress) ? "ok" : "address_refused";
}

async function post(
  { fetch: send, timeoutMs }: WebhookSenderPorts,
  url: string,
  { headers, body }: WebhookRequest,
  lookup: (signal: AbortSignal) => Promise<Lookup>,
): Promise<SendOutcome> {
  // Not `AbortSignal.timeout`: its timer runs on after the answer, and an isolate may have 10,000 of them at most.
  const deadline = new AbortController();
  const { signal } = deadline;
  const timer = setTimeout(() => deadline.abort(new DOMException("Too late", "TimeoutError")), timeoutMs);
  try {
    const looked = await orAborted(lookup(signal), signal);
    if (looked !== "ok") return { kind: "unanswered", reason: looked };
    const request = new Request(url, { method: "POST", headers, body, redirect: "manual", signal });
    const response = await orAborted(send(request), signal);
    await orAborted(readAway(response), signal).catch(() => undefined);
    // What a redirect that is not followed looks like in some runtimes.
    if (response.status === 0) return { kind: "unanswered", reason: "network" };
    return { kind: "answered", status: response.status };
  } catch {
    return { kind: "unanswered", reason: signal.aborted ? "timeout" : "network" };
  } finally {
    clearTimeout(timer);
  }
}

/** The status is the answer; what comes after it is taken so that the receiver can end, as far as it is short. */
async function readAway(response: Response): Promise<void> {
  if (response.body === null) return;
  let bytes = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body) if ((bytes += chunk.byteLength) > maxAnswerBytes) return;
}

/** The deadline also holds for a transport that does not heed the signal. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
