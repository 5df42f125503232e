// docs/events.md: every event with an example, the sequences in which they come, and how to receive them. Made of the
// contract, so that it cannot say anything else.
import * as z from "zod";
import { billingEventTypes, describeEvent, versionOf, type BillingEventType } from "../../contract/billing-event.ts";
import { jsonSchemaOf } from "../openapi-schema.ts";
import { dataFieldsOf, exampleEvent } from "./example.ts";
import { flows } from "./flows.ts";

const opening = `# Events

Every change to a customer's billing is one event: a row of a log that nobody can edit. What the log says is all there is;
webhooks and \`GET /v1/events\` tell the same events in the same form. This page is made of the contract by
\`npm run openapi\`.

## Receiving events

**Webhooks.** \`POST /v1/webhook-endpoints\` names an https URL and, if not all, the types it wants. Each event is posted to
it as JSON, at least once, within about a minute. Answer any 2xx within ten seconds; redirects are not followed. What is
not answered so is tried again after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h, each a tenth sooner or later,
and has then \`failed\`. A 410 switches the endpoint off at once, five days without any success as well; both are told to
the partner's other endpoints by \`webhook_endpoint.disabled\`. While it is off, events wait; \`enable\` lets them come.

**Signatures** are those of [Standard Webhooks](https://www.standardwebhooks.com): \`webhook-id\` is the event's id, and one
of the signatures in \`webhook-signature\` is \`v1,\` and the base64 of HMAC-SHA-256 over \`{webhook-id}.{webhook-timestamp}.{body}\`
with the bytes that follow \`whsec_\` in the secret. While a secret is being replaced there are two. Check the bytes as they
came, before parsing, and refuse a timestamp that is more than five minutes off. The same on the command line:

\`\`\`sh
key=$(printf %s "$secret" | sed 's/^whsec_//' | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
printf %s "$id.$timestamp.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A
\`\`\`

**Streams.** The \`stream\` of an event is the id of the customer that it is about, or of the partner whose endpoint it is
about, or \`catalogue\`: every partner is told of the products and prices for sale. An endpoint is told of what follows its
creation; a replay from position 0 brings what came before.

**Twice is once.** The same event may come twice. Its \`id\` never changes and its body neither: remember the ids, or the
last \`seq\` of each \`stream\`.

**In order.** Events of one \`stream\` come one after the other: while one is tried again, those behind it
wait, and other streams' do not. \`seq\` grows with each, in a customer's stream by one. When an event has \`failed\`, the next one comes all the same, and
its \`previousEventId\` names the event that comes before it among those that the endpoint asks for. If that is not the last
one you have, you have a gap: \`POST /v1/webhook-endpoints/{id}/replay\` with the \`position\` of the last event that you know brings
what followed, in order. The last event of a stream has nothing behind it that would show a gap: when your server was away
for days, ask \`GET /v1/webhook-endpoints/{id}/deliveries?status=failed\`, or replay from before it was.

**Asking.** \`GET /v1/events?cursor=\` with the last \`position\` you know gives what followed, in the order of commits, over
all of a partner's customers and the catalogue; \`types\` and \`customerId\` filter. That is enough to rebuild a state without any webhook.

**Versions.** A type and its version never change their meaning. A new form is a new \`version\`; events of older forms are
told in the newest one. New fields may be added to \`data\`: ignore what you do not know.
`;

const rebuilding = `## Rebuilding a customer's state

What \`GET /v1/customers/{id}/state\` answers follows from the events, without asking the API. Figures in events are
absolute: what holds from there on, never a difference, but for \`credit.applied\`. Keep these facts and work out the rest:

| fact | begins, and changes, with |
|---|---|
| the customer, its \`externalId\` | \`customer.created\` |
| a subscription: product, price, quantity, add-ons | \`subscription.created\`; \`subscription.changed\` has all four in \`terms\` |
| its status \`incomplete\` | \`subscription.created\` |
| \`trialing\` | \`subscription.trial_started\` |
| \`active\` | \`subscription.activated\`, \`.recovered\`, \`.resumed\`, \`.reactivated\` |
| \`past_due\`, \`paused\` | \`subscription.past_due\`, \`.paused\` |
| ended: no longer in the state | \`subscription.canceled\`, \`.incomplete_expired\`; \`.reactivated\` brings it back |
| its current period | \`subscription.created\`, \`.renewed\`, \`.rescheduled\` |
| whether it ends with the period | from \`subscription.cancel_scheduled\` to \`.cancel_withdrawn\` or \`.reactivated\` |
| whether it pauses with the period | from \`subscription.pause_scheduled\` to \`.pause_withdrawn\`, \`.paused\` or \`.canceled\` |
| what a price gives while a renewal is unpaid | \`graceAccess\` of \`price.created\` |
| what a product unlocks | \`features\` of \`product.created\` |
| a period's own messages of a product, until when | \`quota.granted\`, \`quota.changed\`: one balance for each product that ever had any |
| how many are used, reserved and overrun | \`quota.counted\`, for every balance of that subscription and period |
| messages on top | \`quota.grant_added\`; what \`counted\` is of it, and of which product: \`.grant_settled\`, \`.grant_expired\`, \`.grant_revoked\` |
| an open invoice | from \`invoice.finalized\`, \`.reopened\` or \`.reinstated\` to \`.paid\`, \`.voided\` or \`.marked_uncollectible\` |
| what credit paid of it | the sum of \`credit.applied\` |
| billing time of a test customer | \`nowAt\` of \`test_clock.target_set\` and \`.advanced\`; else it is the present |
| \`position\` | of the customer's last event |

- **Access** of a subscription: \`full\` while active or trialing, \`grace\` while past due if its price's \`graceAccess\` is
  \`keep\`, else \`none\`. The customer has the best of them. **Features** are those of the products of all subscriptions with
  access, and of the products that their add-ons' prices belong to, in alphabetical order.
- **Messages.** \`granted\` is the period's own and what is \`counted\` of each grant of the product: at first all its
  \`messages\`. A balance that gets another subscription or period begins with nothing used, unless another balance has
  that subscription and period already: then with what is used of that one. When the \`fromProductId\` of \`quota.changed\` is
  another product, that one's balance has no messages of its own any more, and the grants that count there go along.
  \`remaining\` is \`granted\` less the three figures, at least 0, and 0 once \`validUntil\` has come. \`resetsAt\` is
  \`validUntil\`, or null unless the subscription has not ended, is not paused and neither ends nor pauses with the period.
  \`added\` are the grants that have neither expired nor been revoked and of which something is counted. That messages are used is no event: what
  it comes to is told within a day.
- **Due** is \`totalRials\` less what credit paid. Open invoices are in the order of \`dueAt\`, then of their ids;
  subscriptions and grants in that of their ids, balances in that of their products' ids.
`;

/** The whole page. */
export function eventsDocument(): string {
  const sections = [opening, rebuilding, flowSection(), "## Catalogue\n", ...billingEventTypes.map(sectionOf)];
  return `${sections.join("\n").trimEnd()}\n`;
}

function flowSection(): string {
  const parts = Object.values(flows).map(({ title, what, events }) => {
    const lines = events.map((type, index) => `${index + 1}. \`${type}\``);
    return `### ${title}\n\n${what}\n\n${lines.join("\n")}\n`;
  });
  return `## Flows\n\nWhat comes in which order. A test lives through each.\n\n${parts.join("\n")}`;
}

function sectionOf(type: BillingEventType): string {
  const fields = Object.entries(dataFieldsOf(type)).map(([name, schema]) => `| \`${name}\` | ${describe(schema)} |`);
  const table = fields.length === 0 ? "" : `| \`data\` | |\n|---|---|\n${fields.join("\n")}\n\n`;
  const example = JSON.stringify(exampleEvent(type), null, 2);
  return `### ${type}\n\n${describeEvent(type)} Version ${versionOf(type)}.\n\n${table}\`\`\`json\n${example}\n\`\`\`\n`;
}

/** What the contract says of a field, on one line. */
function describe(schema: z.ZodType): string {
  const { description = "" } = jsonSchemaOf(schema, "output", new Map());
  const text = typeof description === "string" && description !== "" ? description : innerDescription(schema);
  return text.replaceAll("|", "\\|").replaceAll(/\s+/g, " ");
}

function innerDescription(schema: z.ZodType): string {
  const own = schema.meta()?.description;
  if (own !== undefined) return own;
  const isWrapper =
    schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;
  const inner: unknown = isWrapper ? schema.unwrap() : schema instanceof z.ZodArray ? schema.element : undefined;
  return inner instanceof z.ZodType ? innerDescription(inner) : "";
}
