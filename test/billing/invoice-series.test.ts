// A series of invoice numbers belongs to one database.
import { expect, it } from "vitest";
import { inSeriesOf } from "../../server/billing/invoice.ts";
import { decideSubscribe } from "../../server/billing/subscribe.ts";
import { aSlice, aSubscribeInput, eventsOf, now } from "../support/billing-builders.ts";

const events = eventsOf(decideSubscribe(aSlice(), aSubscribeInput(), now));

it("the first database numbers as if there were no other", () => {
  expect(inSeriesOf(0, events)).toEqual(events);
  expect(events[1]?.data).toMatchObject({ series: "S-1405" });
});

it("each further one has its place in the series, and nothing else is changed", () => {
  const [subscription, invoice, payment] = inSeriesOf(2, events);
  expect([subscription, payment]).toEqual([events[0], events[2]]);
  expect(invoice).toEqual({ ...events[1], data: { ...events[1]?.data, series: "S2-1405" } });
});
