// The states seen so far: rows of four small whole numbers with the row each was first reached from. Exact, not by hash
// alone, so that no two states are ever taken for one.
//
// The last number of a row is what is left of the bounds. Of two rows that differ in nothing else, whoever has less left
// can do nothing that the other cannot, and was not reached sooner, since the walk is breadth first: so it is not
// walked, nor counted. No violation is lost by it, and the shortest way to one stays as short.
import { canAfford } from "./cost.ts";

export type Row = readonly [base: number, one: number, other: number, left: number];

const width = 4;
const loadFactor = 0.6;

/** A set of rows in the order in which they were added. */
export class Space {
  size = 0;
  #rows: Int32Array;
  #parents: Int32Array;
  /** The row before that differs only in what is left; −1 for none. */
  #alike: Int32Array;
  /** Of those that differ only in what is left, the last. */
  #table: Int32Array;
  #tableSize = 0;

  constructor(capacity = 1 << 16) {
    this.#rows = new Int32Array(capacity * width);
    this.#parents = new Int32Array(capacity);
    this.#alike = new Int32Array(capacity);
    this.#table = new Int32Array(capacity * 2).fill(-1);
  }

  /** Adds a row reached from another; answers whether it is new and can do something that none before it can. */
  add(row: Row, parent: number): boolean {
    if (this.size >= this.#parents.length) this.#growRows();
    if (this.#tableSize >= this.#table.length * loadFactor) this.#growTable();
    const slot = this.#slotOf(row[0], row[1], row[2]);
    const last = this.#table[slot] ?? -1;
    for (let at = last; at !== -1; at = this.#alike[at] ?? -1) {
      if (canAfford(this.#rows[at * width + 3] ?? 0, row[3])) return false;
    }
    if (last === -1) this.#tableSize++;
    this.#alike[this.size] = last;
    this.#table[slot] = this.size;
    this.#rows.set(row, this.size * width);
    this.#parents[this.size] = parent;
    this.size++;
    return true;
  }

  row(index: number): Row {
    const [base = 0, one = 0, other = 0, left = 0] = this.#rows.subarray(index * width, (index + 1) * width);
    return [base, one, other, left];
  }

  parent(index: number): number {
    return this.#parents[index] ?? -1;
  }

  /** The rows from the first to this one. */
  pathTo(index: number): readonly Row[] {
    const path: Row[] = [];
    for (let at = index; at >= 0; at = this.parent(at)) path.push(this.row(at));
    return path.toReversed();
  }

  #slotOf(base: number, one: number, other: number): number {
    const rows = this.#rows;
    const mask = this.#table.length - 1;
    let slot = hashOf(base, one, other) & mask;
    for (;;) {
      const index = this.#table[slot] ?? -1;
      if (index === -1) return slot;
      const at = index * width;
      if (rows[at] === base && rows[at + 1] === one && rows[at + 2] === other) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #growRows(): void {
    this.#rows = doubled(this.#rows);
    this.#parents = doubled(this.#parents);
    this.#alike = doubled(this.#alike);
  }

  /** Later rows take the place of those they are alike. */
  #growTable(): void {
    this.#table = new Int32Array(this.#table.length * 2).fill(-1);
    for (let index = 0; index < this.size; index++) {
      const [base, one, other] = this.row(index);
      this.#table[this.#slotOf(base, one, other)] = index;
    }
  }
}

function doubled(before: Int32Array): Int32Array {
  const after = new Int32Array(before.length * 2);
  after.set(before);
  return after;
}

function hashOf(base: number, one: number, other: number): number {
  let hash = Math.imul(0x811c9dc5 ^ base, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ one, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ other, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Gives each different thing a small number, by a key that says all that matters of it. */
export class Pool<T, K = string> {
  readonly #numbers = new Map<K, number>();
  readonly #things: T[] = [];

  numberOf(key: K, make: () => T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#things.length;
    this.#things.push(make());
    this.#numbers.set(key, number);
    return number;
  }

  at(number: number): T {
    const thing = this.#things[number];
    if (thing === undefined) throw new Error(`Nothing has number ${number}`);
    return thing;
  }

  get size(): number {
    return this.#things.length;
  }
}

/** One key of two numbers of a pool. */
export function pairOf(one: number, other: number): number {
  return one * mostThings + other;
}

const mostThings = 2 ** 25;
