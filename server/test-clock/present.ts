// A customer's clock as the contract shows it.
import type { TestClock } from "../../contract/test-clock.ts";
import { instant, type WallMs } from "../billing/clock.ts";
import { nowOf, type CustomerState } from "../billing/state.ts";
import { isAdvancing } from "../billing/test-clock.ts";

export function presentTestClock(state: CustomerState, wall: WallMs): TestClock {
  const nowAt = instant(nowOf(state, wall).billing);
  const targetAt = state.customer?.clockTargetAt ?? null;
  if (targetAt === null) return { status: "running", nowAt, targetAt: null };
  return { status: isAdvancing(state) ? "advancing" : "ready", nowAt, targetAt: instant(targetAt) };
}
