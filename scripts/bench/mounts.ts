// The mount alone, beside others: what each takes beyond a fetch handler with nothing around it.
import * as z from "zod";
import type { Served } from "../measure/served.ts";
import { spreadOf, written, type Spread } from "./spread.ts";

const names = ["raw", "raw+zod", "ours", "ts-rest", "orpc", "trpc"] as const;
const kinds = ["get", "post"] as const;
/** The clock inside has milliseconds: a round takes some ten of them. */
const timesInRound = 3_000;

type Kind = (typeof kinds)[number];

/** Microseconds for one request beyond `raw`. */
export interface Beyond {
  /** The least that it took beyond the least that `raw` took: noise only ever adds. */
  readonly minimum: number;
  /** Beyond `raw` in the same round. */
  readonly rounds: Spread;
}

export type Mounts = Readonly<Record<string, Readonly<Record<Kind, Beyond>>>>;

const Answer = z.object({ ms: z.number() });

export async function mountsIn({ ask }: Pick<Served, "ask">, rounds: number, times = timesInRound): Promise<Mounts> {
  const took = async (name: string, kind: Kind) => {
    const { ms } = Answer.parse(await ask(`/mount?name=${encodeURIComponent(name)}&kind=${kind}&times=${times}`));
    return (ms * 1_000) / times;
  };
  const all = new Map<string, number[]>();
  const of = (name: string, kind: Kind) => all.get(`${name} ${kind}`) ?? [];
  // One round warms up.
  for (let round = -1; round < rounds; round++) {
    for (const kind of kinds) {
      const inTurn = names.map((_, index) => names[(index + round + 1) % names.length] ?? "raw");
      for (const name of inTurn) {
        const microseconds = await took(name, kind);
        if (round >= 0) all.set(`${name} ${kind}`, [...of(name, kind), microseconds]);
      }
    }
  }
  const beyond = (name: string, kind: Kind) => beyondRaw(of(name, kind), of("raw", kind));
  return Object.fromEntries(
    names.slice(1).map((name) => [name, { get: beyond(name, "get"), post: beyond(name, "post") }]),
  );
}

function beyondRaw(own: readonly number[], raw: readonly number[]): Beyond {
  return {
    minimum: Math.min(...own) - Math.min(...raw),
    rounds: spreadOf(own.map((microseconds, round) => microseconds - (raw[round] ?? Number.NaN))),
  };
}

export function writtenMounts(mounts: Mounts): string {
  const column = ({ minimum, rounds }: Beyond) => `${minimum.toFixed(1).padStart(5)}   ${written(rounds, 1)}`;
  const lines = Object.entries(mounts).map(
    ([name, { get, post }]) => `${name.padEnd(10)} ${column(get).padEnd(30)} ${column(post)}`,
  );
  const heading = "The mount alone: µs beyond a raw fetch handler, minimum, and median (least–most) of the rounds";
  return [heading, `${"".padEnd(10)} ${"GET by id".padEnd(30)} POST of 8 fields`, ...lines].join("\n");
}
