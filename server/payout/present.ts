// Imports of payout files as the contract shows them.
import type { Payout } from "../../contract/payout.ts";
import { instant } from "../billing/clock.ts";
import type { findPayout } from "../store/payout.ts";

type StoredPayout = NonNullable<Awaited<ReturnType<typeof findPayout>>>;

export function presentPayout({ importedAt, ...payout }: StoredPayout): Payout {
  return { ...payout, importedAt: instant(importedAt) };
}
