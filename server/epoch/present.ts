// Where a restored backup stands, as the contract shows it.
import type { Epoch } from "../../contract/epoch.ts";
import { instantOrNull } from "../billing/clock.ts";
import type { EpochState } from "../store/epoch.ts";

export function presentEpoch({ doubtUntil, ...state }: EpochState): Epoch {
  return { ...state, doubtUntil: instantOrNull(doubtUntil) };
}
