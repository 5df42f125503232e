// Mutants of the billing rules that no test can kill, because they do what the code does: each with the reason. A
// mutant is told by its text, since line numbers move: the line it begins in, what it replaced, and by what; runs of
// white space count as one space.

export interface Survivor {
  /** From the repository's root. */
  readonly file: string;
  /** The line of code in which the mutated text begins. */
  readonly in: string;
  readonly from: string;
  readonly to: string;
  /** Why nobody could tell the two apart. */
  readonly because: string;
}

export const survivors: readonly Survivor[] = [
  {
    file: "server/billing/money.ts",
    in: "const size = numerator < 0n ? -numerator : numerator;",
    from: "numerator < 0n",
    to: "numerator <= 0n",
    because: "They differ at 0 only, and −0n is 0n.",
  },
  {
    file: "server/billing/money.ts",
    in: "return numerator < 0n ? -rounded : rounded;",
    from: "numerator < 0n",
    to: "numerator <= 0n",
    because: "They differ at 0 only, which rounds to 0, and −0n is 0n.",
  },
];
