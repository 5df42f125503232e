// The states seen so far: rows of small whole numbers with the row each was first reached from. Exact, not by hash
// alone, so that no two states are ever taken for one.

const loadFactor = 0.6;

/** A set of rows in the order in which they were added. */
export class Space {
  readonly width: number;
  size = 0;
  #rows: Int32Array;
  #parents: Int32Array;
  #table: Int32Array;

  constructor(width: number, capacity = 1 << 16) {
    this.width = width;
    this.#rows = new Int32Array(capacity * width);
    this.#parents = new Int32Array(capacity);
    this.#table = new Int32Array(capacity * 2).fill(-1);
  }

  /** Adds a row reached from another; answers whether it is new. */
  add(row: readonly number[], parent: number): boolean {
    if (this.size >= this.#parents.length) this.#growRows();
    if (this.size >= this.#table.length * loadFactor) this.#growTable();
    const slot = this.#slotOf(row);
    if (this.#table[slot] !== -1) return false;
    this.#table[slot] = this.size;
    this.#rows.set(row, this.size * this.width);
    this.#parents[this.size] = parent;
    this.size++;
    return true;
  }

  row(index: number): readonly number[] {
    return Array.from(this.#rows.subarray(index * this.width, (index + 1) * this.width));
  }

  parent(index: number): number {
    return this.#parents[index] ?? -1;
  }

  /** The rows from the first to this one. */
  pathTo(index: number): readonly (readonly number[])[] {
    const path: (readonly number[])[] = [];
    for (let at = index; at >= 0; at = this.parent(at)) path.push(this.row(at));
    return path.toReversed();
  }

  #slotOf(row: readonly number[]): number {
    const { width } = this;
    const mask = this.#table.length - 1;
    let slot = hashOf(row) & mask;
    for (;;) {
      const index = this.#table[slot] ?? -1;
      if (index === -1) return slot;
      let same = true;
      for (let at = 0; same && at < width; at++) same = this.#rows[index * width + at] === row[at];
      if (same) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #growRows(): void {
    const rows = new Int32Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
    const parents = new Int32Array(this.#parents.length * 2);
    parents.set(this.#parents);
    this.#parents = parents;
  }

  #growTable(): void {
    this.#table = new Int32Array(this.#table.length * 2).fill(-1);
    for (let index = 0; index < this.size; index++) this.#table[this.#slotOf(this.row(index))] = index;
  }
}

function hashOf(row: readonly number[]): number {
  let hash = 0x811c9dc5;
  for (const value of row) {
    hash = Math.imul(hash ^ value, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  hash = Math.imul(hash, 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** Gives each different thing a small number, by a text that says all that matters of it. */
export class Pool<T> {
  readonly #numbers = new Map<string, number>();
  readonly #things: T[] = [];

  numberOf(key: string, make: () => T): number {
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
