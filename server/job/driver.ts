// The one driver: it does what `nextStep` says until there is nothing to do now. Every await of the payment path is
// here, in `commit` or in the gateway's client, so that a test can stop the world at each of them.
import type { WallMs } from "../billing/clock.ts";
import { switchesOf, type Seen } from "../store/due.ts";
import type { CustomerId, PaymentId, RefundId, SecretId } from "../../contract/common/id.ts";
import type { Deps } from "../deps.ts";
import { nextStep } from "../billing/due-rules.ts";
import { bucketOf, idsOf } from "../billing/ids.ts";
import type { GatewayCallName, Outcome } from "../billing/outcome.ts";
import type { NewEvent } from "../billing/event.ts";
import { nowOf } from "../billing/state.ts";
import type { Call, CallName, Calls, Commit, MoneyAnswer, Step } from "../billing/step.ts";
import { commitCustomer, type Committed } from "../store/commit.ts";
import { versionsIn } from "../store/quota.ts";
import { loadCustomer, type Loaded } from "../store/load.ts";
import { loadSecret } from "../store/secret.ts";

/** How far one run goes: commits of one message, and lost races in a row. */
export const maxCommits = 40;
const maxRaces = 8;
const raceJitterMs = 50;

/** D1 allows 1,000 statements per invocation; a run stops well before, and goes on in another one. */
export interface Budget {
  statements: number;
}

/** More than any one load, or any one commit with its questions, takes. */
const statementsPerTurn = 30;

/**
 * What became of a run: nothing to do before `until` (null: nothing planned); the same, and written down with its last
 * commit; or more to do than one run may.
 */
export type RunResult =
  | { readonly kind: "waits"; readonly until: WallMs | null; readonly seen: Seen }
  | { readonly kind: "settled" }
  | { readonly kind: "more" };

type DriverDeps = Pick<
  Deps,
  "db" | "databases" | "gateway" | "sealer" | "config" | "wall" | "random" | "sha256" | "sleep" | "log"
>;

/** Runs one customer: loads, steps, commits, until a step says to wait or the run has gone far enough. */
export async function runCustomer(deps: DriverDeps, customerId: CustomerId, budget: Budget): Promise<RunResult> {
  const mine: Mine = { own: new Set(), answers: new Map() };
  const ids = idsOf(bucketOf(customerId), deps.wall(), deps.random);
  let loaded: Loaded = await loadCustomer(deps.db, customerId, deps.wall());
  let races = 0;
  // Whoever wrote an intent goes on to the money call, whatever it costs: nobody else may make it.
  for (let commits = 0; (commits < maxCommits && spend(budget)) || mine.own.size > 0;) {
    const now = nowOf(loaded.slice.state, deps.wall());
    const step = await settleCalls(deps, loaded, mine, nextStep(loaded.slice, { now, ids, ...mine }));
    if (step.kind === "wait") return { kind: "waits", until: step.until, seen: seenIn(loaded) };
    const committed = await commitStep(deps, loaded, step, mine.own);
    if (committed.kind === "committed") {
      if (committed.isAtRest && mine.own.size === 0) return { kind: "settled" };
      loaded = { ...loaded, ...committed };
      mine.answers.clear();
      commits++;
      races = 0;
      continue;
    }
    if (++races > maxRaces) throw new Error("Lost the race for a customer too often");
    await deps.sleep((raceJitterMs * races * (deps.random(1)[0] ?? 0)) / 255);
    loaded = await loadCustomer(deps.db, customerId, deps.wall());
  }
  return { kind: "more" };
}

function seenIn({ slice, head, loadedAt }: Loaded): Seen {
  return { seq: head.seq, loadedAt, switches: switchesOf(slice), quotaVersions: versionsIn(slice) };
}

function spend(budget: Budget): boolean {
  budget.statements -= statementsPerTurn;
  return budget.statements >= 0;
}

/** What only this run knows: whose money calls it may make, and what those it made answered. */
interface Mine {
  readonly own: Set<PaymentId | RefundId>;
  readonly answers: Map<PaymentId, MoneyAnswer>;
}

/** Makes the calls a step asks for, one after the other, until it has come to a commit or a wait. */
async function settleCalls(deps: DriverDeps, loaded: Loaded, mine: Mine, first: Step): Promise<Exclude<Step, Call>> {
  const callDeps: CallDeps = { ...deps, signatures: loaded.signatures };
  let step = first;
  while (step.kind === "call") {
    step = step.name === "debit" ? await makeDebit(callDeps, mine, step) : await makeCall(callDeps, mine, step);
  }
  return step;
}

/** What a call needs beside its input: the sealed signatures come with the customer. */
type CallDeps = DriverDeps & Pick<Loaded, "signatures">;

/** A debit is made at most once by this run; its answer outlives a lost race. */
async function makeDebit(deps: CallDeps, mine: Mine, call: Extract<Call, { name: "debit" }>): Promise<Step> {
  const { paymentId } = call.input;
  mine.own.delete(paymentId);
  const outcome = await calls.debit(deps, call.input);
  mine.answers.set(paymentId, outcome);
  return call.onOutcome(outcome, deps.wall());
}

/** Writes a step's events. Whoever wrote an intent, and only they, may make its money call. */
async function commitStep(deps: DriverDeps, loaded: Loaded, step: Commit, own: Mine["own"]): Promise<Committed> {
  const { slice } = loaded;
  const at = deps.wall();
  const ids = idsOf(bucketOf(slice.customerId), at, deps.random);
  const sealing = (step.secrets ?? []).map(async ({ id, text }) => ({ id, sealed: await deps.sealer.seal(text, id) }));
  const secrets = await Promise.all(sealing);
  const intents = intentsIn(step.events);
  const endsClaim = own.size === 0 && intents.length === 0;
  const change = { events: step.events, actor: "system", at, endsClaim, ids, secrets } as const;
  const committed = await commitCustomer(deps, { ...loaded, ...change });
  if (committed.kind === "conflict") {
    const instead = step.onConflict?.();
    if (instead?.kind !== "commit") throw new Error(`The gateway repeated a ${committed.on} that no rule expects`);
    return commitStep(deps, loaded, instead, own);
  }
  if (committed.kind === "committed") for (const id of intents) own.add(id);
  return committed;
}

/** What the writer of these events is about to make the money call of. */
function intentsIn(events: readonly NewEvent[]): readonly (PaymentId | RefundId)[] {
  return events.flatMap((event) => {
    if (event.type === "payment.submitted" || event.type === "payment.verifying") return [event.data.paymentId];
    return event.type === "refund.submitted" ? [event.data.refundId] : [];
  });
}

/** Makes one call. The switch is a table so that a rule's call and its outcome keep their types together. */
async function makeCall(deps: CallDeps, mine: Mine, call: Exclude<Call, { name: "debit" }>): Promise<Step> {
  switch (call.name) {
    case "requestPayment":
      return call.onOutcome(await calls.requestPayment(deps, call.input), deps.wall());
    case "capture":
      mine.own.delete(call.input.paymentId);
      return call.onOutcome(await calls.capture(deps, call.input), deps.wall());
    case "reversePayment":
      mine.own.delete(call.input.refundId);
      return call.onOutcome(await calls.reversePayment(deps, call.input), deps.wall());
    case "refundPayment":
      mine.own.delete(call.input.refundId);
      return call.onOutcome(await calls.refundPayment(deps, call.input), deps.wall());
    case "inquire":
      return call.onOutcome(await calls.inquire(deps, call.input), deps.wall());
    case "verifyPayment":
      return call.onOutcome(await calls.verifyPayment(deps, call.input), deps.wall());
    case "verifyAgreement":
      return call.onOutcome(await calls.verifyAgreement(deps, call.input), deps.wall());
    case "cancelAgreement":
      return call.onOutcome(await calls.cancelAgreement(deps, call.input), deps.wall());
    default:
      return call satisfies never;
  }
}

type Perform<N extends CallName> = (deps: CallDeps, input: Calls[N]["input"]) => Promise<Outcome<Calls[N]["value"]>>;

const calls: { readonly [N in CallName]: Perform<N> } = {
  requestPayment: ({ gateway, config }, { paymentId, customerId, amountRials }) =>
    gateway.requestPayment({
      amountRials,
      // The customer, too: whoever has lost the database finds there whose money it is.
      description: `Sarresid ${paymentId} ${customerId}`,
      callbackUrl: `${config.publicUrl}/v1/callbacks/payments/${paymentId}`,
      orderId: paymentId,
    }),
  debit: async (deps, { authority, signatureId, sendBefore }) => {
    const signature = await openSecret(deps, signatureId);
    if (deps.wall() >= sendBefore) return notSent("payman/checkout");
    return deps.gateway.debit({ authority, signature });
  },
  capture: async ({ gateway, wall }, { authority, amountRials, sendBefore }) =>
    wall() >= sendBefore ? notSent("payment/verify") : gateway.verifyPayment({ authority, amountRials }),
  reversePayment: async ({ gateway, wall }, { authority, sendBefore }) =>
    wall() >= sendBefore ? notSent("payment/reverse") : gateway.reversePayment({ authority }),
  refundPayment: async ({ gateway, wall }, { refundId, paymentId, refId, amountRials, sendBefore }) =>
    wall() >= sendBefore
      ? notSent("graphql/AddRefund")
      : gateway.refundPayment({ refId, orderId: paymentId, amountRials, description: `Sarresid ${refundId}` }),
  inquire: ({ gateway }, input) => gateway.inquire(input),
  verifyPayment: ({ gateway }, input) => gateway.verifyPayment(input),
  verifyAgreement: async (deps, { agreementId }) =>
    deps.gateway.verifyAgreement({ paymanAuthority: await openSecret(deps, agreementId) }),
  cancelAgreement: async (deps, { signatureId }) =>
    deps.gateway.cancelAgreement({ signature: await openSecret(deps, signatureId) }),
};

/** Too late to make a money call: nothing was sent, and nobody else may send it. */
function notSent(call: GatewayCallName): Outcome<never> {
  const evidence = { call, httpStatus: null, code: null, message: "not sent: too late" };
  return { kind: "unknown", reason: "not_sent", evidence };
}

async function openSecret(deps: CallDeps, id: SecretId): Promise<string> {
  return deps.sealer.open(deps.signatures.get(id) ?? (await loadSecret(deps.db, id)), id);
}
