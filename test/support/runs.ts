// How often a property of the billing rules is tried. Mutation runs the same tests thousands of times over, so there
// each is tried a tenth as often; test/mutation/vitest.config.ts says so, and nothing else reads this variable.
export function runs(usually: number): number {
  return process.env["SARRESID_MUTATION"] === "1" ? Math.ceil(usually / 10) : usually;
}
