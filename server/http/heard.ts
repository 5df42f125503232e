// Evidence as the contract shows it, to operators alone.
import type { Heard } from "../../contract/heard.ts";
import { instant } from "../billing/clock.ts";
import type { StoredEvidence } from "../store/exceptions.ts";

export function presentHeard({ evidence, at, ...heard }: StoredEvidence): Heard {
  return { ...heard, at: instant(at), evidence: { ...evidence } };
}
