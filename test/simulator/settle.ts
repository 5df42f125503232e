// What happens by itself as time passes: late effects land, windows end. Nothing runs in the background; each request
// first brings the memory up to its own instant, in the order in which things fell due.

import { handlers } from "./handlers.ts";
import { returnMoney } from "./ledger.ts";
import type { Desk } from "./state.ts";

/** Brings the memory up to `desk.now`. Returns whether anything changed. */
export function settle(desk: Desk): boolean {
  let changed = false;
  for (;;) {
    const due = nextLate(desk);
    if (due === undefined) break;
    desk.state.late.splice(desk.state.late.indexOf(due), 1);
    const then = { ...desk, now: due.at };
    endWindows(then);
    handlers[due.call](then, due.body);
    changed = true;
  }
  return endWindows(desk) || changed;
}

function nextLate(desk: Desk) {
  return desk.state.late.filter(({ at }) => at <= desk.now).toSorted((one, other) => one.at - other.at)[0];
}

function endWindows(desk: Desk): boolean {
  if (desk.settings.unverifiedMoney === "never_returned") return false;
  const over = [...desk.state.held].flatMap((authority) => {
    const session = desk.state.sessions.get(authority);
    return session?.paidAt != null && desk.now - session.paidAt >= desk.settings.verifyWindowMs ? [session] : [];
  });
  for (const session of over) returnMoney(desk, session);
  return over.length > 0;
}
