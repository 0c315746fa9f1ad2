/**
 * Packs columns of numbers, all of the same length: for each one byte with the width of its values, then the values in
 * little-endian order. The width is the smallest that holds them all, none if all are 0.
 */
export function packColumns(columns: readonly ArrayLike<number>[]): Buffer {
  return Buffer.concat(columns.map(packColumn));
}

/** The inverse of `packColumns` for columns of `length` values. `wanted`: only these; others are left out (sparse array). */
export function unpackColumns(packed: Buffer, length: number, wanted?: ReadonlySet<number>): Column[] {
  const columns: Column[] = [];
  let offset = 0;
  for (let index = 0; offset < packed.length; index++) {
    const width = packed[offset++] as Width;
    if (!wanted || wanted.has(index)) columns[index] = unpackColumn(packed, offset, width, length);
    offset += width * length;
  }
  return columns;
}

export type Column = Uint8Array | Int16Array | Int32Array | Float64Array;
type Width = 0 | 1 | 2 | 4 | 8;

function widthOf(values: ArrayLike<number>): Width {
  let [min, max] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min === 0 && max === 0) return 0;
  if (min >= 0 && max < 2 ** 8) return 1;
  if (min >= -(2 ** 15) && max < 2 ** 15) return 2;
  return min >= -(2 ** 31) && max < 2 ** 31 ? 4 : 8;
}

const ARRAYS = { 0: Uint8Array, 1: Uint8Array, 2: Int16Array, 4: Int32Array, 8: Float64Array } as const;

function packColumn(values: ArrayLike<number>): Buffer {
  const width = widthOf(values);
  if (width === 0) return Buffer.from([0]);
  const { buffer } = ARRAYS[width].from(values);
  return Buffer.concat([Buffer.from([width]), Buffer.from(buffer)]);
}

function unpackColumn(packed: Buffer, offset: number, width: Width, length: number): Column {
  if (width === 0) return new Uint8Array(length);
  // A copy, since typed arrays must start at a multiple of their width.
  const bytes = new Uint8Array(packed.subarray(offset, offset + width * length));
  return new ARRAYS[width](bytes.buffer, 0, length);
}
