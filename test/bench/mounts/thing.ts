// What every mount serves: the same two endpoints behind the same number of routes, over no database.
import * as z from "zod";
import { contract } from "../../../contract/index.ts";
import { routesOf } from "../../contract/routes.ts";

/** A request to one of the two endpoints, as a client of this mount sends it. */
export interface Mount {
  readonly requestFor: (kind: Kind) => Request;
  readonly fetch: (request: Request) => Promise<Response>;
}

/** A GET by id, and a POST of eight fields. */
export type Kind = "get" | "post";

export const origin = "https://bench.test";

/** Pairs of routes as many as ours has routes in all; the measured pair is the last. */
export const pairs = Math.ceil(routesOf(contract).length / 2);
export const measured = pairs - 1;

export const thingId = "thing_01kaqzv3m5e0a8r6b1x2n4y7tq";

export const NewThing = z.object({
  name: z.string().min(1).max(100),
  description: z.string().max(500),
  amountRials: z.int().min(0),
  interval: z.enum(["day", "month", "year"]),
  quantity: z.int().min(1).max(1_000),
  startsAt: z.iso.datetime(),
  isPublic: z.boolean(),
  tags: z.array(z.string()).max(10),
});

export const Thing = NewThing.extend({ id: z.string().startsWith("thing_") });

export const Answer = z.object({ data: Thing, meta: z.object({ requestId: z.string() }) });

export const Named = z.object({ id: z.string().startsWith("thing_") });

export const newThing: z.infer<typeof NewThing> = {
  name: "Pro",
  description: "Two thousand messages a month",
  amountRials: 2_990_000,
  interval: "month",
  quantity: 1,
  startsAt: "2026-11-22T08:00:00Z",
  isPublic: true,
  tags: ["chat", "team"],
};

/** What a handler answers with, whatever it is mounted on. */
export function answerWith(id: string, fields: z.infer<typeof NewThing>): z.infer<typeof Answer> {
  return { data: { id, ...fields }, meta: { requestId: "r" } };
}

/** One resource for each pair. */
export function ofEachPair<T>(make: (pair: number) => T): Record<string, T> {
  return Object.fromEntries(Array.from({ length: pairs }, (_, pair) => [`things${pair}`, make(pair)]));
}

/** The requests of a mount that knows HTTP's own words. */
export function plainRequest(kind: Kind): Request {
  if (kind === "get") return new Request(`${origin}/v1/things-${measured}/${thingId}`);
  return jsonRequest(`/v1/things-${measured}`, newThing);
}

/** As it comes over the wire: with the length of its body, all of it ASCII. */
export function jsonRequest(path: string, value: object): Request {
  const body = JSON.stringify(value);
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  return new Request(`${origin}${path}`, { method: "POST", headers, body });
}
