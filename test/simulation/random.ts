// Randomness from a text: the same text gives the same numbers on every machine. One generator for each purpose, named by
// what it is for, so that a plan with a part removed keeps the luck of all other parts.

export interface Random {
  /** In [0, 1). */
  readonly next: () => number;
  /** A whole number from `least` to `most`, both included. */
  readonly between: (least: number, most: number) => number;
  /** True once in `1 / probability` times. */
  readonly chance: (probability: number) => boolean;
  /** One of these; throws when there is none. */
  readonly pick: <T>(choices: readonly T[]) => T;
  readonly bytes: (count: number) => Uint8Array;
}

/** A generator of its own for each text. Example: `randomOf("7/12 latency")`. */
export function randomOf(text: string): Random {
  const next = smallFastCounter(hashesOf(text));
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    chance: (probability) => next() < probability,
    pick: (choices) => {
      if (choices.length === 0) throw new Error("Nothing to pick from");
      return choices[between(0, choices.length - 1)] as (typeof choices)[number];
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(next() * 256)),
  };
}

type Four = [number, number, number, number];

/** Four 32-bit numbers from a text, by xmur3. */
function hashesOf(text: string): Four {
  let hash = 1779033703 ^ text.length;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 3432918353);
    hash = (hash << 13) | (hash >>> 19);
  }
  const draw = () => {
    hash = Math.imul(hash ^ (hash >>> 16), 2246822507);
    hash = Math.imul(hash ^ (hash >>> 13), 3266489909);
    return (hash ^= hash >>> 16) >>> 0;
  };
  return [draw(), draw(), draw(), draw()];
}

/** Chris Doty-Humphrey's sfc32: fast, and passes the tests that a simulation could care about. */
function smallFastCounter([a, b, c, counter]: Four): () => number {
  return () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
}
