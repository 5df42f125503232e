// One HTTP request to the gateway and whatever came of it: bounded in time and bytes, sent once, never thrown. Knows
// nothing of what the body means.
import { parseJson } from "./envelope.ts";
import type { UnknownReason } from "./gateway.ts";

export interface Exchange {
  /** Null when no answer began. */
  readonly httpStatus: number | null;
  /** The parsed JSON body; undefined when there was none to parse. */
  readonly body: unknown;
  /** Why nothing may be concluded from this exchange, whatever its body says; null when the body may be read. */
  readonly fault: UnknownReason | null;
}

export interface ExchangeLimits {
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
}

/** Sends one request. It must not be answered from elsewhere, so a redirect is not followed, and nothing is retried. */
export type Send = (request: Request) => Promise<Response>;

/**
 * Sends the request that `build` makes, once. Any status is read to its body (§1: business errors come with every
 * status), but a 5xx is `server_error` and a redirect `unreadable` whatever they carry.
 */
export async function exchange(
  send: Send,
  build: (signal: AbortSignal) => Request,
  limits: ExchangeLimits,
): Promise<Exchange> {
  // Not `AbortSignal.timeout`: its timer runs on after the answer, and an isolate may have 10,000 of them at most.
  const deadline = new AbortController();
  const { signal } = deadline;
  const timer = setTimeout(() => deadline.abort(new DOMException("Too late", "TimeoutError")), limits.timeoutMs);
  const request = build(signal);
  let httpStatus: number | null = null;
  let read: Read;
  try {
    const response = await orAborted(send(request), signal);
    httpStatus = response.status === 0 ? null : response.status;
    read = await orAborted(readBounded(response, limits.maxBodyBytes), signal);
  } catch {
    read = { body: undefined, fault: signal.aborted ? "timeout" : "network" };
  } finally {
    clearTimeout(timer);
  }
  return { httpStatus, body: read.body, fault: statusFault(httpStatus) ?? read.fault };
}

type Read = Pick<Exchange, "body" | "fault">;

function statusFault(httpStatus: number | null): UnknownReason | null {
  if (httpStatus === null) return null;
  if (httpStatus >= 500) return "server_error";
  return httpStatus >= 300 && httpStatus < 400 ? "unreadable" : null;
}

async function readBounded(response: Response, maxBodyBytes: number): Promise<Read> {
  if (response.body === null) return { body: undefined, fault: null };
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // Leaving the loop cancels the stream, so that what is too large is not even received.
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes) return { body: undefined, fault: "too_large" };
    text += decoder.decode(chunk, { stream: true });
  }
  return { body: parseJson(text + decoder.decode()), fault: null };
}

/** Our deadlines count on `timeoutMs`, so it also holds for a transport that does not heed the signal. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([work, aborted]);
}
