// What no protocol can prevent, or what a walk leaves out on purpose. Printed with every result: a proof is worth what it
// assumes.

export interface Assumption {
  readonly assumed: string;
  readonly because: string;
}

export const assumptions: readonly Assumption[] = [
  {
    assumed:
      "A payer who pays on two pages, or on a page whose time is over, is given one of the two back as credit; that both were taken is no violation.",
    because: "No call of the gateway ends an authority, so a page that was shown can be paid at any time.",
  },
  {
    assumed:
      "A page is paid while it is open or watched: in the seven days after its close, or after somebody's word opened the watch again.",
    because:
      "Whoever waits a finite time can be outwaited; what comes later is found by a hint, `unVerified` or the settlement report.",
  },
  {
    assumed:
      "A money call has its effect before `settlesAfter`; as often as the bound of late effects says, within the hour after it, less one time-out.",
    because: "FAILED counts when it is heard again an hour later, and an answer may be as old as a call may take.",
  },
  {
    assumed: "A refusal of the money call that could be read is true: no effect of that call comes after it.",
    because: "There is no other evidence that could end a payment before an hour has passed.",
  },
  {
    assumed: "An invocation ends at the latest when time makes a jump of more than 15 minutes.",
    because: "The platform ends a queue consumer after 15 minutes.",
  },
  {
    assumed: "The gateway never contradicts itself: the amount, the merchant and references are right.",
    because: "Then an operator is called, which is what such a case is for; the scenario tests hold it.",
  },
  {
    assumed:
      "Refunds, bank reversals, cancelled payment methods, the `collecting` switch and the breaker are in no walk.",
    because:
      "They follow money that is booked, or only hold money calls back; the simulation has all of them at once, on many customers.",
  },
  {
    assumed:
      "Each fault is bounded in a walk, and a walk holds some of them together; lost answers and stalls are not bounded.",
    because: "All faults at once are more states than a quarter of an hour can hold.",
  },
];
