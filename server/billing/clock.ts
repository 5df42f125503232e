// Two clocks, two types, so that a deadline is never compared with a billing date by accident. Pure: nobody here reads
// a clock.
import type { Instant } from "../../contract/common/time.ts";

declare const clock: unique symbol;

/** Milliseconds since 1970 on the wall clock: deadlines, claims, deliveries, sessions, gateway calls. */
export type WallMs = number & { readonly [clock]: "wall" };

/** Milliseconds since 1970 on a customer's clock: periods, dunning, quotas. A test clock moves only this one. */
export type BillingMs = number & { readonly [clock]: "billing" };

/** Both clocks as one customer sees them at one moment. */
export interface Now {
  readonly wall: WallMs;
  readonly billing: BillingMs;
}

export const secondMs = 1_000;
export const minuteMs = 60 * secondMs;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Reads a number as an instant of the wall clock; the only cast to `WallMs`. */
export function wallMs(ms: number): WallMs {
  return ms as WallMs;
}

/** Reads a number as an instant of a customer's clock; the only cast to `BillingMs`. */
export function billingMs(ms: number): BillingMs {
  return ms as BillingMs;
}

/** `at + ms` on the same clock. Example: `after(wallMs(1_000), 20_000)` is 21,000. */
export function after<T extends WallMs | BillingMs>(at: T, ms: number): T {
  return (at + ms) as T;
}

/** The wire form of an instant. Example: `instant(wallMs(0))` is `1970-01-01T00:00:00.000Z`. */
export function instant(at: WallMs | BillingMs): Instant {
  return new Date(at).toISOString();
}

/** The wire form of an instant that may not have come. */
export function instantOrNull(at: WallMs | BillingMs | null): Instant | null {
  return at === null ? null : instant(at);
}

/** Reads the wire form as an instant of the wall clock. */
export function wallOf(text: Instant): WallMs {
  return wallMs(Date.parse(text));
}

/** Reads the wire form as an instant of a customer's clock. */
export function billingOf(text: Instant): BillingMs {
  return billingMs(Date.parse(text));
}
