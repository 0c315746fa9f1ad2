/** Maps hashes to rows 0…n−1, by open addressing with linear probing. Built once, then read only. */
export class HashTable {
  readonly #keys: Int32Array;
  readonly #rows: Int32Array;
  readonly #mask: number;

  constructor(hashes: Int32Array) {
    let size = 16;
    while (size < hashes.length * 3) size *= 2;
    this.#mask = size - 1;
    this.#keys = new Int32Array(size);
    this.#rows = new Int32Array(size).fill(-1);
    for (let row = 0; row < hashes.length; row++) {
      const hash = hashes[row]!;
      let slot = spread(hash) & this.#mask;
      while (this.#rows[slot]! >= 0) slot = (slot + 1) & this.#mask;
      this.#keys[slot] = hash;
      this.#rows[slot] = row;
    }
  }

  /** The row of a hash, or −1 if it has none. */
  rowOf(hash: number): number {
    let slot = spread(hash) & this.#mask;
    for (;;) {
      const row = this.#rows[slot]!;
      if (row < 0 || this.#keys[slot] === hash) return row;
      slot = (slot + 1) & this.#mask;
    }
  }
}

/** Maps hashes to numbers. Built once, then read only. */
export class HashValues {
  readonly #table: HashTable;
  readonly #values: Float64Array;

  constructor(values: ReadonlyMap<number, number>) {
    this.#table = new HashTable(Int32Array.from(values.keys()));
    this.#values = Float64Array.from(values.values());
  }

  /** The value of a hash, or 0 if it has none. */
  valueOf(hash: number): number {
    const row = this.#table.rowOf(hash);
    return row < 0 ? 0 : this.#values[row]!;
  }
}

function spread(hash: number): number {
  return hash ^ (hash >>> 16);
}
