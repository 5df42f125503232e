// The tests of the billing rules as Stryker runs them, thousands of times over. machine.test.ts is left out: 3,000
// histories for each mutant are minutes, and a rule should have a test of its own that says what it promises.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/billing/**/*.test.ts"],
    exclude: ["test/billing/machine.test.ts"],
    environment: "node",
    env: { SARRESID_MUTATION: "1" },
    // What is watched for coverage is several times slower.
    testTimeout: 60_000,
    isolate: false,
    pool: "threads",
  },
});
