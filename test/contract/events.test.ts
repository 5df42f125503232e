// What the documentation says of events: an example of each that the contract's own schema takes.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { BillingEvent, billingEventTypes, describeEvent, parseEventBody } from "../../contract/billing-event.ts";
import { eventsDocument } from "../../scripts/events/document.ts";
import { dataFieldsOf, exampleEvent } from "../../scripts/events/example.ts";
import { flows } from "../../scripts/events/flows.ts";

const page = eventsDocument();

describe.each(billingEventTypes)("%s", (type) => {
  test("has an example that the API could answer", () => {
    const example = exampleEvent(type);
    expect(BillingEvent.parse(example)).toEqual(example);
    expect(example).toMatchObject({ type });
    expect(Object.keys(BillingEvent.parse(example).data)).toEqual(Object.keys(dataFieldsOf(type)));
    expect(() => parseEventBody(BillingEvent.parse(example))).not.toThrow();
    expect(JSON.stringify(example["data"]).length).toBeLessThanOrEqual(2_048);
  });

  test("stands in the catalogue with its sentence, and each field with what it means", () => {
    const section = page.split(`\n### ${type}\n`)[1]?.split("\n### ")[0] ?? "";
    expect(section).toContain(describeEvent(type));
    for (const name of Object.keys(dataFieldsOf(type))) {
      expect(section).toMatch(new RegExp(`\\| \`${name}\` \\| \\S`));
    }
  });
});

test("every flow stands on the page, step by step", () => {
  for (const { title, events } of Object.values(flows)) {
    expect(page).toContain(`### ${title}`);
    expect(page).toContain(events.map((type, index) => `${index + 1}. \`${type}\``).join("\n"));
  }
});

test("the OpenAPI document shows the examples, and what is posted to an endpoint", () => {
  const document = JSON.parse(readFileSync(new URL("../../public/openapi.json", import.meta.url).pathname, "utf8"));
  const members: { examples: unknown[] }[] = document.components.schemas.BillingEvent.oneOf;
  expect(members.map(({ examples }) => examples)).toEqual(billingEventTypes.map((type) => [exampleEvent(type)]));
  const { post } = document.webhooks.event;
  expect(post.requestBody.content["application/json"].schema).toEqual({ $ref: "#/components/schemas/WebhookPayload" });
});
