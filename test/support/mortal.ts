// Kills an invocation at one of its awaits, as a crash would: that await never settles, no `catch` and no `finally` runs,
// and nothing after it happens. What had been sent still arrives, at once, late, or not at all.
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

export interface Mortal {
  readonly deps: Deps;
  /** Every await so far, in order. */
  readonly operations: readonly Operation[];
  /** Settles when the invocation has died and what it had sent has arrived. */
  readonly died: Promise<void>;
  /** Lets what was sent before the death arrive late. */
  readonly arrive: () => Promise<void>;
}

const never = new Promise<never>(() => undefined);

/** These dependencies, but the invocation dies at its `at`-th await (from 1); with `at` 0 it lives and only counts. */
export function mortal(deps: Deps, at = 0, how: How = "before"): Mortal {
  const operations: Operation[] = [];
  const late: (() => Promise<unknown>)[] = [];
  let isDead = false;
  let die: () => void = () => undefined;
  const died = new Promise<void>((resolve) => (die = resolve));

  const operate = async <T>(operation: Operation, effect: () => Promise<T>): Promise<T> => {
    if (isDead) return never;
    operations.push(operation);
    if (operations.length !== at) return effect();
    if (how === "answer_lost") {
      await effect();
      throw new Error("D1_ERROR: Network connection lost.");
    }
    isDead = true;
    if (how === "after") await effect().catch(() => undefined);
    if (how === "late") late.push(effect);
    die();
    return never;
  };

  return {
    deps: dyingDeps(deps, operate),
    operations,
    died,
    arrive: async () => {
      for (const effect of late.splice(0)) await effect().catch(() => undefined);
    },
  };
}

type Operate = <T>(operation: Operation, effect: () => Promise<T>) => Promise<T>;

const inner: readonly How[] = ["before"];
const sent: readonly How[] = ["before", "after", "late"];
const committed: readonly How[] = ["before", "after", "late", "answer_lost"];

function dyingDeps(deps: Deps, operate: Operate): Deps {
  const { db, due, gateway, sealer, sha256 } = deps;
  const call = <I, O>(name: string, perform: (input: I) => Promise<O>) => {
    return (input: I) => operate({ name, hows: sent }, () => perform(input));
  };
  return {
    ...deps,
    db: d1Around(db, { around: (queries, effect) => operate(operationOf(queries), effect) }),
    due: {
      send: (body) => operate({ name: "due.send", hows: sent }, () => due.send(body)),
      sendBatch: (bodies) => operate({ name: "due.sendBatch", hows: sent }, () => due.sendBatch(bodies)),
    },
    gateway: {
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
    },
    sealer: {
      seal: (text, record) => operate({ name: "seal", hows: inner }, () => sealer.seal(text, record)),
      open: (sealed, record) => operate({ name: "open", hows: inner }, () => sealer.open(sealed, record)),
    },
    sha256: (text) => operate({ name: "sha256", hows: inner }, () => sha256(text)),
  };
}

function operationOf(queries: readonly string[]): Operation {
  const commits = queries.some((query) => /^insert into "billing_event"/i.test(query));
  if (commits) return { name: "commit", hows: committed };
  const writes = queries.some((query) => !/^\s*select/i.test(query));
  return writes ? { name: "write", hows: sent } : { name: "read", hows: inner };
}
