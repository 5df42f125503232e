// What keeps a partner's picture of its customers true: each event, in order, until it was taken (decision 0008).
import type { Sabotage } from "./sabotage.ts";

const delivery = "server/store/webhook-delivery.ts";

export const deliveries: readonly Sabotage[] = [
  {
    name: "events that do not wait for those before them",
    guard: "While one event of a customer is tried again, the next ones arrive before it.",
    by: "simulation",
    edits: [
      {
        file: "server/job/deliver.ts",
        find: "if (due.delivery.position !== turn || !hasRoom(deps, run)) return;",
        replace: "if (!hasRoom(deps, run)) return;",
      },
    ],
  },
  {
    name: "an answer of 500 taken for delivered",
    guard: "What the receiver refused is not sent again: it never has it.",
    by: "simulation",
    edits: [
      {
        file: "server/billing/delivery.ts",
        find: "outcome.status >= 200 && outcome.status < 300;",
        replace: "outcome.status >= 200;",
      },
    ],
  },
  {
    name: "the reader's cursor moved past an event",
    guard: "The last event of each span is never on its way to anybody.",
    by: "simulation",
    edits: [
      {
        file: delivery,
        find: "e.position <= ${to} AND e.position > w.since_position",
        replace: "e.position < ${to} AND e.position > w.since_position",
      },
    ],
  },
];
