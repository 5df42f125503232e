// Renewals that are all due at once: how many a second, and as a part of what D1 alone would do.
import { copyFileSync } from "node:fs";
import * as z from "zod";
import { fill, hasCustomer } from "../measure/fill.ts";
import { databasesIn, serve, type Place } from "../measure/served.ts";
import { spreadOf, written, type Spread } from "./spread.ts";

export interface Renewals {
  readonly renewed: number;
  readonly perSecond: number;
  readonly ratio: Spread;
  readonly roundTripsEach: number;
}

const Template = z.object({ customerId: z.string(), userId: z.string(), dueAt: z.number() });
const Part = z.object({ messages: z.number(), oursMs: z.number(), bareMs: z.number(), roundTrips: z.number() });
const Next = z.object({ part: Part.nullable() });
const Count = z.object({ renewed: z.number() });

export async function renewalsIn(place: Place, { customers }: { readonly customers: number }): Promise<Renewals> {
  const { dueAt } = await prepared(place, customers);
  const served = await serve(place);
  try {
    const ask = (what: string) => served.ask(`/renewals?do=${what}`);
    await ask(`begin&dueAt=${dueAt}`);
    const parts: z.infer<typeof Part>[] = [];
    for (let part = Next.parse(await ask("next")).part; part; part = Next.parse(await ask("next")).part)
      parts.push(part);
    const { renewed } = Count.parse(await ask("count"));
    if (renewed < customers) throw new Error(`${renewed} of ${customers} were renewed`);
    return ofParts(parts, renewed);
  } finally {
    await served.stop();
  }
}

/** Two databases that are alike: the one is the other's file. */
async function prepared(place: Place, customers: number) {
  const template = await templateIn(place);
  const files = databasesIn(place.folder);
  const lived = files.find((file) => hasCustomer(file, template.customerId));
  const empty = files.find((file) => file !== lived);
  if (lived === undefined || empty === undefined) throw new Error("The bench has two databases");
  fill(lived, template, { customers, dueAt: template.dueAt });
  copyFileSync(lived, empty);
  return template;
}

async function templateIn(place: Place) {
  const served = await serve(place);
  try {
    return Template.parse(await served.ask("/renewals?do=template"));
  } finally {
    await served.stop();
  }
}

function ofParts(parts: readonly z.infer<typeof Part>[], renewed: number): Renewals {
  const total = (of: "oursMs" | "roundTrips") => parts.reduce((sum, part) => sum + part[of], 0);
  return {
    renewed,
    perSecond: renewed / (total("oursMs") / 1_000),
    ratio: spreadOf(parts.map(({ oursMs, bareMs }) => bareMs / oursMs)),
    roundTripsEach: total("roundTrips") / renewed,
  };
}

export function writtenRenewals({ renewed, perSecond, ratio, roundTripsEach }: Renewals): string {
  return [
    `Renewals: ${renewed} that were due, with a gateway that answers at once; four calls over HTTP for each come on top`,
    `  ${perSecond.toFixed(0)} a second, ${roundTripsEach.toFixed(1)} round trips each`,
    `  speed as a part of bare D1 batches of the same statements: ${written(ratio)}`,
  ].join("\n");
}
