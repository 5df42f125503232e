// Renewals that are all due at once: how many a second, and as a part of what D1 alone would do.
import * as z from "zod";
import { copyDatabase, fill, hasCustomer } from "../measure/fill.ts";
import { databasesIn, serve, type Place, type Served } from "../measure/served.ts";
import { spreadOf, written, type Spread } from "./spread.ts";

export interface Renewals {
  readonly renewed: number;
  readonly perSecond: number;
  /** Bare time as a part of ours: of the whole, and how it differed between the parts. */
  readonly ratio: number;
  readonly ratios: Spread;
  readonly roundTripsEach: number;
}

const Template = z.object({ customerId: z.string(), userId: z.string(), dueAt: z.number() });
const Part = z.object({ messages: z.number(), oursMs: z.number(), bareMs: z.number(), roundTrips: z.number() });
const Next = z.object({ part: Part.nullable() });
const Renewed = z.object({ ours: z.number(), bare: z.number() });

/** What became of those who were due at once, some at a time. */
export type Part = z.infer<typeof Part>;

export async function renewalsIn(place: Place, customers: number): Promise<Renewals> {
  const { dueAt } = await prepared(place, customers);
  const served = await serve(place);
  try {
    return await renewedBy(served, dueAt, customers);
  } finally {
    await served.stop();
  }
}

/** Renews all of them; throws unless each is renewed once, and the bare database shows the same. */
export async function renewedBy({ ask }: Pick<Served, "ask">, dueAt: number, customers: number): Promise<Renewals> {
  await ask(`/renewals?do=begin&dueAt=${dueAt}`);
  const next = async () => Next.parse(await ask("/renewals?do=next")).part;
  const parts: Part[] = [];
  for (let part = await next(); part; part = await next()) parts.push(part);
  const renewed = Renewed.parse(await ask("/renewals?do=count"));
  if (renewed.ours !== customers || renewed.bare !== customers)
    throw new Error(`Of ${customers} renewals we made ${renewed.ours}, and bare statements ${renewed.bare}`);
  return ofParts(parts, customers);
}

/** Two databases that are alike: the one is the other's file. */
async function prepared(place: Place, customers: number) {
  const template = await templateIn(place);
  const files = databasesIn(place.folder);
  const lived = files.find((file) => hasCustomer(file, template.customerId));
  const empty = files.find((file) => file !== lived);
  if (lived === undefined || empty === undefined) throw new Error("The bench has two databases");
  fill(lived, template, { customers, dueAt: template.dueAt });
  copyDatabase(lived, empty);
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

function ofParts(parts: readonly Part[], renewed: number): Renewals {
  const total = (of: "oursMs" | "bareMs" | "roundTrips") => parts.reduce((sum, part) => sum + part[of], 0);
  const timed = parts.filter(({ messages }) => messages > 0);
  return {
    renewed,
    perSecond: renewed / (total("oursMs") / 1_000),
    ratio: total("bareMs") / total("oursMs"),
    ratios: spreadOf(timed.map(({ oursMs, bareMs }) => bareMs / oursMs)),
    roundTripsEach: total("roundTrips") / renewed,
  };
}

export function writtenRenewals({ renewed, perSecond, ratio, ratios, roundTripsEach }: Renewals): string {
  return [
    `Renewals: ${renewed} that were due, with a gateway that answers at once; four calls over HTTP for each come on top`,
    `  ${perSecond.toFixed(0)} a second, ${roundTripsEach.toFixed(1)} round trips each`,
    `  speed as a part of bare D1 batches of the same statements: ${ratio.toFixed(2)}, some at a time ${written(ratios)}`,
  ].join("\n");
}
