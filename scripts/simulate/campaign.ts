// All histories of a campaign, given to whichever process is free.
import { added, type Counts } from "../../test/simulation/coverage.ts";
import type { Figures, Violation } from "../../test/simulation/judge.ts";
import type { Which } from "../../test/simulation/child.ts";
import type { Crew } from "./crew.ts";

export interface Failure {
  readonly which: Which;
  readonly violations: readonly Violation[];
}

export interface Results {
  readonly figures: readonly Figures[];
  readonly failures: readonly Failure[];
  readonly pairs: Counts;
}

export async function runCampaign(
  crew: Crew,
  { seed, histories, workers }: { readonly seed: string; readonly histories: number; readonly workers: number },
  lived: (failed: readonly number[]) => void,
): Promise<Results> {
  const figures: Figures[] = [];
  const failures: Failure[] = [];
  let pairs: Counts = {};
  let next = 0;
  const lane = async () => {
    for (let history = next++; history < histories; history = next++) {
      const which = { seed, history };
      const report = await crew.order({ order: "live", which });
      if (report.report === "broke") {
        failures.push({ which, violations: [{ offence: "unexplained", what: report.error }] });
      } else {
        const { verdict } = report;
        figures.push(verdict.figures);
        pairs = added(pairs, verdict.pairs);
        if (verdict.violations.length > 0) failures.push({ which, violations: verdict.violations });
      }
      lived(failures.map(({ which }) => which.history));
    }
  };
  await Promise.all(Array.from({ length: workers }, lane));
  return { figures, failures: failures.toSorted((a, b) => a.which.history - b.which.history), pairs };
}
