// The real application, made once per process: building Better Auth takes longer than some histories. Its dependencies
// are those of whichever history is under way, found anew at each use.
import { createApp } from "../../server/app.ts";
import type { Deps } from "../../server/deps.ts";
import { createPaymentPages } from "../../server/zarinpal/client.ts";
import { handlers } from "../../server/router.ts";
import { noDocuments, seller } from "../support/seller.ts";

export const merchantId = "11111111-2222-4333-8444-555555555555";
export const publicUrl = "https://sarresid.test";
export const gatewayUrl = "https://gateway.test";

let deps: Deps | null = null;
let app: ReturnType<typeof createApp> | null = null;

/** From here on the application works in this history's world. */
export function inhabit(world: Deps): void {
  deps = world;
  // Built by nobody's luck: the first history of a process must be as all others are.
  app ??= createApp(delegating, handlers);
}

function present(): Deps {
  if (!deps) throw new Error("No history is under way");
  return deps;
}

const delegating: Deps = {
  db: asD1({
    prepare: (query: string) => present().db.prepare(query),
    batch: (statements: D1PreparedStatement[]) => present().db.batch(statements),
  }),
  config: {
    environment: "test",
    publicUrl,
    authSecret: "a secret of at least thirty-two bytes",
    merchantId,
    allowedOrigins: [],
    refundMethods: ["manual", "reverse", "refund"],
    seller,
  },
  documents: noDocuments,
  paymentPages: createPaymentPages({ paymentBaseUrl: gatewayUrl }),
  limits: { public: undefined, read: undefined, write: undefined, money: undefined, quota: undefined },
  get due() {
    return present().due;
  },
  get deliveries() {
    return present().deliveries;
  },
  get webhooks() {
    return present().webhooks;
  },
  get gateway() {
    return present().gateway;
  },
  get sealer() {
    return present().sealer;
  },
  get messenger() {
    return present().messenger;
  },
  get knownCallers() {
    return present().knownCallers;
  },
  wall: () => present().wall(),
  random: (byteCount) => present().random(byteCount),
  sha256: (text) => present().sha256(text),
  sleep: (ms) => present().sleep(ms),
  log: (entry) => present().log(entry),
};

export const { config, limits, paymentPages } = delegating;

/** A request as the Worker gets it. */
export async function fetchApp(request: Request): Promise<Response> {
  if (!app) throw new Error("No history is under way");
  return app.fetch(request);
}

/** The part of the binding that the server uses. */
function asD1(part: Pick<D1Database, "prepare" | "batch">): D1Database {
  return part as D1Database;
}
