// Faults to order, per call. `effect` says when the fault strikes: "before" the call took effect (so it never does),
// or "after" it did. Only a "delay" that strikes before still lets the effect happen, once its wait is over. Some are a
// gateway that contradicts itself; they strike only the calls in which it can.

import * as z from "zod";

import { type CallName, callNames } from "./records.ts";

const ms = z
  .int()
  .min(0)
  .max(10 * 366 * 86_400_000);
const effect = z.enum(["before", "after"]);

export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("delay"), ms, effect: effect.default("before") }),
  z.strictObject({ kind: z.literal("drop_before") }),
  z.strictObject({ kind: z.literal("drop_after") }),
  /** The connection drops now; the effect happens `ms` later by the simulator's clock. */
  z.strictObject({ kind: z.literal("late"), ms }),
  z.strictObject({ kind: z.literal("http_500"), effect }),
  z.strictObject({ kind: z.literal("html"), effect, status: z.int().min(200).max(599).default(200) }),
  z.strictObject({ kind: z.literal("truncated"), effect }),
  z.strictObject({ kind: z.literal("decline"), code: z.int().min(-9999).max(-1).optional() }),
  /** -12, too many attempts. */
  z.strictObject({ kind: z.literal("backoff") }),
  /** −74, which third parties have seen at payman for a merchant it does not know (§5.8). */
  z.strictObject({ kind: z.literal("wrong_merchant") }),
  /** A verify takes effect and answers with the ref_id of an earlier payment; the truth when there is none. */
  z.strictObject({ kind: z.literal("duplicate_ref_id") }),
  /** For `ms` from now inquiry calls this authority PAID while verify refuses it with −51 and takes nothing. */
  z.strictObject({ kind: z.literal("contradict"), ms: ms.default(10 * 366 * 86_400_000) }),
  /** What GraphQL servers say in a 200 of a fault of their own. */
  z.strictObject({ kind: z.literal("graphql_internal"), effect }),
  /** The true answer, after the effect, with this many bytes of padding in it. */
  z.strictObject({
    kind: z.literal("oversized"),
    bytes: z
      .int()
      .min(1)
      .max(32 * 1024 * 1024)
      .default(4 * 1024 * 1024),
  }),
]);

/** Faults that only some calls can have. */
const possibleIn: { readonly [kind: string]: RegExp } = {
  wrong_merchant: /^payman\//,
  duplicate_ref_id: /^payment\/verify$/,
  graphql_internal: /^graphql\//,
  contradict: /^payment\/(inquiry|verify)$/,
};

export const plannedFaultSchema = z
  .strictObject({
    call: z.enum([...callNames, "*"]),
    /** Waits for a call about this authority; without it any call fits. */
    authority: z.string().max(64).optional(),
    /** Waits for a call about the money of this payer: a debit, or what was asked of it afterwards. */
    mobile: z.string().max(20).optional(),
    times: z.int().min(1).max(10_000).default(1),
    fault: faultSchema,
  })
  .refine(({ call, fault }) => possibleIn[fault.kind]?.test(call) ?? true, "this call cannot have this fault");

export type Fault = z.infer<typeof faultSchema>;
export type PlannedFault = z.infer<typeof plannedFaultSchema>;
/** What a test orders: `{ call: "payman/checkout", times: 2, fault: { kind: "drop_after" } }`. */
export type FaultOrder = z.input<typeof plannedFaultSchema>;

const maxPlans = 1000;

/** Adds a fault behind those already planned. Throws a ZodError when it is malformed, an Error at 1,000 plans. */
export function plan(plans: PlannedFault[], order: unknown): void {
  const planned = plannedFaultSchema.parse(order);
  if (plans.length >= maxPlans) throw new Error(`at most ${maxPlans} faults can be planned`);
  plans.push(planned);
}

/** What a call is about. */
export interface About {
  readonly authority: string | undefined;
  readonly payer: () => string | null;
}

/** The fault for this call, used up once; the oldest plan that fits goes first. */
export function takeFault(plans: PlannedFault[], call: CallName, { authority, payer }: About): Fault | null {
  const index = plans.findIndex((planned) => {
    if (planned.call !== call && planned.call !== "*") return false;
    const isAwaited = planned.authority === undefined || planned.authority === authority;
    return isAwaited && (planned.mobile === undefined || planned.mobile === payer());
  });
  const planned = plans[index];
  if (planned === undefined) return null;
  planned.times -= 1;
  if (planned.times === 0) plans.splice(index, 1);
  return planned.fault;
}
