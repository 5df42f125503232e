// npm run demo: one subscriber's life in a minute, through the public API and the gateway's pages, told as a timeline
// and added up at the end.
import { audit } from "./demo/audit.ts";
import { runDemo } from "./demo/run.ts";
import { tellStory } from "./demo/story.ts";
import { grouped } from "./demo/written.ts";

runDemo({
  help: "npm run demo: sign up, sign a direct debit, subscribe, renew, recover, cancel, and add it all up",
  tell: async (addresses, timeline) => audit(addresses, await tellStory(addresses, timeline)),
  summary: ({ debits, debitedRials, events, invariants }) =>
    `${debits} debits, ${grouped(debitedRials)} Rials, the same to the Rial in the gateway's own ledger.
${events} events on an audit trail whose every hash was computed again here.
${invariants} invariants of the whole database hold.`,
});
