// Dependencies with something around every await: each round trip to the database, call to the gateway, message, digest
// and sealing passes `operate` with its name. Kills and the simulation's scheduler are both made of it.
import type { Deps } from "../../server/deps.ts";
import { d1Around } from "./d1-around.ts";

export type How =
  /** Dies before anything is sent. */
  | "before"
  /** What was sent arrives, its answer does not. */
  | "after"
  /** What was sent arrives later, when the test calls `arrive`. */
  | "late"
  /** Does not die: a commit took effect and its answer is an error. */
  | "answer_lost";

export interface Operation {
  readonly name: string;
  /** In which ways it is worth dying here. */
  readonly hows: readonly How[];
}

export type Operate = <T>(operation: Operation, effect: () => Promise<T>) => Promise<T>;

const inner: readonly How[] = ["before"];
const sent: readonly How[] = ["before", "after", "late"];
const committed: readonly How[] = ["before", "after", "late", "answer_lost"];

/** These dependencies, each await of which goes through `operate`. */
export function depsAround(deps: Deps, operate: Operate): Deps {
  const { db, due, documents, sealer, sha256 } = deps;
  return {
    ...deps,
    db: d1Around(db, { around: (queries, effect) => operate(operationOf(queries), effect) }),
    due: {
      send: (body) => operate({ name: "due.send", hows: sent }, () => due.send(body)),
      sendBatch: (bodies) => operate({ name: "due.sendBatch", hows: sent }, () => due.sendBatch(bodies)),
    },
    deliveries: {
      send: (body, options) =>
        operate({ name: "deliveries.send", hows: sent }, () => deps.deliveries.send(body, options)),
      sendBatch: (bodies) =>
        operate({ name: "deliveries.sendBatch", hows: sent }, () => deps.deliveries.sendBatch(bodies)),
    },
    webhooks: {
      ...deps.webhooks,
      channelTo: (url) => {
        const channel = deps.webhooks.channelTo(url);
        return { post: (request) => operate({ name: "webhook", hows: sent }, () => channel.post(request)) };
      },
    },
    gateway: gatewayAround(deps.gateway, operate),
    documents: {
      get: (key) => operate({ name: "documents.get", hows: inner }, () => documents.get(key)),
      put: (key, text) => operate({ name: "documents.put", hows: sent }, () => documents.put(key, text)),
      delete: (key) => operate({ name: "documents.delete", hows: sent }, () => documents.delete(key)),
    },
    sealer: {
      keyIds: sealer.keyIds,
      seal: (text, record) => operate({ name: "seal", hows: inner }, () => sealer.seal(text, record)),
      open: (sealed, record) => operate({ name: "open", hows: inner }, () => sealer.open(sealed, record)),
    },
    sha256: (text) => operate({ name: "sha256", hows: inner }, () => sha256(text)),
  };
}

function gatewayAround(gateway: Deps["gateway"], operate: Operate): Deps["gateway"] {
  const call = <I, O>(name: string, perform: (input: I) => Promise<O>) => {
    return (input: I) => operate({ name, hows: sent }, () => perform(input));
  };
  return {
    requestPayment: call("payment/request", gateway.requestPayment),
    verifyPayment: call("payment/verify", gateway.verifyPayment),
    inquire: call("payment/inquiry", gateway.inquire),
    listUnverified: () => operate({ name: "payment/unVerified", hows: sent }, () => gateway.listUnverified()),
    reversePayment: call("payment/reverse", gateway.reversePayment),
    refundPayment: call("graphql/AddRefund", gateway.refundPayment),
    requestAgreement: call("payman/request", gateway.requestAgreement),
    listBanks: call("payman/banksList", gateway.listBanks),
    verifyAgreement: call("payman/verify", gateway.verifyAgreement),
    debit: call("payman/checkout", gateway.debit),
    cancelAgreement: call("payman/cancelContract", gateway.cancelAgreement),
  };
}

function operationOf(queries: readonly string[]): Operation {
  const commits = queries.some((query) => /^insert into "billing_event"/i.test(query));
  if (commits) return { name: "commit", hows: committed };
  const writes = queries.some((query) => !/^\s*select/i.test(query));
  return writes ? { name: "write", hows: sent } : { name: "read", hows: inner };
}
