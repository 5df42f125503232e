// npm run demo:partner: Roundtable, an application that knows us only by the OpenAPI document, a key and webhooks, sells
// messages to two people; at the end what it was told must be what we say.
import { randomBytes } from "node:crypto";
import { tellPartnerStory } from "./demo/partner-story.ts";
import { runDemo } from "./demo/run.ts";

const name = `Roundtable ${randomBytes(3).toString("hex")}`;

runDemo({
  help: "npm run demo:partner: a partner's application creates customers, signs them in, serves them and adds it all up",
  tell: (addresses, timeline) => tellPartnerStory(addresses, { name, timeline }),
  summary: ({ customers, deliveries }) =>
    `${customers} customers folded from ${deliveries} deliveries, and every state is the API's.`,
});
