import { DENSE_SIZE, type Sample } from '../extract.ts';

/** The features of all texts: sparse rows (CSR) for words and pairs, dense rows for the rest. */
export interface Matrix {
  rows: number;
  /** rows + 1 offsets: the start of each row in `columns` and `values` */
  starts: Int32Array;
  columns: Int32Array;
  values: Float64Array;
  /** rows × denseSize, row by row */
  dense: Float64Array;
  denseSize: number;
  sparseSize: number;
}

/** Assigns a column to each hash that occurs in at least `minRows` samples, in order of appearance. */
export function columnsOf(samples: Sample[], minRows: number): Map<number, number> {
  const counts = countHashes(samples);
  const columns = new Map<number, number>();
  for (const [hash, count] of counts) if (count >= minRows) columns.set(hash, columns.size);
  return columns;
}

/** The number of samples that have each hash. */
export function countHashes(samples: Sample[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { hashes } of samples) for (const hash of new Set(hashes)) counts.set(hash, (counts.get(hash) ?? 0) + 1);
  return counts;
}

export function matrixOf(samples: Sample[], columns: Map<number, number>): Matrix {
  const starts = new Int32Array(samples.length + 1);
  const size = samples.reduce((sum, { hashes }) => sum + hashes.length, 0);
  const kept = new Int32Array(size);
  const values = new Float64Array(size);
  const dense = new Float64Array(samples.length * DENSE_SIZE);
  let end = 0;
  samples.forEach((sample, row) => {
    sample.hashes.forEach((hash, index) => {
      const column = columns.get(hash);
      if (column === undefined) return;
      kept[end] = column;
      values[end++] = sample.values[index]!;
    });
    dense.set(sample.dense, row * DENSE_SIZE);
    starts[row + 1] = end;
  });
  return {
    rows: samples.length,
    starts,
    columns: kept.subarray(0, end),
    values: values.subarray(0, end),
    dense,
    denseSize: DENSE_SIZE,
    sparseSize: columns.size,
  };
}
