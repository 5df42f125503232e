// The way to the gateway by a relay: a Worker has no fixed address, and the gateway may want one. The relay knows us by a key.
import type { Send } from "./exchange.ts";

export const relayKeyHeader = "x-relay-key";

/** Sends each call with the relay's key; without one as it is. */
export function throughRelay(send: Send, key: string | undefined): Send {
  if (key === undefined) return send;
  return (request) => {
    const keyed = new Request(request);
    keyed.headers.set(relayKeyHeader, key);
    return send(keyed);
  };
}
