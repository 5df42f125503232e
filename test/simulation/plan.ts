// What is to happen in one history, as data, made from its seed before anything runs: so that a part can be taken out and
// the rest stays as it is. Times are milliseconds from the history's start.
import type { FaultOrder, SettingsPatch } from "../simulator/simulator.ts";
import type { How } from "../support/deps-around.ts";

/** What a customer wants. Which of their things it is about is found when the time comes. */
export type Wish =
  | { readonly do: "sign"; readonly bank: "sign" | "refuse" | "leave" | "sign_late"; readonly limits: Limits }
  | {
      readonly do: "subscribe";
      readonly price: number;
      readonly on: "payment_method" | "page";
      readonly payer: Payer;
      readonly extras?: Extras;
    }
  /** Pays on a page of the gateway: an invoice that is open, or something that is bought once. */
  | { readonly do: "check_out"; readonly what: "invoice" | "one_time" | "top_up"; readonly payer: Payer }
  /** Pays what is overdue, on demand. */
  | { readonly do: "pay"; readonly on: "any" | "payment_method" | "page"; readonly payer: Payer }
  | { readonly do: "follow_link"; readonly payer: Payer }
  /** Pays an open invoice on a second page when the first has closed, and then on the first one, too. */
  | { readonly do: "pay_two_pages" }
  /** Comes back to a page that was opened before, closed or not. */
  /** `back` is how many pages came after it; any page when it is left out. */
  | { readonly do: "pay_old_page"; readonly payer: Payer; readonly back?: number }
  | { readonly do: "cancel_subscription"; readonly when?: "now" }
  | { readonly do: "cancel_payment_method" }
  | { readonly do: "read" }
  | { readonly do: "list_banks" }
  /** Somebody, not the gateway, says what became of a payment or a payment method. */
  | { readonly do: "forge"; readonly about: "own" | "foreign"; readonly says: "OK" | "NOK"; readonly times: number }
  | LifeWish;

/** What somebody wants of a subscription that they have. */
export type LifeWish =
  | { readonly do: "change"; readonly to: Target; readonly isQuoted: boolean; readonly payer: Payer }
  | { readonly do: "withdraw_change" }
  | { readonly do: "withdraw_cancel" }
  | { readonly do: "resume" }
  | { readonly do: "confirm" }
  | { readonly do: "pause"; readonly when: "now" | "period_end"; readonly forMs: number | null }
  | { readonly do: "set_payment_method"; readonly to: "newest" | "none" }
  /** A new agreement in the place of the newest one. */
  | { readonly do: "sign_again"; readonly bank: "sign" | "leave"; readonly limits: Limits }
  | { readonly do: "set_auto_top_up"; readonly on: boolean }
  | UseWish;

/** Uses a share of the messages that are left, by one reply or by several. */
export interface UseWish {
  readonly do: "use_messages";
  /** Above 1: more than there are. */
  readonly share: number;
  readonly how:
    | "consume"
    /** The same request twice at once. */
    | "twice"
    /** Three replies at once, of which each wants the share. */
    | "at_once"
    | "less"
    | "as_much"
    | "more"
    | "release"
    /** Told when the reservation has expired; or never. */
    | "late"
    | "never";
}

/** What comes on top of a price, charged with it or once. */
export type OnTop = "recurring" | "once";

/** What somebody asks for beside the price when they subscribe. */
export interface Extras {
  readonly coupon?: number;
  readonly anchorDay?: number;
  readonly quantity?: number;
  readonly onTop?: readonly OnTop[];
  /** Whether they look at a preview first and send its quote along. */
  readonly isQuoted?: boolean;
  readonly trial?: boolean;
}

/** What a subscription is to become; what is left out stays. */
export interface Target {
  readonly price?: number;
  readonly quantity?: number;
  readonly onTop?: readonly OnTop[];
}

/** What an operator gives to a customer, or takes. */
export type Favour =
  | { readonly what: "credit"; readonly rials: number }
  | { readonly what: "credit_note"; readonly share: number }
  | { readonly what: "extend"; readonly days: number }
  | { readonly what: "comp"; readonly periods: number };

/** What a payer does at a page of the gateway, and how long they take to do it. */
export interface Payer {
  readonly action: "pay" | "decline" | "cancel" | "leave";
  readonly afterMs: number;
}

export interface Limits {
  readonly maxAmountRials: number;
  readonly maxDailyCount: number;
  readonly maxMonthlyCount: number;
  readonly days: number;
}

/** How a client behaves when it hears nothing, or that the server failed. */
export interface Patience {
  readonly retries: number;
  readonly afterMs: number;
  /** Whether the same request is sent twice at once. */
  readonly twice: boolean;
}

export type Fault = FaultOrder["fault"];
export type GatewayCall = FaultOrder["call"];
export type InvocationKind = "request" | "cron" | "queue";

export interface Death {
  readonly of: InvocationKind | "any";
  /** At its n-th await, or at the first one of this name. */
  readonly at: { readonly nth: number } | { readonly name: string };
  /** `stall` does not kill: the await takes `ms` longer. */
  readonly how: How | "stall";
  readonly ms: number;
}

/** How much an operator gives back: a share of a payment, ordered so many times at once, each perhaps sent twice. */
export interface RefundOrder {
  readonly method: "manual" | "reverse" | "refund";
  readonly share: number;
  readonly times: number;
  readonly twice: boolean;
}

export type Happening =
  | { readonly kind: "command"; readonly customer: number; readonly wish: Wish; readonly patience: Patience }
  | { readonly kind: "stop_collecting"; readonly forMs: number }
  | { readonly kind: "balance"; readonly customer: number; readonly rials: number }
  | { readonly kind: "revoke"; readonly customer: number }
  | { readonly kind: "refund"; readonly customer: number; readonly order: RefundOrder }
  | { readonly kind: "favour"; readonly customer: number; readonly favour: Favour }
  | { readonly kind: "bank_reversal"; readonly customer: number; readonly noticedAfterMs: number }
  | { readonly kind: "decide_exceptions" }
  | { readonly kind: "import_payouts" }
  | { readonly kind: "look_for_unverified" }
  | { readonly kind: "gateway_fault"; readonly call: GatewayCall; readonly times: number; readonly fault: Fault }
  | { readonly kind: "gateway_outage"; readonly forMs: number; readonly fault: Fault }
  | { readonly kind: "death"; readonly death: Death }
  | { readonly kind: "d1_fault"; readonly of: "read" | "write" | "commit"; readonly how: "lost" | "answer_lost" }
  | { readonly kind: "d1_outage"; readonly forMs: number }
  | { readonly kind: "queue_fault"; readonly how: "lost" | "duplicate" | "late"; readonly ms: number }
  | { readonly kind: "overlap" };

/** One part of a plan. Parts are numbered, and `--keep` names those that stay. */
export type Part = Happening & { readonly id: number; readonly at: number };

export interface Plan {
  readonly name: string;
  readonly startsAt: number;
  /** When the faults stop; 48 hours follow. */
  readonly lastsMs: number;
  readonly customers: number;
  /** Whether a partner follows by webhook. */
  readonly isFollowed: boolean;
  readonly gateway: SettingsPatch;
  readonly parts: readonly Part[];
}

/** How long after the faults everything must have come to its end. */
export const calmMs = 48 * 3_600_000;

/** When a plan's history is judged. */
export function endOf({ startsAt, lastsMs }: Pick<Plan, "startsAt" | "lastsMs">): number {
  return startsAt + lastsMs + calmMs;
}

/** The plan with only these parts. */
export function keeping(plan: Plan, ids: ReadonlySet<number>): Plan {
  return { ...plan, parts: plan.parts.filter(({ id }) => ids.has(id)) };
}
