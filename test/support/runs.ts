// How much of a property of the billing rules is tried. Mutation runs the same tests thousands of times over, so there
// each is tried a tenth as much; test/mutation/runner.ts says so, and nothing else reads this variable.
const isMutation = process.env["SARRESID_MUTATION"] === "1";

export function runs(usually: number): number {
  return isMutation ? Math.ceil(usually / 10) : usually;
}

/** How far apart the days lie that a test of every day looks at. */
export const stride = isMutation ? 10 : 1;
