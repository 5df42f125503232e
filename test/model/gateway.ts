// The gateway as the model sees it: authorities, money, and effects that are still on their way. Plain data and pure
// moves, so that each interleaving can take any of them.
import type { PaymentId } from "../../contract/common/id.ts";
import { minuteMs, wallMs, type WallMs } from "../../server/billing/clock.ts";
import type { AuthorityStatus, Outcome, Verification } from "../../server/billing/outcome.ts";
import { untouchedAnswers, type Variant } from "./variants.ts";

/** How long money waits for a verify where it goes back by itself. */
export const verifyWithinMs = 15 * minuteMs;

export interface Authority {
  readonly paymentId: PaymentId;
  readonly kind: "debit" | "checkout";
  readonly status: "NEW" | "REFUSED" | "PAID" | "VERIFIED" | "RETURNED";
  /** How often its money was taken from the payer and not given back. */
  readonly takings: number;
  /** How often `payman/checkout` was called with it. */
  readonly checkouts: number;
  /** When unverified money goes back; null when it never does. */
  readonly returnsAt: WallMs | null;
}

/** A call that was sent and has not had its effect: it has it before a moment. */
export interface Effect {
  readonly authority: number;
  readonly what: "debit" | "capture";
  readonly before: WallMs;
}

export interface Gateway {
  readonly authorities: readonly Authority[];
  readonly effects: readonly Effect[];
}

export const emptyGateway: Gateway = { authorities: [], effects: [] };

/** Names are numbered by their order, so that a walk's states do not depend on chance. */
export function nameOfAuthority(index: number): string {
  return `A${String(index + 1).padStart(35, "0")}`;
}

export function indexOfAuthority(name: string): number {
  return Number(name.slice(1)) - 1;
}

export function keyOf({ authorities, effects }: Gateway): string {
  const each = authorities.map(
    (it) => `${it.paymentId.slice(-3)}${it.kind[0]}${it.status}${it.takings}${it.checkouts}@${it.returnsAt ?? ""}`,
  );
  return `${each.join(" ")}|${effects.map((it) => `${it.authority}${it.what[0]}${it.before}`).join(" ")}`;
}

export function authorityAt(gateway: Gateway, index: number): Authority {
  const authority = gateway.authorities[index];
  if (!authority) throw new Error(`There is no authority ${index}`);
  return authority;
}

function changed(gateway: Gateway, index: number, change: Partial<Authority>): Gateway {
  const authorities = gateway.authorities.map((it, at) => (at === index ? { ...it, ...change } : it));
  return { ...gateway, authorities };
}

/** The gateway with an authority that it gave; nothing changes when it is there. */
export function withAuthority(gateway: Gateway, index: number, of: Pick<Authority, "paymentId" | "kind">): Gateway {
  if (index < gateway.authorities.length) return gateway;
  const authority: Authority = { ...of, status: "NEW", takings: 0, checkouts: 0, returnsAt: null };
  return { ...gateway, authorities: [...gateway.authorities, authority] };
}

/** The checkout of an authority was sent; its effect comes at once, later, or never. */
export function checkoutSent(gateway: Gateway, index: number): Gateway {
  return changed(gateway, index, { checkouts: authorityAt(gateway, index).checkouts + 1 });
}

/** The effect of an authority's only checkout: the money is taken, or the bank refuses. */
export function debited(
  gateway: Gateway,
  index: number,
  variant: Variant,
  can: { pay: boolean; now: WallMs },
): Gateway {
  if (!can.pay) return changed(gateway, index, { status: "REFUSED" });
  return paid(gateway, index, variant, { now: can.now, verified: variant.debitEndsAs === "VERIFIED" });
}

/** The payer pays on a page. */
export function paidByPayer(gateway: Gateway, index: number, variant: Variant, now: WallMs): Gateway {
  return paid(gateway, index, variant, { now, verified: variant.autoVerify === "ignored" });
}

export function declinedByPayer(gateway: Gateway, index: number): Gateway {
  return changed(gateway, index, { status: "REFUSED" });
}

function paid(gateway: Gateway, index: number, variant: Variant, how: { now: WallMs; verified: boolean }): Gateway {
  const authority = authorityAt(gateway, index);
  const goesBack = variant.unverified === "goes back" && !how.verified;
  return changed(gateway, index, {
    status: how.verified || authority.status === "VERIFIED" ? "VERIFIED" : "PAID",
    takings: authority.takings + 1,
    returnsAt: goesBack ? wallMs(how.now + verifyWithinMs) : null,
  });
}

/** Whether `verify` finds money. */
export function isPaid({ status }: Authority): boolean {
  return status === "PAID" || status === "VERIFIED";
}

export function captured(gateway: Gateway, index: number): Gateway {
  if (!isPaid(authorityAt(gateway, index))) return gateway;
  return changed(gateway, index, { status: "VERIFIED", returnsAt: null });
}

/** What happens by itself by a moment: money that nobody verified goes back. */
export function returnedBy(gateway: Gateway, now: WallMs): Gateway {
  const isOver = ({ returnsAt }: Authority) => returnsAt !== null && returnsAt <= now;
  if (!gateway.authorities.some(isOver)) return gateway;
  const authorities = gateway.authorities.map((it) =>
    isOver(it) ? { ...it, status: "RETURNED" as const, takings: it.takings - 1, returnsAt: null } : it,
  );
  return { ...gateway, authorities };
}

export function withEffect(gateway: Gateway, effect: Effect): Gateway {
  const effects = [...gateway.effects, effect];
  return { ...gateway, effects: effects.toSorted((a, b) => a.authority - b.authority || a.what.localeCompare(b.what)) };
}

export function withoutEffect(gateway: Gateway, effect: Effect): Gateway {
  return { ...gateway, effects: gateway.effects.filter((it) => it !== effect) };
}

const evidence = { call: "payment/inquiry", httpStatus: 200, code: 100, message: null } as const;

export function settled<T>(value: T): Outcome<T> {
  return { kind: "settled", value, evidence };
}

export function declined(code: number): Outcome<never> {
  return { kind: "declined", code, evidence };
}

export const nothingHeard: Outcome<never> = { kind: "unknown", reason: "timeout", evidence };
export const notSent: Outcome<never> = { kind: "unknown", reason: "not_sent", evidence };

/** Every answer that inquiry may give of an authority now. */
export function inquiries(authority: Authority, variant: Variant): readonly Outcome<{ status: AuthorityStatus }>[] {
  const saying = (text: AuthorityStatus | "-54") => (text === "-54" ? declined(-54) : settled({ status: text }));
  switch (authority.status) {
    case "NEW":
      return (variant.untouched === "any" ? untouchedAnswers : [variant.untouched]).map(saying);
    case "REFUSED":
      return [saying("FAILED"), saying("IN_BANK"), saying("-54")];
    case "RETURNED":
      return [saying("FAILED")];
    case "PAID":
    case "VERIFIED":
      return [saying(authority.status)];
    default:
      return authority.status satisfies never;
  }
}

/** What verify answers, before it captures. */
export function verification(gateway: Gateway, index: number): Outcome<Verification> {
  const authority = authorityAt(gateway, index);
  if (!isPaid(authority)) return declined(-51);
  const repeated = authority.status === "VERIFIED";
  return settled({ refId: `ref-${index}`, repeated, cardPanMasked: null, merchantFeeRials: 0 });
}
