// What no protocol can prevent, or what a walk leaves out on purpose. Printed with every result: a proof is worth what it
// assumes.

export interface Assumption {
  readonly assumed: string;
  readonly because: string;
}

export const assumptions: readonly Assumption[] = [
  {
    assumed:
      "A payer who pays on two pages is given one of the two payments back; that both are taken is not an error.",
    because: "No call of the gateway ends an authority, so a page that was shown can be paid at any time.",
  },
  {
    assumed:
      "An effect of a money call comes before `settlesAfter`, or, at most as often as the bound of late effects, within the hour after it.",
    because: "FAILED counts when it is heard again an hour later; whoever waits a finite time can be outwaited.",
  },
  {
    assumed: "An invocation ends at the latest when time makes a jump of more than 15 minutes.",
    because: "The platform ends a queue consumer after 15 minutes.",
  },
  {
    assumed: "A refusal of the money call that could be read is true: no effect of that call comes after it.",
    because: "There is no other evidence that could end a payment before an hour has passed.",
  },
];
