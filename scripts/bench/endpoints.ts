// Real endpoints, as fast as a bare Worker that sends the same statements is 1.
import * as z from "zod";
import type { Served } from "../measure/served.ts";
import { spreadOf, written, type Spread } from "./spread.ts";

/** How many requests of each in a round, so many that all is warm: a subscription is made ready by some thirty others. */
const timesInRound = { state: 300, reserve: 300, list: 300, subscribe: 4 } as const;

export type Endpoints = Readonly<
  Record<string, { readonly ratio: Spread; readonly ms: Spread; readonly roundTrips: number }>
>;

const Answer = z.object({ oursMs: z.number(), bareMs: z.number(), roundTrips: z.number() });

export async function endpointsIn(
  { ask }: Pick<Served, "ask">,
  rounds: number,
  times: Readonly<Record<string, number>> = timesInRound,
): Promise<Endpoints> {
  const answers = new Map<string, z.infer<typeof Answer>[]>();
  for (let round = -1; round < rounds; round++) {
    for (const [name, count] of Object.entries(times)) {
      const answer = Answer.parse(await ask(`/endpoint?name=${name}&times=${count}`));
      if (round >= 0) answers.set(name, [...(answers.get(name) ?? []), answer]);
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, count]) => {
      const rounds = answers.get(name) ?? [];
      const ratio = spreadOf(rounds.map(({ oursMs, bareMs }) => bareMs / oursMs));
      const ms = spreadOf(rounds.map(({ oursMs }) => oursMs / count));
      return [name, { ratio, ms, roundTrips: rounds.at(-1)?.roundTrips ?? 0 }];
    }),
  );
}

export function writtenEndpoints(endpoints: Endpoints): string {
  const lines = Object.entries(endpoints).map(
    ([name, { ratio, ms, roundTrips }]) =>
      `${name.padEnd(10)} ${written(ratio).padEnd(22)} ${written(ms).padEnd(22)} ${roundTrips.toFixed(1)}`,
  );
  const heading = "Endpoints: speed as a part of a bare Worker's with the same SQL, median (least–most)";
  return [heading, `${"".padEnd(10)} ${"ratio".padEnd(22)} ${"ms each".padEnd(22)} round trips`, ...lines].join("\n");
}
