// The simulation itself: histories are clean, the same seed tells the same story, and what fails is made small.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bundled } from "../../scripts/simulate/bundle.ts";
import { runCampaign } from "../../scripts/simulate/campaign.ts";
import { Crew } from "../../scripts/simulate/crew.ts";
import { totalsOf } from "../../scripts/simulate/result.ts";
import { planFromSeed } from "./plan-from-seed.ts";
import { shrink } from "./shrink.ts";

/** A minute alone, longer on a machine that others use too. */
const slowly = { timeout: 400_000 };

const child = await bundled("test/simulation/child.ts");
const crews: Crew[] = [];
afterAll(async () => {
  await Promise.all(crews.map((crew) => crew.dismiss()));
  child.remove();
});

function aCrew(size: number): Crew {
  const crew = new Crew(child.file, size);
  crews.push(crew);
  return crew;
}

async function storyBy(crew: Crew, history: number): Promise<readonly string[]> {
  const report = await crew.order({ order: "tell", which: { seed: "twice", history } });
  if (report.report !== "told") throw new Error(JSON.stringify(report));
  return report.story;
}

describe("a history", () => {
  it("is the same to the byte for the same seed, in another process and after other histories", slowly, async () => {
    const story = await storyBy(aCrew(1), 5);
    const other = aCrew(1);
    await storyBy(other, 6);
    expect(story.length).toBeGreaterThan(100);
    expect(await storyBy(other, 5)).toEqual(story);
  });
});

/** As issue 3 asks for; `npm run simulate` lives through thousands. */
const histories = 200;

describe(`${histories} histories under every fault`, () => {
  it("take no money twice, lose none, strand none, and leave nothing that no fault explains", slowly, async () => {
    const options = { seed: "npm-test", histories, workers: 2 };
    const results = await runCampaign(aCrew(options.workers), options, () => undefined);
    expect(results.failures).toEqual([]);
    const { medians } = totalsOf(results, 0);
    expect(medians["commits"]).toBeGreaterThanOrEqual(100);
    expect(medians["gatewayCalls"]).toBeGreaterThanOrEqual(50);
    expect(medians["faults"]).toBeGreaterThanOrEqual(5);
    expect(medians["kills"]).toBeGreaterThanOrEqual(2);
    for (const { customers, days, commands } of results.figures) {
      expect(customers).toBeGreaterThanOrEqual(4);
      expect(days).toBeGreaterThanOrEqual(92);
      expect(commands).toBeGreaterThanOrEqual(40);
    }
  });
});

describe("a process that dies over its order", () => {
  it("is told of, and not waited for", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sarresid-"));
    const file = join(folder, "dies.mjs");
    writeFileSync(file, 'process.on("message", () => process.exit(3));');
    const crew = new Crew(file, 1);
    await expect(crew.order({ order: "live", which: { seed: "dies", history: 0 } })).rejects.toThrow(
      "over its order: 3",
    );
    await crew.dismiss();
    rmSync(folder, { recursive: true });
  });
});

describe("a failing plan", () => {
  const plan = planFromSeed("small", 1);
  const has = (ids: readonly number[], id: number) => ids.includes(id);

  it("is shrunk to the parts without which it does not fail", async () => {
    const needed = [3, 17, plan.parts.length - 2];
    const fails = async ({ parts }: typeof plan) =>
      needed.every((id) =>
        has(
          parts.map((part) => part.id),
          id,
        ),
      );
    const { plan: small } = await shrink(plan, fails, 500);
    expect(small.parts.map(({ id }) => id)).toEqual(needed);
  });

  it("still fails when there is no time to shrink it", async () => {
    const { plan: same, runs } = await shrink(plan, async () => true, 0);
    expect(same).toEqual(plan);
    expect(runs).toBe(0);
  });
});

describe("a plan", () => {
  it("is made of its seed alone", () => {
    expect(planFromSeed("7", 12)).toEqual(planFromSeed("7", 12));
    expect(planFromSeed("7", 12)).not.toEqual(planFromSeed("7", 13));
  });
});
