// The mount alone, beside others: what each takes beyond a fetch handler with nothing around it.
import * as z from "zod";
import type { Served } from "../measure/served.ts";
import { spreadOf, written, type Spread } from "./spread.ts";

const names = ["raw", "raw+zod", "ours", "ts-rest", "orpc", "trpc"] as const;
const kinds = ["get", "post"] as const;
/** The clock inside has milliseconds: a round takes some ten of them. */
const times = 3_000;

/** Microseconds for one request beyond `raw` in the same round. */
export type Mounts = Readonly<Record<string, Readonly<Record<(typeof kinds)[number], Spread>>>>;

const Answer = z.object({ ms: z.number() });

export async function mountsIn({ ask }: Served, rounds: number): Promise<Mounts> {
  const beyond = new Map<string, number[]>();
  const took = async (name: string, kind: string) =>
    Answer.parse(await ask(`/mount?name=${encodeURIComponent(name)}&kind=${kind}&times=${times}`)).ms;
  // One round warms up.
  for (let round = -1; round < rounds; round++) {
    for (const kind of kinds) {
      const inTurn = names.map((_, index) => names[(index + round + 1) % names.length] ?? "raw");
      const ms = new Map<string, number>();
      for (const name of inTurn) ms.set(name, await took(name, kind));
      if (round < 0) continue;
      for (const name of names) {
        const more = (((ms.get(name) ?? 0) - (ms.get("raw") ?? 0)) * 1_000) / times;
        beyond.set(`${name} ${kind}`, [...(beyond.get(`${name} ${kind}`) ?? []), more]);
      }
    }
  }
  const spread = (name: string, kind: string) => spreadOf(beyond.get(`${name} ${kind}`) ?? []);
  return Object.fromEntries(
    names.slice(1).map((name) => [name, { get: spread(name, "get"), post: spread(name, "post") }]),
  );
}

export function writtenMounts(mounts: Mounts): string {
  const lines = Object.entries(mounts).map(
    ([name, { get, post }]) => `${name.padEnd(10)} ${written(get, 1).padEnd(22)} ${written(post, 1)}`,
  );
  const heading = "The mount alone: µs beyond a raw fetch handler, median (least–most)";
  return [heading, `${"".padEnd(10)} ${"GET by id".padEnd(22)} POST of 8 fields`, ...lines].join("\n");
}
