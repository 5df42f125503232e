// The order in which files run. Whoever waits for the end of `npm test` waits for the file that ends last: one that takes
// a minute must not be the last to begin. By itself vitest begins with the largest files, or with those that took
// longest last time, which a fresh clone cannot know.
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that take longer than ten seconds, the longest first. */
const longest = [
  "test/simulation/simulation.test.ts",
  "test/crash/renewal.test.ts",
  "test/crash/first-payment.test.ts",
  "test/crash/checkout.test.ts",
  "test/fuzz/fuzz.test.ts",
  "test/crash/request.test.ts",
  "test/months/imports-of-thousands.test.ts",
  "test/model/model.test.ts",
  "test/crash/in-workerd.test.ts",
  "test/scenario/invoice-numbers.test.ts",
  "test/pages/every-page.test.ts",
  "test/scenario/every-endpoint.test.ts",
  "test/scenario/renewals.test.ts",
  "test/system/pages.test.ts",
  "test/system/partner.test.ts",
  "test/system/demo.test.ts",
  "test/system/docs.test.ts",
  "test/system/start.test.ts",
  "test/system/deploy.test.ts",
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Projects stay together: a worker that shares what it imported goes on with the files of its own.
    const projects = Map.groupBy(await super.sort(files), ({ project }) => project);
    return [...projects.values()].flatMap((specs) => specs.toSorted((a, b) => rank(a) - rank(b)));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const place = longest.findIndex((file) => moduleId.endsWith(`/${file}`));
  return place === -1 ? longest.length : place;
}
