import { describe, expect, it } from '@jest/globals';
import { createFingerprints, type Fingerprint } from '../../../src/aggregates/fingerprint.ts';
import { createTotalsTable, TableFull } from '../../../src/models/aggregates/totalsTable.ts';

const { hash, of } = createFingerprints([1, 2]);
const one = { count: 1, firstMs: 5, lastMs: 5 };
const fingerprint = of((visit) => visit(1, 'n'));

describe('a table of totals', () => {
  it('keeps what it holds while it grows', () => {
    const table = createTotalsTable(50_000);
    const paths = Array.from({ length: 20_000 }, (_, n) => `user u-${n} acme`);
    for (const path of paths) table.addStored(...hash(path), { fingerprint, ...one });
    for (const path of paths.slice(0, 19_999)) table.addRecomputed(...hash(path), { fingerprint, ...one });
    expect([table.recomputed(), table.differing()]).toEqual([19_999, 1]);
    expect(paths.filter((path) => table.takeDiffering(...hash(path)))).toEqual(paths.slice(-1));
    expect(table.takeDiffering(...hash(paths.at(-1)!))).toBe(false);
  });

  it('refuses more aggregates than it may hold', () => {
    const table = createTotalsTable(10_000);
    const fill = (count: number) => {
      for (let n = 0; n < count; n++) table.addStored(...hash(`${n}`), { fingerprint, ...one });
    };
    fill(10_000);
    expect(() => fill(100_000)).toThrow(TableFull);
  });

  it('tells deltas apart that differ by a huge amount, by signs, or by the place of a value', () => {
    const deltas: [string, number][][] = [
      [['n', 1]],
      [['n', 1 + 2 ** 32]],
      [['n', -1]],
      [['r.1', 1]],
      [
        ['n', 1],
        ['r.1', 1],
        ['r.2', -1],
      ],
    ];
    const printOf = (delta: [string, number][]) =>
      of((visit) => {
        for (const [path, value] of delta) visit(value, path);
      });
    const prints = deltas.map((delta) => printOf(delta).join());
    expect(new Set(prints).size).toBe(deltas.length);
    const sum = (a: Fingerprint, b: Fingerprint) => a.map((lane, index) => lane + b[index]!);
    const [r1, n] = [of((visit) => visit(1, 'r.1')), of((visit) => visit(7, 'n'))];
    const both = printOf([
      ['n', 7],
      ['r.1', 1],
    ]);
    expect(sum(r1, n)).toEqual(both);
  });
});
