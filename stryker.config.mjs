// Mutation tests of the billing rules: each small change of a rule has to make a test fail. `npm run mutate` reads what
// this writes and judges it.

/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
  mutate: ["server/billing/**/*.ts"],
  plugins: ["./test/mutation/runner.ts"],
  testRunner: "in-process",
  coverageAnalysis: "perTest",
  // A mutant that runs in circles is stopped by how often it is met; this is for the few that are not.
  timeoutMS: 20_000,
  // Only what the rules and their tests import, or read. Without a tsconfig.json there is none to rewrite, for which Stryker
  // would call an interface that TypeScript 7 no longer has.
  ignorePatterns: [
    "**",
    "!contract/**/*.ts",
    "!server/**/*.ts",
    "!test/{billing,mutation,support}/**/*.ts",
    "!docs/runbook.md",
    "!package.json",
  ],
  tempDirName: ".stryker/sandbox",
  reporters: [process.stdout.isTTY ? "progress" : "progress-append-only", "json", "html"],
  jsonReporter: { fileName: ".stryker/report.json" },
  htmlReporter: { fileName: ".stryker/report.html" },
  disableTypeChecks: false,
  allowEmpty: true,
};
