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

**Twice is once.** The same event may come twice. Its \`id\` never changes and its body neither: remember the ids, or the
last \`seq\` of each \`stream\`.

**In order.** Events of one \`stream\` (one customer) come one after the other: while one is tried again, those behind it
wait, and other customers' do not. \`seq\` counts the stream without gaps. When an event has \`failed\`, the next one comes all the same, and
its \`previousEventId\` names the event that comes before it among those that the endpoint asks for. If that is not the last
one you have, you have a gap: \`POST /v1/webhook-endpoints/{id}/replay\` with the \`position\` of the last event that you know brings
what followed, in order.

**Asking.** \`GET /v1/events?cursor=\` with the last \`position\` you know gives what followed, in the order of commits, over
all of a partner's customers; \`types\` and \`customerId\` filter. That is enough to rebuild a state without any webhook.

**Versions.** A type and its version never change their meaning. A new form is a new \`version\`; events of older forms are
told in the newest one. New fields may be added to \`data\`: ignore what you do not know.
`;

/** The whole page. */
export function eventsDocument(): string {
  const sections = [opening, flowSection(), "## Catalogue\n", ...billingEventTypes.map(sectionOf)];
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
