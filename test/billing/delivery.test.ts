import { describe, expect, it } from "vitest";
import { dayMs, hourMs, minuteMs, wallMs } from "../../server/billing/clock.ts";
import { maxAttempts, retryAt, verdictOf, type SendOutcome } from "../../server/billing/delivery.ts";

const now = wallMs(Date.parse("2026-11-22T08:00:00Z"));
const made = { attempts: 0, failingSince: null, now, jitter: 0.5 };
const answered = (status: number): SendOutcome => ({ kind: "answered", status });
const timeout: SendOutcome = { kind: "unanswered", reason: "timeout" };

describe("the schedule", () => {
  it("is the one that Standard Webhooks recommends, then nothing", () => {
    const waits = Array.from({ length: maxAttempts }, (_, index) => retryAt(index + 1, now, 0.5));
    expect(waits.map((at) => at && at - now)).toEqual([
      5_000,
      5 * minuteMs,
      30 * minuteMs,
      2 * hourMs,
      5 * hourMs,
      10 * hourMs,
      14 * hourMs,
      20 * hourMs,
      24 * hourMs,
      null,
    ]);
  });

  it("differs by chance by a tenth either way", () => {
    expect(retryAt(2, now, 0)).toBe(now + 270_000);
    expect(retryAt(2, now, 0.999_999)).toBe(now + 330_000);
  });
});

describe("a delivery", () => {
  it.each([200, 201, 202, 204, 299])("has arrived with %i, and its endpoint fails no longer", (status) => {
    expect(verdictOf({ ...made, failingSince: wallMs(1) }, answered(status))).toEqual({
      status: "delivered",
      nextAttemptAt: null,
      failingSince: null,
      disable: null,
    });
  });

  it.each([
    ["a word before the answer", answered(199)],
    ["a choice", answered(300)],
    ["a redirect", answered(301)],
    ["a refusal", answered(400)],
    ["a fault", answered(500)],
    ["silence", timeout],
    ["an address that is not public", { kind: "unanswered", reason: "address_refused" } as const],
  ])("is tried again after %s", (_what, outcome) => {
    expect(verdictOf(made, outcome)).toEqual({
      status: "pending",
      nextAttemptAt: now + 5_000,
      failingSince: now,
      disable: null,
    });
  });

  it("has failed after the tenth attempt, and not after the ninth", () => {
    expect(verdictOf({ ...made, attempts: 8 }, timeout)).toMatchObject({ status: "pending" });
    expect(verdictOf({ ...made, attempts: 9 }, timeout)).toMatchObject({ status: "failed", nextAttemptAt: null });
  });
});

describe("an endpoint", () => {
  it("is switched off by a 410, at once, and its delivery waits", () => {
    expect(verdictOf(made, answered(410))).toMatchObject({ status: "pending", disable: "gone" });
  });

  it("is switched off when every attempt has failed for five days, and not a moment before", () => {
    const since = (ms: number) => ({ ...made, failingSince: wallMs(now - ms) });
    expect(verdictOf(since(5 * dayMs - 1), timeout).disable).toBeNull();
    expect(verdictOf(since(5 * dayMs), timeout).disable).toBe("failing");
    expect(verdictOf(since(5 * dayMs), answered(204)).disable).toBeNull();
  });

  it("fails since its first failure, however often it fails", () => {
    expect(verdictOf({ ...made, failingSince: wallMs(7) }, timeout).failingSince).toBe(7);
  });
});
