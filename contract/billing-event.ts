// Every billing event there is: the log, the audit trail and, later, the webhooks are made of these and nothing else.
import * as z from "zod";
import { types } from "./billing-event-types.ts";
import { createEventReader, upcasts } from "./billing-event-types/upcasts.ts";
import { BillingEventId } from "./common/id.ts";
import { Instant } from "./common/time.ts";

type Types = typeof types;
export type BillingEventType = keyof Types;

/** The data of one type of event. */
export type BillingEventData<T extends BillingEventType> = z.infer<z.ZodObject<Types[T][1]>>;

/** What happened, before it is written: a decision is an array of these. */
export type EventBody = {
  [T in BillingEventType]: { readonly type: T; readonly version: number; readonly data: BillingEventData<T> };
}[BillingEventType];

export const billingEventTypes = Object.keys(types) as [BillingEventType, ...BillingEventType[]];

/** What an event of this type says, in a sentence. */
export function describeEvent(type: BillingEventType): string {
  return types[type][0];
}

/** The version in which events of this type are written, and in which all of them are read. */
export function versionOf(type: BillingEventType): number {
  return 1 + (upcasts[type]?.length ?? 0);
}

function bodyOf(type: BillingEventType) {
  const [description, data] = types[type];
  return {
    type: z.literal(type).meta({ description: "What happened.", example: type }),
    version: z.literal(versionOf(type)).meta({ description: "Version of the data's form.", example: versionOf(type) }),
    data: z.object(data).meta({ description }),
  };
}

const envelope = {
  id: BillingEventId,
  position: z.int().min(1).meta({ description: "Place in the order of commits; what cursors use.", example: 1_042 }),
  stream: z.string().meta({
    description: "The customer's id; the partner's, for what its webhook endpoints did; else `catalogue` and the like.",
    example: "cus_01kaqzv3m5e0a8r6b1x2n4y7tq",
  }),
  seq: z.int().min(1).meta({ description: "Place in the stream, without gaps.", example: 7 }),
  epoch: z.int().min(1).meta({ description: "Grows by one when a backup is restored.", example: 1 }),
  at: Instant.meta({ description: "Wall time of the commit.", example: "2026-11-22T12:30:00.000Z" }),
  actor: z.string().max(200).meta({
    description: "Who caused it: `user:…`, `operator:…`, `partner:…` or `system`.",
    example: "user:q1w2e3r4",
  }),
  prevHash: z
    .string()
    .meta({ description: "`hash` of the event before it in the stream; 64 zeros at first.", example: "0" }),
  evidenceHash: z.string().nullable().meta({
    description: "SHA-256 of what the gateway answered, kept beside the event; null when nothing is.",
    example: null,
  }),
  hash: z
    .string()
    .meta({ description: "SHA-256 that chains this event to the one before it.", example: "9f86d081884c7d65" }),
};

const eventSchemas = billingEventTypes.map((type) => z.object({ ...bodyOf(type), ...envelope }));

/** The envelope that every event shares, as types. */
export type Envelope = z.infer<z.ZodObject<typeof envelope>>;

/** One row of the log as it is told to the outside. */
export type BillingEvent = EventBody & Envelope;

export const BillingEvent = z
  .discriminatedUnion("type", eventSchemas as unknown as [z.ZodObject, ...z.ZodObject[]])
  .meta({ id: "BillingEvent", description: "One row of the audit trail." }) as unknown as z.ZodType<BillingEvent>;

const bodies = new Map<string, z.ZodType>();

/** Made when an event of the type is first read. */
function bodySchema(type: string): z.ZodType | undefined {
  const known = bodies.get(type);
  if (known || !isType(type)) return known;
  const schema = z.object(bodyOf(type));
  bodies.set(type, schema);
  return schema;
}

function isType(type: string): type is BillingEventType {
  return Object.hasOwn(types, type);
}

const readEvent = createEventReader(bodySchema, upcasts);

/**
 * Reads a stored event's type, version and data, in the newest form of its type: whoever reads the log, reads it through
 * here. Throws on a type or version nobody declared.
 */
export function parseEventBody(body: { type: string; version: number; data: unknown }): EventBody {
  return readEvent(body) as EventBody;
}
